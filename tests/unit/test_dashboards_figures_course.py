"""Weeks and months of two years beside each other."""

import datetime as dt
from types import SimpleNamespace

from dashboards.kit.formats import Figure
from dashboards.subjects.attendance.figures.course import (
    Course,
    Point,
    compared,
    last_whole_month,
    months,
    together,
    weekly_chart,
    weeks,
    weeks_of_month,
)


def rate(value: float | None, symbol: str = "[c]") -> Figure:
    return Figure(value, None if value is not None else symbol)


def week(day: dt.date, number: int | None, attended: int | None = 90, possible: int | None = 100) -> SimpleNamespace:
    values = {
        "academic_year": "2025/26" if day >= dt.date(2025, 8, 1) else "2024/25",
        "week": day,
        "school_week_number": number,
        "attendance_rate": None if attended is None or possible is None else attended / possible,
        "openings_possible": possible,
        "openings_attended": attended,
        "openings_symbol": "[c]" if attended is None else None,
    }
    return SimpleNamespace(**values, _mapping=values)


THIS = [week(dt.date(2025, 8, 11), 1, 95), week(dt.date(2025, 8, 18), 2, 93), week(dt.date(2025, 9, 1), 3, None)]
BEFORE = [week(dt.date(2024, 8, 12), 1, 94), week(dt.date(2024, 8, 19), 2, 94), week(dt.date(2024, 8, 26), 3, 90)]


def test_weeks_are_of_one_year_in_order_and_have_a_number() -> None:
    found = weeks([*reversed(THIS), *BEFORE, week(dt.date(2025, 8, 4), None)], "2025/26")  # type: ignore[arg-type]
    assert [point.number for point in found.points] == [1, 2, 3]
    assert [point.rate.mark for point in found.points] == ["95.0%", "93.0%", "[c]"]


def test_weeks_of_two_years_stand_beside_each_other_by_number() -> None:
    rows = [*THIS, *BEFORE]
    chart = weekly_chart("weeks", weeks(rows, "2025/26"), weeks(rows, "2024/25"))  # type: ignore[arg-type]
    assert chart is not None
    assert [tuple(str(cell) for cell in row) for row in chart.table.rows] == [
        ("Week 1, from 11 August 2025", "95.0%", "94.0%", "+1.0"),
        ("Week 2, from 18 August 2025", "93.0%", "94.0%", "\N{MINUS SIGN}1.0"),
        ("Week 3, from 1 September 2025", "too few pupils to show", "90.0%", "too few pupils to show"),
    ]
    assert "It was above the same week of 2024/25 in 1 of 2 weeks and below it in 1." in chart.sentence
    assert "1 of 3 weeks is not shown: too few pupils." in chart.sentence


def test_a_week_that_has_not_ended_says_up_to_when_it_counts() -> None:
    chart = weekly_chart("w", weeks(THIS, "2025/26"), Course("2024/25"), until=dt.date(2025, 9, 3))  # type: ignore[arg-type]
    assert chart is not None
    assert chart.table.rows[-1][0] == "Week 3, from 1 September 2025 (up to 3 Sep)"
    assert len(chart.table.columns) == 2, "no column for a year without figures"


def test_there_is_no_chart_without_weeks() -> None:
    assert weekly_chart("weeks", Course("2025/26"), Course("2024/25")) is None


def test_weeks_together_are_their_half_days_together() -> None:
    points = [Point(dt.date(2025, 8, 11), 1, rate(0.95), 100, 95), Point(dt.date(2025, 8, 18), 2, rate(0.8), 300, 240)]
    assert str(together(points)) == "83.8%"  # 335 of 400, not the mean of the two rates


def test_weeks_together_are_not_shown_where_one_is_not() -> None:
    hidden = Point(dt.date(2025, 8, 18), 2, rate(None), None, None)
    assert together([Point(dt.date(2025, 8, 11), 1, rate(0.95), 100, 95), hidden]).mark == "[c]"
    assert together([None]).mark == "[x]"
    assert together([]).mark == "[z]"


def test_a_month_is_over_with_its_last_weekday() -> None:
    rows = [
        SimpleNamespace(**values, _mapping=values)
        for values in (
            {"academic_year": "2025/26", "month": dt.date(2025, month, 1), "attendance_rate": 0.9,
             "openings_possible": 10, "openings_attended": 9, "openings_symbol": None}
            for month in (10, 11)
        )
    ]  # fmt: skip
    found = months(rows, "2025/26")  # type: ignore[arg-type]
    for as_at, expected in ((dt.date(2025, 11, 27), 10), (dt.date(2025, 11, 28), 11)):  # 28 November is a Friday
        month = last_whole_month(found, as_at)
        assert month is not None
        assert month.number == expected
    assert last_whole_month(found, dt.date(2025, 10, 30)) is None


def test_weeks_of_a_month_are_those_that_begin_in_it() -> None:
    found = weeks(THIS, "2025/26")  # type: ignore[arg-type]
    august = Point(dt.date(2025, 8, 1), 8, rate(0.9), 10, 9)
    assert weeks_of_month(found, august) == (1, 2)


def test_nothing_is_said_where_nothing_can_be_compared() -> None:
    assert compared("It", [rate(0.9)], [rate(None)], "week", "2024/25") == ""
