"""What teachers predict of the return that is still open, as released."""

from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit import tables_of_attainment
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.queries.rows import latest


def forecast_rows(connection: Connection, asked: PageRequest) -> list[Row[Any]]:
    """The authority's sectors in the newest open year; none where nothing is predicted."""
    rows = latest(connection, tables_of_attainment.forecast_by_sector, asked)
    return [row for row in rows if row.academic_year == rows[0].academic_year]
