"""The roll beside what it can be held against: the capacity of buildings, and what was published of the same census."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import Series, bars, categories, line, sentences
from dashboards.kit.charts.data import Category
from dashboards.kit.components import Chart, Column, Table
from dashboards.kit.formats import Figure
from dashboards.kit.page import Note
from dashboards.subjects.roll.figures.census import NONE, SchoolRoll, counted
from dashboards.subjects.roll.figures.months import over_time

BANDS = ("under 50%", "50% to under 75%", "75% to under 90%", "90% to 100%", "over 100%")
CAPACITY = Note(
    "Capacity is the planning capacity as returned by the school's authority (the working capacity, where none is "
    "planned) and says how many pupils a building could hold, not how many classes are staffed. The bands are ours: no "
    "official ones are published. A building of two departments has one capacity, so neither of them is in a band.",
    "method",
)
PUBLISHED = Note(
    "Published rolls are those of the Scottish Government's school tables (2019, 2020, 2021, 2023 and 2025), and of "
    "the secondary trend for the years between. A roll agrees that differs by at most 1% of the published one, rounded "
    "up, or by two pupils: what is corrected after the return makes that much.",
    "comparison",
)


@dataclass(frozen=True)
class Agreement:
    """How many schools have both rolls, how many of these agree, and the table of all."""

    both: int
    agree: int
    sentence: str
    table: Table


def band_of(occupancy: Figure) -> str | None:
    """The band that a school's occupancy lies in: lower ends inclusive, but 100% is still in the fourth."""
    if occupancy.value is None:
        return None
    share = float(occupancy.value)
    for name, end in zip(BANDS, (0.5, 0.75, 0.9), strict=False):
        if share < end:
            return name
    return BANDS[3] if share <= 1 else BANDS[4]


def capacity_chart(lines: Sequence[SchoolRoll]) -> Chart | None:
    """Schools by how full they are; None where none has a capacity and a roll that is shown."""
    bands = [band for line in lines if (band := band_of(line.occupancy)) is not None]
    if not bands:
        return None
    known = [one for one in lines if one.occupancy.value is not None]
    pupils = sum(int(one.pupils.value or 0) for one in known)
    places = sum(int(one.capacity or 0) for one in known)
    title = "How full schools are, by planning capacity"
    numbers = [Figure(bands.count(band), None, "count") for band in BANDS]
    without = len(lines) - len(known)
    over = bands.count(BANDS[4])
    sentence = (
        f"{formats.plural(len(known), 'school')} with {places:,} places had {pupils:,} pupils at the census, "
        f"{formats.percentage(pupils / places)}; {over} {'is' if over == 1 else 'are'} over capacity."
    )
    if without:
        sentence += (
            f" {formats.plural(without, 'school')} {'has' if without == 1 else 'have'} no capacity or no roll shown."
        )
    return Chart(
        title,
        sentence,
        bars("capacity", title, categories(BANDS), [Series("Schools", tuple(numbers))], "count"),
        Table(
            caption=f"{title}, as a table",
            columns=(Column("Pupils of the places"), Column("Schools", numeric=True)),
            rows=list(zip(BANDS, numbers, strict=True)),
        ),
    )


def agreement(
    lines: Sequence[SchoolRoll], published: Mapping[tuple[str, str], Row[Any]], year: str
) -> Agreement | None:
    """Rolls at the census beside the published ones of the same schools; None where none was published yet."""
    pairs = [(one, row) for one in lines if (row := published.get((one.seed_code, one.sector))) is not None]
    if not pairs:
        return None
    both = [(one, row) for one, row in pairs if one.pupils.value is not None]
    agree = sum(agrees(int(one.pupils.value or 0), row) for one, row in both)
    rows = [
        (one.link, one.pupils, Figure(row.roll, None, "count"), *_difference(one.pupils, row))
        for one, row in sorted(pairs, key=lambda pair: (pair[0].name, pair[0].sector))
    ]
    sentence = f"No roll of {year} is shown here that was published as well."
    if both:
        share = formats.percentage(agree / len(both))
        sentence = (
            f"Of {formats.plural(len(both), 'school')} whose roll at the census of {year} is shown here and was "
            f"published, {agree} ({share}) agree."
        )
    table = Table(
        caption=f"Rolls at the census of {year}, here and as published",
        columns=(
            Column("School"),
            Column("Here", numeric=True),
            Column("Published", numeric=True),
            Column("Difference", numeric=True),
            Column("Agrees"),
        ),
        rows=rows,
        sortable=True,
        dense=True,
    )
    return Agreement(len(both), agree, sentence, table)


def agrees(pupils: int, published: Row[Any]) -> bool:
    """Whether a roll differs from the published one by no more than that allows."""
    return abs(pupils - int(published.roll)) <= int(published.tolerance)


def _difference(pupils: Figure, published: Row[Any]) -> tuple[str, str]:
    if pupils.value is None:
        return "", "not shown"
    difference = int(pupils.value) - int(published.roll)
    sign = "+" if difference > 0 else formats.MINUS if difference < 0 else ""
    return f"{sign}{abs(difference):,}", "yes" if agrees(int(pupils.value), published) else "no"


def trend_chart(name: str, years: Sequence[Row[Any]], published: Sequence[Row[Any]]) -> Chart | None:
    """Published rolls of a school over the years, and those of this warehouse beside them; None where none is there."""
    here = {row.academic_year: counted(row, "pupils") for row in years}
    there = {row.academic_year: Figure(row.roll, None, "count") for row in published}
    names = sorted({*here, *there})
    if len(names) < 2:
        return None
    over = [Category(f"the census of {year}", year[2:]) for year in names]
    series = [Series("As published", tuple(there.get(year, NONE) for year in names))]
    series.append(Series("Here", tuple(here.get(year, NONE) for year in names)))
    title = f"Pupils of {name} at each census, as published and here"
    return Chart(
        title,
        sentences.trend("The published roll", over, series[0].figures),
        line("published", title, over, series, unit="count"),
        over_time(f"{title}, as a table", over, series),
    )
