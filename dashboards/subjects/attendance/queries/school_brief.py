"""The years of a school, beside the authority's schools of its sector and Scotland's."""

from sqlalchemy import Connection

from dashboards.kit import tables
from dashboards.kit.page import PageRequest
from dashboards.subjects.attendance.figures.brief import YearRows
from dashboards.subjects.attendance.queries import brief
from dashboards.subjects.attendance.queries.school import is_school


def years_of_school(connection: Connection, asked: PageRequest) -> tuple[YearRows, ...]:
    """The academic year asked for and those before it that have a row, latest first, beside the authority's sector."""
    year, bands = tables.attendance_by_school_year, tables.persistent_absence_by_school
    sector = asked.school[1] if asked.school else ""
    return brief.together(
        connection.execute(brief.latest(year, is_school(year, asked), asked)).all(),
        connection.execute(brief.latest(bands, is_school(bands, asked), asked)).all(),
        connection.execute(brief.authority(sector, asked)).all(),
        connection.execute(brief.published(sector)).all(),
    )
