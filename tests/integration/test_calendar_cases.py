"""Awkward calendars, each at another authority: what is expected must be right to the opening (rules 7 to 9, 12).

All land together, in one warehouse that is built three times: as they came; after days were closed and opened, and
things came late; and in full, which has to give the same.
"""

import shutil
from datetime import date
from pathlib import Path

import pytest

from orchestration import calendars
from orchestration.identity import assign_identities
from orchestration.landing import LandingError, land_delivery, pending
from orchestration.landing.closed_days import Days, close_days, open_days, read_days
from orchestration.settings import PROJECT_DIR, Settings
from tests.conftest import NewWarehouse
from tests.support.awkward_calendars import (
    DAY,
    DAYS,
    FIRST,
    FRIDAY,
    MONDAY,
    PLACES,
    SECOND,
    WEDNESDAY,
    WITHOUT,
)
from tests.support.calendar_cases import (
    Place,
    calendar_of,
    deliver_case,
    half_days,
    lose_file,
    marks_of,
    seed_code,
    whole,
)
from tests.support.extracts import deliver, extract
from tests.support.main_job import dbt_alone, fingerprint, rows

CASES = PROJECT_DIR / "tests" / "data" / "cases"
DELIVERED = ("lost-day/landing", "lost-day/landing-not-sent", "calendar-that-stops/landing", "closed-school/landing")
SELECTED = (
    "+attendance_by_school_year", "+control_expected_contributors", "+control_lost_half_days",
    "+control_short_calendars",
)  # fmt: skip
FOLLOW = (
    "school_months", "delivered_half_days", "stage_half_days", "tested_half_days", "half_days_like_others",
    "lost_half_days", "calendar", "study_leave", "last_marked", "data_as_at", "due_months", "enrolled_months",
)  # fmt: skip
# what was written by hand as files: SEED code, possible, not recorded, where the calendar comes from
BY_HAND = {
    ("S12000019", "1003380", 60, 0, "inferred"),
    ("S12000019", "1003399", 180, 0, "inferred"),
    ("S12000020", "1003674", 48, 12, "inferred"),
    ("S12000021", "1003127", 48, 12, "inferred"),
    ("S12000026", "5600227", 90, 30, "mixed"),
}


def _expected(found: dict[str, list[tuple[int, int]]]) -> dict[tuple[str, str], tuple[int, int]]:
    return {
        (authority, seed_code(authority, place)): openings
        for authority, schools in found.items()
        for place, openings in enumerate(schools, start=1)
    }


def _found(warehouse: Settings) -> dict[tuple[str, str], tuple[int, int]]:
    query = (
        "select local_authority_code, seed_code, openings_possible, openings_not_recorded "
        "from aggregated_exact.attendance_by_school_year where seed_code like '99%%'"
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows(warehouse, "transformer", query)}


def _build(warehouse: Settings, *arguments: str, is_first: bool = False) -> None:
    for found in pending(warehouse):
        result = land_delivery(warehouse, found.delivery_key)
        assert result.outcome == "landed", result.message
    assign_identities(warehouse)
    result = dbt_alone(warehouse, ["run", "--select", *SELECTED, *arguments], project_stands=not is_first)
    assert result.success, result.error or [(node.unique_id, node.message) for node in result.failed]


