"""Analysts keep lists in a schema of their own: nobody else reads it, it shows what its login sees, and it ends."""

import datetime as dt
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from orchestration.access import ReaderError, end_login, give_login
from orchestration.backup.take import take_backup
from orchestration.database import connect, drift, own_schemas
from orchestration.database.binaries import find_binaries
from orchestration.database.provisioning import provision
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.logins import HERE, THERE, connected, drop_table, fill, forget, login, make_table

DENIED = psycopg.errors.InsufficientPrivilege
MINE, OTHER, SEARCHER = "l_ister", "l_ooker", "l_searcher"
VIEW = "aggregated.door_probe"


@pytest.fixture(scope="module", params=["embedded", "server"])
def either(request: pytest.FixtureRequest) -> Iterator[Settings]:
    found: Settings = request.getfixturevalue("settings" if request.param == "embedded" else "server_settings")
    make_table(found)
    fill(found, 0)
    login(found, MINE)
    login(found, OTHER, authority=THERE)
    login(found, SEARCHER, "researcher")
    yield found
    forget(found, MINE, OTHER, SEARCHER)
    drop_table(found)


@pytest.fixture
def mine(either: Settings) -> Iterator[psycopg.Connection]:
    with connected(either, MINE) as connection:
        yield connection
        for (table,) in connection.execute("select tablename from pg_tables where schemaname = %s", [MINE]).fetchall():
            connection.execute(f"drop table {table} cascade".encode())


def reviewed(settings: Settings) -> list[str]:
    with connect(settings, "auditor") as connection:
        return [one.said for one in drift.differences(connection, is_live=False)]


def test_a_list_is_made_joined_and_dropped_where_its_login_is_at_home(mine: psycopg.Connection) -> None:
    mine.execute("create table my_schools (seed_code text primary key, why text)")
    mine.execute("insert into my_schools values ('1000001', 'visited'), ('1000002', 'asked')")
    joined = f"select count(*) from {VIEW} inner join my_schools using (seed_code)"
    assert mine.execute(joined.encode()).fetchone() == (20,)
    for where in ("aggregated", "released", "public", "research", "access", OTHER):
        with pytest.raises(DENIED):
            mine.execute(f"create table {where}.my_schools (a integer)".encode())
    for statement in (
        f"alter schema {MINE} owner to {MINE}", f"drop schema {MINE}",
        f"alter schema {MINE} rename to theirs", "create temporary table my_other (a integer)", "create schema other",
    ):  # fmt: skip
        with pytest.raises(DENIED):
            mine.execute(statement.encode())
    mine.execute(f"grant usage on schema {MINE} to {OTHER}".encode())  # PostgreSQL warns that it grants nothing
    assert mine.execute("select has_schema_privilege(%s, %s, 'usage')", [OTHER, MINE]).fetchone() == (False,)
    mine.execute("drop table my_schools")


def test_nobody_else_reads_it_whatever_its_login_grants(either: Settings, mine: psycopg.Connection) -> None:
    mine.execute(f"create table copied as select * from {VIEW}".encode())
    mine.execute(f"create view shown as select * from {VIEW}".encode())
    mine.execute(
        "create function told() returns bigint language sql security definer as 'select count(*) from l_ister.copied'"
    )
    mine.execute(f"grant select on copied, shown to public, {OTHER}, shared_analyst".encode())
    for statement in (f"select * from {MINE}.copied", f"select * from {MINE}.shown", f"select {MINE}.told()"):
        for name in (OTHER, SEARCHER):
            with connected(either, name) as other, pytest.raises(DENIED, match=f"schema {MINE}"):
                other.execute(statement.encode())
        for role in ("analyst", "researcher", "dashboard", "steward", "auditor", "transformer", "releaser", "loader"):
            with connect(either, role) as house, pytest.raises(DENIED, match=f"schema {MINE}"):
                house.execute(statement.encode())
    assert reviewed(either) == []  # such a grant reaches nobody, and on a server none but its login could take it back
    mine.execute("drop function told()")


def test_a_function_of_its_own_sees_no_row_that_its_login_does_not(mine: psycopg.Connection) -> None:
    """A cheap function stands before dear conditions in a plan; inside a door it is never asked."""
    mine.execute("create table seen (council text)")
    mine.execute(
        "create function spy(council text) returns boolean cost 0.0001 language plpgsql as "
        "'begin insert into l_ister.seen values (council); return true; end'"
    )
    mine.execute("create operator === (leftarg = text, rightarg = text, function = texteq)")
    for path in (f"{MINE}, aggregated", f"{MINE}, pg_catalog, aggregated, released, access"):
        mine.execute(f"set search_path = {path}".encode())
        mine.execute(f"select count(*) from {VIEW} where spy(local_authority_code) and seed_code > '0'".encode())
        mine.execute("select count(*) from access.my_scopes() where l_ister.spy('scope')")
    assert mine.execute(f"select distinct council from {MINE}.seen order by 1".encode()).fetchall() == [
        (HERE,),
        ("scope",),
    ]
    mine.execute(f"create view {MINE}.through as select * from {VIEW} where {MINE}.spy(local_authority_code)".encode())
    assert mine.execute(f"select count(*) from {MINE}.through where seed_code >= '2000000'".encode()).fetchone() == (0,)
    mine.execute(f"drop view {MINE}.through; drop operator {MINE}.=== (text, text); drop function {MINE}.spy".encode())


