"""What a login of ill will tries beyond its rights, and what it gets: nothing, on both kinds of server.

``test_logins_learn_nothing`` asks honest questions; here settings are turned against the reading inside a door, the
clock is stopped, statements of owners and superusers are tried, and the server's own views are searched.
"""

import re
import time
from collections.abc import Iterator

import psycopg
import pytest

from orchestration.access import end_login
from orchestration.database import connect
from orchestration.database.drift import differences
from orchestration.database.grants import renew_defaults
from orchestration.database.provisioning import provision
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.logins import connected, drop_table, fill, forget, login, make_table
from tests.support.privileges import surprises

VIEW = "aggregated.door_probe"
WHOLE = f"select count(*), min(attendance_rate), sum(pupils) from {VIEW}"
ATTACKER, SEARCHER = "a_ttacker", "s_earcher"
# plans that read every page, or every page of the index: what was read then tells how many rows others have
HOSTILE_PLANS = {
    "no index": "set enable_indexscan = off; set enable_bitmapscan = off; set enable_indexonlyscan = off",
    "dear index": "set random_page_cost = 1e300; set cpu_index_tuple_cost = 1e300; set seq_page_cost = 0",
}
PRINTED = (
    "set client_min_messages = debug5; set debug_print_plan = on; set debug_print_rewritten = on; "
    "set debug_print_parse = on; set trace_sort = on"
)
ASKED_OF_ACCESS = (
    "select * from access.my_scopes()",
    "select * from access.whoami()",
    "select access.current_reader(), access.reader_authorities(), access.reader_councils()",
    "select access.reader_schools(), access.reader_seed_codes(), access.reader_floors()",
    "select access.reader_has_authority('S12000006')",
)
OWN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=xid/subid/cid: )[0-9/]+")  # of this session alone
REFUSED = (
    psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedFile, psycopg.errors.CantChangeRuntimeParam,
    psycopg.errors.FeatureNotSupported, psycopg.errors.WrongObjectType,
)  # fmt: skip


@pytest.fixture(scope="module", params=["embedded", "server"])
def either(request: pytest.FixtureRequest) -> Iterator[Settings]:
    found: Settings = request.getfixturevalue("settings" if request.param == "embedded" else "server_settings")
    make_table(found)
    login(found, ATTACKER)
    login(found, SEARCHER, "researcher")
    yield found
    drop_table(found)
    forget(found, ATTACKER, SEARCHER)


def others(settings: Settings, schools: int) -> None:
    """Rows of the login's council as ever, and of the other one as many as wanted; statistics of the whole."""
    fill(settings, 0)
    with connect_as_admin(settings) as admin:
        with admin.transaction():
            admin.execute("set local role releaser")
            admin.execute(
                "insert into released.door_probe select 'S12000006', (3000000 + school)::text, 'primary', "
                "date '2025-08-01' + month, 30, 0.9, null from generate_series(1, %s) as school, "
                "generate_series(0, 9) as month",
                [schools],
            )
        admin.execute("vacuum (analyze) released.door_probe")


def pages_read(settings: Settings, hostile: str) -> int:
    with connected(settings, ATTACKER) as connection:
        connection.execute(hostile.encode())
        for _ in range(3):  # catalogues are read once
            rows = connection.execute(f"explain (analyze, buffers, timing off) {WHOLE}").fetchall()
    text = "\n".join(line for (line,) in rows)
    found = re.search(r"Buffers: shared hit=(\d+)", text)
    assert found, text
    return int(found[1])


@pytest.mark.parametrize("hostile", HOSTILE_PLANS)
def test_no_setting_makes_a_login_read_pages_of_others(either: Settings, hostile: str) -> None:
    others(either, 0)
    before = pages_read(either, HOSTILE_PLANS[hostile])
    others(either, 3000)
    after = pages_read(either, HOSTILE_PLANS[hostile])
    assert after - before <= 4, f"{after - before} pages more"  # the index is a level higher
    others(either, 0)


def printed(settings: Settings, questions: tuple[str, ...]) -> list[str]:
    """What the server says beside its answers when a login has everything printed that it may."""
    said: list[str] = []
    with connected(settings, ATTACKER) as connection:
        connection.add_notice_handler(
            lambda notice: said.append(OWN.sub("-", f"{notice.message_primary} {notice.message_detail}"))
        )
        connection.execute(PRINTED.encode())
        for question in questions:
            connection.execute(question.encode())
    return said


def test_no_plan_of_what_is_read_inside_is_printed(either: Settings) -> None:
    others(either, 0)
    before = printed(either, (WHOLE, *ASKED_OF_ACCESS))
    assert before, "nothing was printed at all: the test does not test"
    others(either, 1000)
    assert printed(either, (WHOLE, *ASKED_OF_ACCESS)) == before
    others(either, 0)


