"""What a login is told does not depend on rows that it does not see: plans, counts, errors, statistics, estimates.

A login of one authority asks the same questions before and after another authority's figures have changed. A login
with a policy on the table once found four other schools' rates by 352 plans: where no hidden row fitted a condition,
`explain (analyze)` said that the policy had never been looked at.
"""

import re
from collections.abc import Iterator

import psycopg
import pytest

from orchestration.database import connect
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.logins import HERE, connected, drop_table, fill, forget, login, make_table

VIEW = "aggregated.door_probe"
OPTIONS = (
    "analyze, timing off, summary off, buffers off",
    "verbose",
    "analyze, verbose, timing off, summary off, buffers off",
)
BISECTING = [f"attendance_rate > {rate}" for rate in ("0.80", "0.85", "0.875", "0.90", "0.95", "0.99")]
CONDITIONS = [
    *BISECTING,
    "seed_code = '2000003'",
    "seed_code = '2000003' and attendance_rate = 0.85",
    "local_authority_code = 'S12000006'",
    "pupils = 23 and local_authority_code <> 'S12000005'",
    "(1 / (attendance_rate - 0.85))::numeric(4, 3) > 0 or true",
    "case when local_authority_code = 'S12000006' then (seed_code || 'x')::integer > 0 else true end",
    "openings_symbol::date is not null and local_authority_code = 'S12000006'",
    "openings_symbol is null or (1 / (pupils - pupils)) > 0",
]
QUESTIONS = [
    f"select count(*), min(attendance_rate), max(seed_code), sum(pupils) from {VIEW}",
    f"select count(*) filter (where local_authority_code <> '{HERE}') from {VIEW}",
    f"select * from {VIEW} order by 1, 2, 3, 4",
    f"select count(*) from {VIEW} as one inner join {VIEW} as other using (seed_code, month)",
    "select * from pg_stats where schemaname in ('released', 'aggregated')",
    "select n_distinct, most_common_vals from pg_stats where tablename = 'door_probe'",
    "select n_live_tup, n_tup_upd from pg_stat_all_tables where relname = 'door_probe'",
    "select seq_tup_read from pg_stat_user_tables where relname = 'door_probe'",
    "select idx_tup_read from pg_stat_user_indexes where relname = 'door_probe'",
    "select heap_blks_read from pg_statio_user_tables where relname = 'door_probe'",
    "select pg_stat_get_live_tuples(oid) from pg_class where relname = 'door_probe'",
    "select pg_relation_size(oid) from pg_class where relname = 'door_probe'",
    "select * from released.door_probe",
    "select * from released.read_door_probe()",
    "select xmin from released.door_probe",
    f"select ctid from {VIEW}",
    f"select * from {VIEW} tablesample system (50)",
    "explain select * from released.door_probe",
    "set row_security = off",
    f"select count(*) from {VIEW}",
]


@pytest.fixture(scope="module", params=["embedded", "server"])
def either(request: pytest.FixtureRequest) -> Iterator[Settings]:
    found: Settings = request.getfixturevalue("settings" if request.param == "embedded" else "server_settings")
    make_table(found)
    login(found, "b_isect")
    yield found
    drop_table(found)
    forget(found, "b_isect")


def told(settings: Settings) -> list[str]:
    """Everything that the login is answered: rows, plans and errors, word by word."""
    answers = []
    queries = [f"select count(*) from {VIEW} where {condition}" for condition in CONDITIONS]
    plans = [f"explain ({options}) {query}" for query in queries for options in OPTIONS]
    with connected(settings, "b_isect") as connection:
        connection.execute("set client_min_messages = 'error'")
        for query in (*queries, *plans, *QUESTIONS):
            try:
                answers.append(str(connection.execute(query.encode()).fetchall()))
            except psycopg.ProgrammingError as error:  # a command without rows, or an error of this kind
                answers.append(str(error))
            except psycopg.Error as error:
                answers.append(f"{type(error).__name__}: {error}")
    return answers


def test_a_login_is_told_the_same_whatever_others_figures_are(either: Settings) -> None:
    counters = ("pg_stat", "pg_relation_size") if either.target == "server" else ()  # a superuser's to deny
    answers = {}
    for shift, schools in ((0, 12), (5, 12), (11, 3), (0, 0)):
        fill(either, shift, schools)
        with connect_as_admin(either) as admin:
            admin.execute("analyze released.door_probe")
        answers[shift, schools] = told(either)
    first = answers.pop((0, 12))
    plans = [f"plan of {condition}, {options}" for condition in CONDITIONS for options in OPTIONS]
    asked = [*CONDITIONS, *plans, *QUESTIONS]
    for state, others in answers.items():
        differ = [q for q, one, other in zip(asked, first, others, strict=True) if one != other]
        assert [question for question in differ if not any(word in question for word in counters)] == [], state
    seen = first[asked.index(QUESTIONS[0])]
    assert "120" in seen
    assert first[asked.index(QUESTIONS[1])] == "[(0,)]"


def test_a_plan_is_a_bare_function_scan_with_a_constant_estimate(either: Settings) -> None:
    fill(either, 0)
    with connected(either, "b_isect") as connection:
        for condition in ("true", *BISECTING):
            rows = connection.execute(
                f"explain (analyze, buffers off) select * from {VIEW} where {condition}"
            ).fetchall()
            plan = "\n".join(line for (line,) in rows)
            assert len(re.findall("Scan", plan)) == 1, plan
            assert "Function Scan on read_door_probe" in plan
            assert "never executed" not in plan
            assert "SubPlan" not in plan
            assert "InitPlan" not in plan


