"""School brief: one page of paper about a school's attendance, for its standards and quality report."""

from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit import tables
from dashboards.kit.charts import Series
from dashboards.kit.formats import NO_SCHOOLS, Figure, figure, plural
from dashboards.kit.page import SECTOR_OF_SCHOOL, SEED_CODE, NotFoundError, Page, PageRequest
from dashboards.subjects.attendance.figures import brief, course, groups
from dashboards.subjects.attendance.figures.headline import Beside
from dashboards.subjects.attendance.queries import school as queries
from dashboards.subjects.attendance.queries.school_brief import years_of_school
from dashboards.subjects.core.figures import codes
from dashboards.subjects.core.figures.attained_by_school import school_sentence
from dashboards.subjects.core.figures.leavers_in_brief import leavers_of_school

AREAS = ("the most deprived fifth of areas", "areas outside the two most deprived fifths")


def figures(connection: Connection, asked: PageRequest) -> brief.Brief:
    """The brief of one school. Raises NotFoundError where it has no figures in that year that the reader may see."""
    row = connection.execute(queries.school(asked)).first()
    years = years_of_school(connection, asked)
    if row is None or not years:
        raise NotFoundError(f"school {asked.school}")
    parts = connection.execute(queries.breakdowns(asked)).all()
    stages = groups.released(_kind(parts, "stage"), {stage: codes.stage_name(stage) for stage in codes.STAGES})
    areas = groups.released(_kind(parts, "deprivation"), codes.DEPRIVATION_GROUPS)
    by_area = {group.value: group for group in areas}
    weekly = connection.execute(queries.in_time(tables.attendance_by_school_week, asked)).all()
    this, before = (course.weeks(weekly, year) for year in (asked.academic_year, asked.previous_year or ""))
    around = [one for one in connection.execute(queries.authority(asked)) if one.week is not None]
    council = course.weeks(around, asked.academic_year)
    also = [Series(f"Authority, {row.sector}", course.on_days(this, council))] if council.points else []
    heading = f"Authority, {row.sector}"
    return brief.Brief(
        name=codes.school_name(row.school_name, row.seed_code),
        kind="school",
        sentences=brief.with_attainment(
            (
                brief.level(years[0].own, asked),
                brief.persistent(years[0].bands),
                brief.for_whom(stages, (by_area.get("most_deprived_fifth"), by_area.get("rest")), AREAS),
                brief.beside(figure(row, "attendance_rate"), (_council(years[0], row.sector), _alike(row))),
            ),
            school_sentence(connection, asked),
            leavers_of_school(connection, asked),
        ),
        years=brief.years_table(years, heading),
        chart=course.weekly_chart("week", this, before, also, until=row.data_as_at),
        rests_on=brief.rests_on(years, asked, (*stages, *areas)),
        file=brief.file_of(years, heading),
    )


def _kind(parts: Any, kind: str) -> list[Row[Any]]:
    return [row for row in parts if row.kind == kind]


def _council(year: brief.YearRows, sector: str) -> Beside:
    found = year.authority
    none = Figure(None, "[x]", why=NO_SCHOOLS)
    rate = figure(found, "attendance_rate", why=NO_SCHOOLS) if found is not None else none
    return Beside(f"the authority's {sector} schools", rate)


def _alike(row: Row[Any]) -> Beside:
    rate = figure({"rate": row.alike_rate, "alike_symbol": row.alike_symbol}, "rate", "alike", why=NO_SCHOOLS)
    number = f"{plural(row.schools_counted, 'school')} like it" if rate.is_shown else "schools like it"
    return Beside(f"the middle of {number}" if rate.is_shown else number, rate)


PAGE = Page(
    name="school_brief",
    path="/schools/{seed_code}/{sector}/brief",
    title="School brief",
    description=(
        "One page of paper: sentences and up to three years of a school's attendance, its latest attainment and "
        "leavers."
    ),
    template="pages/brief.html",
    figures=figures,
    sheets=brief.sheets,
    heading=lambda found, asked: f"{found.name}: attendance in brief",
    parent="schools",
    parameters=(SEED_CODE, SECTOR_OF_SCHOOL),
    in_navigation=False,
    reads=(
        "schools",
        "attendance_by_school_year",
        "attendance_by_school_week",
        "attendance_by_school_stage",
        "attendance_by_school_deprivation",
        "attendance_by_school_sex",
        "attendance_by_school_weekday",
        "persistent_absence_by_school",
        "attendance_by_authority_year",
        "attendance_by_authority_week",
        "similar_schools",
        "attendance_by_cluster",
        "clusters",
        "national_statistics",
        "attainment_by_school",
        "leaver_attainment_by_school",
    ),
)