def test_the_last_day_ends_in_an_open_transaction_too(either: Settings) -> None:
    """The day was that at which a transaction began: kept open, it read new releases for weeks."""
    others(either, 0)
    with connect_as_admin(either) as admin:
        (made,) = admin.execute("select pg_get_functiondef('access.today()'::regprocedure)").fetchone() or ("",)
        (left,) = admin.execute(
            "select extract(epoch from date_trunc('day', clock_timestamp() at time zone 'Europe/London') "
            "+ interval '1 day' - clock_timestamp() at time zone 'Europe/London')"
        ).fetchone() or (0,)
        admin.execute(
            "update access.readers set valid_from = current_date - 9, valid_until = (select access.today()) "
            "where reader_name = %s",
            [ATTACKER],
        )
        try:
            late = made.replace("() at time zone", f"() + {left - 1} * interval '1 second') at time zone")
            late = late.replace("select (", "select ((")
            assert late != made
            admin.execute(late.encode())
            with connected(either, ATTACKER) as connection:
                connection.execute("begin")
                assert connection.execute(WHOLE).fetchone() != (0, None, None)
                time.sleep(1.1)
                assert connection.execute(WHOLE).fetchone() == (0, None, None)
        finally:
            admin.execute(made.encode())
            admin.execute("update access.readers set valid_until = null where reader_name = %s", [ATTACKER])


def test_a_login_that_is_ended_reads_nothing_more_in_a_session_that_stays(either: Settings) -> None:
    """An administrator who is no superuser cannot cut sessions: the login loses its group's rights at once."""
    login(either, "e_nded", "researcher")
    try:
        with connected(either, "e_nded") as connection:
            connection.execute(WHOLE.encode())
            end_login(either, "e_nded", actor="test")
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.OperationalError)):
                connection.execute(WHOLE.encode())
    finally:
        forget(either, "e_nded")


FORBIDDEN = [
    # other roles
    "set session authorization steward", "set role aggregated_owner", "set role transformer", "set role postgres",
    "grant analyst to a_ttacker with admin option", "grant pg_read_all_data to a_ttacker", "create role mine",
    "alter role analyst password 'mine'", "alter role analyst set search_path = raw", "alter role a_ttacker superuser",
    "alter role a_ttacker connection limit 50", "alter role a_ttacker valid until 'infinity'",
    "drop role s_earcher", "comment on role analyst is 'x'",
    # things to make
    "create temporary table mine (a integer)", "create temporary view mine as select 1 as a",
    "create function pg_temp.mine() returns integer language sql as 'select 1'",
    "create function aggregated.mine(numeric) returns boolean cost 0.0001 language plpgsql as 'begin return true; end'",
    "create view aggregated.mine as select 1 as a", "create schema mine", "create extension dblink",
    "create extension postgres_fdw", "create foreign data wrapper mine", "create operator aggregated.~~~ "
    "(leftarg = numeric, rightarg = numeric, function = numeric_lt)", "create type aggregated.mine as (a integer)",
    "create domain public.mine as integer", "create aggregate public.mine(integer) (sfunc = int4pl, stype = integer)",
    "create cast (text as integer) with inout", "create collation public.mine from \"C\"", "create publication mine",
    "create event trigger mine on ddl_command_start execute function control.keep_environment()",
    "create language plperl", "create access method mine type table handler heap_tableam_handler",
    "create rule mine as on select to aggregated.door_probe do instead nothing",
    "create statistics released.mine on pupils, month from released.door_probe",
    # things of others
    "alter view aggregated.door_probe set (security_barrier = false)", "drop view aggregated.door_probe",
    "alter function released.read_door_probe() security invoker", "truncate released.door_probe",
    "lock table released.door_probe in access share mode", "lock table aggregated.door_probe in share mode",
    "copy released.door_probe to stdout", "copy raw.pupils from stdin", "refresh materialized view released.door_probe",
    "comment on view aggregated.door_probe is 'x'", "reindex table released.door_probe", "cluster released.door_probe",
    "insert into released.door_probe default values", "delete from released.door_probe",
    "alter default privileges for role aggregated_owner grant select on tables to analyst",
    "alter policy read_by_readers on released.door_probe using (true)",
    "select * from released.read_door_probe()", "select access.note_read('door_probe')",
    "select access.reader_for('i|x', 'a@example.org')", "select access.take_in_reads('[]')",
    "select currtid2('released.door_probe', '(0,1)')", "select last_value from access.readers_reader_id_seq",
    # the machine
    "copy (select 1) to program 'true'", "copy (select 1) to '/mine'", "select pg_read_file('/etc/passwd')",
    "select pg_ls_dir('.')", "select pg_stat_file('postgresql.conf')", "select lo_import('/etc/passwd')",
    "select pg_ls_waldir()", "select pg_ls_logdir()", "load 'auto_explain'", "select pg_reload_conf()",
    "select pg_rotate_logfile()", "select pg_switch_wal()", "select pg_create_restore_point('x')",
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'", "checkpoint",
    "select pg_stat_reset()", "select * from pg_authid", "select * from pg_shadow", "select * from pg_hba_file_rules",
    "select * from pg_file_settings", "select * from pg_config", "select * from pg_statistic",
    "select * from pg_backend_memory_contexts", "select * from pg_shmem_allocations", "select * from pg_user_mapping",
    "select pg_log_backend_memory_contexts(1)", "select pg_promote()",
    "select pg_create_logical_replication_slot('mine', 'pgoutput')", "select pg_replication_origin_create('mine')",
    # settings
    "set session_replication_role = replica", "set log_statement = 'all'", "set log_min_messages = panic",
    "set temp_file_limit = -1", "set session_preload_libraries = 'auto_explain'", "set log_executor_stats = on",
    "set allow_system_table_mods = on", "set track_functions = 'all'", "set track_io_timing = on",
    "set zero_damaged_pages = on", "set max_connections = 1",
    "alter database {database} set search_path = raw", "set debug_discard_caches = 1",
]  # fmt: skip


