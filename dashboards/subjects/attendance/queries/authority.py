"""What pages of an authority ask: its rows of one sector, each a query over released tables in the reader's scope."""

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Select, Table, func, literal, select

from dashboards.kit import tables
from dashboards.kit.page import SECTORS, NotFoundError, NotReadyError, PageRequest
from dashboards.kit.tables_before import with_rows_of_before
from dashboards.subjects.attendance.figures.of_authority import AuthorityRows
from dashboards.subjects.attendance.queries.national import ALL, PERSISTENT, is_of_all_sectors

CHOICES = (ALL, *SECTORS)


def rows_of(connection: Connection, asked: PageRequest, wanted: str = "") -> AuthorityRows:
    """Rows of the sector wanted, or of the widest that the reader may see.

    Raises NotFoundError where there is none of the sector wanted, NotReadyError where there is none at all.
    """
    by_sector = {row.sector: row for row in connection.execute(_of(tables.attendance_by_authority_year, asked))}
    sector = wanted or next((one for one in CHOICES if one in by_sector), "")
    if wanted and sector not in by_sector:
        raise NotFoundError(f"sector {sector}")
    if not sector:
        raise NotReadyError(
            "The totals of this authority rest on too few schools to be shown to a reader of a single one of them."
        )
    persistent = {
        (one.breakdown, one.value): one
        for one in connection.execute(_of(tables.persistent_absence_by_authority, asked))
    }
    total = persistent.get(("sector", sector))
    return AuthorityRows(
        sector=sector,
        sectors=tuple(one for one in CHOICES if one in by_sector),
        year=by_sector[sector],
        by_sector=by_sector,
        weeks=connection.execute(_in_time(tables.attendance_by_authority_week, asked, sector)).all(),
        months=connection.execute(_in_time(tables.attendance_by_authority_month, asked, sector)).all(),
        persistent=persistent,
        is_nation_of_all=is_of_all_sectors(connection, PERSISTENT, total, sector),
        cells=connection.execute(_cells(asked, sector)).all(),
        sexes=connection.execute(_of(tables.attendance_by_authority_sex, asked, sector)).all(),
        weekdays=connection.execute(_of(tables.attendance_by_authority_weekday, asked, sector)).all(),
        reasons=connection.execute(_of(tables.absence_reasons_by_authority, asked, sector)).all(),
    )


def sexes_of_before(asked: PageRequest, sector: str, first: dt.date, last: dt.date) -> Select[Any]:
    """Girls and boys in the year before as readers saw them, of states whose data go up to a day of the window."""
    mart = with_rows_of_before(tables.attendance_by_authority_sex)
    return (
        select(
            literal("sex").label("kind"), mart.c.sex.label("value"), mart.c.attendance_rate, mart.c.openings_symbol,
            mart.c.data_as_at, mart.c.shown_from,
        )
        .where(
            mart.c.local_authority_code == asked.authority,
            mart.c.academic_year == asked.previous_year,
            mart.c.sector == sector,
            mart.c.data_as_at.between(first, last),
        )
        .order_by(mart.c.data_as_at, mart.c.shown_from)
    )  # fmt: skip


def _of(mart: Table, asked: PageRequest, sector: str | None = None) -> Select[Any]:
    """Rows of the academic year, of one sector where the table has more."""
    query = select(mart).where(
        mart.c.local_authority_code == asked.authority, mart.c.academic_year == asked.academic_year
    )
    return query if sector is None else query.where(mart.c.sector == sector)


def _in_time(mart: Table, asked: PageRequest, sector: str) -> Select[Any]:
    """Weeks or months of this year and the one before."""
    names = [
        "academic_year", "week", "school_week_number", "month",
        "attendance_rate", "openings_possible", "openings_attended", "openings_symbol",
    ]  # fmt: skip
    years = [year for year in (asked.academic_year, asked.previous_year) if year]
    return select(*(mart.c[name] for name in names if name in mart.c)).where(
        mart.c.local_authority_code == asked.authority, mart.c.academic_year.in_(years), mart.c.sector == sector
    )


def _cells(asked: PageRequest, sector: str) -> Select[Any]:
    """Stages by quintile, months added up: openings of what is shown, and how many cells are not."""
    mart = tables.attendance_by_authority_stage_simd_quintile_month
    query = (
        select(
            mart.c.stage,
            mart.c.simd_quintile,
            func.sum(mart.c.openings_possible).label("possible"),
            func.sum(mart.c.openings_attended).label("attended"),
            func.count().filter(mart.c.openings_symbol.is_distinct_from("[z]")).label("cells"),
            func.count().filter(mart.c.openings_symbol == "[c]").label("suppressed"),
            func.count().filter(mart.c.openings_symbol == "[x]").label("missing"),
        )
        .where(mart.c.local_authority_code == asked.authority, mart.c.academic_year == asked.academic_year)
        .group_by(mart.c.stage, mart.c.simd_quintile)
    )
    return query if sector == ALL else query.where(mart.c.sector == sector)
