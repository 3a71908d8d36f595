"""Own school in tests: a released council with it on, heads, and readers who read as the pages do.

That is in two transactions, the first of which leaves a line. Import the fixtures with those of ``release_database``.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from orchestration.access import Person, Place, Validity, grant_head, turn_own_school
from orchestration.database import connect
from orchestration.release import release_authority
from orchestration.release.own_school import provision_own_school
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.access_world import name_reader
from tests.support.release_database import build_marts
from tests.support.release_world import AUTHORITY, World

School = tuple[str, str]
ONE, TWO, OTHER = ("5000001", "primary"), ("5000002", "primary"), ("5000004", "secondary")
YEAR, STAGE = "attendance_by_school_year", "attendance_by_school_stage"
TODAY = dt.date.today()
TOMORROW = Validity(last=TODAY + dt.timedelta(days=1))


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


def place(school: School) -> Place:
    return Place("establishment", AUTHORITY, seed_code=school[0], sector=school[1])


def name_head(settings: Settings, name: str, *schools: School, validity: Validity = TOMORROW) -> int:
    for school in schools:
        person = Person(name, f"{name}@example.org")
        grant_head(settings, name, place(school), actor="test", validity=validity, person=person, same_person=True)
    return reader_number(settings, name)


def turn(settings: Settings, *, is_on: bool) -> None:
    turn_own_school(settings, AUTHORITY, is_on=is_on, reason="for a test", actor="test")


def rows_of(
    settings: Settings, relation: str, columns: tuple[str, ...], where: str = "true"
) -> list[tuple[object, ...]]:
    schema, table = relation.split(".")
    query = sql.SQL("select {} from {} where {} order by {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier(schema, table),
        sql.SQL(where),  # type: ignore[arg-type]  # written in this file
        sql.SQL(", ").join(map(sql.Literal, range(1, len(columns) + 1))),
    )
    with connect(settings, "releaser") as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def made(warehouse: Settings, world: World, contracts: tuple[ReleaseContract, ...]) -> Settings:
    """Released with own school on: exact rows of all schools, and nobody is head of any."""
    provision_own_school(warehouse)
    turn(warehouse, is_on=True)
    build_marts(warehouse, world, contracts, 2)
    assert release_authority(warehouse, AUTHORITY).outcome == "released"
    return warehouse


@pytest.fixture
def released(made: Settings) -> Iterator[Settings]:
    """The same with own school on and its rows there, whatever the test before has done; heads go afterwards."""
    turn(made, is_on=True)
    yield made
    with connect_as_admin(made) as admin:
        admin.execute("truncate control.own_school_reads, access.heads")
        admin.execute("delete from access.scopes where granted_by like '%(test)'")
