"""How Dagster's events are written as rows of its SQLite tables, by statements whose text stands.

Dagster composes the statement of each event anew, and tells whether an asset is known by an insert that fails: for the
900 events of a short run that takes longer than writing them. The layout of the rows is Dagster's own.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy
from dagster._core.storage.event_log.schema import AssetKeyTable, SqlEventLogStorageTable
from sqlalchemy.dialects import sqlite

COLUMNS = tuple(column.name for column in SqlEventLogStorageTable.columns if not column.primary_key)


def _stored(value: object) -> object:
    """A value as SQLite has it: moments as text, which is how SQLAlchemy writes them."""
    return value.isoformat(" ", "microseconds") if isinstance(value, datetime) else value


@cache
def _text(statement: str, columns: tuple[str, ...]) -> str:
    if statement == "event":
        made: Any = SqlEventLogStorageTable.insert()
    elif statement == "new asset":
        made = AssetKeyTable.insert()
    else:
        key: Any = sqlalchemy.bindparam("of_asset")
        made = AssetKeyTable.update().where(AssetKeyTable.c.asset_key == key)
    return str(made.compile(dialect=sqlite.dialect(), column_keys=list(columns)))


def write_event(connection: sqlalchemy.Connection, row: Mapping[str, Any]) -> int:
    """Add a row of ``event_logs``; returns its number."""
    values = tuple(_stored(row[column]) for column in COLUMNS)
    number = connection.exec_driver_sql(_text("event", COLUMNS), values).lastrowid
    assert number is not None
    return int(number)


def write_asset(connection: sqlalchemy.Connection, asset_key: str, values: Mapping[str, Any]) -> None:
    """Note in ``asset_keys`` the latest of an asset; its first row is made."""
    names = tuple(column.name for column in AssetKeyTable.columns if column.name in values)  # as the statement has them
    stored = tuple(_stored(values[name]) for name in names)
    done = connection.exec_driver_sql(_text("asset", names), (*stored, asset_key))
    if not done.rowcount:
        named = tuple(column.name for column in AssetKeyTable.columns if column.name in {*names, "asset_key"})
        whole = {**dict(zip(names, stored, strict=True)), "asset_key": asset_key}
        connection.exec_driver_sql(_text("new asset", named), tuple(whole[name] for name in named))
