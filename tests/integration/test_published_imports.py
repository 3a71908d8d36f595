"""Published figures that are imported: all of a file or nothing, the last edition counts, one taken back does not."""

import csv
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest

from orchestration.landing.outcomes import LandingError
from orchestration.landing.published import import_published, list_published, take_back_published
from orchestration.ledger import latest_event
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.transform import run_dbt
from tests.conftest import NewWarehouse
from tests.support.main_job import rows, warehouse

AIMS = "local_authority_code,aim_year,measure,pupil_group,aim_round,aim_percent,low_percent,high_percent,status,source"
OURS = "S12000005,2026/27,bge_literacy,all,2026/27 to 2028/29,78.5,77,80,published,Education plan"
LEVELS = "area_code,academic_year,stage,organiser,cohort,percent,percent_1,percent_2,percent_3,percent_4,percent_5,"
LEVELS += "percent_unknown"
READING = "S12000005,2025/26,P1,reading,500,80.5,c,-,80 - 100%,,90.25,c"
SEEN = """
select aim_percent::float, low_percent::float, is_imported from aggregated_exact.stretch_aims
where area_code = 'S12000005' and aim_year = %s and measure = 'bge_literacy' and pupil_group = 'all'
"""


def written(folder: Path, name: str, *lines: str) -> Path:
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def council(new_warehouse: NewWarehouse) -> Settings:
    return new_warehouse(built=True)


def build(settings: Settings) -> None:
    names = ("stretch_aims", "published_levels")
    models = [f"{layer}{name}" for name in names for layer in ("stg_control__", "aggregated_")]
    done = run_dbt(settings, ["build", "--select", *models])
    assert done.success, done


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((AIMS,), "has no rows"),
        ((), "is empty"),
        ((AIMS.replace("source", "sauce"), OURS), r"sauce is none of them.*did you mean source.*source is missing"),
        ((AIMS, OURS + ",more"), "row 1: 11 fields under 10 columns"),
        ((AIMS, OURS, OURS), "row 2: local_authority_code, .* are those of row 1"),
        ((AIMS, OURS.replace("S12000005", "S12999999")), "row 1, column local_authority_code: 'S12999999' is no area"),
        ((AIMS, OURS.replace("2026/27,", "2026-27,")), "row 1, column aim_year: '2026-27' is no academic year"),
        ((AIMS, OURS.replace("2026/27,", ",")), "row 1, column aim_year: is empty, and part of the key"),
        ((AIMS, OURS.replace("78.5", "78,5")), "row 1: 11 fields"),
        ((AIMS, OURS.replace("78.5", "78.5%")), "row 1, column aim_percent: '78.5%' is no number"),
        ((AIMS, OURS.replace("78.5", "78.5123")), "row 1, column aim_percent: 78.5123 has more than 3 digits"),
        ((AIMS, OURS, OURS.replace("all", "boys")), "row 2: it has to hold that pupil_group in"),
        ((AIMS, OURS.replace("78.5", "178.5")), "row 1: it has to hold that aim_percent between 0 and 100"),
        ((AIMS, OURS.replace("78.5", "")), "row 1: it has to hold that aim_round is not null and aim_percent is not"),
        ((AIMS, OURS.replace("published", "hoped for")), "row 1: it has to hold that status in"),
        ((AIMS, OURS.replace(",77,80,", ",81,80,")), "row 1: it has to hold that low_percent"),
        ((AIMS, OURS + "\0"), "is no text|line contains NUL"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_imported(
    council: Settings, tmp_path: Path, lines: Sequence[str], said: str
) -> None:
    path = written(tmp_path, "stretch_aims", *lines) if lines else tmp_path / "stretch_aims.csv"
    path.touch()
    before = latest_event(council), list_published(council)
    with pytest.raises(LandingError, match=said):
        import_published(council, path, "stretch_aims", "Education plan", "test")
    assert (latest_event(council), list_published(council)) == before


@pytest.mark.parametrize("percent", ["low", "80%", "c c", "101 or more"])
def test_a_published_share_is_a_figure_a_band_or_a_symbol(council: Settings, tmp_path: Path, percent: str) -> None:
    path = written(tmp_path, "published_levels", LEVELS, READING.replace("80.5", percent))
    with pytest.raises(LandingError, match="row 1: it has to hold that concat_ws"):
        import_published(council, path, "published_levels", "Table 2", "test")


def test_a_new_edition_counts_and_what_was_before_comes_back(council: Settings, tmp_path: Path) -> None:
    build(council)
    assert rows(council, "transformer", SEEN, "2025/26") == [(76.0, None, False)]
    first = OURS.replace("2026/27,", "2025/26,")
    path = written(tmp_path, "stretch_aims", AIMS, OURS, first)
    done = warehouse(council, "import-published", str(path), "--source", "Education plan, page 12")
    assert (done.code, "2 rows of stretch_aims" in done.output) == (0, True), done.errors
    assert warehouse(council, "import-published", str(path), "--source", "again").code == 1, "in force already"
    newer = import_published(
        council, written(tmp_path, "newer", AIMS, first.replace("78.5", "79")), "stretch_aims", "Correction", "test"
    )
    build(council)
    assert rows(council, "transformer", SEEN, "2026/27") == [(78.5, 77.0, True)]
    assert rows(council, "transformer", SEEN, "2025/26") == [(79.0, 77.0, True)]
    listed = warehouse(council, "published", "list", "--json").json()
    assert [(row["rows"], row["is_in_force"]) for row in listed] == [(1, True), (2, True)]
    assert listed[1]["source"] == "Education plan, page 12"

    take_back_published(council, newer[0], "a draft", "test")
    with pytest.raises(LandingError, match=rf"There is no import {newer[0]} in force"):
        take_back_published(council, newer[0], "twice", "test")
    build(council)
    assert rows(council, "transformer", SEEN, "2025/26") == [(78.5, 77.0, True)]
    number = str(listed[1]["import"])
    assert warehouse(council, "published", "take-back", number, "--reason", "not agreed").code == 0
    build(council)
    assert rows(council, "transformer", SEEN, "2025/26") == [(76.0, None, False)]
    assert rows(council, "transformer", SEEN, "2026/27") == []


def test_a_published_year_is_one_more(council: Settings, tmp_path: Path) -> None:
    path = written(tmp_path, "acel", LEVELS, READING)
    with pytest.raises(LandingError, match=r"acel takes no published figures\. .* one of: comparison_values, pub"):
        import_published(council, path, "acel", "Table 2", "test")
    import_published(council, path, "published_levels", "Achievement of levels 2025-26, table 2", "test")
    build(council)
    query = "select percent, percent_2, percent_4, is_imported from aggregated_exact.published_levels where {}"
    found = rows(council, "transformer", query.format("academic_year = '2025/26'"))
    assert found == [("80.5", "-", None, True)]
    with (PROJECT_DIR / "seeds" / "published_levels.csv").open(newline="") as file:
        assert rows(council, "transformer", "select count(*) from aggregated_exact.published_levels") == [
            (len(list(csv.DictReader(file))) + 1,)
        ]


@pytest.mark.parametrize("role", ["loader", "steward", "transformer"])
@pytest.mark.parametrize("table", ["published_imports", "published_rows"])
def test_nobody_changes_an_edition(council: Settings, role: str, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(council, role, f"delete from control.{table} returning 1")
