"""What teachers predict of the return that is still open, as released."""

from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit import tables_of_attainment
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.queries.rows import latest


def forecast_row(connection: Connection, asked: PageRequest) -> Row[Any] | None:
    """The authority's primaries (P1, P4 and P7 together) in the newest open year; None where nothing is predicted."""
    rows = latest(connection, tables_of_attainment.forecast_by_sector, asked)
    return next((row for row in rows if row.sector == "primary"), None)