@pytest.fixture(scope="module")
def warehouse(new_warehouse: NewWarehouse, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    landing: Path = tmp_path_factory.mktemp("calendar-cases") / "landing"
    for case in DELIVERED:
        shutil.copytree(CASES / case, landing, dirs_exist_ok=True)
    for authority, places in PLACES.items():
        deliver_case(landing, authority, places)
    lose_file(landing, "S12000014", WEDNESDAY, {seed_code("S12000014", 2): DAY})
    lose_file(landing, "S12000017", WEDNESDAY, None)
    lose_file(landing, "S12000040", WEDNESDAY, {seed_code("S12000040", 1): DAY})
    made = new_warehouse(built=True, landing=landing)
    # before anything has landed
    close_days(made, "S12000036", [Days(WEDNESDAY, WEDNESDAY)], "a storm", "test")
    close_days(made, "S12000038", [Days(WEDNESDAY, WEDNESDAY)], "a slip", "test")
    _build(made, is_first=True)
    return made


@pytest.fixture(scope="module")
def later(warehouse: Settings, first_figures: None, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Days are closed and opened; marks of a closed day, and a calendar, come late."""
    list_of_days = tmp_path_factory.mktemp("list") / "days.csv"
    list_of_days.write_text("\ufefffrom,to,reason\r\n2025-09-01,,in service\r\n2025-12-22,2026-01-02,Christmas\r\n")
    for authority in ("S12000005", "S12000006"):
        close_days(warehouse, authority, [Days(WEDNESDAY, WEDNESDAY)], "storm", "test")
    close_days(warehouse, "S12000008", read_days(list_of_days), "the year's list", "test")
    open_days(warehouse, "S12000008", [Days(MONDAY, MONDAY, int(seed_code("S12000008", 1)))], "it was open", "test")
    close_days(warehouse, "S12000018", [Days(date(2025, 8, 25), WEDNESDAY)], "mid-term", "test")
    open_days(warehouse, "S12000038", [Days(WEDNESDAY, WEDNESDAY)], "it was open", "test")
    late = marks_of("S12000036", 1, WITHOUT[WEDNESDAY], half_days([WEDNESDAY]))
    deliver(warehouse.landing, [extract("attendance", late)], "2025-09-05", sequence=3, authority="S12000036")
    calendar = whole(day for day in DAYS if day != WEDNESDAY)
    deliver(
        warehouse.landing,
        [calendar_of("S12000039", [Place(place.marked, calendar=calendar) for place in PLACES["S12000039"]])],
        "2025-09-05", sequence=3, authority="S12000039",
    )  # fmt: skip
    _build(warehouse)
    return warehouse


@pytest.fixture(scope="module")
def first_figures(warehouse: Settings) -> None:
    """What the first build made, looked at before the second."""
    assert _found(warehouse) == _expected(FIRST)
    found = rows(
        warehouse,
        "transformer",
        "select local_authority_code, seed_code, openings_possible::int, openings_not_recorded::int, calendar_source "
        "from aggregated_exact.attendance_by_school_year where seed_code not like '99%%'",
    )
    assert set(found) == BY_HAND
    lost = {
        (row["local_authority_code"], str(row["day"]), row["reason"], row["schools"])
        for row in calendars.lost_days(warehouse)
    }
    assert {
        ("S12000005", "2025-08-27", "short gap", 3),
        ("S12000011", "2025-08-28", "other schools open", 4),
        ("S12000014", "2025-08-27", "file lost", 1),
        ("S12000020", "2025-08-20", "file lost", 1),
        ("S12000021", "2025-08-20", "short gap", 1),
    } <= lost
    stopped = {(row["local_authority_code"], row["school"]) for row in calendars.short_calendars(warehouse)}
    assert stopped == {("S12000026", "5600227"), ("S12000035", seed_code("S12000035", 1))}
    warned = {row["delivery"]: row["detail"] for row in calendars.short_calendar_warnings(warehouse)}
    assert warned == {"S12000026/2025-08-22": "5600227", "S12000035/2025-08-18": seed_code("S12000035", 1)}
    # rule 12: the day itself is missing, at the school whose file was held back and where nothing was sent
    missing = rows(
        warehouse,
        "auditor",
        "select seed_code, half_days_missing from control.expected_contributors "
        "where local_authority_code in ('S12000020', 'S12000021') order by 1",
    )
    assert missing == [(1003127, 2), (1003674, 2)]


def test_what_is_expected_follows_the_list_of_closed_days_and_what_comes_late(later: Settings) -> None:
    """After the figures of the first build, which the fixture has looked at."""
    assert _found(later) == _expected(SECOND)
    sources = rows(
        later,
        "transformer",
        "select distinct calendar_source from aggregated_exact.attendance_by_school_year "
        "where local_authority_code = 'S12000039'",
    )
    assert sources == [("delivered",)]


def test_data_go_as_far_as_the_figures(later: Settings) -> None:
    """Also where the calendar of a school stops before."""
    found = rows(
        later,
        "transformer",
        "select local_authority_code, data_as_at from canonical.data_as_at "
        "where local_authority_code in ('S12000026', 'S12000035') order by 1",
    )
    assert found == [("S12000026", FRIDAY), ("S12000035", date(2025, 9, 5))]


def test_marks_on_days_that_are_closed_count_and_are_named(later: Settings) -> None:
    """Of a school that has closed, of a day on the list, and a stray one in a holiday."""
    test = dbt_alone(later, ["test", "--select", "marks_on_closed_half_days__are_looked_at"])
    assert [node.status for node in test.nodes if node.unique_id.startswith("test.")] == ["warn"]
    closed = rows(
        later,
        "transformer",
        "select distinct months.local_authority_code from canonical.school_months as months "
        "inner join canonical.days using (month) "
        "left join canonical.calendar on calendar.local_authority_code = months.local_authority_code "
        "and calendar.seed_code = months.seed_code and calendar.opening_date = days.attendance_date "
        "and calendar.opening = 'AM' and calendar.is_open "
        "where months.marked_slots & days.morning_slot <> 0 and calendar.seed_code is null order by 1",
    )
    assert [code for (code,) in closed] == ["S12000028", "S12000034", "S12000036"]


def test_a_full_refresh_gives_the_same(later: Settings) -> None:
    def made() -> dict[str, tuple[int, int]]:
        canonical = fingerprint(later, "canonical")
        return {name: canonical[name] for name in FOLLOW} | fingerprint(later, "aggregated_exact")

    before = made()
    _build(later, "--full-refresh")
    after = made()
    assert [name for name in before if before[name] != after[name]] == []
    assert _found(later) == _expected(SECOND)


@pytest.mark.parametrize(
    ("authority", "days", "reason", "says"),
    [
        ("S12000099", Days(WEDNESDAY, WEDNESDAY), "storm", "S12000099 is no authority"),
        ("S12000005", Days(WEDNESDAY, WEDNESDAY, 1003674), "storm", "1003674 is no school of S12000005"),
        ("S12000005", Days(date(1999, 1, 4), date(1999, 1, 4)), "storm", "outside the academic years"),
        ("S12000005", Days(WEDNESDAY, WEDNESDAY), "storm", "closed already"),
        ("S12000005", Days(WEDNESDAY, WEDNESDAY), " ", "Say why"),
    ],
)
def test_what_cannot_be_closed_is_refused_and_leaves_no_trace(
    later: Settings, authority: str, days: Days, reason: str, says: str
) -> None:
    count = "select count(*) from control.ledger_events"
    before = rows(later, "auditor", count)
    with pytest.raises(LandingError, match=says):
        close_days(later, authority, [days], reason, "test")
    with pytest.raises(LandingError, match=r"Nothing to do|no authority|no school|outside|Say why"):
        open_days(later, authority, [Days(MONDAY, MONDAY, days.seed_code)], reason, "test")
    assert rows(later, "auditor", count) == before