# What PostgreSQL tells everybody and nobody can keep from a login: about how large a table is over all councils, and
# how many transactions there have been. ``docs/security.md`` says so.
LEFT = ["relpages", "reltuples", "relallvisible", "relallfrozen", "relfrozenxid", "datfrozenxid"]
CLOCKS = (
    "clock_timestamp", "now", "statement_timestamp", "transaction_timestamp", "timeofday", "random", "gen_random_uuid",
    "uuidv4", "uuidv7", "pg_backend_pid", "inet_client_port", "pg_export_snapshot",
)  # fmt: skip
TRANSACTIONS = ("pg_current_snapshot", "pg_current_xact_id", "txid_current", "txid_current_snapshot")
A_SUPERUSERS = re.compile("pg_stat|pg_locks|pg_lock_status|pg_current_wal|_size$")  # to deny, where there is one
READABLE = """
select c.relname, string_agg(quote_ident(a.attname), ', ' order by a.attnum)
from pg_catalog.pg_class as c inner join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind in ('r', 'v') and has_table_privilege(c.oid, 'select')
    and a.attname <> all(%s)
group by c.relname order by 1
"""
CALLABLE = """
select p.proname, p.pronargs = 1 from pg_catalog.pg_proc as p
where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f' and p.provolatile <> 'i'
and (p.pronargs = 0 or (p.pronargs = 1 and p.proargtypes[0] in ('oid'::regtype, 'regclass'::regtype)))
and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype)
and p.proname !~ '^binary_upgrade' and has_function_privilege(p.oid, 'execute') order by 1, 2
"""
TABLE = "(select oid from pg_catalog.pg_class where relname = 'door_probe' and relkind = 'r')"


def server_told(settings: Settings) -> dict[str, str]:
    """Every catalogue and view of PostgreSQL that the login may read, and every function of no argument or a table."""
    with connected(settings, "b_isect") as connection:
        readable = connection.execute(READABLE, [LEFT]).fetchall()
        asked = {
            name: f"select count(*), sum(hashtextextended(t::text, 0)) from (select {columns} from {name}) as t"
            for name, columns in readable
        }
        for name, has_argument in connection.execute(CALLABLE).fetchall():
            if name not in (*CLOCKS, *TRANSACTIONS):
                asked[f"{name}()"] = f"select pg_catalog.{name}({TABLE if has_argument else ''})"
        answers = {}
        for name, query in asked.items():
            try:
                answers[name] = str(connection.execute(query.encode()).fetchall())
            except psycopg.Error as error:
                answers[name] = str(error)
    return answers


def test_what_the_server_tells_of_itself_does_not_follow_from_others_rows(either: Settings) -> None:
    fill(either, 0, 12)
    before = server_told(either)
    assert len(before) > 100
    fill(either, 5, 3)
    with connect_as_admin(either) as admin:
        admin.execute("vacuum (analyze) released.door_probe")
    after = server_told(either)
    differ = {name for name in before | after if before.get(name) != after.get(name)}
    if either.target == "server":
        differ = {name for name in differ if not A_SUPERUSERS.search(name.rstrip("()"))}
    assert differ == set()


def test_counters_sizes_locks_and_sessions_are_denied_on_the_embedded_database(settings: Settings) -> None:
    login(settings, "c_ounter")
    try:
        for name in ("c_ounter", "dashboard"):
            with connect(settings, "dashboard") if name == "dashboard" else connected(settings, name) as connection:
                for query in COUNTERS:
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        connection.execute(query.encode())
                    connection.rollback()
    finally:
        forget(settings, "c_ounter")


COUNTERS = (
    "select * from pg_stat_user_tables", "select * from pg_stat_all_tables", "select * from pg_stat_all_indexes",
    "select * from pg_stat_database", "select * from pg_stat_activity", "select * from pg_stat_wal",
    "select * from pg_stat_io", "select * from pg_stat_xact_user_tables", "select * from pg_stat_progress_copy",
    "select * from pg_locks", "select * from pg_prepared_xacts", "select pg_current_wal_lsn()",
    "select pg_total_relation_size('pg_class')", "select pg_relation_size('pg_class')",
    "select pg_database_size(current_database())", "select pg_tablespace_size('pg_default')",
    "select pg_stat_get_backend_io(pg_backend_pid())", "select pg_stat_get_live_tuples('pg_class'::regclass)",
    "select pg_stat_have_stats('relation', 0, 0)", "select pg_logical_emit_message(false, 'x', 'x')",
    "select pg_advisory_lock(1)", "select lo_create(0)",
)  # fmt: skip


def test_a_scope_that_is_taken_back_shows_nothing_from_the_next_query_on(either: Settings) -> None:
    fill(either, 0)
    login(either, "l_eaver")
    try:
        with connected(either, "l_eaver") as connection:
            count = f"select count(*) from {VIEW}"
            assert connection.execute(count).fetchone() == (120,)
            with connect(either, "steward") as steward:
                steward.execute(
                    "update access.scopes set revoked_at = now(), revoked_by = 'test' where reader_id = "
                    "(select reader_id from access.readers where reader_name = 'l_eaver')"
                )
            assert connection.execute(count).fetchone() == (0,)
    finally:
        forget(either, "l_eaver")
