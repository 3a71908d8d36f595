"""What docs/deliveries.md says is enough: its example lands as printed, and so does an export written from it alone."""

import datetime as dt
import json
import re
import subprocess
from pathlib import Path

import pytest

from orchestration.landing import LandingError, LandingResult, land_delivery, make_manifest
from orchestration.settings import PROJECT_DIR, Settings
from tests.support.landings import emptied
from tests.support.main_job import rows, warehouse

PAGE = PROJECT_DIR / "docs" / "deliveries.md"
NEWCOMER = PROJECT_DIR / "tests" / "data" / "newcomer"


def _accepted(result: LandingResult) -> dict[str, tuple[str, int, int]]:
    return {file.feed: (file.status, file.rows_accepted, file.rows_rejected) for file in result.files}


@pytest.fixture
def landing(emptied_warehouse: Settings) -> Settings:
    return emptied(emptied_warehouse)


def test_the_worked_example_lands_to_the_letter(landing: Settings) -> None:
    printed = dict(re.findall(r"^`([\w.]+)`(?:, [^\n]*)?\n\n```(?:csv|json)\n(.*?)```", PAGE.read_text(), re.S | re.M))
    folder = landing.landing / "S12000005" / "2025-08-20"
    folder.mkdir(parents=True)
    for name, content in printed.items():
        (folder / name).write_text(content)
    result = land_delivery(landing, "S12000005/2025-08-20")
    assert _accepted(result) == {
        "establishments": ("landed", 1, 0),
        "pupils": ("landed", 2, 0),
        "enrolments": ("landed", 2, 0),
        "attendance": ("landed", 4, 0),
    }
    assert {warned.kind for warned in result.warnings} == set()


def test_an_export_written_from_the_page_lands(landing: Settings, tmp_path: Path) -> None:
    """In sh and awk, from a council's own reports: semicolons, 31/12/2025, both halves of a day in a line, letters."""
    subprocess.run(
        [NEWCOMER / "export.sh", NEWCOMER / "reports", landing.landing, "S12000005", "2025-09-05", "17:30"],
        check=True,
        cwd=tmp_path,
    )
    result = land_delivery(landing, "S12000005/2025-09-05")
    assert _accepted(result) == {
        "establishments": ("landed", 2, 0),
        "pupils": ("landed", 8, 0),
        "enrolments": ("landed", 9, 0),
        "attendance": ("landed", 207, 0),
    }
    kinds = {warned.kind for file in result.files for warned in file.warnings}
    assert kinds <= {"missing_optional_column", "rows_by_establishment_missing"}, kinds


def _ledger(settings: Settings) -> list[tuple[object, ...]]:
    query = """
        select 'attempts', count(*) from control.attempts
        union all select 'deliveries', count(*) from control.deliveries
        union all select 'rows', count(*) from raw.attendance
        union all select 'rejected', count(*) from raw.rejected_rows
    """
    return sorted(rows(settings, "loader", query))


def test_a_check_says_what_landing_would_and_loads_nothing(landing: Settings, tmp_path: Path) -> None:
    subprocess.run(
        [NEWCOMER / "export.sh", NEWCOMER / "reports", tmp_path, "S12000005", "2025-09-05", "17:30"], check=True
    )
    folder = tmp_path / "S12000005" / "2025-09-05"
    before = _ledger(landing)
    done = warehouse(landing, "check-delivery", str(folder), "--json")
    said = json.loads(done.output)
    assert (done.code, said["outcome"]) == (0, "would land")
    assert {file["feed"]: file["accepted"] for file in said["files"]}["attendance"] == 207
    assert "calendar close S12000005" in said["question"]
    (folder / "enrolments.csv").write_text((folder / "enrolments.csv").read_text().replace("P4", "P9"))
    held = warehouse(landing, "check-delivery", str(folder))
    assert held.code == 3
    assert "enrolments.csv" in held.output
    assert "it is not the file that the manifest announces" in " ".join(held.output.split())
    refused = warehouse(landing, "check-delivery", str(tmp_path / "S12000005" / "2025-09-06"))
    assert refused.code == 1
    assert _ledger(landing) == before
    landed = warehouse(landing, "make-delivery", str(folder), "--again", "--extracted-at", "2025-09-05T17:30:00")
    assert landed.code == 0
    broken = warehouse(landing, "check-delivery", str(folder), "--json")
    assert broken.code == 3
    assert [(one["column"], one["reason"], one["rows"]) for one in json.loads(broken.output)["rejects"]] == [
        ("stage", "unknown_code", 3)
    ]


def test_a_manifest_that_is_made_is_the_one_of_the_page(landing: Settings, tmp_path: Path) -> None:
    printed = dict(re.findall(r"^`([\w.]+)`(?:, [^\n]*)?\n\n```(?:csv|json)\n(.*?)```", PAGE.read_text(), re.S | re.M))
    folder = tmp_path / "S12000005" / "2025-08-20"
    folder.mkdir(parents=True)
    for name, content in printed.items():
        if name != "manifest.json":
            (folder / name).write_text(content)
    made = make_manifest(landing, folder, dt.datetime.fromisoformat("2025-08-20T18:00:00+01:00"))
    wanted = json.loads(printed["manifest.json"])
    assert {**made, "files": sorted(made["files"], key=str)} == {**wanted, "files": sorted(wanted["files"], key=str)}
    assert json.loads((folder / "manifest.json").read_text()) == made
    with pytest.raises(LandingError, match="is there already"):
        make_manifest(landing, folder)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("pupil.csv", b"scn\n", "pupil.csv is not named after a feed"),
        ("contacts.csv", b"scn\n", "never taken"),
        ("attendance.csv", b"", "is empty"),
        ("attendance.csv", b"scn,opening\n1,AM\n", "has no column seed_code"),
        ("attendance.csv.gz", b"no gzip", "cannot be read as CSV"),
        ("attendance.csv", "scn,seed_code\n\xff".encode("latin-1"), "cannot be read as CSV"),
    ],
)
def test_a_file_that_is_not_as_the_page_says_is_named(
    landing: Settings, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    folder = tmp_path / "S12000005" / "2025-08-20"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    with pytest.raises(LandingError, match=says):
        make_manifest(landing, folder)
    assert not (folder / "manifest.json").exists()
