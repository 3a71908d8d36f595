"""What analysts work with lists the marts and reads them: psql, psycopg, SQLAlchemy, pandas, a spreadsheet's ODBC."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pandas
import psycopg
import pytest
from psycopg import conninfo
from sqlalchemy import create_engine, inspect, text

from orchestration.database.binaries import wheel_binaries
from orchestration.settings import Settings
from tests.support import odbc
from tests.support.logins import HERE, KEYS, PASSWORD, address, connected, drop_table, fill, forget, login, make_table

VIEW = "aggregated.door_probe"
READER = "p_rograms"
COLUMNS = [*KEYS, "pupils", "attendance_rate", "openings_symbol", "release_id"]


@pytest.fixture(scope="module", params=["embedded", "server"])
def either(request: pytest.FixtureRequest) -> Iterator[Settings]:
    found: Settings = request.getfixturevalue("settings" if request.param == "embedded" else "server_settings")
    make_table(found)
    fill(found, 0)
    login(found, READER)
    yield found
    drop_table(found)
    forget(found, READER)


def test_sqlalchemy_and_pandas_list_and_read_the_marts(either: Settings) -> None:
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(address(either, READER)))
    catalogue = inspect(engine)
    assert "door_probe" in catalogue.get_view_names(schema="aggregated")
    columns = {column["name"]: str(column["type"]) for column in catalogue.get_columns("door_probe", "aggregated")}
    assert list(columns) == COLUMNS
    assert columns["attendance_rate"] == "NUMERIC"
    with engine.connect() as connection:
        assert connection.execute(text(f"select count(*) from {VIEW}")).scalar_one() == 120
        assert connection.execute(text("select count(*) from door_probe")).scalar_one() == 120  # by the search path
        read = pandas.read_sql_query(text(f"select * from {VIEW} where month = '2025-08-01'"), connection)
        assert len(read) == 12
        whole = pandas.read_sql_table("door_probe", connection, schema="aggregated")
        assert set(whole["local_authority_code"]) == {HERE}
    engine.dispose()


def test_psycopg_reads_the_marts_row_by_row_and_by_cursors(either: Settings) -> None:
    with psycopg.connect(address(either, READER)) as connection:
        with connection.cursor(name="by_parts") as cursor:
            cursor.itersize = 50
            cursor.execute(f"select * from {VIEW}")
            assert cursor.description is not None
            assert [column.name for column in cursor.description] == COLUMNS
            assert len(cursor.fetchall()) == 120
        with connection.cursor().copy(f"copy (select * from {VIEW}) to stdout") as copy:
            assert len(b"".join(copy).splitlines()) == 120
    with connected(either, READER) as connection:
        listed = connection.execute(
            "select table_schema, table_name, table_type from information_schema.tables where table_name = 'door_probe'"
        ).fetchall()
    assert sorted(listed) == [(schema, "door_probe", "VIEW") for schema in ("aggregated", "aggregated_history")]


def test_psql_lists_and_describes_the_marts(either: Settings) -> None:
    binary = wheel_binaries(18) / "psql"

    def psql(command: str) -> str:
        done = subprocess.run([str(binary), "-d", address(either, READER), "-X", "-c", command], capture_output=True,
                              text=True, check=True)  # fmt: skip
        return done.stdout

    assert "door_probe" in psql(r"\dv aggregated.*")
    assert "door_probe" in psql(r"\d")
    described = psql(r"\d+ aggregated.door_probe")
    assert "attendance_rate" in described
    assert "policy" not in described.lower()


def test_a_spreadsheets_driver_lists_and_reads_the_marts(either: Settings, tmp_path: Path) -> None:
    found = odbc.find() or odbc.fetch()
    if found is None:
        pytest.skip(odbc.HOW)
    known = conninfo.conninfo_to_dict(address(either, READER))
    source = {"Servername": known["host"], "Port": known["port"], "Database": known["dbname"], "Username": READER,
              "Password": PASSWORD, "SSLmode": known["sslmode"], "ReadOnly": "1"}  # fmt: skip

    def answer(statement: str) -> str:
        return found.ask(tmp_path, {name: str(value) for name, value in source.items()}, f"{statement}\n")

    def ask(statement: str) -> list[list[str]]:
        printed = answer(statement)
        assert "[ISQL]ERROR" not in printed, printed
        return [line.split("|") for line in printed.splitlines() if "|" in line]

    tables = {(schema, table, kind) for _, schema, table, kind, *_ in ask("help")}
    assert ("aggregated", "door_probe", "VIEW") in tables
    assert ("raw", "attendance", "TABLE") in tables  # it lists by the catalogue, whoever may read
    assert "permission denied for schema raw" in answer("select * from raw.attendance")
    # `help` names no schema, and the driver then looks into the first of the search path: the login's own
    # `help` names no schema: the driver looks into the first of the search path, which is the login's own
    first = "select set_config('search_path', 'aggregated', false)"
    assert [row[3] for row in ask(f"{first}\nhelp door_probe") if len(row) > 3] == COLUMNS
    rows = ask(f"select seed_code, month, pupils, attendance_rate from {VIEW} order by 1, 2")
    assert len(rows) == 120
    assert rows[0] == ["1000001", "2025-08-01", "21", "0.8700"]
