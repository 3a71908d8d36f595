"""Rows of a released table that the reader of the transaction may see: of the authority, or of one school."""

from typing import Any

from sqlalchemy import Connection, Row, Select, Table, select

from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.attention import SchoolKey


def of_authority(mart: Table, asked: PageRequest, year: str = "") -> Select[Any]:
    """Rows of the authority in the academic year, or in another one."""
    return select(mart).where(
        mart.c.local_authority_code == asked.authority, mart.c.academic_year == (year or asked.academic_year)
    )


def latest(connection: Connection, mart: Table, asked: PageRequest, school: SchoolKey | None = None) -> list[Row[Any]]:
    """All years of a table of results that the reader may see, the latest first: of the authority, or of a school."""
    query = select(mart).where(mart.c.local_authority_code == asked.authority)
    if school is not None:
        query = query.where(mart.c.seed_code == school[0], mart.c.sector == school[1])
    return list(connection.execute(query.order_by(mart.c.academic_year.desc())))
