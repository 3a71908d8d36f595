"""What the page of a school asks: each a query over released tables, in the scope of its reader."""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, cast, literal, null, select, union_all
from sqlalchemy.sql.selectable import CompoundSelect

from dashboards.kit import tables
from dashboards.kit.page import PageRequest
from dashboards.kit.tables_before import with_rows_of_before
from dashboards.subjects.attendance.queries.clusters import of_school


def of_year(mart: Table, asked: PageRequest) -> Select[Any]:
    """Rows of the school in the academic year."""
    return select(mart).where(is_school(mart, asked), mart.c.academic_year == asked.academic_year)


def is_school(mart: Table, asked: PageRequest) -> ColumnElement[bool]:
    """Whether a row is of the school that the address names."""
    seed_code, sector = asked.school or ("", "")
    return and_(mart.c.local_authority_code == asked.authority, mart.c.seed_code == seed_code, mart.c.sector == sector)


def school(asked: PageRequest) -> Select[Any]:
    """The school, its attendance of the year, that of schools like it, and its cluster.

    The profile is of the latest year alone: null for a school that closed before it.
    """
    own, year, alike = tables.schools, tables.attendance_by_school_year, tables.similar_schools
    cluster = tables.attendance_by_cluster
    keys = ("local_authority_code", "seed_code", "sector")
    return (
        select(
            year,
            own.c.school_name, own.c.denomination, own.c.medium_of_education, own.c.capacity,
            own.c.half_day_openings_per_week, own.c.integrated_special_unit, own.c.closed_on,
            own.c.academic_year.label("roll_year"),
            own.c.pupils.label("roll"), own.c.pupils_symbol.label("roll_symbol"),
            of_school("cluster_name", asked).label("cluster_name"),
            of_school("is_invented", asked).label("is_invented"),
            alike.c.rule, alike.c.schools_counted, alike.c.similar_to,
            alike.c.attendance_rate.label("alike_rate"), alike.c.openings_symbol.label("alike_symbol"),
            cluster.c.schools_counted.label("cluster_schools"), cluster.c.attendance_rate.label("cluster_rate"),
        )
        .outerjoin(own, and_(*(own.c[key] == year.c[key] for key in keys)))
        .outerjoin(alike, and_(*(alike.c[key] == year.c[key] for key in (*keys, "academic_year"))))
        .outerjoin(cluster, and_(*(cluster.c[key] == year.c[key] for key in (*keys, "academic_year"))))
        .where(is_school(year, asked), year.c.academic_year == asked.academic_year)
    )  # fmt: skip


def in_time(mart: Table, asked: PageRequest) -> Select[Any]:
    """Weeks or months of this year and the one before."""
    names = [
        "academic_year", "week", "school_week_number", "month",
        "attendance_rate", "openings_possible", "openings_attended", "openings_symbol",
    ]  # fmt: skip
    years = [year for year in (asked.academic_year, asked.previous_year) if year]
    columns = [mart.c[name] for name in names if name in mart.c]
    return select(*columns).where(is_school(mart, asked), mart.c.academic_year.in_(years))


def breakdowns(asked: PageRequest) -> CompoundSelect[Any]:
    """Groups of pupils, and weekdays, of the year in one query."""
    kinds = (
        ("stage", tables.attendance_by_school_stage, "stage"),
        ("deprivation", tables.attendance_by_school_deprivation, "deprivation_group"),
        ("sex", tables.attendance_by_school_sex, "sex"),
        ("weekday", tables.attendance_by_school_weekday, "opening"),
    )
    return union_all(
        *(
            select(
                literal(kind).label("kind"),
                mart.c[column].label("value"),
                (mart.c.weekday if kind == "weekday" else cast(null(), tables.COUNT)).label("weekday"),
                mart.c[column].label("opening"),
                (mart.c.pupils if "pupils" in mart.c else cast(null(), tables.COUNT)).label("pupils"),
                mart.c.attendance_rate,
                (mart.c.pupils_symbol if "pupils" in mart.c else literal("[z]")).label("pupils_symbol"),
                mart.c.openings_symbol,
            ).where(is_school(mart, asked), mart.c.academic_year == asked.academic_year)
            for kind, mart, column in kinds
        )
    )  # fmt: skip


def groups_of_before(asked: PageRequest, first: dt.date, last: dt.date) -> CompoundSelect[Any]:
    """Groups of pupils in the year before as readers saw them, of states whose data go up to a day of the window."""
    return union_all(
        *(
            select(
                literal(kind).label("kind"), mart.c[column].label("value"), mart.c.attendance_rate,
                mart.c.openings_symbol, mart.c.data_as_at, mart.c.shown_from,
            ).where(
                is_school(mart, asked),
                mart.c.academic_year == asked.previous_year,
                mart.c.data_as_at.between(first, last),
            )
            for kind, mart, column in (
                ("stage", with_rows_of_before(tables.attendance_by_school_stage), "stage"),
                ("deprivation", with_rows_of_before(tables.attendance_by_school_deprivation), "deprivation_group"),
                ("sex", with_rows_of_before(tables.attendance_by_school_sex), "sex"),
            )
        )
    ).order_by("data_as_at", "shown_from")  # fmt: skip


def authority(asked: PageRequest) -> CompoundSelect[Any]:
    """The authority's schools of this sector: the year in one row (without a week), and its weeks."""
    parts = []
    for mart in (tables.attendance_by_authority_year, tables.attendance_by_authority_week):
        has_weeks = "week" in mart.c
        parts.append(
            select(
                mart.c.academic_year,
                (mart.c.week if has_weeks else cast(null(), tables.DATE)).label("week"),
                (mart.c.school_week_number if has_weeks else cast(null(), tables.COUNT)).label("school_week_number"),
                mart.c.sector, mart.c.attendance_rate, mart.c.openings_symbol,
                mart.c.openings_possible, mart.c.openings_attended,
            ).where(
                mart.c.local_authority_code == asked.authority,
                mart.c.academic_year == asked.academic_year,
                mart.c.sector == (asked.school or ("", ""))[1],
            )
        )  # fmt: skip
    return union_all(*parts)
