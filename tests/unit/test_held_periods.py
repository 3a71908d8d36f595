"""When weeks, months and breakdowns that were shown may change, with days worked out by hand (RULES 44)."""

from datetime import date

import pytest

from orchestration.release.held.half_days import Group, HalfDay, State, Who, differences, mask_until
from orchestration.release.held.periods import Between, Moment, end_of_month, is_final, is_over

YEAR = {"academic_year": "2025/26"}


@pytest.mark.parametrize(
    ("data_as_at", "extracted_on", "over_until", "closed_month"),
    [
        (date(2025, 9, 17), None, date(2025, 9, 14), 202508),  # a Wednesday: the week before is over
        (date(2025, 9, 19), None, date(2025, 9, 21), 202508),  # a Friday
        (date(2025, 9, 30), None, date(2025, 9, 30), 202509),  # a Tuesday that ends its month
        (date(2025, 10, 30), None, date(2025, 10, 26), 202509),
        (date(2025, 10, 30), date(2025, 11, 1), date(2025, 10, 31), 202510),  # nothing came on the last day
        (date(2025, 11, 28), None, date(2025, 11, 30), 202511),
    ],
)
def test_how_far_weeks_and_months_are_over(
    data_as_at: date, extracted_on: date | None, over_until: date, closed_month: int
) -> None:
    moment = Moment.of(data_as_at, extracted_on)
    assert moment is not None
    assert (moment.over_until, moment.closed_month) == (over_until, closed_month)


def test_without_data_there_is_no_moment() -> None:
    assert Moment.of(None, date(2025, 9, 1)) is None


def between(before: date, now: date) -> Between:
    first, second = Moment.of(before, None), Moment.of(now, None)
    assert first is not None
    assert second is not None
    return Between(first, second)


@pytest.mark.parametrize(
    ("before", "now", "key", "is_breakdown", "expected"),
    [
        (date(2025, 9, 12), date(2025, 9, 19), {"week": date(2025, 9, 1)}, False, False),
        (date(2025, 9, 12), date(2025, 9, 19), {"week": date(2025, 9, 15)}, False, True),  # was not over
        (date(2025, 9, 26), date(2025, 9, 30), {"week": date(2025, 9, 1)}, False, True),  # its month closed
        (date(2025, 10, 30), date(2025, 10, 31), {"week": date(2025, 9, 1)}, False, False),
        (date(2025, 12, 18), date(2025, 12, 31), {"week": date(2025, 9, 1)}, False, True),  # a term ended
        (date(2025, 10, 30), date(2025, 10, 31), {"month": date(2025, 9, 1)}, False, False),
        (date(2025, 10, 30), date(2025, 10, 31), {"month": date(2025, 10, 1)}, False, True),
        (date(2025, 12, 18), date(2025, 12, 31), {"month": date(2025, 9, 1)}, False, True),
        (date(2025, 9, 12), date(2025, 9, 19), {}, False, True),  # a total of the year
        (date(2025, 9, 12), date(2025, 9, 19), {}, True, False),
        (date(2025, 9, 26), date(2025, 9, 30), {}, True, True),
        (date(2026, 8, 21), date(2026, 8, 31), {"month": date(2025, 9, 1)}, False, True),  # final
    ],
)
def test_what_may_change(before: date, now: date, key: dict[str, date], is_breakdown: bool, expected: bool) -> None:
    assert between(before, now).may_change({**YEAR, **key}, is_breakdown) is expected


def test_months_that_closed_are_listed_one_by_one() -> None:
    assert between(date(2025, 9, 12), date(2026, 1, 30)).closed() == [202509, 202510, 202511, 202512, 202601]
    assert between(date(2025, 9, 12), date(2025, 9, 12)).closed() == []


def test_a_year_is_final_from_the_last_day_of_august_on() -> None:
    assert not is_final("2025/26", date(2026, 8, 30))
    assert is_final("2025/26", date(2026, 8, 31))


def test_rows_of_a_year_are_never_over() -> None:
    moment = Moment(date(2026, 8, 31), 202608)
    assert not is_over(YEAR, moment)
    assert is_over({**YEAR, "week": date(2026, 6, 22)}, moment)


def test_what_was_over_once_does_not_open_again() -> None:
    assert Moment(date(2025, 9, 14), 202508).after(Moment(date(2025, 9, 30), 202509)) == Moment(
        date(2025, 9, 30), 202509
    )


WHO = Who(1, "5000001", date(2025, 9, 1))
GIRL, BOY = (Group("primary", "P3", sex, "2", "second_fifth") for sex in "FM")


def test_days_of_a_month_are_two_bits_each() -> None:
    assert mask_until(date(2025, 9, 1), WHO.month) == 0b11
    assert mask_until(date(2025, 8, 31), WHO.month) == 0
    assert mask_until(date(2025, 12, 1), WHO.month) == 2**60 - 1
    assert end_of_month(date(2024, 2, 1)) == date(2024, 2, 29)


def test_half_days_that_differ_are_named() -> None:
    before, now = State(GIRL, (0b111, 0b111, 0, 0)), State(GIRL, (0b111, 0b101, 0, 0))
    assert list(differences(WHO, before, now)) == [HalfDay(WHO, GIRL, date(2025, 9, 1), "PM", (0, -1, 0, 0))]


def test_in_another_group_every_half_day_differs() -> None:
    before, now = State(GIRL, (0b100, 0b100, 0, 0)), State(BOY, (0b100, 0b100, 0, 0))
    day = date(2025, 9, 2)
    assert list(differences(WHO, before, now)) == [
        HalfDay(WHO, GIRL, day, "AM", (-1, -1, 0, 0)),
        HalfDay(WHO, BOY, day, "AM", (1, 1, 0, 0)),
    ]
