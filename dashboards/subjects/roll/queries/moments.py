"""What pages of the roll ask of month ends, of now, of movements, and of published censuses, in the reader's scope."""

from typing import Any

from sqlalchemy import Select, select

from dashboards.kit import tables, tables_of_moments
from dashboards.kit.page import PageRequest


def _of_year(mart: Any, asked: PageRequest) -> Select[Any]:
    return select(mart).where(
        mart.c.local_authority_code == asked.authority, mart.c.academic_year == asked.academic_year
    )


def _by_month(mart: Any, asked: PageRequest) -> Select[Any]:
    return _of_year(mart, asked).order_by(mart.c.month)


def authority(asked: PageRequest) -> Select[Any]:
    """The authority's roll at the census of the year; no row for readers of schools alone."""
    return _of_year(tables_of_moments.roll_by_authority, asked)


def authority_months(asked: PageRequest) -> Select[Any]:
    """The authority's roll at month ends of the year; no row for readers of schools alone."""
    return _of_year(tables_of_moments.roll_by_authority_month, asked).order_by(
        tables_of_moments.roll_by_authority_month.c.month
    )


def sector_months(asked: PageRequest) -> Select[Any]:
    """Each sector's roll at month ends of the year."""
    return _of_year(tables_of_moments.roll_by_sector_month, asked).order_by(
        tables_of_moments.roll_by_sector_month.c.month
    )


def stage_months(asked: PageRequest) -> Select[Any]:
    """Each stage's roll at month ends of the year, by sector."""
    return _of_year(tables_of_moments.roll_by_sector_stage_month, asked).order_by(
        tables_of_moments.roll_by_sector_stage_month.c.month
    )


def movements(asked: PageRequest) -> Select[Any]:
    """Who came, left or moved, by month."""
    return _of_year(tables_of_moments.roll_movements_by_month, asked).order_by(
        tables_of_moments.roll_movements_by_month.c.month
    )


def now(asked: PageRequest) -> Select[Any]:
    """Each school's roll at the latest snapshot of the year."""
    return _of_year(tables_of_moments.roll_by_school_now, asked)


def school_months(asked: PageRequest) -> Select[Any]:
    """The roll of the page's school at month ends of the year."""
    mart = tables_of_moments.roll_by_school_month
    return _of_school(_of_year(mart, asked), mart, asked).order_by(mart.c.month)


def school_years(asked: PageRequest) -> Select[Any]:
    """The roll of the page's school at each census that has been released."""
    mart = tables.roll_by_school
    query = select(mart).where(mart.c.local_authority_code == asked.authority)
    return _of_school(query, mart, asked).order_by(mart.c.academic_year)


def school_stages(asked: PageRequest) -> Select[Any]:
    """Stages of the page's school at the census of the year."""
    mart = tables.roll_by_school_stage
    return _of_school(_of_year(mart, asked), mart, asked)


def profile(asked: PageRequest) -> Select[Any]:
    """The page's school in the list of schools."""
    own = tables.schools
    query = select(own.c.school_name).where(own.c.local_authority_code == asked.authority)
    return _of_school(query, own, asked)


def published(asked: PageRequest) -> Select[Any]:
    """Published rolls of all schools at the census of the year; the same for every reader."""
    mart = tables_of_moments.published_school_rolls
    return select(mart).where(mart.c.academic_year == asked.academic_year)


def published_of_school(asked: PageRequest) -> Select[Any]:
    """Published rolls of the page's school, year by year."""
    mart = tables_of_moments.published_school_rolls
    return _of_school(select(mart), mart, asked).order_by(mart.c.academic_year)


def _of_school(query: Select[Any], mart: Any, asked: PageRequest) -> Select[Any]:
    seed_code, sector = asked.school or ("", "")
    return query.where(mart.c.seed_code == seed_code, mart.c.sector == sector)
