"""What the page of the roll asks: each a query over released tables, in the scope of its reader."""

from typing import Any

from sqlalchemy import Select, and_, or_, select

from dashboards.kit import tables
from dashboards.kit.page import PageRequest

SCHOOL = ("local_authority_code", "seed_code", "sector")


def _years(asked: PageRequest, column: Any) -> Any:
    """The year asked for and the one before it, where there is one."""
    years = [column == asked.academic_year]
    if asked.previous_year:
        years.append(column == asked.previous_year)
    return or_(*years)


def schools(asked: PageRequest) -> Select[Any]:
    """Each school's roll at the census of the year and of the one before; a name is null for a school that closed."""
    roll, own = tables.roll_by_school, tables.schools
    return (
        select(roll, own.c.school_name)
        .outerjoin(own, and_(*(own.c[key] == roll.c[key] for key in SCHOOL)))
        .where(roll.c.local_authority_code == asked.authority, _years(asked, roll.c.academic_year))
    )


def stages(asked: PageRequest) -> Select[Any]:
    """Each school's roll by stage in the year."""
    mart = tables.roll_by_school_stage
    return select(mart.c.seed_code, mart.c.sector, mart.c.stage, mart.c.pupils, mart.c.pupils_symbol).where(
        mart.c.local_authority_code == asked.authority, mart.c.academic_year == asked.academic_year
    )


def sectors(asked: PageRequest) -> Select[Any]:
    """The authority's roll by sector in the year and in the one before; no row for readers of schools alone."""
    mart = tables.roll_by_sector
    return select(mart).where(mart.c.local_authority_code == asked.authority, _years(asked, mart.c.academic_year))


def sector_stages(asked: PageRequest) -> Select[Any]:
    """The authority's roll by sector and stage in the year."""
    mart = tables.roll_by_sector_stage
    return select(mart.c.sector, mart.c.stage, mart.c.pupils, mart.c.pupils_symbol).where(
        mart.c.local_authority_code == asked.authority, mart.c.academic_year == asked.academic_year
    )
