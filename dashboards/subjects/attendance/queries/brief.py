"""What the briefs of schools and authorities ask alike: up to three years, each in one row."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, select

from dashboards.kit import tables
from dashboards.kit.page import PageRequest
from dashboards.subjects.attendance.figures.brief import MOST_YEARS, YearRows
from dashboards.subjects.attendance.queries.national import ALL


def latest(mart: Any, which: ColumnElement[bool], asked: PageRequest) -> Select[Any]:
    """Rows of a mart that are meant, of the academic year asked for and those before it, latest first."""
    query = select(mart).where(which, mart.c.academic_year <= asked.academic_year)
    return query.order_by(mart.c.academic_year.desc()).limit(MOST_YEARS)


def authority(sector: str, asked: PageRequest) -> Select[Any]:
    """Years of the authority's schools of a sector, or of all."""
    mart = tables.attendance_by_authority_year
    return latest(mart, and_(mart.c.local_authority_code == asked.authority, mart.c.sector == sector), asked)


def published(sector: str) -> Select[Any]:
    """Attendance of Scotland's schools of the sector in each year that is published."""
    found = tables.national_statistics
    return select(found.c.academic_year, found.c.rate).where(
        found.c.measure == "attendance_rate", found.c.sector == sector, found.c.stage == ALL,
        found.c.pupil_group == ALL,
    )  # fmt: skip


def together(years: Any, bands: Any, authority: Any, published: Any) -> tuple[YearRows, ...]:
    """Rows of the same academic year side by side, in the order of ``years``."""

    def of(rows: Any, academic_year: str) -> Row[Any] | None:
        return next((row for row in rows if row.academic_year == academic_year), None)

    return tuple(
        YearRows(row, of(bands, row.academic_year), of(authority, row.academic_year), of(published, row.academic_year))
        for row in years
    )
