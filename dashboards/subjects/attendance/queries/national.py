"""Whether a national figure beside a sector is of that sector: not everything is published by sector (rule 21)."""

from typing import Any

from sqlalchemy import Connection, Row, select

from dashboards.kit import tables

ALL = "all"
PERSISTENT = "persistent_absence_rate"


def is_of_all_sectors(connection: Connection, measure: str, row: Row[Any] | None, sector: str) -> bool:
    """Whether the national figure of this measure beside a row is that of all sectors, for want of its own."""
    if row is None or sector == ALL or row.national_rate_year is None:
        return False
    found = tables.national_statistics
    query = select(found.c.rate).where(
        found.c.measure == measure, found.c.academic_year == row.national_rate_year, found.c.sector == sector,
        found.c.stage == ALL, found.c.pupil_group == ALL,
    )  # fmt: skip
    return connection.execute(query).first() is None
