"""The authority's attendance by stage, fifth of areas and month: what groups are added up from."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from dashboards.kit import tables
from dashboards.kit.page import PageRequest


def cells_by_month(connection: Connection, asked: PageRequest) -> Sequence[Row[Any]]:
    """Stages by quintile and month of the authority, of the year and the one before: what is shown of them."""
    mart = tables.attendance_by_authority_stage_simd_quintile_month
    years = [year for year in (asked.academic_year, asked.previous_year) if year]
    query = select(
        mart.c.academic_year, mart.c.sector, mart.c.stage, mart.c.simd_quintile, mart.c.month,
        mart.c.openings_possible, mart.c.openings_attended, mart.c.openings_symbol,
    ).where(mart.c.local_authority_code == asked.authority, mart.c.academic_year.in_(years))  # fmt: skip
    return connection.execute(query).all()
