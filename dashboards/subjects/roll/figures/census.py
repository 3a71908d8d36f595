"""The roll in a reader's words: how many, how full, which stages, and what has changed since the census before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import Series, bars, categories
from dashboards.kit.components import Card, Chart, Column, Link, Table
from dashboards.kit.formats import MINUS, SECTORS, Figure, figure

STAGES = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "S1", "S2", "S3", "S4", "S5", "S6", "SP")
NONE = Figure(None, "[x]", "count")


@dataclass(frozen=True)
class SchoolRoll:
    """A school at the census: its pupils, those of the census before and at the latest register, how full it is."""

    seed_code: str
    sector: str
    name: str
    pupils: Figure
    before: Figure
    capacity: int | None
    occupancy: Figure
    language: Figure
    meals: Figure
    asked: Figure
    now: Figure = NONE

    @property
    def link(self) -> Link:
        """To the roll of the school."""
        return Link(self.name, "school_roll", {"seed_code": self.seed_code, "sector": self.sector})


def counted(row: Row[Any], column: str) -> Figure:
    """A count of pupils with its own symbol."""
    return figure(row, column, column, "count")


def total(row: Row[Any] | None) -> Figure:
    """The count of a row that readers of schools alone do not have."""
    return NONE if row is None else counted(row, "pupils")


def change(now: Figure, before: Figure) -> str:
    """Change from the census before: ``+12``, ``0``, or nothing where one of the two is not shown."""
    if now.value is None or before.value is None:
        return ""
    difference = int(now.value) - int(before.value)
    sign = "+" if difference > 0 else MINUS if difference < 0 else ""
    return f"{sign}{abs(difference):,}"


def schools_table(lines: Sequence[SchoolRoll], year: str, before: str | None) -> Table:
    """One row for each school, in the order of names."""
    columns = [Column("School"), Column("Pupils", numeric=True)]
    columns += [Column(f"Change from {before}", numeric=True)] if before else []
    columns += [
        Column("Latest register", numeric=True),
        Column("Capacity", numeric=True),
        Column("Occupancy", numeric=True),
        Column("English as an additional language", numeric=True),
        Column("Registered for free meals, P6 and above", numeric=True),
        Column("Out of", numeric=True),
        Column("Sector"),
    ]
    rows = [
        (
            line.link,
            line.pupils,
            *((change(line.pupils, line.before),) if before else ()),
            line.now,
            Figure(line.capacity, None if line.capacity else "[z]", "count"),
            line.occupancy,
            line.language,
            line.meals,
            line.asked,
            SECTORS[line.sector],
        )
        for line in sorted(lines, key=lambda one: (one.name, one.sector))
    ]
    return Table(
        caption=f"Roll of schools at the census, {year}",
        columns=tuple(columns),
        rows=rows,
        sortable=True,
        dense=True,
        searchable=len(lines) > 1,
        in_window=len(lines) > 1,
        notes=(
            "Occupancy is pupils divided by the school's planning capacity as returned; a school without one has none.",
            "Free meals are asked of families from P6 on, so 'out of' counts the pupils from there up.",
        ),
        empty="No school of yours was on the list at this census.",
    )


def sector_cards(now: Mapping[str, Figure], before: Mapping[str, Figure], year: str | None) -> tuple[Card, ...]:
    """A card for each sector with its pupils and the change since the census before."""
    cards = []
    for sector, pupils in now.items():
        lines = []
        said = change(pupils, before.get(sector, NONE))
        if said and year:
            lines.append("As many as a year before." if said == "0" else f"{said} since the census of {year}.")
        cards.append(Card(f"{SECTORS[sector]} pupils", pupils, tuple(lines)))
    return tuple(cards)


def summed(figures: Sequence[Figure]) -> Figure:
    """The sum of counts; suppressed where one of them is not shown."""
    missing = next((one for one in figures if one.value is None), None)
    if missing is not None:
        return Figure(None, missing.symbol or "[c]", "count")
    return Figure(sum(int(one.value or 0) for one in figures), None, "count")


def stage_chart(by_stage: Mapping[str, Figure], of_whom: str, year: str) -> Chart | None:
    """Bars of pupils by stage; None where no stage is shown."""
    there = [stage for stage in STAGES if stage in by_stage and by_stage[stage].value != 0]
    figures = tuple(by_stage[stage] for stage in there)
    shown = [(stage, one.value) for stage, one in zip(there, figures, strict=True) if one.value is not None]
    if len(shown) < 2:
        return None
    most, least = max(shown, key=lambda one: one[1]), min(shown, key=lambda one: one[1])
    title = f"Pupils by stage, {of_whom}, {year}"
    sentence = (
        f"The largest stage shown is {most[0]} with {most[1]:,} pupils, the smallest {least[0]} with {least[1]:,}."
    )
    hidden = len(there) - len(shown)
    if hidden:
        verb = "is" if hidden == 1 else "are"
        sentence += f" {formats.plural(hidden, 'stage')} with few pupils, or beside such, {verb} not shown."
    return Chart(
        title,
        sentence,
        bars("stages", title, categories(there), [Series("Pupils", figures)], "count"),
        Table(
            caption=f"{title}, as a table",
            columns=(Column("Stage"), Column("Pupils", numeric=True)),
            rows=[(stage, by_stage[stage]) for stage in there],
        ),
    )
