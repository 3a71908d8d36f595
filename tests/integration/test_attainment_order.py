"""The same deliveries in any order, twice, withdrawn and restored give the same marts; after review beats before."""

import pytest

from orchestration.landing import land_delivery
from orchestration.landing.withdrawal import restore, withdraw
from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.attainment_extracts import changed, of_feed
from tests.support.attainment_warehouse import built, marts, query
from tests.support.extracts import ALLOA, CLACKMANNANSHIRE, SCNS, deliver, enrolments, establishments, extract, pupils

JUNE, AUGUST, OCTOBER, DECEMBER = "2025-06-20", "2025-08-20", "2025-10-15", "2025-12-10"
RESULT = {"scn": SCNS[1], "stage": "S4"}


def delivered(settings: Settings) -> dict[str, str]:
    """Four deliveries in the landing folder by their days: judgements, results, a review and a late judgement."""
    # known since the August before
    people, spells = ([[*row[:-1], "2024-08-21T09:00:00+01:00"] for row in rows] for rows in (pupils(), enrolments()))
    files = {
        JUNE: [
            extract("establishments", establishments()),
            extract("pupils", people),
            extract("enrolments", spells),
            of_feed(
                "cfe_levels",
                *(changed("cfe_levels", scn=scn, stage="S3", level_achieved="third") for scn in SCNS),
                changed("cfe_levels", organiser="writing", stage="S3", level_achieved="second"),
            ),
        ],
        AUGUST: [
            of_feed("cfe_levels", changed("cfe_levels", stage="S3", level_achieved="fourth",
                                          recorded_at="2025-08-18T09:00:00+01:00")),
            of_feed("qualifications", changed("qualifications", **RESULT, grade="D")),
        ],
        OCTOBER: [
            of_feed("cfe_levels", changed("cfe_levels", stage="S3", level_achieved="second",
                                          recorded_at="2025-09-08T09:00:00+01:00")),
            of_feed("qualifications", changed("qualifications", **RESULT, grade="C", result_stage="post_review",
                                              recorded_at="2025-08-01T09:00:00+01:00")),
            of_feed("leavers", changed("leavers", scn=SCNS[1], leaving_stage="S4")),
        ],
        DECEMBER: [
            # newer than the review, and still before it
            of_feed("qualifications", changed("qualifications", **RESULT, grade="no_award",
                                              recorded_at="2025-12-01T09:00:00+00:00")),
            of_feed("support_needs", changed("support_needs")),
        ],
    }  # fmt: skip
    return {day: deliver(settings.landing, one, day) for day, one in files.items()}


@pytest.fixture(scope="module")
def in_order(new_warehouse: NewWarehouse) -> Settings:
    made = new_warehouse(built=True)
    for key in delivered(made).values():
        land_delivery(made, key)
    built(made)
    return made


def test_the_review_beats_what_is_newer_and_the_return_what_is_later(in_order: Settings) -> None:
    assert query(in_order, "select grade, result_stage from canonical.qualifications") == [("C", "post_review")]
    found = query(
        in_order,
        "select level_achieved, count(*)::integer from canonical.returned_levels "
        "where organiser = 'reading' group by 1 order by 1",
    )
    assert found == [("fourth", 1), ("third", len(SCNS) - 1)]
    assert query(in_order, "select count(*)::integer from canonical.cfe_levels where level_achieved = 'second'") == [
        (2,)
    ]
    leavers = query(
        in_order,
        "select count(*)::integer from aggregated_exact.leaver_awards where seed_code::text = %s and award_set = %s "
        "and scqf_level = 5 and subjects >= 1",
        ALLOA, "national_qualifications",
    )  # fmt: skip
    assert leavers == [(1,)]


def test_any_order_of_arrival_gives_the_same_marts(in_order: Settings, new_warehouse: NewWarehouse) -> None:
    """Newest first, with a build between, a delivery landed twice, one withdrawn and restored."""
    other = new_warehouse(built=True)
    keys = delivered(other)
    for day in (DECEMBER, OCTOBER):
        land_delivery(other, keys[day])
    built(other)
    for day in (JUNE, AUGUST, AUGUST):
        land_delivery(other, keys[day])
    withdraw(other, keys[OCTOBER], "wrong export", "test")
    built(other)
    assert query(other, "select grade, result_stage from canonical.qualifications") == [("no_award", "pre_review")]
    restore(other, keys[OCTOBER], "right after all", "test")
    built(other)
    assert marts(other) == marts(in_order)
    assert {key.split("/")[0] for key in keys.values()} == {CLACKMANNANSHIRE}