def test_a_researcher_has_none_because_copies_would_outlive_the_project(either: Settings) -> None:
    with connected(either, SEARCHER) as connection:
        assert connection.execute("select to_regnamespace(%s)", [SEARCHER]).fetchone() == (None,)


def test_it_goes_with_its_login_and_nothing_is_left(either: Settings) -> None:
    login(either, "l_eaver")
    try:
        held = connected(either, "l_eaver")
        held.execute("create table kept (a integer)")
        end_login(either, "l_eaver", actor="test")
        held.close()
        provision(either)  # where the session could not be cut in time, the tables go now
        with connect_as_admin(either) as admin:
            assert admin.execute("select to_regnamespace('l_eaver')").fetchone() == (None,)
        assert reviewed(either) == []
    finally:
        forget(either, "l_eaver")


GONE = {"drop schema l_ister cascade": "l_ister has no schema for its own tables, as declared"}
CHANGES = {
    "grant usage on schema l_ister to l_ooker": "l_ooker may USAGE schema l_ister, which is not declared",
    "grant create on schema l_ister to public": "PUBLIC may CREATE schema l_ister, which is not declared",
    "revoke create on schema l_ister from l_ister": "l_ister may not CREATE schema l_ister, as declared",
    "alter role l_ister in database {database} reset search_path":
        'l_ister does not begin with search_path = "$user", aggregated',
}  # fmt: skip


def test_what_is_changed_by_hand_is_told_and_put_right(either: Settings) -> None:
    provision(either)
    for changes in (GONE, CHANGES):
        with connect_as_admin(either) as admin:
            for statement in changes:
                admin.execute(statement.format(database=either.pg_database).encode())
        assert sorted(reviewed(either)) == sorted(changes.values())
        done = [line for line in provision(either) if not line.startswith("NOT")]
        assert sorted(done) == sorted(changes.values())
        assert reviewed(either) == []


LIMITS = {
    "alter role l_imit connection limit 50": "l_imit may have 50 connections, not 5",
    "alter role l_imit in database {database} set statement_timeout = 0": "l_imit begins with statement_timeout = 0",
    "alter role l_imit in database {database} set temp_file_limit = -1": "l_imit begins with temp_file_limit = -1",
}  # fmt: skip


def test_limits_that_were_lifted_are_told_and_put_right(settings: Settings) -> None:
    login(settings, "l_imit")
    try:
        with connect_as_admin(settings) as admin:
            for statement in LIMITS:
                admin.execute(statement.format(database=settings.pg_database).encode())
        assert sorted(reviewed(settings)) == sorted(LIMITS.values())
        assert sorted(provision(settings)) == sorted(LIMITS.values())
        assert reviewed(settings) == []
    finally:
        forget(settings, "l_imit")


def test_a_login_with_too_much_is_named(either: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_schemas, "OWN_BYTES", 1_000_000)
    with connected(either, MINE) as connection:
        connection.execute("create table large as select repeat('x', 1000) as words from generate_series(1, 2500)")
        assert [line for line in reviewed(either) if "MB" in line] == [
            "l_ister keeps 3 MB in its own tables, more than 1 MB: ask"
        ]
        connection.execute("drop table large")


def test_a_login_cannot_have_the_name_of_a_schema(either: Settings) -> None:
    for name in ("raw", "vault", "released", "public", "information_schema"):
        with pytest.raises(ReaderError, match="cannot be a login"):
            give_login(either, name, "analyst", HERE, dt.date.today(), actor="test")


def test_a_backup_leaves_it_out(settings: Settings, tmp_path: Path) -> None:
    """A restore writes as a superuser, and a check of such a table would run a function of its login."""
    login(settings, "l_isted")
    try:
        with connected(settings, "l_isted") as connection:
            connection.execute("create table kept (a integer)")
        take_backup(settings, tmp_path / "backup", lambda _: None)
        program = find_binaries(settings).path("pg_restore")
        archive = next(path for path in (tmp_path / "backup").iterdir() if path.suffix != ".json")
        listed = subprocess.run([str(program), "--list", str(archive)], capture_output=True, text=True, check=True)
        assert "access logins" in listed.stdout
        assert "l_isted" not in listed.stdout
    finally:
        forget(settings, "l_isted")
