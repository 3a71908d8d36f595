"""Schools beside each other, by name or cluster, never by result: exact on the screen, on paper in official bands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from dashboards.kit.components import Cell, Column, Link, Table
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import PageRequest
from dashboards.subjects.attainment.queries import returned
from dashboards.subjects.core.figures.attained import Attained, attained
from dashboards.subjects.core.figures.codes import school_name

ORDERS = {"name": "Name", "cluster": "Cluster"}
DESK = (
    "Primary: P1, P4 and P7 together; S3: third level. A cohort under 50 is a count, because one pupil is two points "
    "or more; of 20 or fewer nothing is shown. Print and downloads have the ten-point bands of the official statistics."
)
BANDS = "In the bands of the official statistics, closed below; of a cohort of 20 or fewer nothing is shown."
EMPTY = "No school that you may see has a row in this return."
IN_ROW = {"primary": "Primary", "secondary": "S3"}
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


def schools_table(lines: Sequence[SchoolLine], asked: PageRequest) -> Table:
    """One row for each school as the screen has it: each share with its cohort, beside the deprivation of the roll."""
    has_clusters = any(line.cluster for line in lines)
    rows: list[tuple[Cell, ...]] = [
        (
            line.link, *((line.cluster or "None",) if has_clusters else ()), IN_ROW[line.sector],
            line.literacy.of_cohort, line.numeracy.of_cohort, line.deprived,
        )
        for line in lines
    ]  # fmt: skip
    return Table(
        caption=f"Expected level achieved by school, {asked.academic_year}",
        columns=(
            Column("School"), *((Column("Cluster", filter=True),) if has_clusters else ()), Column("Stages"),
            Column("Literacy", numeric=True), Column("Numeracy", numeric=True),
            Column("Roll in most deprived fifth", numeric=True),
        ),
        rows=rows,
        dense=True,
        in_window=True,
        searchable=len(lines) > 1,
        notes=(DESK,),
        empty=EMPTY,
    )  # fmt: skip


def schools_to_share(lines: Sequence[SchoolLine], asked: PageRequest) -> Table:
    """The same as it may leave the council, as wide as a sheet: bands, with the cohorts in columns of their own."""
    return Table(
        caption=f"Expected level achieved by school, in official bands, {asked.academic_year}",
        columns=(
            Column("School"), Column("Stages"), Column("Literacy"),
            Column("Pupils in literacy", numeric=True), Column("Numeracy"), Column("Pupils in numeracy", numeric=True),
            Column("Roll in most deprived fifth", numeric=True),
        ),
        rows=[
            (
                line.name, IN_ROW[line.sector], line.literacy.band, line.literacy.cohort_to_share,
                line.numeracy.band, line.numeracy.cohort_to_share, line.deprived,
            )
            for line in lines
        ],
        dense=True,
        notes=(BANDS,),
        empty=EMPTY,
    )  # fmt: skip
