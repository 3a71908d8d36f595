"""Leavers and S4 rolls of one school beside its authority, over the years; on paper in official bands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit import formats, tables_of_attainment
from dashboards.kit.charts import sentences
from dashboards.kit.components import Card, Cell, Column, Table
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.attained import Attained
from dashboards.subjects.senior_phase.figures.council import Council, council_of, earlier, through
from dashboards.subjects.senior_phase.figures.measures import (
    DESTINATIONS,
    EDITIONS,
    ENDS,
    FURTHER,
    OF_LEAVERS,
    SETS,
    by_end,
    in_full,
    named,
    reached,
    went,
)
from dashboards.subjects.senior_phase.figures.schools import BANDS, DESK
from dashboards.subjects.senior_phase.figures.words import EXAMS
from dashboards.subjects.senior_phase.queries import released

Rows = Mapping[str, Row[Any]]
HEADLINES = ("national_1_at_5", "all_scqf_1_at_5")


@dataclass(frozen=True)
class School:
    """Rows of a school by year, and its council, which is empty for who reads the school alone."""

    asked: PageRequest
    awards: Rows
    destinations: Rows
    rolls: Rows
    council: Council

    @property
    def year(self) -> str:
        """The year that is shown."""
        return self.asked.academic_year

    def at(self, measure: str, year: str = "") -> Attained:
        """Leavers who reached a measure, in the year that is shown unless another is named."""
        return reached(self.awards.get(year or self.year), measure)

    @property
    def years(self) -> tuple[str, ...]:
        """Every year from the first to the last with leavers."""
        return through(self.destinations)


def school_of(connection: Connection, asked: PageRequest) -> School | None:
    """The school's leavers and rolls; None where nothing is released of it."""
    marts = (
        tables_of_attainment.leaver_attainment_by_school,
        tables_of_attainment.leaver_destinations_by_school,
        tables_of_attainment.s4_roll_results_by_school,
    )  # fmt: skip
    awards, went_to, rolls = (
        {str(row.academic_year): row for row in connection.execute(released.school(one, asked))} for one in marts
    )
    if not (awards or went_to or rolls):
        return None
    return School(asked, awards, went_to, rolls, council_of(connection, asked))


def cards(found: School) -> tuple[Card, ...]:
    """One or more at level 5, of each set, and first destinations."""
    made = [_card(in_full(m), found.at(m), found.council.at(m).share) for m in HEADLINES]
    positive = went(found.destinations.get(found.year), "initial")
    around = found.council.went("initial").share
    return (*made, _card(f"Positive destination, {EDITIONS['initial']}", positive, around))


def _card(heading: str, now: Attained, council: Figure) -> Card:
    if not now.share.is_shown:
        return Card(heading, now.share)
    if now.is_small:
        point = formats.one_decimal(100 / int(now.cohort.value or 1))
        return Card(heading, now.text, (f"One leaver is {point} percentage points, so no percentage is given.",))
    lines = [f"{now.achieved.text} of {now.cohort.text} leavers."]
    if council.is_shown:
        lines.append(f"{sentences.comparison(now.share, council, 'the authority')}.")
    return Card(heading, now.share, tuple(lines))


def awards_table(found: School, award_set: str, on_paper: bool = False) -> Table:
    """Measures of a set in the year, beside the authority; ``on_paper`` in official bands, which it has none of."""
    rows: list[Sequence[Cell]] = []
    for measure in OF_LEAVERS[award_set]:
        one = found.at(measure)
        around = () if found.council.is_empty or on_paper else (found.council.at(measure).share,)
        cohort = one.cohort_to_share if on_paper else one.cohort
        rows.append((named(measure), one.band if on_paper else one.cell, cohort, *around))
    columns = [Column("Awards"), Column("This school", numeric=not on_paper), Column("Leavers", numeric=True)]
    if not (found.council.is_empty or on_paper):
        columns.append(Column("Authority", numeric=True))
    edition = ", in official bands" if on_paper else ""
    return Table(
        caption=f"{SETS[award_set]} of leavers, {found.year}{edition}",
        columns=tuple(columns),
        rows=rows,
        notes=(BANDS if on_paper else DESK,),
    )


def years_table(found: School, award_set: str, on_paper: bool = False) -> Table:
    """Measures of a set in each year; ``on_paper`` in official bands."""
    measures = OF_LEAVERS[award_set]
    rows: list[Sequence[Cell]] = []
    for year in found.years:
        each = [found.at(measure, year) for measure in measures]
        cells = (one.band if on_paper else one.cell for one in each)
        why = () if on_paper else (EXAMS.get(year, ""),)
        cohort = each[0].cohort_to_share if on_paper else each[0].cohort
        rows.append((year, *cells, cohort, *why))
    edition = ", in official bands" if on_paper else ""
    return Table(
        caption=f"{SETS[award_set]} of leavers over the years{edition}",
        columns=(
            Column("Leaver year"), *(Column(named(one), numeric=not on_paper) for one in measures),
            Column("Leavers", numeric=True), *(() if on_paper else (Column("Break"),)),
        ),
        rows=rows,
        dense=True,
    )  # fmt: skip


def destinations_table(found: School) -> Table:
    """Where leavers of the year went, a column for each edition; the screen has it alone."""
    row = found.destinations.get(found.year)
    each = {edition: went(row, edition) for edition in EDITIONS}
    rows: list[Sequence[Cell]] = [
        (name, *(_kind(row, edition, kind, each[edition]) for edition in EDITIONS))
        for kind, name in DESTINATIONS.items()
    ]
    rows.append(("All positive", *(one.achieved for one in each.values())))
    rows.append(("All leavers", *(one.cohort for one in each.values())))
    return Table(
        caption=f"Destinations of leavers, {found.year}",
        columns=(Column("Destination"), *(Column(_heading(name), numeric=True) for name in EDITIONS.values())),
        rows=rows,
        notes=("The two columns are counts at different times and may not be compared.",),
    )


def _heading(edition: str) -> str:
    return f"{edition[:1].upper()}{edition[1:]}"


def _kind(row: Row[Any] | None, edition: str, kind: str, whole: Attained) -> Figure:
    if row is None or whole.cohort.value == 0:
        return Figure(None, "[x]", "count", whole.achieved.why)
    return figure(row, f"{edition}_{kind}", f"{edition}_{kind}", "count")


def results_table(found: School, award_set: str) -> Table:
    """Results of the S4 rolls by the end of each stage in the year, beside the authority; the screen has it alone."""
    rows: list[Sequence[Cell]] = []
    for end in ENDS:
        row = found.rolls.get(earlier(found.year, end.years))
        for measure in end.measures[award_set]:
            one = by_end(row, end.name, award_set, measure)
            around = () if found.council.is_empty else (found.council.by_end(end, award_set, measure).share,)
            said = f"{end.name.upper()}: {named(measure)[:1].lower()}{named(measure)[1:]}"
            rows.append((said, one.cell, one.cohort, *around))
    columns = [Column("By the end of"), Column("This school", numeric=True), Column("S4 roll", numeric=True)]
    if not found.council.is_empty:
        columns.append(Column("Authority", numeric=True))
    return Table(
        caption=f"{SETS[award_set]}: results of August {int(found.year[:4]) + 1}", columns=tuple(columns), rows=rows
    )


def not_shown(found: School) -> int:
    """How many of the figures of the year are not shown so that nobody can be recognised."""
    every = [found.at(measure).share for measures in (*OF_LEAVERS.values(), FURTHER) for measure in measures]
    every += [went(found.destinations.get(found.year), edition).share for edition in EDITIONS]
    return sum(1 for one in every if one.symbol == "[c]")
