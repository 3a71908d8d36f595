"""What pages of the senior phase ask of released tables: each a query in the scope of its reader."""

from typing import Any

from sqlalchemy import Connection, Select, Table, and_, select, union

from dashboards.kit import tables, tables_of_attainment
from dashboards.kit.page import PageRequest

SCHOOL = ("local_authority_code", "seed_code", "sector")
NOT_YET = "not_yet"
READS = (
    "schools",
    "national_statistics",
    "roll_by_school",
    "roll_by_school_deprivation",
    "leaver_attainment_by_school",
    "leaver_attainment_by_authority",
    "leaver_attainment_by_authority_deprivation",
    "leaver_destinations_by_school",
    "leaver_destinations_by_authority",
    "leaver_destinations_by_authority_deprivation",
    "s4_roll_results_by_school",
    "s4_roll_results_by_authority",
    "leaver_comparisons_by_school",
    "course_results_by_school",
    "course_results_by_authority",
)
"""Released tables that the pages of the council and of a school stand on."""
PUBLISHED = ("leavers_one_or_more_scqf5", "leavers_one_or_more_scqf6")
"""Measures of Scotland that stand beside National Qualifications, and beside nothing else."""


def years_of(connection: Connection, authority: str) -> tuple[str, ...]:
    """Academic years of leavers, or of results by the end of S4, that the reader may see something of, latest first."""
    leavers = (
        tables_of_attainment.leaver_destinations_by_authority,
        tables_of_attainment.leaver_destinations_by_school,
    )
    rolls = (tables_of_attainment.s4_roll_results_by_authority, tables_of_attainment.s4_roll_results_by_school)
    each = [select(mart.c.academic_year).where(mart.c.local_authority_code == authority) for mart in leavers]
    each += [
        select(mart.c.academic_year).where(mart.c.local_authority_code == authority, mart.c.by_s4_state != NOT_YET)
        for mart in rolls
    ]
    return tuple(sorted(connection.execute(union(*each)).scalars(), reverse=True))


def courses(asked: PageRequest) -> Select[Any]:
    """Entries and results of the authority by qualification and group of subjects, in the year."""
    mart = tables_of_attainment.course_results_by_authority
    return of_authority(mart, asked).where(mart.c.academic_year == asked.academic_year)


def courses_of_school(asked: PageRequest) -> Select[Any]:
    """Entries and results of the school of the page by qualification and group of subjects, in the year."""
    mart = tables_of_attainment.course_results_by_school
    return school(mart, asked).where(mart.c.academic_year == asked.academic_year)


def comparison(asked: PageRequest) -> Select[Any]:
    """The school of the page beside its comparison group, in the year."""
    mart = tables_of_attainment.leaver_comparisons_by_school
    return school(mart, asked).where(mart.c.academic_year == asked.academic_year)


def of_authority(mart: Table, asked: PageRequest) -> Select[Any]:
    """All rows of a table about the authority, of all years."""
    return select(mart).where(mart.c.local_authority_code == asked.authority)


def of_areas(mart: Table, asked: PageRequest) -> Select[Any]:
    """Fifths of areas of the year."""
    return of_authority(mart, asked).where(mart.c.academic_year == asked.academic_year)


def scotland() -> Select[Any]:
    """What is published of leavers in the whole country."""
    mart = tables.national_statistics
    return select(mart.c.measure, mart.c.academic_year, mart.c.rate).where(
        mart.c.measure.in_(PUBLISHED), mart.c.pupil_group == "all"
    )


def schools(asked: PageRequest) -> Select[Any]:
    """Leavers of schools that the reader may see, in the year, with names; null for a school that closed."""
    mart, where, own = (
        tables_of_attainment.leaver_attainment_by_school,
        tables_of_attainment.leaver_destinations_by_school,
        tables.schools,
    )
    keys = (*SCHOOL, "academic_year")
    return (
        select(
            mart, own.c.school_name, where.c.initial_cohort, where.c.initial_cohort_symbol, where.c.initial_positive,
            where.c.initial_positive_share, where.c.initial_positive_symbol,
        )
        .join(where, and_(*(where.c[key] == mart.c[key] for key in keys)))
        .outerjoin(own, and_(*(own.c[key] == mart.c[key] for key in SCHOOL)))
        .where(mart.c.local_authority_code == asked.authority, mart.c.academic_year == asked.academic_year)
    )  # fmt: skip


def school(mart: Table, asked: PageRequest) -> Select[Any]:
    """Rows of the school of the page in every year, the oldest first."""
    seed_code, sector = asked.school or ("", "")
    return (
        of_authority(mart, asked)
        .where(mart.c.seed_code == seed_code, mart.c.sector == sector)
        .order_by(mart.c.academic_year)
    )


def profile(asked: PageRequest) -> Select[Any]:
    """Name of the school of the page out of the list of schools."""
    own = tables.schools
    seed_code, sector = asked.school or ("", "")
    return select(own.c.school_name, own.c.seed_code).where(
        own.c.local_authority_code == asked.authority, own.c.seed_code == seed_code, own.c.sector == sector
    )


def most_deprived(asked: PageRequest) -> Select[Any]:
    """Pupils of secondaries in the most deprived fifth at the census of the year, beside all of them."""
    part, whole = tables.roll_by_school_deprivation, tables.roll_by_school
    return (
        select(
            part.c.seed_code, part.c.pupils, part.c.pupils_symbol,
            whole.c.pupils.label("roll"), whole.c.pupils_symbol.label("roll_symbol"),
        )
        .join(whole, and_(*(whole.c[key] == part.c[key] for key in (*SCHOOL, "academic_year"))))
        .where(
            part.c.local_authority_code == asked.authority,
            part.c.academic_year == asked.academic_year,
            part.c.deprivation_group == "most_deprived_fifth",
            part.c.sector == "secondary",
        )
    )  # fmt: skip
