"""Lands small extracts, each as a delivery of its own."""

import shutil
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from orchestration.contracts import load_contracts
from orchestration.database import connect
from orchestration.database.cluster import ADMIN
from orchestration.database.connections import open_connection, parameters
from orchestration.landing import FileResult, LandingResult, land_delivery
from orchestration.settings import Settings
from tests.support.emptying import empty_tables
from tests.support.extracts import Extract, deliver

DATES = (f"{date(2025, 10, 1) + timedelta(days)}" for days in count())


LAST: dict[Path, str] = {}


def land(warehouse: Settings, *files: Extract) -> LandingResult:
    """Deliver files under a date of their own and land them.

    Each delivery replaces the one before, so that its pupils are compared with none of another test (rule 2).
    """
    before = LAST.get(warehouse.home)
    LAST[warehouse.home] = deliver(warehouse.landing, files, next(DATES), supersedes=before)
    return land_delivery(warehouse, LAST[warehouse.home])


def rejects(warehouse: Settings, file: FileResult) -> list[tuple[int, str, str]]:
    """Row, column and reason of what was rejected of a file."""
    with connect(warehouse, "loader") as connection:
        return connection.execute(
            "select row_number, column_name, reason from control.rejects where file_id = %s order by 1, 2, 3",
            (file.file_id,),
        ).fetchall()


def ledger(warehouse: Settings, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of raw and ledger, as the loader sees them."""
    with connect(warehouse, "loader", autocommit=True) as connection:
        return connection.execute(query, values).fetchall()


def in_force(warehouse: Settings) -> list[str]:
    """Keys of the deliveries in force."""
    with connect(warehouse, "auditor", autocommit=True) as connection:
        rows = connection.execute("select delivery_key from control.deliveries_in_force order by 1").fetchall()
    return [row[0] for row in rows]


def emptied(warehouse: Settings) -> Settings:
    """The warehouse without deliveries, rows and ledger; numbers begin at 1 again."""
    shutil.rmtree(warehouse.landing, ignore_errors=True)
    raw = [f"raw.{feed}" for feed, contract in load_contracts().items() if contract.is_collected]
    raw += [f"raw.held_{feed}" for feed, contract in load_contracts().items() if contract.is_judged]
    tables = ["control.deliveries", "control.attempts", "raw.rejected_rows", *raw]
    with open_connection(warehouse, parameters(warehouse, ADMIN), autocommit=True) as admin:
        empty_tables(admin, tables, restarts=True)
    return warehouse
