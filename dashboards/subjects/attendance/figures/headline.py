"""Headline figures: the year so far, the last whole week and month, persistent absence, each with what it stands by."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import Marker, sentences
from dashboards.kit.components import Card
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import Note, PageRequest
from dashboards.subjects.attendance.figures.course import (
    WEEK_LENGTH,
    Course,
    last_whole_month,
    together,
    weeks_of_month,
)
from dashboards.subjects.core.figures.attention import last_whole_week

OVER_FROM = (6, 1)  # month and day: a school year whose data reach June is a whole one


@dataclass(frozen=True)
class Beside:
    """A figure that others are compared with: its name in a sentence, and ``label`` on a chart.

    ``year`` is set where the figure is of that whole school year and what it stands beside is not: it is said and no
    difference from it is worked out.
    """

    name: str
    figure: Figure
    label: str = ""
    year: str = ""

    def beside(self, rate: Figure) -> str:
        """How a rate stands to it; where it is of a whole year beside a part of one, what it is alone."""
        if self.year and self.figure.is_shown:
            return f"{self.name.removesuffix(f' in {self.year}')}, in all of {self.year}: {self.figure.text}"
        return sentences.comparison(rate, self.figure, self.name)


def nation(row: Row[Any], is_of_all: bool = False) -> Beside:
    """The latest published national rate beside a row, with its year (rule 21).

    ``is_of_all`` is whether it is that of all sectors beside a row of one.
    """
    year = row.national_rate_year
    name = "all sectors of Scotland" if is_of_all else "Scotland"
    part = "" if is_whole(row) else year or ""
    return Beside(f"{name} in {year}" if year else name, Figure(row.national_rate, "[x]"), year=part)


def is_whole(row: Row[Any]) -> bool:
    """Whether the data of a row reach the end of its school year, so that it may stand beside whole years."""
    up_to: dt.date | None = getattr(row, "data_as_at", None) or getattr(row, "as_at", None)
    return up_to is not None and up_to >= dt.date(int(row.academic_year[:4]) + 1, *OVER_FROM)


def marker(beside: Beside) -> tuple[Marker, ...]:
    """The line of a chart that a figure is; none where it is not shown."""
    return (Marker(beside.label or beside.name, beside.figure),) if beside.figure.is_shown else ()


def over_until(row: Row[Any], asked: PageRequest) -> dt.date | None:
    """Up to when weeks and months are over: the date of the data, or the end of a year that has gone by."""
    if asked.academic_year == asked.academic_years[0]:
        found: dt.date | None = row.data_as_at
        return found
    return dt.date(int(asked.academic_year[:4]) + 1, 7, 31)


def year_card(row: Row[Any], asked: PageRequest, beside: Sequence[Beside]) -> Card:
    """Attendance in the year so far, against the same weeks of the year before and each of ``beside``."""
    before = asked.previous_year
    rate = figure(row, "attendance_rate")
    lines = []
    if before:
        weeks = formats.plural(row.weeks_compared, "week") if row.weeks_compared else "weeks"
        same = Figure(row.rate_same_weeks_last_year, row.same_weeks_symbol or "[x]")
        lines.append(f"{sentences.changed(rate, same, f'the same {weeks} of {before}')}.")
    else:
        lines.append("There is no year before to compare with.")
    lines += [f"{one.beside(rate)}." for one in beside]
    is_over = asked.academic_year != asked.academic_years[0]
    return Card(f"Attendance, {asked.academic_year if is_over else 'year to date'}", rate, tuple(lines))


def week_card(this: Course, before: Course, as_at: dt.date | None) -> Card | None:
    """Attendance in the last whole week, against the week of the same number of the year before."""
    monday = last_whole_week((point.day for point in this.points), as_at)
    point = next((point for point in this.points if point.day == monday), None)
    if point is None:
        return None
    friday = point.day + dt.timedelta(days=WEEK_LENGTH)
    first = str(point.day.day) if point.day.month == friday.month else formats.short_date(point.day)
    lines = [f"Last whole week, {first} to {formats.date(friday)} (school week {point.number})."]
    then = before.numbered(point.number)
    if then is not None:
        same = f"the same week of {before.academic_year}"
        lines.append(f"{sentences.changed(point.rate, then.rate, same)}.")
    return Card("Attendance, last whole week", point.rate, tuple(lines))


def month_card(
    months: Course, months_before: Course, weeks: Course, weeks_before: Course, as_at: dt.date | None
) -> Card | None:
    """Attendance in the last whole month, against that month and against the same school weeks a year before."""
    month = last_whole_month(months, as_at)
    if month is None:
        return None
    lines = [f"Last whole month, {formats.month(month.day)}."]
    then = months_before.numbered(month.number)
    if then is not None:
        lines.append(f"{sentences.changed(month.rate, then.rate, formats.month(then.day))}.")
    numbers = weeks_of_month(weeks, month)
    if numbers and weeks_before.points:
        now = together([weeks.numbered(number) for number in numbers])
        same = together([weeks_before.numbered(number) for number in numbers])
        if now.is_shown and same.is_shown:
            words = formats.change(now.minus(same))
            lines.append(
                f"School weeks {numbers[0]} to {numbers[-1]} together, {now.text}: {words} from the same weeks of "
                f"{weeks_before.academic_year} ({same.text})."
            )
    return Card("Attendance, last whole month", month.rate, tuple(lines))


def persistent_card(row: Row[Any] | None, is_nation_of_all: bool = False) -> Card | None:
    """Persistent and severe absence, with the published national share of persistent absence; None without a row."""
    if row is None:
        return None
    persistent = figure(row, "persistent_absence_rate", "bands")
    severe = figure(row, "severe_absence_rate", "bands")
    of_pupils = f" ({formats.count(row.persistently_absent)} of {formats.count(row.pupils)})"
    shown = row.persistently_absent is not None and row.pupils is not None
    lines = [f"Pupils who missed 10% or more of their half days{of_pupils if shown else ''}."]
    beside = nation(row, is_nation_of_all)
    if beside.figure.is_shown:
        said = beside.beside(persistent)
        lines.append(f"{said[:1].upper()}{said[1:]}.")
    if row.severely_absent == 0:
        lines.append("Severe absence: no pupil missed half or more.")
    elif severe.is_shown:
        lines.append(f"Severe absence: {severe.text} missed half or more ({formats.count(row.severely_absent)}).")
    else:
        lines.append(f"Severe absence, half or more: {severe.word}.")
    return Card("Persistent absence", persistent, tuple(lines))


def common_notes(
    row: Row[Any], persistent: Row[Any] | None, asked: PageRequest, is_beside_scotland: bool = True
) -> list[Note]:
    """What a reader must know of rows: provisional, held back, calendar, and where it stands there national year."""
    notes = []
    if row.data_as_at and asked.release.data_as_at and row.data_as_at < asked.release.data_as_at:
        notes.append(Note(f"Figures of {row.academic_year} go up to {formats.date(row.data_as_at)}.", "method"))
    if row.is_provisional:
        notes.append(
            Note(
                "Groups and persistent absence are shown from the first data after the census in September; until then "
                "pupils' stages and areas may still change.",
                "provisional",
            )
        )
    if persistent is not None and persistent.as_at and row.data_as_at and persistent.as_at < row.data_as_at:
        notes.append(
            Note(
                f"Persistent absence is as on {formats.date(persistent.as_at)}: it changes when a month ends, and then "
                "where at least five pupils have moved, since a change by so few could point at one of them.",
                "held",
            )
        )
    if row.calendar_source != "delivered":
        notes.append(Note("Open days were worked out from the marks where no school calendar was delivered.", "method"))
    if not is_beside_scotland:
        return notes
    is_running = asked.academic_year == asked.academic_years[0]
    notes.append(
        Note(
            f"The figure for Scotland is the latest published ({row.national_rate_year or 'none'}), for the sector "
            f"where there is one. It is for a whole school year{'; ours are for a part of one' if is_running else ''}.",
            "comparison",
        )
    )
    return notes


def not_shown(found: Sequence[Figure]) -> Note:
    """How many figures of a page are not shown and why, or that all are."""
    said = sentences.hidden(found)
    if not said:
        return Note("All figures of this page are shown: nothing had to be hidden or is missing.", "hidden")
    return Note(
        f"{said} Too few pupils means one to four, or a figure that would give such a number away; "
        "what is hidden stays hidden for the school year.",
        "hidden",
    )
