"""What docs/deliveries.md says is enough: its example lands as printed, and so does an export written from it alone."""

import re
import subprocess
from pathlib import Path

import pytest

from orchestration.landing import LandingResult, land_delivery
from orchestration.settings import PROJECT_DIR, Settings
from tests.support.landings import emptied

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
