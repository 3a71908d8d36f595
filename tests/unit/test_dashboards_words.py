"""What pages say in words stands in no contradiction to the settings and code lists that figures are made by."""

import csv
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.subjects.core.figures import quality, words
from dashboards.subjects.core.figures.attention import School
from dashboards.subjects.core.figures.checks import Delay
from dashboards.subjects.core.figures.definitions import COMPARING, DEFINITIONS, PROTECTION
from dashboards.subjects.core.figures.deliveries import File, deliveries_table
from dashboards.subjects.core.figures.delivery_names import day_of, name_of, order_of
from dashboards.subjects.core.figures.quality import Verdict
from dashboards.subjects.core.figures.thresholds import ATTENTION
from orchestration.settings import PROJECT_DIR
from orchestration.yaml_files import read_yaml

VARS = read_yaml(PROJECT_DIR / "dbt_project" / "dbt_project.yml")["vars"]
ALVA = School("5000001", "primary", "Alva Primary School")


def percent(share: float) -> str:
    return f"{share * 100:.0f}%"


def definition(name: str) -> str:
    return next(" ".join(row) for row in DEFINITIONS if row[0] == name)


def test_definitions_say_the_thresholds_that_figures_are_made_by() -> None:
    assert f"{percent(VARS['persistent_absence_share'])} or more" in definition("Persistent absence")
    assert f"at least {VARS['persistent_absence_minimum_openings']} possible" in definition("Persistent absence")
    assert f"{percent(VARS['severe_absence_share'])} or more" in definition("Severe absence")
    assert f"Below {percent(VARS['completeness_floor'])}" in definition("Completeness")
    assert f"Above {percent(VARS['unmapped_codes_ceiling'])}" in definition("Unknown reason")
    assert VARS["first_release_open_days"] == 10
    assert any("tenth open day" in rule for rule in PROTECTION)
    assert any("1 to 4 pupils" in rule for rule in PROTECTION)
    assert {answer for _, answer, _ in COMPARING} == {"Yes", "With care", "No"}


def test_what_today_points_out_is_written_with_its_numbers() -> None:
    text = " ".join(rule for _, rule in ATTENTION.in_words)
    for number in (
        ATTENTION.fall_from_last_year, ATTENTION.fall_from_weeks_before, ATTENTION.weeks_before,
        ATTENTION.rise_of_persistent_absence, ATTENTION.fewest_pupils, ATTENTION.days_of_deliveries,
        percent(float(ATTENTION.completeness)),
    ):  # fmt: skip
        assert str(number) in text


def test_reasons_for_files_are_those_of_the_seed() -> None:
    with (PROJECT_DIR / "seeds" / "landing_reasons.csv").open(newline="") as file:
        seed = {row["reason"]: row["meaning"] for row in csv.DictReader(file)}
    assert seed == words.FILE_REASONS


def sources(folder: str) -> Iterator[str]:
    for path in sorted(Path(PROJECT_DIR / "orchestration" / folder).rglob("*.py")):
        yield path.read_text()


def test_every_kind_of_warning_has_words() -> None:
    kinds = {kind for text in sources("landing") for kind in re.findall(r'Warned\(\s*"([a-z_]+)"', text)}
    assert kinds
    assert kinds <= set(words.PROBLEMS)


def test_every_step_of_the_balance_sheet_has_words() -> None:
    folder = PROJECT_DIR / "dbt_project" / "models" / "control"
    hops = {hop for path in folder.rglob("*.sql") for hop in re.findall(r"'([a-z ]+)' as hop", path.read_text())}
    assert hops == set(words.STEPS)


def test_every_mart_with_deliveries_behind_it_can_be_asked_for() -> None:
    """As ``provenance`` chooses them: released marts, no code lists, with an academic year."""
    marts = set()
    for path in (PROJECT_DIR / "dbt_project" / "models" / "aggregated").rglob("*.yml"):
        for model in read_yaml(path).get("models", []):
            config = model.get("config", {})
            release = config.get("meta", {}).get("release")
            columns = {column["name"] for column in model.get("columns", [])}
            if release and release["kind"] != "reference" and "academic_year" in columns:
                marts.add((config.get("alias", model["name"]), "seed_code" in columns))
    assert {(mart, words.MARTS[mart].startswith("School:")) for mart in words.MARTS} == marts


def test_problems_are_one_row_for_a_reason_with_its_columns() -> None:
    table = quality.problems(
        [
            Verdict("rejected rows", "pupils", "wrong_type in date_of_birth", "under 0.1% of rows"),
            Verdict("rejected rows", "pupils", "wrong_type in scn", "1% of rows or more"),
            Verdict("files not landed", "pupils", "quarantined: hash_mismatch", "one file"),
            Verdict("balance sheet", "pupils", "file to raw", "closes"),
        ]
    )
    assert table.rows == [
        ("Pupils", "File held back", "The file is not the one that the manifest speaks of.", "One file"),
        (
            "Pupils",
            "Row not used",
            "Not a date or number where one must be (candidate number and date of birth)",
            "1% of rows or more",
        ),
    ]


def test_what_does_not_add_up_is_said_first() -> None:
    verdicts = [
        Verdict("balance sheet", "attendance", "manifest to file", "closes"),
        Verdict("balance sheet", "pupils", "manifest to file", "closes"),
        Verdict("balance sheet", "attendance", "pupil months to marts", "does not close"),
    ]
    assert quality.balance(verdicts).rows == [
        ("The figures add up to the monthly counts", "No", "Attendance"),
        ("The files hold as many rows as were announced", "Yes", "Attendance and pupils"),
    ]
    assert quality.balance_sentence(verdicts).startswith("1 of 3 counts")
    assert quality.balance_sentence(verdicts[:2]).startswith("Everything adds up")


@pytest.mark.parametrize(
    ("status", "said"),
    [("fresh", "Everything that was due has come."), ("late", "Late or missing: attendance. Alva Primary School is")],
)
def test_freshness_in_one_sentence(status: str, said: str) -> None:
    states = [Delay(ALVA.name, ALVA, "attendance", status, None, None, dt.date(2025, 10, 31))]
    assert quality.freshness_sentence(states).startswith(said)
    assert (quality.late_schools(states) is None) == (status == "fresh")


def test_names_of_deliveries() -> None:
    assert day_of("S12000005/2025-10-31-11") == "31 October 2025"
    assert name_of("S12000005/2025-10-31-11") == "31\u00a0October\u00a02025, no.\u00a011"
    assert name_of("S12000005/2025-10-31") == "31\u00a0October\u00a02025"
    assert order_of("S12000005/2025-10-31-11") > order_of("S12000005/2025-10-31-9") > order_of("S12000005/2025-10-30")
    assert day_of("odd") == "not known"


def test_deliveries_newest_first_with_what_could_not_be_used() -> None:
    when = dt.datetime(2025, 11, 1, 5, tzinfo=dt.UTC)
    day = dt.date(2025, 10, 31)
    files = [
        File("A/2025-10-31-9", day, when, "attendance", "landed in part", "landed", "", True),
        File("A/2025-10-31-9", day, None, "pupils", "landed in part", "quarantined", "It cannot be read.", False),
        File("A/2025-10-31-10", day, when, "attendance", "landed", "landed", "", False),
    ]
    assert [row[:2] + row[3:] for row in deliveries_table(files).rows] == [
        ("A/2025-10-31-10", "Received, replaced or withdrawn", "Attendance."),
        ("A/2025-10-31-9", "Received in part", "Attendance. Pupils held back: It cannot be read."),
    ]
    assert len(deliveries_table(files, 1).rows) == 1
