"""A brief: four sentences and up to three years, out of released rows, for one page of paper.

It leaves the council, so it has nothing but released figures. Like stands beside like alone: a part of a year beside
the same weeks, a whole year beside a whole one.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import sentences
from dashboards.kit.components import Cell, Chart, Column, Table
from dashboards.kit.formats import NO_SCHOOLS, PART_OF_YEAR, UNPUBLISHED, Figure, figure
from dashboards.kit.page import Note, PageRequest, Sheet
from dashboards.subjects.attendance.figures.groups import Group
from dashboards.subjects.attendance.figures.headline import Beside

MOST_YEARS = 3
OVER_FROM = (6, 1)  # month and day: a school year whose data reach June is a whole one


@dataclass(frozen=True)
class Said:
    """One of the sentences, with what it is about in a word or two."""

    about: str
    text: str


@dataclass(frozen=True)
class YearRows:
    """Released rows of one academic year; None where there is none, or none that the reader may see."""

    own: Row[Any]
    bands: Row[Any] | None
    authority: Row[Any] | None
    published: Row[Any] | None

    @property
    def is_whole(self) -> bool:
        """Whether its data reach the end of the school year, so that it may stand beside whole years."""
        up_to: dt.date | None = self.own.data_as_at
        return up_to is not None and up_to >= dt.date(int(self.own.academic_year[:4]) + 1, *OVER_FROM)

    @property
    def heading(self) -> str:
        """``2026/27, to 24 November 2026``."""
        return f"{self.own.academic_year}, to {formats.date(self.own.data_as_at)}"


@dataclass(frozen=True)
class Brief:
    """The page: what it is of, four sentences, the years, the course of the year, and what all of it rests on."""

    name: str
    kind: str
    sentences: tuple[Said, ...]
    years: Table
    chart: Chart | None
    rests_on: tuple[tuple[str, str], ...]
    file: Table
    notes: Sequence[Note] = ()


def with_attainment(said: tuple[Said, ...], attainment: str, leavers: str = "") -> tuple[Said, ...]:
    """The sentences of attendance, and one of attainment and of leavers each where there is something to say."""
    more = (("Attainment", attainment), ("Leavers", leavers))
    return (*said, *(Said(about, text) for about, text in more if text))


def level(row: Row[Any], asked: PageRequest) -> Said:
    """How much of the possible was attended, and whether that is more than in the same weeks of the year before."""
    rate = figure(row, "attendance_rate")
    of = f"Attendance in {row.academic_year} up to {formats.date(row.data_as_at)}"
    if not rate.is_shown:
        return Said("Level", f"{of} is not shown: {rate.word}.")
    return Said("Level", f"{of} was {rate.text}, {_since(row, rate, asked)}.")


def _since(row: Row[Any], rate: Figure, asked: PageRequest) -> str:
    if not asked.previous_year:
        return "and there is no year before to compare it with"
    same = figure(row, "rate_same_weeks_last_year", "same_weeks")
    weeks = f"same {formats.plural(row.weeks_compared, 'week')}" if row.weeks_compared else "same weeks"
    if not same.is_shown:
        return f"which cannot be compared with the {weeks} of {asked.previous_year} ({same.word})"
    words = formats.change(rate.minus(same))
    than = "since" if words == "no change" else "from"
    return f"{words} {than} the {weeks} of {asked.previous_year} ({same.text})"


def persistent(row: Row[Any] | None) -> Said:
    """How many pupils, and what share of them, have missed a tenth of their half days or more."""
    about = "Persistent absence"
    if row is None:
        return Said(about, "Persistent absence has not been released for this year yet.")
    share = figure(row, "persistent_absence_rate", "bands")
    if not share.is_shown or row.pupils is None or row.persistently_absent is None:
        return Said(about, f"How many pupils missed 10% or more of their half days is not shown: {share.word}.")
    number = formats.count(row.persistently_absent)
    said = f"By {formats.date(row.as_at)}, {number} of {formats.plural(row.pupils, 'pupil')} ({share.text}) had missed"
    severe = figure(row, "severely_absent", "bands", "count")
    more = ""
    if row.persistently_absent and severe.is_shown:
        more = f", {severe.text if severe.value else 'none'} of them half or more"
    return Said(about, f"{said} 10% or more of their half days{more}.")


def for_whom(stages: Sequence[Group], ends: tuple[Group | None, Group | None], names: tuple[str, str]) -> Said:
    """For which stages attendance is highest and lowest, and how far apart most and least deprived areas are.

    ``ends`` are the most deprived group of areas and the one that it is set against, ``names`` what a sentence calls
    them.
    """
    about = "For whom"
    by_stage = _by_stage(stages)
    by_area = _by_area(*ends, names, "it" if by_stage else "attendance")
    parts = [part for part in (by_stage, by_area) if part]
    if not parts:
        word = next((group.rate.word for group in (*stages, *filter(None, ends)) if not group.rate.is_shown), "")
        return Said(about, f"Attendance of groups of pupils is not shown{f': {word}' if word else ''}.")
    text = "; ".join(parts)
    return Said(about, f"{text[:1].upper()}{text[1:]}.")


def _by_stage(stages: Sequence[Group]) -> str:
    shown = [group for group in stages if group.rate.is_shown and group.value != "unknown"]
    if len(shown) < 2:
        return ""
    low, high = (end(shown, key=lambda group: group.rate.value or 0) for end in (min, max))
    if low.rate.text == high.rate.text:
        return f"attendance was {low.rate.text} in every stage that is shown"
    return f"attendance was lowest in {_group(low)} and highest in {_group(high)}"


def _group(group: Group) -> str:
    pupils = f", {formats.plural(int(group.pupils.value or 0), 'pupil')}" if group.pupils.is_shown else ""
    return f"{group.name} ({group.rate.text}{pupils})"


def _by_area(most: Group | None, other: Group | None, names: tuple[str, str], it: str) -> str:
    if most is None or other is None or not most.rate.is_shown or not other.rate.is_shown:
        return ""
    difference = most.rate.minus(other.rate).value or 0
    pupils = f"{formats.plural(int(most.pupils.value or 0), 'pupil')} in " if most.pupils.is_shown else ""
    beside = f"{names[1]} ({other.rate.text})"
    if difference == 0:
        return f"for {pupils}{names[0]} {it} was {most.rate.text}, the same as for {beside}"
    size = formats.change(abs(Decimal(str(difference)))).removeprefix("up ")
    return f"for {pupils}{names[0]} {it} was {most.rate.text}, {size} {_side(difference)} {beside}"


def _side(difference: formats.Number) -> str:
    return "above" if difference > 0 else "below"


def beside(rate: Figure, others: Sequence[Beside]) -> Said:
    """How attendance stands to that of others over the same time."""
    about = "Beside others"
    if not rate.is_shown:
        return Said(about, f"Attendance cannot be compared with that of others: {rate.word}.")
    known = [sentences.comparison(rate, one.figure, one.name) for one in others if one.figure.is_shown]
    known = [f"{said[:1].lower()}{said[1:]}" for said in known]
    unknown = [f"{one.name} ({one.figure.word})" for one in others if not one.figure.is_shown]
    parts = [f"over the same time attendance was {formats.listed(known)}"] if known else []
    parts += [f"it cannot be compared with {formats.listed(unknown)}"] if unknown else []
    text = "; ".join(parts)
    return Said(about, f"{text[:1].upper()}{text[1:]}.")


def by_sector(sectors: Sequence[tuple[str, Figure]], years: Sequence[YearRows]) -> Said:
    """Attendance of each sector, and that of the last whole year beside Scotland in that same year."""
    shown = [f"{rate.text} in {name} schools" for name, rate in sectors if rate.is_shown]
    parts = [f"over the same time attendance was {formats.listed(shown)}"] if shown else []
    whole = next((year for year in years if year.is_whole), None)
    if whole is not None:
        rate, scotland = figure(whole.own, "attendance_rate"), _scotland(whole)
        if rate.is_shown and scotland.is_shown:
            said = sentences.comparison(rate, scotland, "Scotland")
            parts.append(f"in all of {whole.own.academic_year} it was {rate.text}, {said[:1].lower()}{said[1:]}")
        elif rate.is_shown:
            parts.append(f"for {whole.own.academic_year} Scotland's figure is {scotland.word}")
    text = "; ".join(parts) or "there is nothing to compare with that is shown"
    return Said("Beside others", f"{text[:1].upper()}{text[1:]}.")


def years_table(years: Sequence[YearRows], authority: str) -> Table:
    """The years as a page shows them; ``authority`` is the heading of its column, empty where there is none."""
    columns = [
        Column("School year"), Column("Attendance", numeric=True), Column("Same weeks, year before", numeric=True),
        Column("Change", numeric=True, unit="points"), Column("Pupils", numeric=True),
        Column("Pupils who missed 10% or more", numeric=True),
    ]  # fmt: skip
    columns += [Column(authority, numeric=True)] if authority else []
    columns.append(Column("Scotland, whole year", numeric=True))
    rows: list[list[Cell]] = []
    for year in years:
        figures = _figures(year)
        share, number, pupils = figures["share"], figures["number"], figures["of"]
        absent: Cell = f"{number.text} of {pupils.text} ({share.text})" if number.is_shown and share.is_shown else share
        line: list[Cell] = [year.heading, *(figures[name] for name in ("rate", "same", "change", "pupils")), absent]
        line += [figures["authority"]] if authority else []
        rows.append([*line, figures["scotland"]])
    return Table(caption=_caption(len(years)), columns=tuple(columns), rows=rows)


def file_of(years: Sequence[YearRows], authority: str) -> Table:
    """The same to take away: each figure in a cell of its own."""
    named = [
        ("rate", "Attendance"), ("same", "Same weeks, year before"), ("change", "Change"), ("pupils", "Pupils"),
        ("number", "Pupils who missed 10% or more"), ("of", "Pupils counted for it"), ("share", "Persistent absence"),
        *((("authority", authority),) if authority else ()), ("scotland", "Scotland, whole year"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [[year.heading, *(_figures(year)[name] for name, _ in named)] for year in years]
    columns = (Column("School year"), *(Column(text, numeric=True) for _, text in named))
    return Table(caption=_caption(len(years)), columns=columns, rows=rows)


def _caption(number: int) -> str:
    return {1: "This year", 2: "Two years", 3: "Three years"}.get(number, "Years")


def _figures(year: YearRows) -> Mapping[str, Figure]:
    own, bands = year.own, year.bands
    rate, same = figure(own, "attendance_rate"), figure(own, "rate_same_weeks_last_year", "same_weeks")
    none = Figure(None, "[x]")
    return {
        "rate": rate,
        "same": same,
        "change": rate.minus(same),
        "pupils": figure(own, "pupils", "pupils", "count"),
        "number": figure(bands, "persistently_absent", "bands", "count") if bands is not None else none,
        "of": figure(bands, "pupils", "bands", "count") if bands is not None else none,
        "share": figure(bands, "persistent_absence_rate", "bands") if bands is not None else none,
        "authority": (
            figure(year.authority, "attendance_rate", why=NO_SCHOOLS)
            if year.authority is not None
            else Figure(None, "[x]", why=NO_SCHOOLS)
        ),
        "scotland": _scotland(year),
    }


def _scotland(year: YearRows) -> Figure:
    """The published rate of that very year; a part of a year stands beside no whole one."""
    if not year.is_whole:
        return Figure(None, "[z]", why=PART_OF_YEAR)
    if year.published is None or year.published.rate is None:
        return Figure(None, "[x]", why=UNPUBLISHED)
    return Figure(year.published.rate)


def rests_on(years: Sequence[YearRows], asked: PageRequest, counted: Sequence[Group]) -> tuple[tuple[str, str], ...]:
    """What the page rests on and as at when, as pairs of a name and a sentence; ``counted`` are groups."""
    now = years[0]
    share = figure(now.own, "completeness")
    marked = f" Of the half days that were expected {share.value * 100:.0f}% have a mark." if share.value else ""
    possible = figure(now.own, "openings_possible", "openings", "count")
    days = f"{possible.text} possible half days." if possible.is_shown else f"Half days: {possible.word}."
    found = [
        (
            "As at",
            f"{formats.date(asked.release.data_as_at)}, released {formats.date(asked.release.released_at)} "
            f"(release {asked.release.release_id}).",
        ),
        ("Counted", f"{days}{marked}"),
        ("Pupils", "Those at their base school with 20 or more possible half days in the year."),
    ]
    if now.bands is not None and now.bands.as_at:
        found.append(("Persistent absence", f"As at {formats.date(now.bands.as_at)}; exclusion counts as absence."))
    hidden = sentences.hidden([group.rate for group in counted], "group")
    found.append(("Not shown", hidden or "All groups of pupils that were looked at have a figure."))
    found.append(("Edition", "To share: released figures alone, in which small numbers are hidden."))
    return tuple(found)


def sheets(found: Brief, asked: PageRequest) -> tuple[Sheet, ...]:
    """The years, and the weeks of the chart."""
    made = [found.file.as_sheet("years")]
    if found.chart is not None:
        made.append(found.chart.table.as_sheet("by_week"))
    return tuple(made)
