"""The charts of a school's overview: months beside last year's, and groups beside the authority's same groups."""

from collections.abc import Sequence

from dashboards.kit import formats
from dashboards.kit.charts import Category, Series, dots, line, sentences
from dashboards.kit.components import Chart, Column, Table
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures import codes
from dashboards.subjects.core.figures.beside import (
    GroupBeside,
    council_rates,
    groups_beside,
    hidden_sentence,
    sentence_of,
)
from dashboards.subjects.core.queries.overview import SchoolRows

STAGES = {stage: codes.stage_name(stage) for stage in codes.STAGES}
SCHOOL_MONTHS = (8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6)


def months_chart(rows: SchoolRows, asked: PageRequest) -> Chart | None:
    """Attendance by month beside the same months of last year and the authority's sector; None without a month."""
    years = (asked.academic_year, asked.previous_year or "")
    own = {(row.academic_year, row.month.month): figure(row, "attendance_rate") for row in rows.months}
    council = {row.month.month: figure(row, "attendance_rate") for row in rows.council_months
               if row.academic_year == years[0]}  # fmt: skip
    months = [month for month in SCHOOL_MONTHS if (years[0], month) in own]
    if not months:
        return None
    none = Figure(None, "[x]")
    series = [Series(years[0], tuple(own[years[0], month] for month in months))]
    if any((years[1], month) in own for month in months):
        series.append(Series(years[1], tuple(own.get((years[1], month), none) for month in months)))
    if council:
        series.append(Series(f"Authority, {rows.year.sector}", tuple(council.get(month, none) for month in months)))
    over = [Category(formats.MONTHS[month - 1], formats.MONTHS[month - 1][:3]) for month in months]
    title = "Attendance by month"
    return Chart(
        title=title,
        sentence=sentences.trend("Attendance", over, series[0].figures),
        svg=line("overview-months", title, over, series),
        table=Table(
            caption=f"{title}, {asked.academic_year}",
            columns=(Column("Month"), *(Column(one.name, numeric=True) for one in series)),
            rows=[(over[at].name, *(one.figures[at] for one in series)) for at in range(len(over))],
        ),
    )


def stages_beside(rows: SchoolRows, asked: PageRequest) -> tuple[GroupBeside, ...]:
    """Stages of the school beside the authority's same stages."""
    council = council_rates(rows.cells, asked.academic_year, rows.year.sector, "stage")
    return groups_beside(rows.stages, "stage", STAGES, council)


def areas_beside(rows: SchoolRows, asked: PageRequest) -> tuple[GroupBeside, ...]:
    """Fifths of areas of the school beside the authority's same areas of the sector."""
    council = council_rates(rows.cells, asked.academic_year, rows.year.sector, "deprivation_group")
    return groups_beside(rows.areas, "deprivation_group", codes.DEPRIVATION_GROUPS, council)


def whom_chart(
    groups: Sequence[GroupBeside], name: str, title: str, heading: str, kind: str, notes: tuple[str, ...] = ()
) -> Chart | None:
    """Groups of the school beside the authority's same groups; None where no pair is shown."""
    if not any(group.own.is_shown for group in groups):
        return None
    among = [Category(group.name, codes.SHORT_NAMES.get(group.name, "")) for group in groups]
    series = [Series("This school", tuple(group.own for group in groups))]
    if any(group.council.is_shown for group in groups):
        series.append(Series("Authority, same group", tuple(group.council for group in groups)))
    said = (sentence_of(groups, kind), hidden_sentence(groups))
    return Chart(
        title=title,
        sentence=" ".join(part for part in said if part),
        svg=dots(f"overview-{name}", title, among, series),
        table=Table(
            caption=f"{title}, as a table",
            columns=(
                Column(heading), Column("This school", numeric=True), Column("Pupils", numeric=True),
                Column("Authority, same group", numeric=True), Column("Apart", numeric=True, unit="points"),
            ),
            rows=[(group.name, group.own, group.pupils, group.council, group.apart) for group in groups],
        ),
        notes=notes,
    )  # fmt: skip
