"""The years of an authority's schools, beside Scotland's."""

from sqlalchemy import Connection, and_

from dashboards.kit import tables
from dashboards.kit.page import PageRequest
from dashboards.subjects.attendance.figures.brief import YearRows
from dashboards.subjects.attendance.queries import brief


def years_of_authority(connection: Connection, asked: PageRequest, sector: str) -> tuple[YearRows, ...]:
    """The academic year asked for and those before it of one sector, or of all, latest first."""
    bands = tables.persistent_absence_by_authority
    of_sector = and_(bands.c.local_authority_code == asked.authority, bands.c.breakdown == "sector")
    return brief.together(
        connection.execute(brief.authority(sector, asked)).all(),
        connection.execute(brief.latest(bands, and_(of_sector, bands.c.value == sector), asked)).all(),
        (),
        connection.execute(brief.published(sector)).all(),
    )
