"""What the layers make of synthetic years of attainment is what was made up, to the row, faults included.

Two years stand beside attendance, and two before them have attainment alone.
"""

from collections import Counter
from typing import Any

import pytest

from orchestration.settings import Settings
from orchestration.synthetic import FURTHER_FEEDS, SynthOptions, generate
from tests.conftest import NewWarehouse
from tests.support.attainment_warehouse import built, landed, query, without_attendance
from tests.support.synthetic_reading import truth_of

ORKNEY = "S12000023"
COUNTED = {
    "cfe_levels": ("canonical.returned_levels", "level_achieved"),
    "cfe_tracking": ("canonical.cfe_tracking", "predicted_level"),
    "qualifications": ("canonical.qualifications", "grade"),
    "leavers": ("canonical.leavers", "initial_destination"),
}


@pytest.fixture(scope="module")
def orkney(new_warehouse: NewWarehouse) -> Settings:
    made = new_warehouse(built=True)
    options = SynthOptions(
        (ORKNEY,), ("2023/24", "2024/25"), made.landing, faults=0.0005, feeds=FURTHER_FEEDS, attainment_from="2021/22"
    )
    whole = [key for key in generate(options).deliveries if key.count("-") == 2]
    without_attendance(made.landing)
    landed(made, whole)
    built(made)
    return made


@pytest.mark.parametrize("feed", COUNTED)
def test_canonical_counts_are_those_that_were_made_up(orkney: Settings, feed: str) -> None:
    """By school, stage, organiser, language and level, and the like for the other feeds."""
    told = truth_of(orkney.landing)["attainment"][ORKNEY][feed]
    *columns, _ = told["columns"]
    shown = [f"lpad({name}::text, 7, '0')" if name == "seed_code" else f"{name}::text" for name in columns]
    found = query(orkney, f"select {', '.join(shown)} from {COUNTED[feed][0]}")
    assert Counter(found) == Counter({tuple(row[:-1]): row[-1] for row in told["rows"]})


def test_an_empty_cell_is_never_not_assessed(orkney: Settings) -> None:
    """Fewer pupils have a judgement of an organiser than are in the stage; of the others there is no row at all."""
    rows = query(
        orkney,
        "select organiser, count(*), count(*) filter (where level_achieved = 'not_assessed') "
        "from canonical.returned_levels where academic_year = '2024/25' and stage = 'P7' group by 1",
    )
    told = truth_of(orkney.landing)["attainment"][ORKNEY]["cfe_levels"]["rows"]
    for organiser, judged, unassessed in rows:
        of_cell = [row for row in told if row[0] == "2024/25" and row[2] == "P7" and row[3] == organiser]
        assert judged == sum(row[-1] for row in of_cell)
        assert unassessed == sum(row[-1] for row in of_cell if row[5] == "not_assessed")
    pupils = query(
        orkney, "select count(*) from canonical.attainment_pupils where academic_year = '2024/25' and stage = 'P7'"
    )
    assert max(judged for _, judged, _ in rows) < pupils[0][0]


def test_what_came_after_the_return_stands_beside_it(orkney: Settings) -> None:
    late = query(
        orkney,
        "select count(*) from canonical.cfe_levels inner join canonical.returned_levels as returned "
        "using (local_authority_code, academic_year, pupil_id, organiser, language) "
        "where cfe_levels.level_achieved <> returned.level_achieved and academic_year = '2023/24'",
    )
    assert late[0][0] > 0


def test_rejects_are_the_planted_ones(orkney: Settings) -> None:
    """Every bad row of the five feeds, by delivery, feed, reason and row, and no other."""
    planted = Counter(
        (fault["delivery"], fault["feed"], fault["reason"], fault["row"])
        for fault in truth_of(orkney.landing)["faults"]
        if fault["outcome"] == "rejected" and fault["feed"] in FURTHER_FEEDS
    )
    found = query(
        orkney,
        "select delivery_key, feed, rejects.reason, row_number from control.rejects "
        "inner join control.files using (file_id) inner join control.deliveries using (delivery_id) "
        "where feed = any(%s)",
        list(FURTHER_FEEDS),
    )
    assert Counter(found) == planted


def test_pooled_shares_are_within_a_point_of_the_published(orkney: Settings) -> None:
    rows: list[tuple[Any, ...]] = query(
        orkney,
        "select mart.organiser, mart.achieved_share * 100, published.percent::numeric, mart.cohort "
        "from aggregated_exact.achievement_by_authority as mart "
        "inner join reference.published_levels as published on mart.local_authority_code = published.area_code "
        "and mart.academic_year = published.academic_year and mart.stage = published.stage "
        "and mart.organiser = published.organiser "
        "where mart.stage = 'P1P4P7' and mart.simd_quintile = 'all' and mart.language = 'english'",
    )
    assert len(rows) == 4 * 5
    assert all(abs(found - published) < 1 for _, found, published, _ in rows), rows
    cohorts = {organiser: cohort for organiser, _, _, cohort in rows}
    assert cohorts["literacy"] <= min(cohorts.values())


def test_there_is_no_gap_where_no_area_is_among_the_most_deprived(orkney: Settings) -> None:
    assert query(orkney, "select distinct gap_points from aggregated_exact.achievement_gap_by_authority") == [(None,)]
