"""Deliveries of the last day that go wrong as files or as a whole; the good ones are not touched by them.

Their attendance would change figures if it were taken, so a mistake shows in the counts.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.synthetic.faults.planted import Fault
from orchestration.synthetic.faults.writing import YearInWriting
from orchestration.synthetic.feeds.attendance import HEADER, UNMAPPED, RowMaker
from orchestration.synthetic.feeds.times import moment
from orchestration.synthetic.files import DeliveryFolder, csv_bytes, header_line, write_chunks

Spoiler = Callable[[bytes], bytes]
LATER = "later"  # beside the authorities' folders: what is put over a delivery after it has landed


@dataclass
class BadDeliveries:
    """Their keys, what must become of them, and which of them land with marks."""

    keys: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    with_marks: list[str] = field(default_factory=list)


def write_bad_deliveries(writer: YearInWriting, out: Path) -> BadDeliveries:
    """Writes them under the next sequences of the last extract date."""
    maker = _Maker(writer, out)
    deliveries = (
        maker.first_files, maker.second_files, maker.third_files, maker.header_only, maker.replaced, *maker.refused()
    )  # fmt: skip
    for bad in deliveries:
        bad()
    return maker.made


class _Maker:
    def __init__(self, writer: YearInWriting, out: Path) -> None:
        self._writer, self._out = writer, out
        self._at = writer.planned[-1].extract_date
        self._extracted = moment(self._at, 18, 30)
        self._sequence = 1
        self.made = BadDeliveries()
        feeds = ("establishments", "calendar", "pupils", "enrolments")
        self._scn = writer.scn[writer.world.enrolments.person]
        self._tables: dict[str, pa.Table] = {feed: writer.snapshot(feed, self._at) for feed in feeds}

    def first_files(self) -> None:
        """A wrong hash, UTF-16, a row too few in the manifest, semicolons, no header; two feeds to refuse or wait.

        It means to replace the last good delivery, which stands, since files of this one are quarantined.
        """
        stands = f"{self._writer.world.authority.code}/{self._at.isoformat()}"
        self.made.faults.append(Fault(stands, "counted", "supersedes_quarantined"))
        folder = self._folder(supersedes=stands)
        self._attendance(folder, "hash_mismatch")
        folder.files[-1] = replace(folder.files[-1], sha256="0" * 64)
        self._snapshot(folder, "pupils", "wrong_encoding", lambda text: text.decode().encode("utf-16"))
        self._snapshot(folder, "enrolments", "count_mismatch")
        folder.files[-1] = replace(folder.files[-1], rows=folder.files[-1].rows + 1)
        self._snapshot(folder, "calendar", "wrong_delimiter", lambda text: text.replace(b",", b";"))
        self._snapshot(folder, "establishments", "no_header", lambda text: text.split(b"\n", 1)[1])
        self._other(folder, "contacts", b"scn,contact_name,telephone\n", "refused", "refused_feed")
        self._other(folder, "library_loans", b"scn,title,lent_on\n", "set_aside", "unknown_feed")
        self._close(folder)

    def second_files(self) -> None:
        """A cut gzip, Windows-1252, counts by establishment that differ, tabs, a file that is not there."""
        folder = self._folder()
        self._attendance(folder, "not_readable")
        path = folder.path / folder.files[-1].name
        sha256, size = write_chunks(path, [path.read_bytes()[:-200]])
        folder.files[-1] = replace(folder.files[-1], sha256=sha256, size=size)
        self._snapshot(folder, "pupils", "wrong_encoding", _in_windows_1252)
        self._snapshot(folder, "enrolments", "count_mismatch")
        folder.files[-1] = replace(
            folder.files[-1], rows_by_establishment=_shifted(folder.files[-1].rows_by_establishment)
        )
        self._snapshot(folder, "calendar", "wrong_delimiter", lambda text: text.replace(b",", b"\t"))
        self._snapshot(folder, "establishments", "missing_file")
        (folder.path / folder.files[-1].name).unlink()
        self._other(folder, "pastoral_notes", b"scn,note\n", "refused", "refused_feed")
        self._close(folder)

    def third_files(self) -> None:
        """Required columns that are missing, too many bad rows, text that is no gzip."""
        folder = self._folder()
        self._attendance(folder, "missing_column", lambda text: text.replace(b"recorded_at", b"noted_at", 1))
        pupils = self._tables["pupils"]
        surnames = pupils["surname"].to_pylist()
        surnames[: max(11, len(surnames) // 50)] = [None] * max(11, len(surnames) // 50)
        place = pupils.column_names.index("surname")
        self._tables["pupils"] = pupils.set_column(place, "surname", pa.array(surnames))
        self._snapshot(folder, "pupils", "too_many_rejects")
        self._tables["enrolments"] = self._tables["enrolments"].drop_columns(["stage"])
        self._snapshot(folder, "enrolments", "missing_column")
        self._snapshot(
            folder, "establishments", "not_readable", lambda text: b"not gzip at all", name="establishments.csv.gz"
        )
        self._close(folder)

    def header_only(self) -> None:
        """A header and no rows, as the manifest says, and a field that no manifest has: it lands, with warnings."""
        folder = self._folder()
        folder.write("attendance", "delta", [HEADER], 0, self._extracted, {})
        self._note(folder.key, "warning", "header_only", "attendance", "attendance.csv.gz")
        self._close(folder)
        _rewrite(folder, lambda text: json.dumps({**json.loads(text), "exported_by": "nightly job"}, indent=2))
        self.made.faults.append(Fault(folder.key, "warning", "unknown_manifest_field"))

    def replaced(self) -> None:
        """Wrong marks that land, and the right ones in a delivery that replaces them whole.

        Apart, under ``later``, lies the second with other marks: put over it once it has landed, it is refused.
        """
        wrong = self._folder()
        self._marks(wrong, RowMaker(self._scn, self._writer.world.seed_codes), wrong=True)
        self._close(wrong)
        self.made.faults.append(Fault(wrong.key, "withdrawn", "superseded"))
        right = self._folder(supersedes=wrong.key)
        self._marks(right, self._writer.maker, wrong=False)
        self._close(right)
        changed = replace(right, root=self._out / LATER, files=[])
        self._marks(changed, self._writer.maker, wrong=True)
        changed.close()
        self.made.with_marks += [wrong.key, right.key]
        if (last_morning(self._writer) == UNMAPPED).any():
            self._note(right.key, "warning", "unmapped_code", "attendance", "attendance.csv.gz")
        self.made.faults.append(Fault(right.key, "refused", "changed_delivery", folder=f"{LATER}/{right.key}"))

    def refused(self) -> list[Callable[[], None]]:
        """Deliveries that are refused whole."""

        def broken(text: str) -> str:
            return text[: len(text) // 2]

        def other_day(text: str) -> str:
            return json.dumps({**json.loads(text), "extract_date": "2000-01-01"})

        def two_of_a_feed(text: str) -> str:
            manifest = json.loads(text)
            manifest["files"] = [*manifest["files"], {**manifest["files"][0], "name": "again.csv"}]
            return json.dumps(manifest)

        def leaves_folder(text: str) -> str:
            manifest = json.loads(text)
            manifest["files"][0]["name"] = "../establishments.csv"
            return json.dumps(manifest)

        def no_version(text: str) -> str:
            manifest = json.loads(text)
            del manifest["manifest_version"]
            return json.dumps(manifest)

        invalid = (broken, other_day, two_of_a_feed, leaves_folder, no_version)
        # a code of its own for each authority, so that one does not write over the other
        nowhere = f"S1299{self._writer.world.authority.scotxed_code:04d}"
        return [
            *(partial(self._refuse, "manifest_invalid", spoil) for spoil in invalid),
            partial(self._refuse, "wrong_environment", environment="live"),
            partial(self._refuse, "unknown_authority", authority=nowhere),
        ]

    def _refuse(
        self,
        reason: str,
        spoil: Callable[[str], str] | None = None,
        environment: str = "synthetic",
        authority: str | None = None,
    ) -> None:
        folder = self._folder(environment) if authority is None else DeliveryFolder(
            self._out, authority, self._at.isoformat()
        )  # fmt: skip
        table = self._tables["establishments"]
        content = [header_line(table.column_names), csv_bytes(table)]
        folder.write("establishments", "snapshot", content, table.num_rows, self._extracted, packed=False)
        folder.close()
        if spoil is not None:
            _rewrite(folder, spoil)
        self.made.keys.append(folder.key)
        self.made.faults.append(Fault(folder.key, "refused", reason))

    def _folder(self, environment: str = "synthetic", supersedes: str | None = None) -> DeliveryFolder:
        self._sequence += 1
        code = self._writer.world.authority.code
        return DeliveryFolder(self._out, code, self._at.isoformat(), self._sequence, environment, supersedes)

    def _close(self, folder: DeliveryFolder) -> None:
        self.made.keys.append(folder.close())

    def _attendance(self, folder: DeliveryFolder, reason: str, spoil: Spoiler | None = None) -> None:
        """Wrong marks of the last day, in a file that must not be taken."""
        self._marks(folder, RowMaker(self._scn, self._writer.world.seed_codes), wrong=True, spoil=spoil)
        self._note(folder.key, "quarantined", reason, "attendance", "attendance.csv.gz")

    def _marks(self, folder: DeliveryFolder, maker: RowMaker, wrong: bool, spoil: Spoiler | None = None) -> None:
        """Marks of the last morning: as they are, or all of them turned into unexplained absences."""
        marks = last_morning(self._writer)
        rows = np.flatnonzero(marks)
        codes = np.full(len(rows), 31, dtype=np.uint8) if wrong else marks[rows]
        text = HEADER + maker.half_day(rows, codes, self._at, False)
        units, counts = np.unique(self._writer.world.seed_codes[rows], return_counts=True)
        by_unit = {f"{unit:07d}": count for unit, count in zip(units.tolist(), counts.tolist(), strict=True)}
        folder.write("attendance", "delta", [spoil(text) if spoil else text], len(rows), self._extracted, by_unit)

    def _snapshot(
        self, folder: DeliveryFolder, feed: str, reason: str, spoil: Spoiler | None = None, name: str | None = None
    ) -> None:
        table = self._tables[feed]
        text = header_line(table.column_names) + csv_bytes(table)
        counts = None
        if "seed_code" in table.column_names:
            counts = dict(Counter(map(str, table["seed_code"].to_pylist())))
        content = spoil(text) if spoil else text
        folder.write(feed, "snapshot", [content], table.num_rows, self._extracted, counts, packed=False)
        if name is not None:
            (folder.path / folder.files[-1].name).rename(folder.path / name)
            folder.files[-1] = replace(folder.files[-1], name=name)
        self._note(folder.key, "quarantined", reason, feed, folder.files[-1].name)

    def _other(self, folder: DeliveryFolder, feed: str, text: bytes, outcome: str, reason: str) -> None:
        folder.write(feed, "snapshot", [gzip.compress(text, mtime=0)], 0, self._extracted, packed=False)
        old = folder.path / folder.files[-1].name
        old.rename(old.with_suffix(".csv.gz"))
        folder.files[-1] = replace(folder.files[-1], name=f"{feed}.csv.gz")
        self._note(folder.key, outcome, reason, feed, folder.files[-1].name)

    def _note(self, key: str, outcome: str, reason: str, feed: str, file: str) -> None:
        self.made.faults.append(Fault(key, outcome, reason, feed, file))


def last_morning(writer: YearInWriting) -> NDArray[np.uint8]:
    """The mark of each enrolment on the morning of the last day; 0 where there is none."""
    return writer.marks[:, 2 * (writer.planned[-1].last_day - 1)]


def _rewrite(folder: DeliveryFolder, spoil: Callable[[str], str]) -> None:
    """Changes the text of a manifest that is written."""
    manifest = folder.path / "manifest.json"
    manifest.write_text(spoil(manifest.read_text(encoding="utf-8")), encoding="utf-8")


def _in_windows_1252(text: bytes) -> bytes:
    """The file as Windows writes it: one accented letter makes it no UTF-8."""
    return text.decode().replace("Imaginary", "Château", 1).encode("cp1252", errors="replace")


def _shifted(counts: dict[str, int] | None) -> dict[str, int]:
    """Rows of two schools that change places by one: the total is right, the parts are not."""
    assert counts is not None
    one, two = sorted(counts)[:2]
    return {**counts, one: counts[one] + 1, two: counts[two] - 1}
