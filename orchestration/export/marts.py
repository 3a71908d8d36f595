"""Released marts into files of a folder, as one reader sees them, all in one transaction.

The reader's own login reads, through the doors of ``aggregated``: its scope holds, and each reading is on record, since
the transaction may write and is committed. A file whose content is the same is left as it is.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg import sql

from orchestration.database import connect, connect_login
from orchestration.database.roles import GROUPS
from orchestration.export.connection_files import excel, power_bi
from orchestration.export.described import ExportError, Mart, Standing, chosen, known_marts, standing_releases
from orchestration.export.web_metadata import csv_metadata, facts
from orchestration.export.writers import write_csv, write_parquet
from orchestration.settings import Settings

Format = Literal["parquet", "csv", "workbook", "connections"]
FORMATS: tuple[Format, ...] = ("parquet", "csv", "workbook", "connections")
BY_DEFAULT: tuple[Format, ...] = ("parquet", "csv")
WORKBOOK, POWER_BI = "marts.xlsx", "warehouse.pbids"
BATCH = 20_000
"""Rows held in memory at a time, and rows of a Parquet file's group."""


@dataclass(frozen=True)
class Reader:
    """Who reads: a group through its shared login, or the login of a person, whose password the settings have."""

    role: str = "analyst"
    login: str | None = None

    def connect(self, settings: Settings) -> psycopg.Connection:
        """A connection as this reader. Raises ``ExportError`` for a role that no person has, and ``AccessError``."""
        if self.login is not None:
            secret = settings.login_password
            return connect_login(settings, self.login, secret.get_secret_value() if secret else None)
        if self.role not in GROUPS:
            raise ExportError(f"{self.role} reads no marts: choose {' or '.join(GROUPS)}, or name a --login")
        return connect(settings, self.role)


@dataclass(frozen=True)
class ExportedMart:
    """What became of one mart: its name, rows, the files that are its, and which of them were written anew.

    A workbook, and files that connect, are of all marts together: their line has no mart's name.
    """

    mart: str
    rows: int
    files: tuple[str, ...]
    written: tuple[str, ...]


def export_marts(
    settings: Settings,
    out: Path,
    marts: Iterable[str] | None = None,
    formats: Sequence[Format] = BY_DEFAULT,
    reader: Reader | None = None,
) -> list[ExportedMart]:
    """Export marts into a folder, which is made if it is not there; other files in it are left alone.

    In: names of marts, or None for all that the reader may read. Out: what became of each, by name. Running it twice on
    one release writes nothing the second time. Raises ``ExportError`` (a name that is no mart, a folder that cannot be
    one, a reader who sees nothing) before anything is written.
    """
    if out.exists() and not out.is_dir():
        raise ExportError(f"{out} is a file: name a folder with --out")
    reader = reader or Reader()
    with reader.connect(settings) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ  # all of one release
        known = known_marts(connection)
        wanted = list(known.values()) if marts is None else chosen(known, marts)
        releases = standing_releases(connection)
        out.mkdir(parents=True, exist_ok=True)
        done = [_export(connection, settings, out, mart, formats, releases) for mart in wanted
                if set(formats) & {*BY_DEFAULT}]  # fmt: skip
        if "workbook" in formats:
            done.append(_workbook(connection, settings, out, wanted, releases))
        if "connections" in formats:
            done.append(_connections(settings, out, wanted, reader.login))
        connection.commit()
    return done


def list_marts(settings: Settings, reader: Reader | None = None) -> list[dict[str, Any]]:
    """Marts that a reader may read: name, how many columns, and what one is; the rows are not read."""
    with (reader or Reader()).connect(settings) as connection:
        return [
            {"mart": mart.name, "columns": len(mart.columns), "description": mart.description}
            for mart in known_marts(connection).values()
        ]


def _export(
    connection: psycopg.Connection,
    settings: Settings,
    out: Path,
    mart: Mart,
    formats: Sequence[Format],
    releases: Sequence[Standing],
) -> ExportedMart:
    known = _facts(settings, mart, releases)
    count, files, written = 0, [], []
    for one in BY_DEFAULT:
        if one not in formats:
            continue
        name = f"{mart.name}.{one}"

        def fill(path: Path, one: Format = one) -> int:
            batches = _batches(connection, mart)
            return write_csv(path, mart, batches) if one == "csv" else write_parquet(path, mart, known, batches)

        made, count = _replace(out / name, fill)
        files.append(name)
        written += [name] if made else []
        if one == "csv":
            text = csv_metadata(mart, known).encode()
            made, _ = _replace(out / f"{name}-metadata.json", partial(_write_bytes, text=text))
            files.append(f"{name}-metadata.json")
            written += [f"{name}-metadata.json"] if made else []
    return ExportedMart(mart.name, count, tuple(files), tuple(written))


def _facts(settings: Settings, mart: Mart, releases: Sequence[Standing]) -> dict[str, Any]:
    return facts(mart, releases, is_made_up=settings.environment != "live", licence=settings.export_licence)


def _workbook(
    connection: psycopg.Connection,
    settings: Settings,
    out: Path,
    marts: Sequence[Mart],
    releases: Sequence[Standing],
) -> ExportedMart:
    from orchestration.export.workbook import MOST_ROWS, write_workbook  # pandas takes a while to import

    tables, count = [], 0
    for mart in marts:
        rows = [row for batch in _batches(connection, mart) for row in batch]
        count += len(rows)
        if count > MOST_ROWS:
            raise ExportError(f"a workbook holds {MOST_ROWS:,} rows, and these marts have more: name fewer marts")
        tables.append((mart, _facts(settings, mart, releases), rows))
    made, count = _replace(out / WORKBOOK, lambda path: write_workbook(path, tables))
    return ExportedMart("(workbook)", count, (WORKBOOK,), (WORKBOOK,) if made else ())


def _connections(settings: Settings, out: Path, marts: Sequence[Mart], login: str | None) -> ExportedMart:
    texts = {POWER_BI: power_bi(settings)} | {f"{mart.name}.odc": excel(settings, mart, login) for mart in marts}
    made = [name for name, text in texts.items()
            if _replace(out / name, partial(_write_bytes, text=text.encode()))[0]]  # fmt: skip
    return ExportedMart("(connections)", 0, tuple(texts), tuple(made))


def _batches(connection: psycopg.Connection, mart: Mart) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of a mart in the order of its key, or of all its columns where nobody has said what its key is."""
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in mart.columns)
    order = sql.SQL(", ").join(map(sql.Identifier, mart.key or tuple(column.name for column in mart.columns)))
    query = sql.SQL("select {} from {} order by {}").format(columns, sql.Identifier("aggregated", mart.name), order)
    with connection.cursor(name="exported") as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(BATCH):
            yield rows


def _replace(path: Path, fill: Callable[[Path], int]) -> tuple[bool, int]:
    """Fill a file beside its place, and rename it if it differs from what stands there.

    Out: whether it was renamed, and what ``fill`` answers. A killed export leaves the old file or the new one.
    """
    if path.is_dir():
        raise ExportError(f"{path} is a folder, where a file is to be: move it away or name another --out")
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        count = fill(beside)
        if path.is_file() and _same(path, beside):
            return False, count
        beside.replace(path)
        return True, count
    finally:
        beside.unlink(missing_ok=True)


def _write_bytes(path: Path, text: bytes) -> int:
    return path.write_bytes(text)


def _same(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        while part := first.read(1 << 20):
            if part != second.read(1 << 20):
                return False
    return True
