"""Every role tries every object: what it may do is written here once more, by hand, and nothing else works."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from orchestration.database import ROLES, connect
from orchestration.database.cluster import ADMIN
from orchestration.database.connections import open_connection, parameters
from orchestration.database.roles import AGGREGATED_OWNER, CONTROL_OWNER, GROUPS, LOGINS, OWNERS, SCHEMAS, login_of
from orchestration.settings import Settings

DENIED = psycopg.errors.InsufficientPrivilege
A_VIEW = (psycopg.errors.ObjectNotInPrerequisiteState, psycopg.errors.WrongObjectType)  # takes no rows from anybody
PROBES = {  # one table in each schema, made by whoever makes tables there
    "raw": "loader",
    "staged": "transformer",
    "canonical": "transformer",
    "pseudonymised": "transformer",
    "aggregated_exact": "transformer",
    "reference": "transformer",
    "control": "transformer",
    "vault": CONTROL_OWNER,
    "access": CONTROL_OWNER,
    "projects": CONTROL_OWNER,
    "research": CONTROL_OWNER,
    "released": AGGREGATED_OWNER,
    "aggregated": AGGREGATED_OWNER,
}
READS = {
    "loader": {"raw"},
    "pseudonymiser": set(),
    "transformer": {
        "raw", "vault", "staged", "canonical", "pseudonymised", "aggregated_exact", "reference", "control",
    },
    "releaser": {"aggregated_exact", "released", "reference", "control"},
    "dashboard": {"released", "aggregated"},
    "analyst": {"aggregated"},
    "researcher": {"pseudonymised", "aggregated"},
    "steward": {"control"},
    "auditor": {"control"},
}  # fmt: skip
WRITES = {
    "loader": {"raw"},
    "transformer": {"staged", "canonical", "pseudonymised", "aggregated_exact", "reference", "control"},
    "releaser": {"released"},
}
CREATES = {
    "loader": {"raw"},
    "transformer": {"staged", "canonical", "pseudonymised", "aggregated_exact", "reference", "control"},
}
# Tables of the ledger and the vault that some may read or write one by one.
LEDGER = {
    "deliveries",
    "attempts",
    "files",
    "ledger_events",
    "file_years",
    "file_establishments",
    "announced_rows",
    "closed_days",
    "rejects",
    "warnings",
}
READERS = ("dashboard", "analyst", "researcher", "steward", "auditor")


@pytest.fixture(scope="module", params=["embedded", "server"])
def either(request: pytest.FixtureRequest) -> Iterator[Settings]:
    found: Settings = request.getfixturevalue("settings" if request.param == "embedded" else "server_settings")
    with open_connection(found, parameters(found, ADMIN), autocommit=True) as admin:
        for schema, owner in PROBES.items():
            with admin.transaction():
                admin.execute(sql.SQL("set local role {}").format(sql.Identifier(owner)))
                admin.execute(sql.SQL("create table {} (a int)").format(sql.Identifier(schema, "access_probe")))
        yield found
        for schema, owner in PROBES.items():
            with admin.transaction():
                admin.execute(sql.SQL("set local role {}").format(sql.Identifier(owner)))
                admin.execute(sql.SQL("drop table {}").format(sql.Identifier(schema, "access_probe")))


def works(connection: psycopg.Connection, statement: str, *names: str) -> bool:
    """Whether a statement gets past the access check; its effect is undone."""
    command = sql.SQL(statement).format(*[sql.Identifier(*name.split(".")) for name in names])
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(command)
    except (DENIED, *A_VIEW):
        return False
    except psycopg.errors.IntegrityError:  # access was granted, but an empty row breaks a constraint
        return True
    return True


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_writes_and_creates_in_its_own_schemas_alone(either: Settings, role: str) -> None:
    with connect(either, role, autocommit=True) as connection:
        probes = {schema: f"{schema}.access_probe" for schema in PROBES}
        reads = {s for s, table in probes.items() if works(connection, "select * from {}", table)}
        writes = {s for s, table in probes.items() if works(connection, "insert into {} values (1)", table)}
        changes = {s for s, table in probes.items() if works(connection, "update {} set a = 1", table)}
        deletes = {s for s, table in probes.items() if works(connection, "delete from {}", table)}
        drops = {s for s, table in probes.items() if works(connection, "drop table {}", table)}
        creates = {s for s in (*PROBES, "public") if works(connection, "create table {} (a int)", f"{s}.made")}
    assert reads == READS[role]
    assert writes == changes == deletes == WRITES.get(role, set())
    assert creates == CREATES.get(role, set())
    assert drops == CREATES.get(role, set())


# What the dashboards do besides reading marts: who is signed in, and a line for each page.
BESIDES: dict[str, set[str]] = {
    "analyst": set(),
    "dashboard": {
        "select * from access.sessions",
        "select * from control.environment",
        "insert into access.sessions default values",
        "insert into control.page_reads default values",
    },
}


@pytest.mark.parametrize("role", ["analyst", "dashboard"])
def test_readers_of_marts_are_denied_every_object_of_every_other_schema(either: Settings, role: str) -> None:
    with open_connection(either, parameters(either, ADMIN), autocommit=True) as admin:
        tables = admin.execute(
            "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname = any(%s) and c.relkind in ('r', 'v', 'm', 'p', 'f', 'S')",
            ([name for name in SCHEMAS if name not in ("released", "aggregated")],),
        ).fetchall()
    assert len(tables) > 20
    done = set()
    with connect(either, role, autocommit=True) as connection:
        for schema, table in tables:
            for statement in ("select * from {}", "insert into {} default values", "truncate {}", "drop table {}"):
                fits = statement.startswith("select") or not table.endswith("_seq")
                if fits and works(connection, statement, f"{schema}.{table}"):
                    done.add(statement.format(f"{schema}.{table}"))
    assert done == BESIDES[role]


@pytest.mark.parametrize("role", ROLES)
def test_no_role_becomes_another(either: Settings, role: str) -> None:
    allowed = {login_of(role)} | ({AGGREGATED_OWNER} if role == "releaser" else set())
    others = [*LOGINS, *GROUPS, *OWNERS, either.pg_admin_user, "postgres"]
    with connect(either, role, autocommit=True) as connection:
        assert {name for name in others if works(connection, "set local role {}", name)} == allowed
        for other in others:
            if other not in allowed:
                assert not works(connection, "grant {} to {}", other, role)
        assert not works(connection, "create role made")
        assert not works(connection, "create schema made")
        with pytest.raises(DENIED):
            connection.execute("create database made")


@pytest.mark.parametrize("role", READERS)
def test_readers_make_nothing_not_even_for_themselves(either: Settings, role: str) -> None:
    with connect(either, role, autocommit=True) as connection:
        for statement in (
            "create temporary table made (a int)",
            "select 1 as a into temporary made",
            "create function aggregated.made() returns int language sql as 'select 1'",
            "create view aggregated.made as select 1 as a",
            "copy (select 1) to program 'true'",
            "copy aggregated.access_probe to '/nowhere/made'",
            "select pg_read_file('/etc/passwd')",
        ):
            assert not works(connection, statement), statement


@pytest.mark.parametrize("role", READERS)
def test_readers_of_the_embedded_database_hold_no_lock_and_no_large_object(settings: Settings, role: str) -> None:
    """On a server this takes a superuser, whom a council may not give us."""
    with connect(settings, role, autocommit=True) as connection:
        assert not works(connection, "select lo_create(0)")
        assert not works(connection, "select lo_from_bytea(0, '\\x00')")
        if role != "steward":  # whose withdrawal waits for a landing
            assert not works(connection, "select pg_advisory_lock(1)")
            assert not works(connection, "select pg_try_advisory_lock(22340, 2)")
    with pytest.raises(Exception, match=r"pg_hba|refuses"):
        open_connection(settings, parameters(settings, role) | {"dbname": "postgres"}, autocommit=True)


def test_the_ledger_is_written_by_those_whose_it_is(either: Settings) -> None:
    writers: dict[str, set[str]] = {}
    for role in ROLES:
        with connect(either, role, autocommit=True) as connection:
            for table in (*LEDGER, "build_state", "model_builds", "releases", "provisioning"):
                if works(connection, "insert into {} default values", f"control.{table}"):
                    writers.setdefault(table, set()).add(role)
            assert works(connection, "delete from {}", "control.ledger_events") is False
            assert works(connection, "update {} set kind = kind", "control.ledger_events") is False
    expected = {table: {"loader"} for table in LEDGER}
    expected |= {"build_state": {"transformer"}, "model_builds": {"transformer"}, "releases": {"releaser"}}
    expected["ledger_events"] = {"loader", "steward"}
    expected["closed_days"] = {"steward"}
    assert writers == expected


def test_the_vault_is_written_by_the_pseudonymiser_alone(either: Settings) -> None:
    for role in ROLES:
        with connect(either, role, autocommit=True) as connection:
            for table in ("vault.identity_map", "vault.tokens"):
                assert works(connection, "insert into {} default values", table) == (role == "pseudonymiser")
                assert works(connection, "select * from {}", table) == (role in {"pseudonymiser", "transformer"})
                assert not works(connection, "update {} set pupil_id = 0", table)


def test_values_of_rejected_rows_are_for_the_steward(either: Settings) -> None:
    for role in ROLES:
        with connect(either, role, autocommit=True) as connection:
            may = works(connection, "select * from {}", "raw.rejected_rows")
            assert may == (role in {"loader", "transformer", "steward"})


def test_the_releaser_changes_tables_of_readers_as_their_owner(either: Settings) -> None:
    with connect(either, "releaser") as connection:
        connection.execute("set local role aggregated_owner")
        connection.execute("alter table released.access_probe add column b int")
        connection.execute("create table released.made as select 1 as a")
        connection.execute("reset role")
        connection.execute("insert into released.made values (2)")
        assert connection.execute("select count(*) from released.made").fetchone() == (2,)
        connection.rollback()


def test_time_limits_of_readers(either: Settings) -> None:
    limits = {"analyst": "5min", "dashboard": "30s", "researcher": "10min", "transformer": "0"}
    for role, limit in limits.items():
        with connect(either, role) as connection:
            assert connection.execute("show statement_timeout").fetchone() == (limit,)
    with connect(either, "releaser") as connection:
        assert connection.execute("show lock_timeout").fetchone() == ("2s",)
