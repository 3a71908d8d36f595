"""Small deliveries of which each holds one thing that may go wrong: what the exact marts make of them.

Every case is a council of its own, so they land together: the first delivery of each, a run, the others, a run. Then
everything is built again from raw.
"""

import shutil
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_DIR, Settings
from tests.conftest import NewWarehouse
from tests.support.main_job import dbt_alone, fingerprint, rows, run_plainly, warehouse

CASES = PROJECT_DIR / "tests" / "data" / "cases"
NAMES = ("future-leaving-date", "left-before-entry", "nursery-child", "no-enrolments", "placeholder-scn", "stray-mark")
LAYERS = ("canonical", "pseudonymised", "aggregated_exact")

FUTURE_LEAVING, PLACEHOLDER, NURSERY, NO_ENROLMENTS = "S12000014", "S12000018", "S12000023", "S12000027"
LEFT_BEFORE_ENTRY, STRAY, CAME_BACK = "S12000030", "S12000033", "S12000034"


@pytest.fixture(scope="module")
def built(new_warehouse: NewWarehouse, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    landing = tmp_path_factory.mktemp("cases")
    later: list[tuple[Path, Path]] = []
    for name in NAMES:
        for council in sorted(path for path in CASES.glob(f"{name}/landing*/*") if path.is_dir()):
            first, *others = sorted(council.iterdir())
            shutil.copytree(first, landing / council.name / first.name)
            later += [(folder, landing / council.name / folder.name) for folder in others]
    made = new_warehouse(built=True, landing=landing)
    run_plainly(made)
    for source, target in later:
        shutil.copytree(source, target)
    run_plainly(made)
    return made


def school_years(settings: Settings, authority: str, year: str = "2025/26") -> dict[str, tuple[int, int, int]]:
    """By school: pupils with a possible opening, possible openings and openings not recorded."""
    found = rows(
        settings,
        "transformer",
        "select seed_code, behind_marked, openings_possible, openings_not_recorded "
        "from aggregated_exact.attendance_by_school_year where local_authority_code = %s and academic_year = %s",
        authority,
        year,
    )
    return {row[0]: row[1:] for row in found}


def cases(settings: Settings, authority: str) -> list[tuple[str, int, int]]:
    """Kind, school and how many marks or enrolments, of the cases for the steward."""
    return rows(
        settings,
        "transformer",
        "select kind, seed_code, row_count::integer from canonical.identity_issues where local_authority_code = %s "
        "order by 1, 2, 3",
        authority,
    )


def explained(settings: Settings, authority: str, feed: str = "attendance") -> dict[str, int]:
    """What the balance sheet says of rows of a feed that did not get into canonical."""
    found = rows(
        settings,
        "transformer",
        "select reasons.reason, sum(reasons.amount::integer)::integer from control.reconciliation as lines "
        "cross join lateral jsonb_each_text(lines.explained) as reasons (reason, amount) "
        "where lines.hop = 'raw to canonical' and lines.local_authority_code = %s and lines.feed = %s group by 1",
        authority,
        feed,
    )
    return dict(found)


def test_a_leaving_date_far_off_makes_nobody_of_the_next_year(built: Settings) -> None:
    assert school_years(built, FUTURE_LEAVING, "2024/25") == {"1000128": (7, 70, 0)}
    assert school_years(built, FUTURE_LEAVING) == {"1000128": (6, 60, 0)}


def test_who_left_before_the_entry_never_came(built: Settings) -> None:
    """Not even for the days between the two snapshots."""
    assert school_years(built, LEFT_BEFORE_ENTRY) == {"5720028": (6, 120, 0)}


def test_a_nursery_child_is_in_no_figure(built: Settings) -> None:
    assert school_years(built, NURSERY) == {"6000223": (6, 60, 0)}
    assert explained(built, NURSERY) == {"out_of_scope": 10}
    assert cases(built, NURSERY) == []
    stages = "select distinct stage from pseudonymised.pupil_years where local_authority_code = %s"
    assert rows(built, "transformer", stages, NURSERY) == [("P2",)]


def test_pupils_without_a_number_are_nobody_else(built: Settings) -> None:
    assert school_years(built, PLACEHOLDER) == {"1000527": (6, 60, 0)}
    assert explained(built, PLACEHOLDER) == {"held_identity": 20}
    assert explained(built, PLACEHOLDER, "enrolments") == {"held_identity": 2}
    assert cases(built, PLACEHOLDER) == [("placeholder_scn", 1000527, 22)]
    numbers = "select count(*), count(scn) from canonical.pupils where local_authority_code = %s"
    assert rows(built, "transformer", numbers, PLACEHOLDER) == [(8, 6)]


def test_without_enrolments_nothing_is_expected(built: Settings) -> None:
    assert school_years(built, NO_ENROLMENTS) == {"6100228": (6, 45, 0)}
    assert cases(built, NO_ENROLMENTS) == [("no_enrolment", 6100228, marks) for marks in (5, 5, 5, 10, 10, 10)]
    shown = "select openings_possible, openings_symbol from aggregated.attendance_by_school_year where seed_code = %s"
    assert rows(built, "analyst", shown, "6100228") in ([], [(None, "[x]")])


def test_a_stray_mark_revives_nothing(built: Settings) -> None:
    """The pupil is marked where he is, so the mark at his old school is explained and not counted."""
    assert school_years(built, STRAY) == {"1002929": (6, 120, 0), "1004247": (7, 140, 0)}
    assert explained(built, STRAY) == {"marked_elsewhere": 1}
    assert cases(built, STRAY) == []


def test_who_comes_back_is_expected_from_the_new_entry_on(built: Settings) -> None:
    assert school_years(built, CAME_BACK) == {"1003607": (7, 130, 0), "1003615": (6, 120, 0)}
    assert cases(built, CAME_BACK) == []


def test_the_books_close(built: Settings) -> None:
    done = warehouse(built, "reconcile", "--json")
    assert done.code == 0, done.output
    assert done.json()["breaks"] == []


def test_built_from_raw_they_are_the_same(built: Settings) -> None:
    before = {layer: fingerprint(built, layer) for layer in LAYERS}
    done = dbt_alone(built, ["run", "--full-refresh"])
    assert done.success, done.error or [(node.unique_id, node.message) for node in done.failed]
    after = {layer: fingerprint(built, layer) for layer in LAYERS}
    for layer in LAYERS:
        differing = [table for table in before[layer] if before[layer][table] != after[layer].get(table)]
        assert [table for table in differing if table != "attendance_changes"] == []
