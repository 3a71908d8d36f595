"""A release ends, whatever was hidden before: a department whose sum was hidden with it goes (RULES 34, 35)."""

import shutil
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_DIR, Settings
from tests.conftest import NewWarehouse
from tests.support.main_job import rows, run_plainly

CASE = PROJECT_DIR / "tests" / "data" / "cases" / "release-never-ends"
SECTORS = "select sector, openings_possible, openings_symbol from released.attendance_by_authority_year order by 1"


@pytest.fixture(scope="module")
def released(new_warehouse: NewWarehouse, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    landing = Path(tmp_path_factory.mktemp("landing"))
    shutil.copytree(CASE / "first-run", landing, dirs_exist_ok=True)
    made = new_warehouse(built=True, landing=landing)
    run_plainly(made)
    assert {sector: symbol for sector, _, symbol in rows(made, "releaser", SECTORS)} == {
        "all": "[c]",
        "primary": None,
        "special": "[c]",
    }
    shutil.copytree(CASE / "second-run", landing, dirs_exist_ok=True)
    return made


def test_hidden_stays_hidden_with_another_cell_beside_it(released: Settings) -> None:
    """The sum of all stays hidden, and what is left is hidden with it: its growth would tell of those who came."""
    run_plainly(released)
    assert rows(released, "releaser", SECTORS) == [("all", None, "[c]"), ("primary", None, "[c]")]
    exact = "select sector, behind_pupils from aggregated_exact.attendance_by_authority_year order by 1"
    assert rows(released, "transformer", exact) == [("all", 13), ("primary", 13)]
    run_plainly(released)
