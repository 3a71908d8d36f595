"""What a brief asks beside the page of its school or authority: up to three years, each in one row."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, select

from dashboards.kit import tables
from dashboards.kit.page import PageRequest
from dashboards.subjects.attendance.figures.brief import MOST_YEARS, YearRows
from dashboards.subjects.attendance.queries.national import ALL
from dashboards.subjects.attendance.queries.school import is_school


def years_of_school(connection: Connection, asked: PageRequest) -> tuple[YearRows, ...]:
    """The academic year asked for and those before it that have a row, latest first, beside the authority's sector."""
    year, bands = tables.attendance_by_school_year, tables.persistent_absence_by_school
    sector = asked.school[1] if asked.school else ""
    return _together(
        connection.execute(_latest(year, is_school(year, asked), asked)).all(),
        connection.execute(_latest(bands, is_school(bands, asked), asked)).all(),
        connection.execute(_authority(sector, asked)).all(),
        connection.execute(_published(sector)).all(),
    )


def years_of_authority(connection: Connection, asked: PageRequest, sector: str) -> tuple[YearRows, ...]:
    """The same of the authority's schools of one sector, or of all; there is nothing of the authority beside them."""
    bands = tables.persistent_absence_by_authority
    of_sector = and_(bands.c.local_authority_code == asked.authority, bands.c.breakdown == "sector")
    return _together(
        connection.execute(_authority(sector, asked)).all(),
        connection.execute(_latest(bands, and_(of_sector, bands.c.value == sector), asked)).all(),
        (),
        connection.execute(_published(sector)).all(),
    )


def _latest(mart: Any, which: ColumnElement[bool], asked: PageRequest) -> Select[Any]:
    query = select(mart).where(which, mart.c.academic_year <= asked.academic_year)
    return query.order_by(mart.c.academic_year.desc()).limit(MOST_YEARS)


def _authority(sector: str, asked: PageRequest) -> Select[Any]:
    mart = tables.attendance_by_authority_year
    return _latest(mart, and_(mart.c.local_authority_code == asked.authority, mart.c.sector == sector), asked)


def _published(sector: str) -> Select[Any]:
    """Attendance of Scotland's schools of the sector in each year that is published."""
    found = tables.national_statistics
    return select(found.c.academic_year, found.c.rate).where(
        found.c.measure == "attendance_rate", found.c.sector == sector, found.c.stage == ALL,
        found.c.pupil_group == ALL,
    )  # fmt: skip


def _together(years: Any, bands: Any, authority: Any, published: Any) -> tuple[YearRows, ...]:
    def of(rows: Any, academic_year: str) -> Row[Any] | None:
        return next((row for row in rows if row.academic_year == academic_year), None)

    return tuple(
        YearRows(row, of(bands, row.academic_year), of(authority, row.academic_year), of(published, row.academic_year))
        for row in years
    )