@pytest.mark.parametrize("attacker", [ATTACKER, SEARCHER])
def test_what_takes_an_owner_or_a_superuser_is_refused(either: Settings, attacker: str) -> None:
    done = []
    with connected(either, attacker) as connection:
        for statement in FORBIDDEN:
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(statement.format(database=either.pg_database).encode())
            except REFUSED:
                continue
            except psycopg.Error as error:
                done.append(f"{statement}: {type(error).__name__}: {error}")
            else:
                done.append(statement)
    assert done == [], "\n".join(done)


def test_a_login_gives_nothing_away_and_takes_nothing_from_others(either: Settings) -> None:
    """Statements that PostgreSQL lets anybody try about what they own, or whose rights they have."""
    with connect_as_admin(either) as admin:
        for name in (ATTACKER, SEARCHER):
            with connected(either, name) as connection:
                connection.execute("set client_min_messages = 'error'")
                for statement in (
                    f"drop owned by {name}",
                    f"reassign owned by analyst to {name}", "grant select on aggregated.door_probe to public",
                    "revoke select on aggregated.door_probe from analyst",
                    "revoke usage on schema aggregated from analyst cascade",
                    "revoke all on database {database} from analyst", "create database mine", "discard all",
                    "vacuum released.door_probe", "analyze released.door_probe", "alter system set work_mem = '1MB'",
                ):  # fmt: skip
                    try:
                        connection.execute(statement.format(database=either.pg_database).encode())
                    except psycopg.errors.InsufficientPrivilege:
                        continue
        assert surprises(admin) == []
    with connect(either, "analyst") as connection:
        connection.execute(WHOLE)


def test_default_rights_that_a_login_drops_are_told_and_put_right(either: Settings) -> None:
    """PostgreSQL lets whoever has a group's rights drop the group's default rights: marts do not rest on them."""
    try:
        for name, group in ((ATTACKER, "analyst"), (SEARCHER, "researcher")):
            with connected(either, name) as connection:
                connection.execute(f"drop owned by {group}".encode())
        with connect_as_admin(either) as admin:
            assert surprises(admin) == []
            told = [difference.said for difference in differences(admin, is_live=False)]
            assert (
                "analyst will not get SELECT on tables that aggregated_owner makes in aggregated, as declared" in told
            )
        make_table(either, "late_probe")
        for name in (ATTACKER, SEARCHER):
            with connected(either, name) as connection:
                assert connection.execute("select count(*) from aggregated.late_probe").fetchone() == (0,)
        with connect(either, "transformer") as build, connect(either, "researcher", autocommit=True) as reader:
            renew_defaults(build, "transformer")  # as each build begins
            build.execute("create table pseudonymised.late_probe (a integer); commit")
            assert reader.execute("select count(*) from pseudonymised.late_probe").fetchone() == (0,)
            build.execute("drop table pseudonymised.late_probe")
    finally:
        drop_table(either, "late_probe")
        provision(either)
    with connect_as_admin(either) as admin:
        assert differences(admin, is_live=False) == []


def test_what_was_prepared_before_a_scope_was_taken_shows_nothing_after(either: Settings) -> None:
    login(either, "p_repared")
    try:
        with connected(either, "p_repared") as connection:
            connection.execute(f"prepare mine as {WHOLE}")
            connection.execute("set plan_cache_mode = force_generic_plan")
            assert connection.execute("execute mine").fetchone() != (0, None, None)
            with connect(either, "steward") as steward:
                steward.execute(
                    "update access.scopes set revoked_at = now(), revoked_by = 'test' where reader_id = "
                    "(select reader_id from access.readers where reader_name = 'p_repared')"
                )
            assert connection.execute("execute mine").fetchone() == (0, None, None)
    finally:
        forget(either, "p_repared")
