"""Readers of own school in tests: as the pages read, in two transactions, the first of which leaves a line."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from orchestration.database import connect
from orchestration.settings import Settings
from tests.support.access_world import name_reader

School = tuple[str, str]


@contextmanager
def reading_as(settings: Settings, reader: int) -> Iterator[psycopg.Connection]:
    """A transaction of the pages' login in which a reader is named; it is rolled back."""
    with connect(settings, "dashboard") as connection:
        name_reader(connection, reader)
        yield connection
        connection.rollback()


def opened(settings: Settings, reader: int, authority: str, school: School, marts: list[str]) -> bool:
    """Note a reading, as the pages do, and commit. Out: whether the database opens anything."""
    with connect(settings, "dashboard") as connection:
        name_reader(connection, reader)
        row = connection.execute(
            "select access.open_own_school(%s, %s, %s, %s)", [authority, *school, marts]
        ).fetchone()
    return row == (True,)


def seen(settings: Settings, reader: int, mart: str) -> set[School]:
    """Schools of which a reader sees exact rows of a mart now."""
    query = sql.SQL("select distinct seed_code, sector from own_school.{}").format(sql.Identifier(mart))
    with reading_as(settings, reader) as connection:
        return {(str(seed_code), str(sector)) for seed_code, sector in connection.execute(query).fetchall()}


def reader_number(settings: Settings, name: str) -> int:
    """Number of a reader by short name."""
    with connect(settings, "auditor") as connection:
        row = connection.execute("select reader_id from access.readers where reader_name = %s", [name]).fetchone()
    assert row is not None
    return int(row[0])
