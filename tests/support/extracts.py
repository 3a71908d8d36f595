"""Small extracts for tests of landing, written as an authority's export job would: files first, manifest last.

All pupils are made up; the schools are real ones of Clackmannanshire.
"""

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

CLACKMANNANSHIRE = "S12000005"
ALLOA, LORNSHILL = "5702534", "5702631"
NEW_SCHOOL = "1234560"  # in no seed, with a right check digit
SCNS = ("173000006", "173000014", "173000022", "173000030", "173000049", "173000057")
DAYS = ("2025-09-01", "2025-09-02", "2025-09-03")
ATTENDANCE = ("scn", "seed_code", "attendance_date", "opening", "attendance_code", "recorded_at")
PUPILS = (
    "scn", "seemis_pupil_id", "forename", "surname", "known_as", "date_of_birth", "sex", "data_zone_code",
    "ethnicity_code", "main_home_language", "english_level", "looked_after", "free_meal_registered",
    "gaelic_education", "disability", "national_identity", "updated_at",
)  # fmt: skip
ENROLMENTS = (
    "scn", "seed_code", "entry_date", "leaving_date", "stage", "registration_class", "is_base_school", "status",
    "mode_of_attendance", "leaving_reason", "updated_at",
)  # fmt: skip
CALENDAR = ("seed_code", "opening_date", "opening", "is_open", "reason", "updated_at")
ESTABLISHMENTS = (
    "seed_code", "establishment_name", "local_authority_code", "sector", "denomination", "gaelic_medium",
    "half_day_openings_per_week", "planning_capacity", "working_capacity", "capacity_as_at", "condition",
    "suitability", "medium_of_education", "integrated_special_unit", "opened_on", "closed_on", "mothballed_on",
)  # fmt: skip
KINDS = dict.fromkeys(
    ("attendance", "library_loans", "cfe_levels", "cfe_tracking", "qualifications", "leavers"), "delta"
)
Row = Sequence[str]


def marks(school: str = ALLOA, days: Sequence[str] = DAYS, code: str = "10") -> list[list[str]]:
    """Attendance of all pupils, mornings and afternoons."""
    return [
        [scn, school, day, opening, code, f"{day}T09:00:00+01:00"]
        for day in days
        for opening in ("AM", "PM")
        for scn in SCNS
    ]


def pupils(count: int = len(SCNS)) -> list[list[str]]:
    """Pupils under the SCNs, and further ones under others."""
    scns = [*SCNS, *(f"18{number:07d}" for number in range(count))][:count]
    return [
        [scn, f"P{at}", f"Forename{at}", f"Surname{at}", "", "2012-05-01", "F", "S01007466", "01", "eng",
         "first_language", "no", "N", "none", "none", "01", "2025-08-20T09:00:00+01:00"]
        for at, scn in enumerate(scns)
    ]  # fmt: skip


def enrolments(school: str = ALLOA) -> list[list[str]]:
    """Each pupil at one school."""
    return [
        [scn, school, "2024-08-20", "", "S2", "2A", "Y", "on_roll", "full_time", "", "2025-08-20T09:00:00+01:00"]
        for scn in SCNS
    ]


def calendar(school: str = ALLOA) -> list[list[str]]:
    """The half days of the marks, open."""
    return [
        [school, day, opening, "Y", "term", "2025-06-01T09:00:00+01:00"] for day in DAYS for opening in ("AM", "PM")
    ]


def establishments(*schools: str) -> list[list[str]]:
    """Secondary schools by SEED code."""
    return [
        [
            school,
            "A school",
            CLACKMANNANSHIRE,
            "secondary",
            "",
            "N",
            "10",
            "",
            "900",
            "2025-06-30",
            "B",
            "A",
            "english",
            "N",
            "",
            "",
            "",
        ]
        for school in schools or (ALLOA, LORNSHILL)
    ]


COLUMNS: Mapping[str, Row] = {
    "attendance": ATTENDANCE,
    "pupils": PUPILS,
    "enrolments": ENROLMENTS,
    "calendar": CALENDAR,
    "establishments": ESTABLISHMENTS,
}


def csv_text(columns: Row, rows: Sequence[Row]) -> str:
    """CSV as the extract layouts have it; fields in need of quotation marks get them."""
    return "".join(",".join(map(_field, row)) + "\n" for row in [columns, *rows])


def _field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n\r') else text


@dataclass(frozen=True)
class Extract:
    """One file: what lies in the folder, and what the manifest says of it where that differs."""

    feed: str
    content: bytes
    rows: int
    name: str
    by_establishment: dict[str, int] | None = None
    manifest: dict[str, Any] = field(default_factory=dict)
    is_absent: bool = False

    def saying(self, **manifest: Any) -> "Extract":
        """The same file under a manifest that says something else."""
        return replace(self, manifest={**self.manifest, **manifest})

    def holding(self, content: bytes | str) -> "Extract":
        """The same entry, announced rightly, for other content."""
        return replace(self, content=content.encode() if isinstance(content, str) else content)


def extract(feed: str, rows: Sequence[Row], columns: Row | None = None, compressed: bool = False) -> Extract:
    """A file of rows as it should be."""
    columns = columns or COLUMNS.get(feed, ())
    content = csv_text(columns, rows).encode()
    by = dict(Counter(row[columns.index("seed_code")] for row in rows)) if "seed_code" in columns else None
    name = f"{feed}.csv"
    if compressed:
        content, name = gzip.compress(content, mtime=0), f"{feed}.csv.gz"
    return Extract(feed, content, len(rows), name, by)


def deliver(
    landing: Path,
    files: Sequence[Extract],
    date: str = "2025-09-03",
    sequence: int = 1,
    authority: str = CLACKMANNANSHIRE,
    **manifest: Any,
) -> str:
    """Write a delivery; returns its key. Keywords replace or add fields of the manifest."""
    key = f"{authority}/{date}" + (f"-{sequence}" if sequence > 1 else "")
    folder = landing / key
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        if not file.is_absent:
            (folder / file.name).write_bytes(file.content)
    document = {
        "manifest_version": 1,
        "local_authority_code": authority,
        "extract_date": date,
        "sequence": sequence,
        "environment": "synthetic",
        "supersedes": None,
        "files": [_entry(file, date) for file in files],
        **manifest,
    }
    (folder / "manifest.json").write_text(json.dumps(document))
    return key


def _entry(file: Extract, date: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "feed": file.feed,
        "name": file.name,
        "kind": KINDS.get(file.feed, "snapshot"),
        "sha256": hashlib.sha256(file.content).hexdigest(),
        "bytes": len(file.content),
        "rows": file.rows,
        "extracted_at": f"{date}T18:00:00+01:00",
    }
    if file.by_establishment is not None:
        entry["rows_by_establishment"] = file.by_establishment
    return {**entry, **file.manifest}
