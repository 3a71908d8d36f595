"""Who read which mart by SQL stands on record, whatever the reader does with the transaction."""

import time
from collections.abc import Iterator

import psycopg
import pytest

from orchestration.access import collect_sql_reads, forget_sql_reads, list_sql_reads
from orchestration.database import connect
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.logins import HERE, address, connected, drop_table, fill, forget, login, make_table

COUNT = "select count(*) from aggregated.door_probe"


@pytest.fixture(scope="module", params=["embedded", "server"])
def either(request: pytest.FixtureRequest) -> Iterator[Settings]:
    found: Settings = request.getfixturevalue("settings" if request.param == "embedded" else "server_settings")
    make_table(found)
    fill(found, 0)
    yield found
    drop_table(found)


@pytest.fixture
def reader(either: Settings) -> Iterator[str]:
    login(either, "w_atched")
    with connect_as_admin(either) as admin:
        admin.execute("delete from control.sql_reads")
    yield "w_atched"
    forget(either, "w_atched")


def noted(settings: Settings) -> list[tuple[str, str, list[str], str]]:
    return [
        (line["login"], line["mart"], line["authorities"], line["noted_by"])
        for line in list_sql_reads(settings, "w_atched")
    ]


def test_a_session_leaves_a_line_for_each_mart_and_minute(either: Settings, reader: str) -> None:
    with connected(either, reader) as connection:
        for _ in range(3):
            connection.execute(COUNT)
        connection.execute(f"explain {COUNT}")  # a plan reads nothing
    assert noted(either) == [(reader, "door_probe", [HERE], "query")]
    with connected(either, reader) as connection:
        connection.execute(COUNT)
    assert len(noted(either)) == 2


def test_nothing_is_refused_in_a_read_only_transaction(either: Settings, reader: str) -> None:
    with psycopg.connect(address(either, reader)) as connection:
        connection.read_only = True
        assert connection.execute(COUNT).fetchone() == (120,)
    assert noted(either) == []


def _collect_all(settings: Settings, at_least: int) -> None:
    """Read the server's log until so many readings came out of it and no more come: its writer takes its time."""
    found = quiet = 0
    deadline = time.monotonic() + 60
    while (found < at_least or quiet < 5) and time.monotonic() < deadline:
        more = collect_sql_reads(settings)
        found, quiet = found + more, 0 if more else quiet + 1
        time.sleep(0.1)


def test_a_reading_that_is_rolled_back_or_writes_nothing_comes_from_the_servers_log(
    settings: Settings,
) -> None:
    """SQLAlchemy and pandas end every reading with a rollback; a reader of ill will does so on purpose."""
    make_table(settings, "log_probe")
    login(settings, "w_atched")
    with connect_as_admin(settings) as admin:
        admin.execute("delete from control.sql_reads")
    try:
        query = "select count(*) from aggregated.log_probe"
        with connected(settings, "w_atched") as connection:
            connection.execute(query)
        with psycopg.connect(address(settings, "w_atched")) as connection:
            connection.execute(query)
            connection.rollback()
        with psycopg.connect(address(settings, "w_atched")) as connection:
            connection.read_only = True
            connection.execute("set client_min_messages = 'error'")
            connection.execute(query)
        with connected(settings, "w_atched") as connection:  # nobody speaks for another login
            connection.execute(
                "do $$ begin raise log 'warehouse read %s steward log_probe S12000006', gen_random_uuid(); "
                "raise log E'x\\n2026-11-29 00:00:00.000 UTC [1] steward LOG:  warehouse read %s steward log_probe -', "
                "gen_random_uuid(); end $$".replace("%s", "%")
            )
        _collect_all(settings, at_least=2)
        assert collect_sql_reads(settings) == 0
        with connect(settings, "auditor") as connection:
            lines = connection.execute(
                "select login_name, authorities, noted_by from control.sql_reads where mart = 'log_probe' order by at"
            ).fetchall()
        assert lines[:3] == [("w_atched", [HERE], "query"), ("w_atched", [HERE], "log"), ("w_atched", [HERE], "log")]
        assert {line[0] for line in lines} == {"w_atched"}
    finally:
        forget(settings, "w_atched")
        drop_table(settings, "log_probe")


def test_lines_are_added_and_forgotten_and_never_changed(either: Settings, reader: str) -> None:
    with connected(either, reader) as connection:
        connection.execute(COUNT)
    with connect_as_admin(either) as admin:
        with pytest.raises(psycopg.errors.CheckViolation):
            admin.execute("update control.sql_reads set login_name = 'somebody'")
        admin.execute(
            "insert into control.sql_reads (at, login_name, mart, authorities) "
            "values (now() - interval '401 days', 'w_atched', 'old', '{}')"
        )
    for role in ("steward", "auditor", "releaser", "loader", "dashboard", "analyst"):
        for statement in ("delete from control.sql_reads", "insert into control.sql_reads default values"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connect(either, role) as connection:
                connection.execute(statement)
    with connect(either, "transformer") as connection:  # who reads control does not read who read what
        assert connection.execute("select count(*) from control.sql_reads").fetchone() == (0,)
    assert forget_sql_reads(either) == 1
    assert [line[1] for line in noted(either)] == ["door_probe"]
