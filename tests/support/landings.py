"""Lands small extracts, each as a delivery of its own."""

from datetime import date, timedelta
from itertools import count

from orchestration.database import connect
from orchestration.landing import FileResult, LandingResult, land_delivery
from orchestration.settings import Settings
from tests.support.extracts import Extract, deliver

DATES = (f"{date(2025, 10, 1) + timedelta(days)}" for days in count())


def land(warehouse: Settings, *files: Extract) -> LandingResult:
    """Deliver files under a date of their own and land them."""
    return land_delivery(warehouse, deliver(warehouse.landing, files, next(DATES)))


def rejects(warehouse: Settings, file: FileResult) -> list[tuple[int, str, str]]:
    """Row, column and reason of what was rejected of a file."""
    with connect(warehouse, "loader") as connection:
        return connection.execute(
            "select row_number, column_name, reason from control.rejects where file_id = %s order by 1, 2, 3",
            (file.file_id,),
        ).fetchall()
