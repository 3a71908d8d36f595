"""Every released table shows each reader what the rules say, and shows nothing to whoever is no reader."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from orchestration.access import Person, Place, grant
from orchestration.database import connect
from orchestration.release import provision_aggregated
from orchestration.release.tables.policies import read_policy
from orchestration.release.tables.provision import RELEASES, manifest_path
from orchestration.settings import Settings
from orchestration.transform import ensure_manifest
from tests.conftest import NewWarehouse, connect_as_admin
from tests.support.access_world import (
    CLUSTER,
    HERE,
    READERS,
    Reach,
    fill,
    may_see,
    name_reader,
    released_tables,
    rows_of,
    visible,
)

NOBODY = ("", "0", "-1", "999999", "nobody", "1 or true", "1;", " 1", "\u0661", "99999999999999999999")
Tables = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def filled(new_warehouse: NewWarehouse) -> Settings:
    settings = new_warehouse(parsed=True)
    ensure_manifest(settings)
    provision_aggregated(settings, manifest_path(settings))
    fill(settings, released_tables(settings))
    with connect_as_admin(settings) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into access.clusters values (%s, 'Hillfoots', %s, %s, 'invented')",
            [(HERE, *school) for school in sorted(CLUSTER)],
        )
    for name, reach in READERS.items():
        for place in _places(name, reach):
            grant(settings, name, place, actor="test", person=Person(name, f"{name}@example.org"))
    return settings


def _places(name: str, reach: Reach) -> list[Place]:
    if name == "cluster-lead":
        return [Place("cluster", HERE, cluster_name="Hillfoots")]
    whole = [Place("authority", code) for code in reach.authorities]
    return whole + [Place("establishment", HERE, seed_code=code, sector=sector) for code, sector in reach.schools]


@pytest.fixture(scope="module")
def tables(filled: Settings) -> Tables:
    return released_tables(filled)


@pytest.fixture
def dashboard(filled: Settings) -> Iterator[psycopg.Connection]:
    with connect(filled, "dashboard") as connection:
        yield connection
        connection.rollback()


def number_of(settings: Settings, name: str) -> int:
    with connect(settings, "auditor") as connection:
        row = connection.execute("select reader_id from access.readers where reader_name = %s", [name]).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_sees_what_the_rules_say_and_nothing_else(
    filled: Settings, tables: Tables, dashboard: psycopg.Connection, reader: str
) -> None:
    name_reader(dashboard, number_of(filled, reader))
    for table, columns in tables.items():
        rows = list(rows_of(table, columns))
        expected = {number for number, row in enumerate(rows) if may_see(READERS[reader], table, row)}
        found = visible(dashboard, table)
        assert found == expected, (table, [rows[number] for number in sorted(found ^ expected)])


PUBLISHED = {"published_school_rolls"}
"""Official figures of every school that anybody can look up: they have no council, and no policy hides them."""


def test_published_figures_of_schools_are_for_every_reader(tables: Tables) -> None:
    without_council = {
        table
        for table, columns in tables.items()
        if {"seed_code", "sector"} <= set(columns) and "local_authority_code" not in columns
    }
    assert without_council == PUBLISHED, (
        "a mart of schools without a council is read by everybody: name it with a thought"
    )


def test_a_head_sees_the_own_school_of_every_mart_of_schools_and_no_other(
    filled: Settings, tables: Tables, dashboard: psycopg.Connection
) -> None:
    name_reader(dashboard, number_of(filled, "head-primary"))
    looked = 0
    for table, columns in tables.items():
        if {"seed_code", "sector"} <= set(columns) and table not in PUBLISHED:
            query = sql.SQL("select distinct seed_code, sector from {} where seed_code <> ''")
            found = dashboard.execute(query.format(sql.Identifier("released", table))).fetchall()
            assert found == [("1000001", "primary")], table
            looked += 1
    assert looked >= 9


def test_a_total_from_which_another_school_follows_is_not_seen(filled: Settings, dashboard: psycopg.Connection) -> None:
    """Two secondaries: one's head would have the other's figures by subtraction. Two of three primaries: likewise."""
    seen = {}
    for reader in ("head-primary", "head-secondary", "cluster-lead"):
        name_reader(dashboard, number_of(filled, reader))
        rows = dashboard.execute("select sector from attendance_by_authority_year order by sector").fetchall()
        seen[reader] = [sector for (sector,) in rows]
    assert seen == {
        "head-primary": ["all", "primary", "secondary", "special"],
        "head-secondary": ["primary", "special"],  # all less these two is the secondaries
        "cluster-lead": ["special"],
    }


def test_without_a_reader_nothing_is_seen_of_any_table(filled: Settings, tables: Tables) -> None:
    logins = {"dashboard": (None, *NOBODY), "analyst": (None,), "researcher": (None,)}
    for role, values in logins.items():
        with connect(filled, role) as connection:
            for value in values:
                if value is not None:
                    name_reader(connection, value)
                for table in tables:
                    assert visible(connection, table) == set(), (role, value, table)


def test_a_setting_made_by_anybody_but_the_dashboards_counts_for_nothing(filled: Settings, tables: Tables) -> None:
    officer = number_of(filled, "officer")
    for role in ("analyst", "researcher"):
        with connect(filled, role) as connection:
            connection.execute("select set_config('warehouse.reader', %s, false)", [str(officer)])
            assert connection.execute("select access.current_reader()").fetchone() == (None,)
            assert all(visible(connection, table) == set() for table in tables)


def test_the_dashboards_cannot_act_as_a_login(filled: Settings) -> None:
    grant(filled, "auditor", Place("authority", HERE), actor="test")
    login = number_of(filled, "auditor")
    with connect(filled, "dashboard") as connection:
        name_reader(connection, login)
        assert connection.execute("select access.current_reader()").fetchone() == (None,)


def test_the_reader_is_forgotten_at_the_end_of_the_transaction(filled: Settings) -> None:
    officer = number_of(filled, "officer")
    with connect(filled, "dashboard") as connection:
        for ending in (connection.commit, connection.rollback):
            name_reader(connection, officer)
            assert visible(connection, "attendance_by_authority_year")
            ending()
            assert visible(connection, "attendance_by_authority_year") == set()


def test_policies_hold_for_the_owner_too(filled: Settings, tables: Tables) -> None:
    with connect(filled, "releaser") as connection:
        forced = connection.execute(
            "select relname, relrowsecurity and relforcerowsecurity from pg_class "
            "where relnamespace = 'released'::regnamespace and relkind in ('r', 'p')"
        ).fetchall()
        assert {table for table, is_forced in forced if is_forced} == set(tables)
        connection.execute("set local role aggregated_owner")
        assert all(visible(connection, table) == set() for table in tables)


def test_every_table_has_the_policy_that_its_contract_asks_for(filled: Settings, tables: Tables) -> None:
    from orchestration.release.tables.contracts import load_release_contracts

    contracts = {found.mart: found for found in (*load_release_contracts(manifest_path(filled)), RELEASES)}
    assert set(contracts) == set(tables)
    with connect(filled, "releaser") as connection:
        for table, contract in contracts.items():
            policies = connection.execute(
                "select policyname, cmd, roles, qual from pg_policies "
                "where schemaname = 'released' and tablename = %s order by 1",
                [table],
            ).fetchall()
            assert [policy[:3] for policy in policies] == [
                ("read_by_readers", "SELECT", ["aggregated_owner", "dashboard"]),
                ("written_by_release", "ALL", ["releaser"]),
            ], table
            # what PostgreSQL makes of the condition, said once more by PostgreSQL itself
            connection.execute("set local role aggregated_owner")
            name = sql.Identifier("released", table)
            wanted = sql.SQL(read_policy(contract))
            connection.execute(sql.SQL("create policy again on {} for select using ({})").format(name, wanted))
            again = connection.execute(
                "select qual from pg_policies where schemaname = 'released' and tablename = %s "
                "and policyname = 'again'",
                [table],
            ).fetchone()
            assert again == (policies[0][3],), table
            connection.rollback()


def test_scopes_are_looked_up_once_per_query_and_not_per_row(filled: Settings, tables: Tables) -> None:
    with connect(filled, "dashboard") as connection:
        name_reader(connection, number_of(filled, "head-primary"))
        for table in tables:
            query = sql.SQL("explain (verbose) select * from {}").format(sql.Identifier("released", table))
            plan = [line for (line,) in connection.execute(query).fetchall()]
            looked_up = [line.split(":")[0].strip() for line in plan if "access." in line]
            assert looked_up, (table, plan)
            assert set(looked_up) == {"Output"}, (table, plan)  # of a sub-plan that runs once; never a filter
