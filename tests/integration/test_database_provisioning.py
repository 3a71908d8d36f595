"""Provisioning: complete, repeatable, the same on the embedded database and on a server of another version."""

from collections.abc import Iterator

import psycopg
import pytest

from orchestration.database import AccessError, connect, ensure_ready
from orchestration.database.cluster import ADMIN
from orchestration.database.connections import open_connection, parameters
from orchestration.database.dbt import PASSWORD_VARIABLE, dbt_environment
from orchestration.database.provisioning import provision, provisioned_version, source_version
from orchestration.database.roles import LOGINS, OWNERS, ROLES, SCHEMAS
from orchestration.settings import Settings

CATALOGUE = """
select 'relation', n.nspname || '.' || c.relname, concat_ws(' ', c.relkind, pg_get_userbyid(c.relowner), c.relacl)
from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any(%(schemas)s)
union all
select 'column', a.attrelid::regclass::text || '.' || a.attname,
    concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, col_description(a.attrelid, a.attnum))
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(%(schemas)s) and a.attnum > 0
union all
select 'constraint', conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid)
from pg_constraint where connamespace = any(select oid from pg_namespace where nspname = any(%(schemas)s))
union all
select 'view', schemaname || '.' || viewname, definition from pg_views where schemaname = any(%(schemas)s)
union all
select 'schema', nspname, concat_ws(' ', pg_get_userbyid(nspowner), nspacl, obj_description(oid, 'pg_namespace'))
from pg_namespace where nspname = any(%(schemas)s)
union all
select 'default', concat_ws(' ', pg_get_userbyid(defaclrole), defaclnamespace::regnamespace), defaclacl::text
from pg_default_acl
union all
select 'role', rolname, concat_ws(' ', rolcanlogin, rolinherit, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls)
from pg_roles where rolname = any(%(roles)s)
union all
select 'member', roleid::regrole || ' ' || member::regrole, admin_option::text from pg_auth_members
union all
select 'setting', setrole::regrole::text, setconfig::text from pg_db_role_setting
union all
select 'database', datname, datacl::text from pg_database where datname = current_database()
order by 1, 2, 3
"""
NAMES = {"schemas": [*SCHEMAS, "public"], "roles": [*OWNERS, *LOGINS]}


def catalogue(settings: Settings) -> list[tuple[str, str, str]]:
    with open_connection(settings, parameters(settings, ADMIN), autocommit=True) as connection:
        return connection.execute(CATALOGUE, NAMES).fetchall()


def test_running_it_twice_changes_nothing(either: Settings) -> None:
    before = catalogue(either)
    provision(either)
    assert catalogue(either) == before
    assert provisioned_version(either) in (source_version(), None)


def _built(settings: Settings) -> set[str]:
    """Tables and indexes of models, which another test may have built."""
    query = """
    select relname from pg_class
    where relnamespace = 'control'::regnamespace and pg_get_userbyid(relowner) = 'transformer'
    """
    with open_connection(settings, parameters(settings, ADMIN), autocommit=True) as connection:
        return {name for (name,) in connection.execute(query)}


def test_both_targets_get_the_same_tables(settings: Settings, server_settings: Settings) -> None:
    provisioned = ("column", "constraint", "view", "role")
    of_models = _built(settings) | _built(server_settings)

    def tables(found: Settings) -> set[tuple[str, str, str]]:
        # not-null constraints have names in the catalogue of 18 only
        return {
            row
            for row in catalogue(found)
            if row[0] in provisioned
            and not row[2].startswith("NOT NULL")
            and "control." in row[1]
            and row[1].split("control.")[1].split(".")[0] not in of_models
        }

    assert tables(settings)
    assert tables(settings) == tables(server_settings)


def test_what_was_changed_by_hand_is_put_right(either: Settings) -> None:
    before = catalogue(either)
    with open_connection(either, parameters(either, ADMIN), autocommit=True) as connection:
        connection.execute("revoke select on control.files from steward")
        connection.execute("revoke usage on schema aggregated from analyst")
        connection.execute("alter role analyst createdb")
        connection.execute("alter role auditor password 'forgotten'")
    with pytest.raises(AccessError):
        connect(either, "auditor")
    provision(either)
    assert sorted(catalogue(either)) == sorted(before) or _acls_sorted(catalogue(either)) == _acls_sorted(before)
    connect(either, "auditor").close()


