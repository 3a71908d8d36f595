"""What the page of all schools asks: each a query over released tables, in the scope of its reader."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import FLOAT, Select, and_, cast, func, select, tuple_

from dashboards.kit import tables
from dashboards.kit.page import PageRequest

SCHOOL = ("local_authority_code", "seed_code", "sector")
KEYS = (*SCHOOL, "academic_year")


def schools(asked: PageRequest) -> Select[Any]:
    """Each school with its attendance, persistent absence, and the rate of schools like it.

    The list of schools has the latest year alone: a name is null for a school that closed before it.
    """
    own, year = tables.schools, tables.attendance_by_school_year
    persistent, alike = tables.persistent_absence_by_school, tables.similar_schools
    return (
        select(
            year.c.seed_code,
            year.c.sector,
            own.c.school_name,
            year.c.pupils,
            year.c.pupils_symbol,
            year.c.attendance_rate,
            year.c.openings_symbol,
            year.c.rate_same_weeks_last_year,
            year.c.same_weeks_symbol,
            year.c.national_rate,
            year.c.national_rate_year,
            persistent.c.persistent_absence_rate,
            persistent.c.bands_symbol,
            alike.c.rule,
            alike.c.attendance_rate.label("alike_rate"),
            alike.c.openings_symbol.label("alike_symbol"),
        )
        .outerjoin(own, and_(*(own.c[key] == year.c[key] for key in SCHOOL)))
        .outerjoin(persistent, and_(*(persistent.c[key] == year.c[key] for key in KEYS)))
        .outerjoin(alike, and_(*(alike.c[key] == year.c[key] for key in KEYS)))
        .where(year.c.local_authority_code == asked.authority, year.c.academic_year == asked.academic_year)
    )


def clusters(asked: PageRequest) -> Select[Any]:
    """Schools of the authority with their clusters."""
    found = tables.clusters
    return (
        select(found.c.seed_code, found.c.sector, found.c.cluster_name, found.c.is_invented)
        .where(found.c.local_authority_code == asked.authority)
        .order_by(found.c.cluster_name)
    )


def authority(asked: PageRequest) -> Select[Any]:
    """The authority's rate of the year in each sector."""
    mart = tables.attendance_by_authority_year
    return select(mart.c.sector, mart.c.attendance_rate, mart.c.openings_symbol).where(
        mart.c.local_authority_code == asked.authority, mart.c.academic_year == asked.academic_year
    )


def weeks(asked: PageRequest, some: Collection[tuple[str, str]]) -> Select[Any]:
    """Weeks, rates and symbols of some schools, as one array each: a tenth of the rows to carry."""
    mart = tables.attendance_by_school_week
    return (
        select(
            mart.c.seed_code,
            mart.c.sector,
            func.array_agg(mart.c.week).label("weeks"),
            func.array_agg(cast(mart.c.attendance_rate, FLOAT)).label("rates"),
            func.array_agg(mart.c.openings_symbol).label("symbols"),
        )
        .where(
            mart.c.local_authority_code == asked.authority,
            mart.c.academic_year == asked.academic_year,
            mart.c.seed_code.in_([seed_code for seed_code, _ in some]),
            tuple_(mart.c.seed_code, mart.c.sector).in_(list(some)),
        )
        .group_by(mart.c.seed_code, mart.c.sector)
    )
