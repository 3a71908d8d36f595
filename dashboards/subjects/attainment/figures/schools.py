"""Schools beside each other, by name or cluster and never by result: on the screen exact, on paper in official bands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from dashboards.kit.components import Cell, Column, Link, Table
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import PageRequest
from dashboards.subjects.attainment.figures.council import stage_name
from dashboards.subjects.attainment.queries import returned
from dashboards.subjects.core.figures.attained import OF_SECTOR, Attained, attained
from dashboards.subjects.core.figures.codes import school_name

ORDERS = {"name": "Name", "cluster": "Cluster"}
DESK = (
    "A cohort under 50 is a count, because one pupil is two points or more. Of 20 pupils or fewer nothing is shown. "
    "What is printed or downloaded has schools in the ten-point bands of the official statistics."
)
BANDS = "In the bands of the official statistics, closed below; of a cohort of 20 or fewer nothing is shown."
NO_ROLL = Figure(None, "[x]", why="no census of that year")


@dataclass(frozen=True)
class SchoolLine:
    """A school in the return: literacy and numeracy, and which share of its roll lives in the most deprived fifth."""

    seed_code: str
    sector: str
    name: str
    cluster: str
    literacy: Attained
    numeracy: Attained
    deprived: Figure

    @property
    def link(self) -> Link:
        """To the school's page of attainment."""
        return Link(self.name, "school_attainment", {"seed_code": self.seed_code, "sector": self.sector})


def lines_of(connection: Connection, asked: PageRequest) -> tuple[SchoolLine, ...]:
    """The schools that the reader may see, in the order asked for (``ORDERS``), by name unless another is named."""
    rolls = {(row.seed_code, row.sector): row for row in connection.execute(returned.most_deprived(asked))}
    clusters = {(row.seed_code, row.sector): row.cluster_name for row in connection.execute(returned.clusters(asked))}
    lines = [
        SchoolLine(
            row.seed_code, row.sector, school_name(row.school_name, row.seed_code),
            clusters.get((row.seed_code, row.sector), ""), attained(row, "literacy"), attained(row, "numeracy"),
            share_of_roll(rolls.get((row.seed_code, row.sector))),
        )
        for row in connection.execute(returned.schools(asked))
    ]  # fmt: skip
    by_name = sorted(lines, key=lambda line: (line.name, line.sector, line.seed_code))
    if asked.value("order") == "cluster":
        return tuple(sorted(by_name, key=lambda line: (line.cluster == "", line.cluster)))
    return tuple(by_name)


def share_of_roll(row: Any) -> Figure:
    """Pupils in the most deprived fifth as a share of the roll; a symbol where one of the two is not shown."""
    if row is None:
        return NO_ROLL
    part = figure(row, "pupils", "pupils", "count")
    whole = figure(row, "roll", "roll", "count")
    if part.value is None or whole.value is None:
        return Figure(None, part.symbol or whole.symbol)
    return Figure(int(part.value) / int(whole.value)) if whole.value else Figure(None, "[z]")


def schools_table(lines: Sequence[SchoolLine], asked: PageRequest, on_paper: bool = False) -> Table:
    """One row for each school; ``on_paper`` in the bands that may leave the council."""
    has_clusters = any(line.cluster for line in lines)
    columns = [
        Column("School"), *((Column("Cluster", filter=not on_paper),) if has_clusters else ()), Column("Stages"),
        Column("Literacy", numeric=not on_paper), Column("Pupils in literacy", numeric=True),
        Column("Numeracy", numeric=not on_paper), Column("Pupils in numeracy", numeric=True),
        Column("Roll in the most deprived fifth", numeric=True),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for line in lines:
        literacy, numeracy = (one.band if on_paper else one.cell for one in (line.literacy, line.numeracy))
        cluster: Mapping[bool, tuple[Cell, ...]] = {True: (line.cluster or "None",), False: ()}
        rows.append(
            (
                line.link, *cluster[has_clusters], stage_name(OF_SECTOR[line.sector]), literacy, line.literacy.cohort,
                numeracy, line.numeracy.cohort, line.deprived,
            )
        )  # fmt: skip
    edition = "in official bands" if on_paper else "by school"
    return Table(
        caption=f"Expected level achieved, {edition}, {asked.academic_year}",
        columns=tuple(columns),
        rows=rows,
        dense=True,
        searchable=len(lines) > 1 and not on_paper,
        notes=(BANDS if on_paper else DESK,),
        empty="No school that you may see has a row in this return.",
    )