def test_a_server_with_other_habits_gets_those_that_the_code_relies_on(either: Settings) -> None:
    """A run once stopped on a server whose databases are serializable: threads of dbt stood in each other's way."""
    habits = {
        "default_transaction_isolation": "serializable",
        "standard_conforming_strings": "off",
        "timezone": "Asia/Tokyo",
        "datestyle": "German",
        "intervalstyle": "iso_8601",
        "bytea_output": "escape",
    }
    with open_connection(either, parameters(either, ADMIN), autocommit=True) as connection:
        for setting, value in habits.items():
            connection.execute(f"alter database {either.pg_database} set {setting} = '{value}'")
    provision(either)
    with connect(either, "transformer", autocommit=True) as connection:
        found = {setting: connection.execute(f"show {setting}").fetchone() for setting in habits}
    assert found == {
        "default_transaction_isolation": ("read committed",),
        "standard_conforming_strings": ("on",),
        "timezone": ("UTC",),
        "datestyle": ("ISO, YMD",),
        "intervalstyle": ("postgres",),
        "bytea_output": ("hex",),
    }


def _acls_sorted(rows: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Entries of an access list come in the order of granting."""
    return [(kind, name, "".join(sorted(text or ""))) for kind, name, text in rows]


def test_every_schema_table_and_column_says_what_it_is(settings: Settings) -> None:
    with connect(settings, "auditor") as connection:
        silent = connection.execute(
            "select a.attrelid::regclass::text, a.attname from pg_attribute a "
            "join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname in ('control', 'vault', 'access', 'projects', 'research') and c.relkind in ('r', 'v') "
            "and pg_get_userbyid(c.relowner) = 'warehouse_owner' and a.attnum > 0 and not a.attisdropped "
            "and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)"
        ).fetchall()
        schemas = connection.execute(
            "select nspname from pg_namespace where nspname = any(%s) "
            "and obj_description(oid, 'pg_namespace') is not null",
            (list(SCHEMAS),),
        ).fetchall()
    assert silent == []
    assert {name for (name,) in schemas} == set(SCHEMAS)


def test_text_is_in_order_of_code_points(either: Settings) -> None:
    with connect(either, "transformer") as connection:
        words = connection.execute("select string_agg(w, '' order by w) from unnest('{b,a,B,Z,é}'::text[]) w")
        assert words.fetchone() == ("BZabé",)
        assert connection.execute("show timezone").fetchone() == ("UTC",)


def test_an_admin_who_may_not_is_told_whom_to_name(server_settings: Settings) -> None:
    humble = server_settings.model_copy(
        update={"pg_admin_user": "loader", "pg_admin_password": server_settings.loader_password}
    )
    with pytest.raises(AccessError, match="WAREHOUSE_PG_ADMIN_USER"):
        provision(humble)


def test_who_only_looks_needs_no_password_of_a_role_that_writes(server_settings: Settings) -> None:
    """Dagster's pages on a server have the auditor's alone; with none at all they are told what is missing."""
    without = {f"{role}_password": None for role in ROLES} | {"pg_admin_password": None, "pseudonym_key": None}
    looks = server_settings.model_copy(update={**without, "auditor_password": server_settings.auditor_password})
    assert provisioned_version(looks) == source_version()
    assert dbt_environment(looks)[PASSWORD_VARIABLE] == "", "dbt parses without one"
    assert provisioned_version(server_settings.model_copy(update=without)) is None


def test_without_an_admin_a_provisioned_server_is_used_as_it_is(server_settings: Settings) -> None:
    ensure_ready(server_settings.model_copy(update={"pg_admin_password": None}))


@pytest.fixture
def ledger(settings: Settings) -> Iterator[psycopg.Connection]:
    """A connection as the loader whose work is rolled back."""
    with connect(settings, "loader") as connection:
        yield connection
        connection.rollback()


def deliver(connection: psycopg.Connection, day: str, supersedes: str | None = None, status: str = "landed") -> int:
    """A delivery of one pupils file with its landed event; returns its delivery_id."""
    row = connection.execute(
        "insert into control.deliveries (delivery_key, local_authority_code, extract_date, sequence, environment, "
        "manifest_sha256, supersedes) values ('S99/' || %(day)s, 'S99', %(day)s::date, 1, 'test', '', %(over)s) "
        "returning delivery_id",
        {"day": day, "over": supersedes and f"S99/{supersedes}"},
    ).fetchone()
    assert row is not None
    connection.execute(
        "insert into control.files (delivery_id, feed, file_name, kind, status) "
        "values (%s, 'pupils', 'pupils.csv', 'snapshot', %s)",
        (row[0], status),
    )
    happen(connection, row[0], "landed")
    return int(row[0])


def happen(connection: psycopg.Connection, delivery: int, kind: str, file: int | None = None) -> None:
    connection.execute(
        "insert into control.ledger_events (delivery_id, file_id, kind, actor) values (%s, %s, %s, 'test')",
        (delivery, file, kind),
    )


def in_force(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(
        "select extract_date::text from control.deliveries_in_force where local_authority_code = 'S99' order by 1"
    ).fetchall()
    return [day for (day,) in rows]


def test_a_withdrawn_delivery_is_not_in_force_until_it_is_restored(ledger: psycopg.Connection) -> None:
    first = deliver(ledger, "2025-09-01")
    happen(ledger, first, "withdrawn")
    assert in_force(ledger) == []
    happen(ledger, first, "restored")
    assert in_force(ledger) == ["2025-09-01"]
    happen(ledger, first, "withdrawn")
    happen(ledger, first, "landed")
    assert in_force(ledger) == ["2025-09-01"]


def test_a_chain_of_superseding_leaves_the_last(ledger: psycopg.Connection) -> None:
    deliver(ledger, "2025-09-01")
    second = deliver(ledger, "2025-09-02", supersedes="2025-09-01")
    third = deliver(ledger, "2025-09-03", supersedes="2025-09-02")
    assert in_force(ledger) == ["2025-09-03"]
    happen(ledger, third, "withdrawn")
    assert in_force(ledger) == ["2025-09-02"]
    happen(ledger, second, "withdrawn")
    assert in_force(ledger) == ["2025-09-01"]


def test_a_delivery_with_a_quarantined_file_supersedes_nothing(ledger: psycopg.Connection) -> None:
    deliver(ledger, "2025-09-02", supersedes="2025-09-01", status="quarantined")
    deliver(ledger, "2025-09-01")  # the one that is replaced may come later
    assert in_force(ledger) == ["2025-09-01", "2025-09-02"]
    ledger.execute("update control.files set status = 'landed'")
    assert in_force(ledger) == ["2025-09-02"]


def test_the_build_sees_the_ledger_as_it_was_at_its_cut(settings: Settings) -> None:
    with open_connection(settings, parameters(settings, ADMIN), autocommit=False) as admin:
        first = deliver(admin, "2025-07-31")
        aside = admin.execute(
            "insert into control.files (delivery_id, feed, file_name, kind, status) "
            "values (%s, 'classes', 'classes.csv', 'snapshot', 'landed') returning file_id",
            (first,),
        ).fetchone()
        assert aside is not None
        admin.execute("delete from control.build_state")
        admin.execute(
            "insert into control.build_state (event_id, code_version) "
            "select max(event_id), 'test' from control.ledger_events"
        )
        happen(admin, first, "replayed", aside[0])
        happen(admin, first, "withdrawn")
        deliver(admin, "2025-08-01", supersedes="2025-07-31")
        seen = "select feed, academic_year from control.files_in_force where local_authority_code = 'S99' order by 1"
        assert admin.execute(seen).fetchall() == [("pupils", "2024/25")]
        admin.execute("update control.build_state set event_id = event_id + 1")
        assert admin.execute(seen).fetchall() == [("classes", "2024/25"), ("pupils", "2024/25")]
        admin.execute("update control.build_state set event_id = event_id + 2")
        assert admin.execute(seen).fetchall() == [("pupils", "2025/26")]
        admin.rollback()
