"""Plants faults beside the good rows of one authority's deliveries, and remembers what must become of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.synthetic.faults.actors import (
    Actors,
    Lent,
    borrow_scn,
    choose_actors,
    closed_school,
    lend_scn,
    other_school,
    plant_odd_scns,
    plant_unmapped,
)
from orchestration.synthetic.faults.deltas import spoilt_delta
from orchestration.synthetic.faults.files import last_morning, write_bad_deliveries
from orchestration.synthetic.faults.planted import Dressed, ExtraLines, Fault, lines, with_scotxed_numbers
from orchestration.synthetic.faults.rows import SPOILINGS, Spoiling, chosen_spoilings, spoilt
from orchestration.synthetic.faults.writing import YearInWriting
from orchestration.synthetic.feeds.attendance import COLUMNS
from orchestration.synthetic.feeds.times import moment
from orchestration.synthetic.options import SynthOptions
from orchestration.synthetic.plan import PlannedDelivery, plan_year
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.randomness import generator

Ints = NDArray[np.int64]


@dataclass
class Planter:
    """Plants nothing when the rate is 0. One for each authority; years come in order."""

    options: SynthOptions
    faults: list[Fault] = field(default_factory=list)
    _actors: Actors | None = None
    _extras: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)
    _unmapped: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    _snapshots: int = 0
    _is_reissued: bool = False
    _odd: tuple[int, int] = (-1, -1)  # a wrong check digit, a year of issue to come
    borrowed: Lent | None = None  # from the authority before
    lent: Lent | None = None
    _borrows: bool = False

    def year_begins(self, world: YearWorld, marks: NDArray[np.uint8], until: date | None) -> None:
        """Chooses who plays which part; changes a few marks into a code without a mapping."""
        self._actors, self._snapshots, self._is_reissued = None, 0, False
        daily, cuts = self.options.daily_of(world.start), self.options.cuts_of(world.start)
        planned = plan_year(world.year.open_dates, daily, until, cuts)
        if not self.options.faults or not planned:
            return
        random = generator(world.seed, world.authority.code, world.start, "faults")
        if world.start == self.options.starts[0]:
            self._odd = plant_odd_scns(world, random)
        self._actors = choose_actors(world, planned[0].extract_date, random)
        if world.start == self.options.starts[0]:
            taken = (*self._odd, *self._actors.persons(world))
            key = f"{world.authority.code}/{planned[0].extract_date}"
            self.lent = lend_scn(world, key, taken, generator(world.seed, world.authority.code, "lent"))
            if self.borrowed is not None:
                self._borrows = borrow_scn(world, self.borrowed, (*taken, self.lent.person))
        self._unmapped = plant_unmapped(world, marks, 2 * planned[-1].last_day, random)

    def kept_apart(self, world: YearWorld) -> Ints:
        """Enrolments whose marks are never put right late: a new SCN makes another key of the same mark."""
        if self._actors is None:
            return np.zeros(0, dtype=np.int64)
        person = world.enrolments.person[self._actors.reissued]
        return np.flatnonzero(world.enrolments.person == person)

    def before_delivery(self, writer: YearInWriting, place: int) -> None:
        """From the second set of snapshots on, one pupil goes under a new SCN."""
        if self._actors is None or self._is_reissued or place == 0 or not writer.planned[place].has_snapshots:
            return
        world = writer.world
        person = int(world.enrolments.person[self._actors.reissued])
        fresh = world.registry.new_scns(np.array([world.start + 1]))
        world.people.scn[person] = writer.scn[person] = fresh[0]
        rows = np.flatnonzero(world.enrolments.person == person)
        writer.maker.replace_scn(rows, np.repeat(fresh, len(rows)))
        self._is_reissued = True
        key = f"{world.authority.code}/{writer.planned[place].extract_date}"
        self._note(key, "identity_issue", "scn_reissued", "pupils", column="scn")

    def snapshot(
        self, writer: YearInWriting, key: str, feed: str, table: pa.Table, planned: PlannedDelivery
    ) -> Dressed:
        """The snapshot with bad rows around the good ones, and unusual but legal habits of its bytes."""
        if self._actors is None:
            return Dressed(table)
        dressed = self._habits(key, feed, table, planned)
        table = dressed.table
        random = generator(writer.world.seed, key, feed, "rows")
        good = random.integers(table.num_rows, size=64).tolist()
        duplicated = self._row(table, good.pop())
        dressed.front.append(list(duplicated.values()))
        self._note(key, "rejected", "duplicate_key", feed, row=1)
        if "seed_code" in duplicated:
            dressed.extra_establishments.append(duplicated["seed_code"])
        self._identity_rows(writer, key, feed, dressed)
        spoilings = chosen_spoilings(feed, table.num_rows, self.options.faults, planned.is_opening, random)
        for spoiling in spoilings:
            row = self._row(table, int(random.integers(table.num_rows)))
            bad = spoilt(row, spoiling, planned.extract_date)
            dressed.back.append(bad)
            number = len(dressed.front) + table.num_rows + len(dressed.back)
            self._note(key, "rejected", spoiling.reason, feed, number, spoiling.column)
            if "seed_code" in row:
                code = spoiling.value if spoiling.column == "seed_code" else row["seed_code"]
                dressed.extra_establishments.append(code)
        if feed in ("pupils", "enrolments"):
            spells = writer.world.enrolments
            self._note_odd_scns(key, feed, spells.person[spells.entry <= np.datetime64(planned.extract_date)])
        if feed == "support_needs":
            self._note_odd_scns(key, feed, np.flatnonzero(np.isin(writer.scn, np.array(table["scn"], dtype=np.int64))))
        self._snapshots += feed == "enrolments"
        return dressed

    def delta(
        self, writer: YearInWriting, key: str, feed: str, table: pa.Table, persons: Ints, planned: PlannedDelivery
    ) -> Dressed:
        """A delta feed other than attendance, with bad rows at its end; ``persons`` are those of its rows."""
        if self._actors is None:
            return Dressed(table)
        random = generator(writer.world.seed, key, feed, "rows")
        stranger = int(self._actors.unknown_scns[0]) if planned.is_opening else None
        dressed, noted = spoilt_delta(feed, table, self.options.faults, planned, stranger, random)
        for outcome, reason, row, column in noted:
            self._note(key, outcome, reason, feed, row, column)
        self._note_odd_scns(key, feed, persons)
        return dressed

    def attendance(self, writer: YearInWriting, key: str, planned: PlannedDelivery) -> ExtraLines:
        """Bad rows, marks of nobody, and marks of pupils at a school where they are not enrolled."""
        extra = ExtraLines()
        if self._actors is None:
            return extra
        world, spells = writer.world, writer.world.enrolments
        columns = range(2 * planned.first_day, 2 * planned.last_day)
        good = int((writer.delivered[:, columns.start : columns.stop] > 0).sum())
        good += len(writer.corrections[writer.planned.index(planned)].rows)
        random = generator(world.seed, key, "attendance", "rows")
        rows, cells = np.nonzero(writer.delivered[:, columns.start : columns.stop] % 99)
        base = [
            self._mark(writer, int(rows[at]), columns.start + int(cells[at]))
            for at in random.integers(len(rows), size=len(SPOILINGS["attendance"]) + 1).tolist()
        ]
        spoilings = chosen_spoilings("attendance", good, self.options.faults, planned.is_opening, random)
        for count, spoiling in enumerate(spoilings):
            row = base[count % len(base)]
            self._add(extra, spoilt(row, spoiling, planned.extract_date), row, spoiling)
            self._note(key, "rejected", spoiling.reason, "attendance", good + len(extra.lines), spoiling.column)
        older = {**base[-1], "recorded_at": moment(date.fromisoformat(base[-1]["attendance_date"]), 7, 0)}
        older["attendance_code"] = "20"
        self._add(extra, list(older.values()), older)
        self._note(key, "rejected", "duplicate_key", "attendance", good + len(extra.lines))
        if planned.is_opening:
            self._marks_of_identity_cases(writer, key, planned, extra, good)
        for column in self._unmapped[np.isin(self._unmapped, columns)].tolist():
            self._note(key, "warning", "unmapped_code", "attendance", column="attendance_code")
            self._unmapped = self._unmapped[self._unmapped != column]
        self._note_odd_scns(key, "attendance", spells.person[np.unique(rows)])
        return extra

    def counted_extras(self, start: int) -> list[tuple[int, int, int]]:
        """Planted marks that count all the same: establishment, stage and code of each."""
        return self._extras.get(start, [])

    def after_year(self, writer: YearInWriting, out: Path) -> list[str]:
        """Deliveries of the last day whose files or manifests are bad; their keys."""
        if self._actors is None or not writer.planned or self.options.is_whole(writer.world.start):
            return []
        bad = write_bad_deliveries(writer, out)
        self.faults.extend(bad.faults)
        marked = last_morning(writer) > 0
        for key in bad.with_marks:
            self._note_odd_scns(key, "attendance", writer.world.enrolments.person[marked])
        return bad.keys

    def _habits(self, key: str, feed: str, table: pa.Table, planned: PlannedDelivery) -> Dressed:
        dressed = Dressed(table)
        if planned.is_opening and feed == "establishments":
            dressed.byte_order_mark = dressed.carriage_returns = True
            self._note(key, "warning", "byte_order_mark", feed)
            self._note(key, "warning", "crlf", feed)
        if planned.is_opening and feed == "pupils":
            dressed.table = table.append_column("house", pa.array(["Wallace"] * table.num_rows))
            self._note(key, "warning", "unknown_column", feed)
        if self._snapshots == 1 and feed == "pupils":
            dressed.table = with_scotxed_numbers(table).drop_columns(["known_as"])
            self._note(key, "warning", "missing_optional_column", feed, column="known_as")
            for column in ("looked_after", "english_level"):
                self._note(key, "warning", "scotxed_code", feed, column=column)
        if self._snapshots == 1 and feed == "calendar":
            dressed.table = table.select(table.column_names[::-1])
            self._note(key, "warning", "column_order", feed)
        return dressed

    def _identity_rows(self, writer: YearInWriting, key: str, feed: str, dressed: Dressed) -> None:
        """A second pupil under one SCN, a second base school, a school without pupils; all of them accepted."""
        assert self._actors is not None
        world, spells = writer.world, writer.world.enrolments
        if feed == "pupils":
            scn = f"{writer.scn[spells.person[self._actors.shared]]:09d}"
            row = self._row(dressed.table, dressed.table["scn"].index(scn).as_py())
            row |= {"seemis_pupil_id": f"OTHER{world.start}", "forename": "Somebody", "surname": "Else"}
            row["updated_at"] = moment(date(world.start, 8, 1), 9, 0)
            dressed.front.append(list(row.values()))
            self._note(key, "identity_issue", "scn_shared", feed, len(dressed.front), "scn")
            if self.borrowed is not None and self._borrows and world.start == self.options.starts[0]:
                for delivery in (self.borrowed.delivery, key):
                    self._note(delivery, "identity_issue", "scn_conflict", feed, column="scn")
                self._borrows = False
        if feed == "establishments":
            row = self._row(dressed.table, 0) | closed_school(world)
            dressed.front.append(list(row.values()))
            dressed.extra_establishments.append(row["seed_code"])
            self._note(key, "warning", "seed_check_digit", feed, len(dressed.front), "seed_code")
        if feed == "enrolments":
            at = self._actors.two_bases
            target = other_school(world, at)
            scn = f"{writer.scn[spells.person[at]]:09d}"
            row = self._row(dressed.table, dressed.table["scn"].index(scn).as_py())
            row["seed_code"] = f"{world.schools[target].seed_code:07d}"
            row["entry_date"] = world.year.open_dates[5].isoformat()
            dressed.front.append(list(row.values()))
            dressed.extra_establishments.append(row["seed_code"])
            self._note(key, "identity_issue", "two_base_schools", feed, len(dressed.front))

    def _marks_of_identity_cases(
        self, writer: YearInWriting, key: str, planned: PlannedDelivery, extra: ExtraLines, good: int
    ) -> None:
        assert self._actors is not None
        world, spells = writer.world, writer.world.enrolments
        column = 2 * max(0, planned.last_day - 3)
        for scn in self._actors.unknown_scns.tolist():
            row = self._mark(writer, self._actors.elsewhere, column) | {"scn": f"{scn:09d}", "attendance_code": "10"}
            self._add(extra, list(row.values()), row)
            self._note(key, "held_identity", "held_identity", "attendance", good + len(extra.lines), "scn")
        target = other_school(world, self._actors.elsewhere)
        row = self._mark(writer, self._actors.elsewhere, column) | {"attendance_code": "20"}
        row["seed_code"] = f"{world.schools[target].seed_code:07d}"
        self._add(extra, list(row.values()), row)
        # on a half day that his own school has marked: explained, and counted once (rule 17)
        self._note(key, "marked_elsewhere", "marked_elsewhere", "attendance", good + len(extra.lines))
        counted = self._extras.setdefault(world.start, [])
        if self._actors.leaver is not None:
            at = self._actors.leaver
            day = int(np.searchsorted(world.openings.days, spells.leaving[at], side="right"))
            row = self._mark(writer, at, 2 * day) | {"attendance_code": "10"}
            self._add(extra, list(row.values()), row)
            self._note(key, "identity_issue", "no_enrolment", "attendance", good + len(extra.lines))
            counted.append((int(world.unit_of[spells.department[at]]), int(spells.stage[at]), 10))

    def _mark(self, writer: YearInWriting, row: int, column: int) -> dict[str, str]:
        world = writer.world
        day = world.year.open_dates[column // 2]
        code = int(writer.delivered[row, column])
        values = (
            f"{writer.scn[world.enrolments.person[row]]:09d}",
            f"{world.schools[int(world.enrolments.department[row])].seed_code:07d}",
            day.isoformat(),
            "PM" if column % 2 else "AM",
            f"{code:02d}",
            moment(day, 13 if column % 2 else 9, 59),
        )
        return dict(zip(COLUMNS, values, strict=True))

    @staticmethod
    def _add(extra: ExtraLines, fields: list[str], row: dict[str, str], spoiling: Spoiling | None = None) -> None:
        extra.lines.append(lines([fields]))
        spoilt_school = spoiling is not None and spoiling.column == "seed_code"
        extra.establishments.append(spoiling.value if spoiling and spoilt_school else row["seed_code"])

    @staticmethod
    def _row(table: pa.Table, at: int) -> dict[str, str]:
        return {name: value or "" for name, value in table.slice(at, 1).to_pylist()[0].items()}

    def _note(
        self, key: str, outcome: str, reason: str, feed: str, row: int | None = None, column: str | None = None
    ) -> None:
        file = f"{feed}.csv" if feed == "establishments" else f"{feed}.csv.gz"
        self.faults.append(Fault(key, outcome, reason, feed, file, row, column))

    def _note_odd_scns(self, key: str, feed: str, persons: Ints) -> None:
        """The two odd SCNs are warned about in every file that they are in."""
        if self._odd[0] in persons:
            self._note(key, "warning", "scn_check_digit", feed, column="scn")
        if feed == "pupils" and self._odd[1] in persons:
            self._note(key, "warning", "scn_year", feed, column="scn")
