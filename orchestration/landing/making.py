"""Writes the manifest of files that a council's job has exported: hashes, sizes and counts.

For jobs that cannot count and hash by themselves. The files are not judged: ``check_delivery`` does that.
"""

import csv
import datetime as dt
import gzip
import hashlib
import io
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from orchestration.contracts import Contract, load_contracts
from orchestration.landing.manifest import FOLDER, MANIFEST_NAME
from orchestration.landing.outcomes import LandingError
from orchestration.landing.plain import NotPlainError, open_plain
from orchestration.settings import Settings

ENDINGS = (".csv", ".csv.gz")
BLOCK = 1024 * 1024
HERE = ZoneInfo("Europe/London")


def make_manifest(
    settings: Settings,
    folder: Path,
    extracted_at: dt.datetime | None = None,
    supersedes: str | None = None,
    again: bool = False,
) -> dict[str, Any]:
    """Write ``manifest.json`` for the files of a folder, last and in one go; returns what it says.

    In: a folder named as a delivery (``S12000005/2025-09-01``) with files named after their feeds (``pupils.csv``,
    ``attendance.csv.gz``); when they were extracted, else each when it was last written; the delivery that this one
    replaces; ``again`` to replace a manifest that is there. Raises LandingError, naming file and next step, when the
    folder, a file's name or a header is not as the page says; then nothing is written.
    """
    folder = folder.absolute()
    named = FOLDER.fullmatch(folder.name)
    if not folder.is_dir() or named is None:
        raise LandingError(
            f"{folder} is no folder of a delivery: name it <council's GSS code>/<day of the extract>[-<sequence>], "
            "such as S12000005/2025-09-01, and put the files into it."
        )
    target = folder / MANIFEST_NAME
    if target.exists() and not again:
        raise LandingError(
            f"{target} is there already. To write it anew, add --again; a loaded delivery never changes."
        )
    contracts = load_contracts()
    files = [_entry(path, feed, contracts[feed], extracted_at) for feed, path in _files(folder, contracts)]
    if not files:
        raise LandingError(f"{folder} holds no file: name them after their feeds, such as pupils.csv or pupils.csv.gz.")
    made = {
        "manifest_version": 1,
        "local_authority_code": folder.parent.name,
        "extract_date": named["date"],
        "sequence": int(named["sequence"] or 1),
        "environment": settings.environment,
        "supersedes": supersedes,
        "files": files,
    }
    draft = folder / f".{MANIFEST_NAME}.part"
    draft.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    os.replace(draft, target)
    return made


def _files(folder: Path, contracts: Mapping[str, Contract]) -> list[tuple[str, Path]]:
    """Feed and file of each file of the folder, by feed; hidden ones and the manifest left out."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.name == MANIFEST_NAME or path.name.startswith("."):
            continue
        ending = next((ending for ending in reversed(ENDINGS) if path.name.endswith(ending)), "")
        feed = path.name.removesuffix(ending)
        if not ending or feed not in contracts:
            feeds = ", ".join(sorted(name for name, contract in contracts.items() if contract.is_collected))
            raise LandingError(
                f"{path.name} is not named after a feed: call it <feed>.csv or <feed>.csv.gz, or take it out of the "
                f"folder. The feeds are {feeds}."
            )
        if not contracts[feed].is_collected:
            raise LandingError(f"{path.name}: {feed} has no purpose in analytics and is never taken. Take it out.")
        if feed in found:
            raise LandingError(f"{found[feed].name} and {path.name} are both of {feed}: leave one.")
        found[feed] = path
    return sorted(found.items())


def _entry(path: Path, feed: str, contract: Contract, extracted_at: dt.datetime | None) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    try:
        file, _ = open_plain(path)
        with file:
            written = dt.datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, tz=HERE).replace(microsecond=0)
            while block := file.read(BLOCK):
                digest.update(block)
                size += len(block)
            file.seek(0)
            rows, by_establishment = _count(file, path, contract)
    except NotPlainError as problem:
        raise LandingError(f"{path.name} is {problem.kind}: put a plain file there.") from None
    except PermissionError:
        raise LandingError(f"{path.name} may not be read: look at its owner and mode.") from None
    except (UnicodeDecodeError, csv.Error, EOFError, gzip.BadGzipFile) as problem:
        raise LandingError(
            f"{path.name} cannot be read as CSV ({type(problem).__name__}): export it as UTF-8 with commas, and as "
            "gzip where it ends in .gz."
        ) from None
    found: dict[str, Any] = {
        "feed": feed,
        "name": path.name,
        "kind": contract.kind,
        "sha256": digest.hexdigest(),
        "bytes": size,
        "rows": rows,
        "extracted_at": (extracted_at or written).isoformat(),
    }
    if contract.has_establishment:
        found["rows_by_establishment"] = dict(sorted(by_establishment.items()))
    return found


def _count(file: BinaryIO, path: Path, contract: Contract) -> tuple[int, Counter[str]]:
    """Records of a file, blank ones left out, and how many of them name each establishment."""
    content: Any = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
    rows, by_establishment = 0, Counter[str]()
    with io.TextIOWrapper(content, encoding="utf-8-sig", newline="") as text:
        records = _records(text)
        header = next(records, None)
        if header is None:
            raise LandingError(f"{path.name} is empty: its first line has the names of the columns.")
        place = header.index("seed_code") if contract.has_establishment and "seed_code" in header else None
        if contract.has_establishment and place is None:
            raise LandingError(f"{path.name} has no column seed_code in its first line, as {contract.feed} needs.")
        for record in records:
            rows += 1
            if place is not None and place < len(record):
                by_establishment[record[place]] += 1
    return rows, by_establishment


def _records(text: io.TextIOWrapper) -> Iterator[list[str]]:
    for record in csv.reader(text, strict=True):
        if any(record):
            yield record
