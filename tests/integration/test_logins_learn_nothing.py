"""What a login is told does not depend on rows that it does not see: plans, counts, errors, statistics, estimates.

A login of one authority asks the same questions before and after another authority's figures have changed. A login
with a policy on the table once found four other schools' rates by 352 plans: where no hidden row fitted a condition,
`explain (analyze)` said that the policy had never been looked at.
"""

import re
import subprocess
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, text

from orchestration.database import connect
from orchestration.database.binaries import wheel_binaries
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.logins import HERE, address, connected, drop_table, fill, forget, login, make_table

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


def test_counters_of_tables_and_locks_are_denied_on_the_embedded_database(settings: Settings) -> None:
    login(settings, "c_ounter")
    try:
        with connected(settings, "c_ounter") as connection:
            for query in (
                "select * from pg_stat_user_tables",
                "select * from pg_stat_all_indexes",
                "select * from pg_stat_database where datname = current_database()",
                "select pg_total_relation_size('pg_class')",
                "select pg_advisory_lock(1)",
                "select lo_create(0)",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(query)
    finally:
        forget(settings, "c_ounter")


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


def test_programs_of_analysts_list_and_read_the_marts(either: Settings) -> None:
    fill(either, 0)
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(address(either, "b_isect")))
    catalogue = inspect(engine)
    assert "door_probe" in catalogue.get_view_names(schema="aggregated")
    columns = {
        column["name"]: str(column["type"]) for column in catalogue.get_columns("door_probe", schema="aggregated")
    }
    assert columns["attendance_rate"] == "NUMERIC"
    with engine.connect() as connection:
        rows = connection.execute(text(f"select count(*) from {VIEW}")).scalar_one()
        assert rows == 120
        assert connection.execute(text("select count(*) from door_probe")).scalar_one() == 120  # by the search path
        pandas = pytest.importorskip("pandas")
        assert len(pandas.read_sql_query(text(f"select * from {VIEW} where month = '2025-08-01'"), connection)) == 12
    engine.dispose()
    with connected(either, "b_isect") as connection:
        listed = connection.execute(  # as spreadsheets' drivers and Power BI ask
            "select table_schema, table_name, table_type from information_schema.tables where table_name = 'door_probe'"
        ).fetchall()
    assert listed == [("aggregated", "door_probe", "VIEW")]


def test_psql_lists_and_describes_the_marts(either: Settings) -> None:
    binary = wheel_binaries(18) / "psql"

    def psql(command: str) -> str:
        done = subprocess.run([str(binary), "-d", address(either, "b_isect"), "-X", "-c", command], capture_output=True,
                              text=True, check=True)  # fmt: skip
        return done.stdout

    assert "door_probe" in psql(r"\dv aggregated.*")
    assert "door_probe" in psql(r"\d")
    described = psql(r"\d+ aggregated.door_probe")
    assert "attendance_rate" in described
    assert "policy" not in described.lower()
