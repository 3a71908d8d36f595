"""What differs between released rows and those that stand, written set-wise inside the release's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from orchestration.release.tables.checks import CheckError
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.history import keep_replaced
from orchestration.release.tables.rows import MartRows

Released = dict[tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class Difference:
    """Rows of one mart to write and keys to delete."""

    contract: ReleaseContract
    write: list[tuple[Any, ...]]
    delete: list[tuple[Any, ...]]

    @property
    def count(self) -> int:
        """Rows touched."""
        return len(self.write) + len(self.delete)


def standing_rows(rows: MartRows) -> Released:
    """Rows that readers see now, by key, in the order of ``contract.released_columns``."""
    names = [column.name for column in rows.contract.released_columns]
    keys = zip(*(rows.columns[key] for key in rows.contract.keys), strict=True)
    return dict(zip(keys, zip(*(rows.columns[name] for name in names), strict=True), strict=True))


def difference_of(contract: ReleaseContract, standing: Released, wanted: Released) -> Difference:
    """Rows that are new or changed, and keys that are gone."""
    write = [row for key, row in wanted.items() if standing.get(key) != row]
    return Difference(contract, write, [key for key in standing if key not in wanted])


def _plain(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) else value


def stage(
    connection: psycopg.Connection,
    contract: ReleaseContract,
    prefix: str,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> sql.Identifier:
    """Rows in a temporary table with the columns of the released one; it goes with the transaction."""
    name = sql.Identifier(f"{prefix}_{contract.mart}"[:63])
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    connection.execute(
        sql.SQL("create temporary table {} on commit drop as select {} from {} with no data").format(
            name, columns, sql.Identifier("released", contract.mart)
        )
    )
    with connection.cursor().copy(sql.SQL("copy {} ({}) from stdin").format(name, columns)) as copy:
        for row in rows:
            copy.write_row([_plain(value) for value in row])
    connection.execute(sql.SQL("analyze {}").format(name))
    return name


def apply_difference(connection: psycopg.Connection, difference: Difference, release_id: int) -> None:
    """Write and delete the rows that differ, set-wise, and keep what stood before in the history.

    Raises ``CheckError`` if other rows were touched.
    """
    contract, table = difference.contract, sql.Identifier("released", difference.contract.mart)
    touched = 0
    keys = sql.SQL(", ").join(map(sql.Identifier, contract.keys))
    if difference.delete:
        gone = stage(connection, contract, "gone", contract.keys, difference.delete)
        keep_replaced(connection, contract, gone, release_id)
        touched += connection.execute(
            sql.SQL("delete from {} where ({}) in (select {} from {})").format(table, keys, keys, gone)
        ).rowcount
    if difference.write:
        names = [column.name for column in contract.released_columns]
        new = stage(connection, contract, "new", names, difference.write)
        keep_replaced(connection, contract, new, release_id)
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        updates = sql.SQL(", ").join(
            sql.SQL("{} = excluded.{}").format(sql.Identifier(name), sql.Identifier(name))
            for name in [*(name for name in names if name not in contract.keys), "release_id"]
        )
        touched += connection.execute(
            sql.SQL("insert into {} ({}, release_id) select {}, {} from {} on conflict ({}) do update set {}").format(
                table, columns, columns, sql.Literal(release_id), new, keys, updates
            )
        ).rowcount
    if touched != difference.count:
        raise CheckError(f"{contract.mart}: {touched} rows were touched where {difference.count} differ")
