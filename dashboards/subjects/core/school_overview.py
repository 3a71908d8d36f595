"""School overview: every subject of a school on one page: level, direction, for whom, beside others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from dashboards.kit.components import Chart, Table
from dashboards.kit.labels import labels
from dashboards.kit.page import (
    SECTOR_OF_SCHOOL,
    SEED_CODE,
    Entry,
    Note,
    NotFoundError,
    Page,
    PageRequest,
    Parameter,
    Reader,
    Sheet,
)
from dashboards.subjects.core.figures import codes
from dashboards.subjects.core.figures.overview import Glance, glance_table, glances
from dashboards.subjects.core.figures.overview_charts import areas_beside, months_chart, stages_beside, whom_chart
from dashboards.subjects.core.queries.overview import school_rows

LAST_YEAR = Note(
    "Groups of one school are not released by month: each stands beside the authority's same group, not its last year.",
    "comparison",
)
SHARED = Note(
    "On paper and in files attainment of a school is in the official bands. Single pupils are in SEEMiS, not here.",
    "method",
)
PARTS = labels("parts_of_overview")
PART = Parameter(
    "part", "Part of the page; all subjects where it is left out", choices=tuple(filter(None, PARTS)),
    examples=("areas",),
)  # fmt: skip


@dataclass(frozen=True)
class OverviewFigures:
    """The page: measures at a glance, the months, and groups beside the authority's same groups."""

    part: str
    parts: tuple[tuple[str, str], ...]
    name: str
    glances: tuple[Glance, ...]
    shared: Table | None
    charts: tuple[Chart, ...]
    notes: Sequence[Note]


def figures(connection: Connection, asked: PageRequest) -> OverviewFigures:
    """The school of the address. Raises NotFoundError where the reader sees nothing of it in the year."""
    rows = school_rows(connection, asked)
    if rows is None:
        raise NotFoundError(f"school {asked.school}")
    part = asked.value("part")
    found = () if part else glances(rows, asked)
    stages = whom_chart(stages_beside(rows, asked), "stages", "For whom: attendance by stage", "Stage", "stage")
    areas = whom_chart(areas_beside(rows, asked), "areas", "For whom: attendance by area", "Areas", "areas")
    alone = replace(areas, level=2) if areas is not None else None  # no cards stand before it
    charts = (alone,) if part else (months_chart(rows, asked), stages)
    return OverviewFigures(
        part=part,
        parts=tuple(PARTS.items()),
        name=codes.school_name(rows.year.school_name, rows.year.seed_code),
        glances=found,
        shared=glance_table(found, is_shared=True) if found else None,
        charts=tuple(chart for chart in charts if chart is not None),
        notes=(LAST_YEAR, Note(codes.SIMD_NOTE, "method")) if part else (LAST_YEAR, SHARED),
    )


def sheets(found: OverviewFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The school at a glance in official bands, and the table of each chart."""
    names = ("by_month", "by_stage", "by_area")
    titles = {"Attendance by month": names[0], "For whom: attendance by stage": names[1]}
    made = [chart.table.as_sheet(titles.get(chart.title, names[2])) for chart in found.charts]
    return (found.shared.as_sheet("at_a_glance"), *made) if found.shared is not None else tuple(made)


def entry(reader: Reader) -> Entry | None:
    """For a head teacher the own school stands in the navigation."""
    if reader.only_school is None:
        return None
    seed_code, sector = reader.only_school
    return Entry("Your school", {"seed_code": seed_code, "sector": sector})


PAGE = Page(
    name="school_overview",
    path="/schools/{seed_code}/{sector}/overview",
    title="School overview",
    description="One school over all subjects: level, direction, for whom, beside its authority and schools like it.",
    template="pages/school_overview.html",
    figures=figures,
    sheets=sheets,
    heading=lambda found, asked: str(found.name),
    parent="schools",
    parameters=(SEED_CODE, SECTOR_OF_SCHOOL, PART),
    in_navigation=False,
    entry=entry,
    reads=(
        "attendance_by_school_year", "attendance_by_school_month", "attendance_by_authority_month",
        "attendance_by_authority_year", "persistent_absence_by_month", "attendance_by_school_stage",
        "attendance_by_school_deprivation", "attendance_by_authority_stage_simd_quintile_month", "similar_schools",
        "schools", "attainment_by_school", "attainment_by_school_stage", "attainment_by_sector",
        "leaver_attainment_by_school", "leaver_attainment_by_authority", "leaver_destinations_by_school",
        "leaver_destinations_by_authority", "roll_by_school", "roll_by_school_deprivation",
    ),
)  # fmt: skip
