"""How attendance goes through the year: weeks and months of this year beside those of the year before.

Weeks of two years are matched by their number, counted in school weeks from the first open day (rule 20), months by
their name.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import Category, Marker, Series, line, sentences
from dashboards.kit.components import Chart, Column, Table
from dashboards.kit.formats import Figure, figure

WEEK_LENGTH = 4  # days from a Monday to its Friday


@dataclass(frozen=True)
class Point:
    """A week (its Monday) or month (its first day) as released; ``number`` counts school weeks, or is the month."""

    day: dt.date
    number: int
    rate: Figure
    possible: int | None
    attended: int | None


@dataclass(frozen=True)
class Course:
    """Points of one academic year in their order."""

    academic_year: str
    points: tuple[Point, ...] = ()

    def numbered(self, number: int) -> Point | None:
        """The week or month of this number."""
        return next((point for point in self.points if point.number == number), None)

    def rates(self, numbers: Iterable[int]) -> tuple[Figure, ...]:
        """Rates of these weeks or months; ``[x]`` where there is none."""
        known = {point.number: point.rate for point in self.points}
        return tuple(known.get(number, Figure(None, "[x]")) for number in numbers)


def weeks(rows: Iterable[Row[Any]], academic_year: str) -> Course:
    """Weeks of one year out of rows with ``week`` and ``school_week_number``; weeks without a number are left out."""
    found = [
        Point(row.week, row.school_week_number, figure(row, "attendance_rate"), *_openings(row))
        for row in rows
        if row.academic_year == academic_year and row.school_week_number is not None
    ]
    return Course(academic_year, tuple(sorted(found, key=lambda point: point.day)))


def months(rows: Iterable[Row[Any]], academic_year: str) -> Course:
    """Months of one year out of rows with ``month``."""
    found = [
        Point(row.month, row.month.month, figure(row, "attendance_rate"), *_openings(row))
        for row in rows
        if row.academic_year == academic_year
    ]
    return Course(academic_year, tuple(sorted(found, key=lambda point: point.day)))


def _openings(row: Row[Any]) -> tuple[int | None, int | None]:
    return row.openings_possible, row.openings_attended


def together(points: Sequence[Point | None]) -> Figure:
    """Attendance over several weeks or months; ``[x]`` where one is missing, its symbol where one is not shown."""
    attended = possible = 0
    for point in points:
        if point is None or point.attended is None or point.possible is None:
            return Figure(None, point.rate.symbol if point else "[x]")
        attended, possible = attended + point.attended, possible + point.possible
    return Figure(Decimal(attended) / possible) if possible else Figure(None, "[z]")


def on_days(course: Course, other: Course) -> tuple[Figure, ...]:
    """Rates of another course, such as the authority's, on the days of this one; ``[x]`` where it has none."""
    known = {point.day: point.rate for point in other.points}
    return tuple(known.get(point.day, Figure(None, "[x]")) for point in course.points)


def last_whole_month(course: Course, data_as_at: dt.date | None) -> Point | None:
    """The last month that was over, to its last weekday, on the date of the data; the first where none was."""
    over = [point for point in course.points if data_as_at is not None and _last_weekday(point.day) <= data_as_at]
    return over[-1] if over else None


def _last_weekday(first: dt.date) -> dt.date:
    last = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return last - dt.timedelta(days=max(last.weekday() - WEEK_LENGTH, 0))


def weeks_of_month(course: Course, month: Point) -> tuple[int, ...]:
    """Numbers of the school weeks that begin in a month."""
    return tuple(
        point.number
        for point in course.points
        if (point.day.year, point.day.month) == (month.day.year, month.day.month)
    )


def compared(subject: str, this: Sequence[Figure], before: Sequence[Figure], one: str, year: str) -> str:
    """How often this year was above the year before, and below it, in words; empty where both are never shown."""
    pairs = [change.value for now, then in zip(this, before, strict=True) if (change := now.minus(then)).is_shown]
    if not pairs:
        return ""
    above, below = (sum(1 for change in pairs if change and (change > 0) is up) for up in (True, False))
    return (
        f"{subject} was above the same {one} of {year} in {above or 'none'} of {formats.plural(len(pairs), one)} "
        f"and below it in {below or 'none'}."
    )


def weekly_chart(
    name: str,
    this: Course,
    before: Course,
    also: Sequence[Series] = (),
    markers: Sequence[Marker] = (),
    until: dt.date | None = None,
) -> Chart | None:
    """Attendance by week, this year and the year before; None without weeks.

    ``also`` are further series over the same weeks, such as the authority; a week that ends after ``until``, the
    date of the data, says up to when it counts.
    """
    if not this.points:
        return None
    over = [Category(f"the week of {_day(point.day)}", formats.short_date(point.day)) for point in this.points]
    headings = [_week_heading(point, until) for point in this.points]
    return _chart(name, "week", "Attendance by week", ("Week", over, headings), this, before, also, markers)


def _day(day: dt.date) -> str:
    return f"{day.day} {formats.MONTHS[day.month - 1]}"


def _week_heading(point: Point, until: dt.date | None) -> str:
    unfinished = until is not None and point.day + dt.timedelta(days=WEEK_LENGTH) > until
    ending = f" (up to {formats.short_date(until)})" if until is not None and unfinished else ""
    return f"Week {point.number}, from {formats.date(point.day)}{ending}"


def monthly_chart(
    name: str, this: Course, before: Course, also: Sequence[Series] = (), markers: Sequence[Marker] = ()
) -> Chart | None:
    """Attendance by month, this year and the year before; None without months."""
    if not this.points:
        return None
    over = [Category(formats.month(point.day), formats.short_month(point.day)) for point in this.points]
    headings = [formats.month(point.day) for point in this.points]
    return _chart(name, "month", "Attendance by month", ("Month", over, headings), this, before, also, markers)


def _chart(
    name: str, one: str, title: str, axis: tuple[str, Sequence[Category], Sequence[str]], this: Course, before: Course,
    also: Sequence[Series], markers: Sequence[Marker],
) -> Chart:  # fmt: skip
    heading, over, headings = axis
    numbers = [point.number for point in this.points]
    now = this.rates(numbers)
    series = [Series(this.academic_year, now)]
    then = before.rates(numbers)
    has_before = any(figure.is_shown for figure in then)
    if has_before:
        series.append(Series(before.academic_year, then))
    series += also
    columns = [Column(heading), *(Column(f"Attendance, {series[0].name}", numeric=True),)]
    columns += [Column(one_series.name, numeric=True) for one_series in series[1:]]
    if has_before:
        columns.append(Column(f"Change from {before.academic_year}", numeric=True, unit="percentage points"))
    rows = []
    for at, text in enumerate(headings):
        figures = [one_series.figures[at] for one_series in series]
        rows.append((text, *figures, *((now[at].minus(then[at]),) if has_before else ())))
    is_shown = any(figure.is_shown for one_series in series for figure in one_series.figures)
    parts = [
        sentences.trend("Attendance", over, now),
        compared("It", now, then, one, before.academic_year) if has_before else "",
        sentences.hidden(now, one),
    ]
    return Chart(
        title=title,
        sentence=" ".join(part for part in parts if part),
        svg=line(name, f"{title}, {this.academic_year}", over, series, markers) if is_shown else Markup(),
        table=Table(caption=f"{title}, {this.academic_year}", columns=tuple(columns), rows=rows),
        notes=("Weeks of the two years are matched by their number from the first open day of each year.",)
        if one == "week" and has_before
        else (),
    )
