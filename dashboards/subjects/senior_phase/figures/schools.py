"""Schools beside each other, by name and never by result: exact on the screen, on paper in official bands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit.components import Cell, Column, Link, Table
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.attained import Attained, to_share
from dashboards.subjects.core.figures.codes import school_name
from dashboards.subjects.senior_phase.figures.measures import SETS, named, reached, went
from dashboards.subjects.senior_phase.queries import released

IN_TABLE: Mapping[str, tuple[str, ...]] = {
    "national": ("national_1_at_5", "national_1_at_6"),
    "all_scqf": ("all_scqf_1_at_5", "all_scqf_5_at_5"),
}
DESK = (
    "Fewer than 50 leavers are a count, because one leaver is two points or more; of 20 or fewer nothing is shown. "
    "Print and downloads have the ten-point bands of the official statistics."
)
BANDS = "In the bands of the official statistics, closed below; of 20 leavers or fewer nothing is shown."
EMPTY = "No school that you may see has leavers in this year."


@dataclass(frozen=True)
class SchoolLine:
    """Leavers of a school: who reached each measure, who is in a positive destination, and where its roll lives."""

    seed_code: str
    sector: str
    name: str
    leavers: Figure
    awards: Mapping[str, Attained]
    positive: Attained
    deprived: Figure

    @property
    def link(self) -> Link:
        """To the school's page of the senior phase."""
        return Link(self.name, "school_senior_phase", {"seed_code": self.seed_code, "sector": self.sector})


def lines_of(connection: Connection, asked: PageRequest) -> tuple[SchoolLine, ...]:
    """The schools that the reader may see, by name."""
    rolls = {row.seed_code: row for row in connection.execute(released.most_deprived(asked))}
    lines = [
        SchoolLine(
            row.seed_code, row.sector, school_name(row.school_name, row.seed_code),
            figure(row, "leavers", "leavers", "count"),
            {measure: reached(row, measure) for measures in IN_TABLE.values() for measure in measures},
            went(row, "initial"), _deprived(rolls.get(row.seed_code)),
        )
        for row in connection.execute(released.schools(asked))
    ]  # fmt: skip
    return tuple(sorted(lines, key=lambda line: (line.name, line.seed_code)))


def _deprived(row: Row[Any] | None) -> Figure:
    """Pupils in the most deprived fifth as a share of the roll; a symbol where one of the two is not shown."""
    if row is None:
        return Figure(None, "[x]", why="no census of that year")
    part, whole = figure(row, "pupils", "pupils", "count"), figure(row, "roll", "roll", "count")
    if part.value is None or whole.value is None:
        return Figure(None, part.symbol or whole.symbol)
    return Figure(int(part.value) / int(whole.value)) if whole.value else Figure(None, "[z]")


def schools_table(lines: Sequence[SchoolLine], asked: PageRequest, award_set: str, on_paper: bool = False) -> Table:
    """One row for each school and one set of awards, beside the deprivation of its roll; ``on_paper`` in bands."""
    measures = IN_TABLE[award_set]
    rows: list[tuple[Cell, ...]] = [
        (
            line.name if on_paper else line.link, to_share(line.leavers) if on_paper else line.leavers,
            *(line.awards[one].band if on_paper else line.awards[one].cell for one in measures), line.deprived,
        )
        for line in lines
    ]  # fmt: skip
    edition = ", in official bands" if on_paper else ""
    return Table(
        caption=f"{SETS[award_set]} of leavers by school, {asked.academic_year}{edition}",
        columns=(
            Column("School"), Column("Leavers", numeric=True),
            *(Column(named(one), numeric=not on_paper) for one in measures),
            Column("Roll in most deprived fifth", numeric=True),
        ),
        rows=rows,
        dense=True,
        in_window=not on_paper,
        notes=(BANDS if on_paper else DESK,),
        empty=EMPTY,
    )  # fmt: skip


def destinations_table(lines: Sequence[SchoolLine], asked: PageRequest) -> Table:
    """Positive destinations three months after leaving, by school: on the screen alone, since no official band is."""
    return Table(
        caption=f"Positive destinations three months after leaving, by school, {asked.academic_year}",
        columns=(Column("School"), Column("Leavers", numeric=True), Column("Positive", numeric=True)),
        rows=[(line.link, line.positive.cohort, line.positive.cell) for line in lines],
        dense=True,
        in_window=True,
        notes=(DESK,),
        empty=EMPTY,
    )
