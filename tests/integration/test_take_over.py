"""A warehouse that an earlier version filled is taken over by this one by itself."""

import lzma
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from orchestration.database import ROLES, connect, psql_binary
from orchestration.database.cluster import ADMIN, start_locked
from orchestration.database.connections import parameters
from orchestration.database.drift import differences
from orchestration.database.home import locked, make_passwords, places
from orchestration.database.provisioning import make_database_and_roles
from orchestration.settings import PROJECT_DIR, Settings
from tests.conftest import connect_as_admin
from tests.support.homes import MadeOnce, take_parsed_project
from tests.support.main_job import run_plainly, warehouse
from tests.support.privileges import surprises_in
from tests.support.small_council import KEY, deliver_nights

DUMP = PROJECT_DIR / "tests" / "data" / "take_over" / "warehouse.sql.xz"
MARTS = ("attendance_by_%", "persistent_absence_by_%", "absence_reasons_by_%")
Cells = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


def _load(settings: Settings) -> None:
    """The earlier version's database, as its files would be found: nothing of this version has touched it."""
    where = places(settings)
    with locked(where):
        start_locked(settings)
        make_passwords(where, (ADMIN, *ROLES))
    make_database_and_roles(settings)
    known = parameters(settings, ADMIN)
    psql = psql_binary(settings)
    assert psql is not None
    done = subprocess.run(
        [str(psql), "-q", "-v", "ON_ERROR_STOP=1", "-h", known["host"], "-p", known["port"], "-U", known["user"],
         "-d", settings.pg_database],
        input=lzma.decompress(DUMP.read_bytes()), env={"PGPASSWORD": known["password"]},
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


def _query(settings: Settings, query: str, *values: object) -> list[tuple[Any, ...]]:
    with connect_as_admin(settings) as connection:
        return connection.execute(query.encode(), values or None).fetchall()


def _released(settings: Settings) -> Cells:
    """Rows of the released marts by their key."""
    keys = _query(
        settings,
        """
        select pg_class.oid::regclass::text, pg_class.relname,
            array_agg(pg_attribute.attname::text order by pg_attribute.attnum)
        from pg_index
        inner join pg_class on pg_index.indrelid = pg_class.oid
        inner join pg_attribute on pg_attribute.attrelid = pg_class.oid and pg_attribute.attnum = any(pg_index.indkey)
        where pg_index.indisprimary
            and pg_class.relnamespace in ('aggregated'::regnamespace, to_regnamespace('released'))
            and pg_class.relname like any(%s)
        group by pg_class.oid, pg_class.relname
        """,
        list(MARTS),
    )
    found: Cells = {}
    for table, name, key in keys:
        rows = _query(settings, f"select to_jsonb(t) from {table} as t")
        found[name] = {tuple((part, row[part]) for part in key): row for (row,) in rows}
    return found


def _hidden(settings: Settings) -> set[tuple[Any, ...]]:
    return set(_query(settings, "select local_authority_code, academic_year, mart, cell from control.hidden_cells"))


@pytest.fixture(scope="module")
def taken_over(root_folder: Path, made_once: MadeOnce) -> tuple[Settings, Cells, set[tuple[Any, ...]]]:
    home = root_folder / "taken-over"
    settings = Settings(home=home, pseudonym_key=SecretStr(KEY))
    _load(settings)
    before, hidden = _released(settings), _hidden(settings)
    deliver_nights(settings.landing, 0, 6)
    take_parsed_project(settings, made_once)
    run_plainly(settings)
    return settings, before, hidden


def test_the_books_close_and_no_row_is_lost(taken_over: tuple[Settings, Cells, set[tuple[Any, ...]]]) -> None:
    settings, _, _ = taken_over
    done = warehouse(settings, "reconcile", "--json")
    assert done.code == 0, done.output[-2000:]
    assert _query(settings, "select count(*) from raw.attendance") == [(6420,)]
    assert _query(settings, "select count(*) from canonical.attendance_openings") == [(6420,)]
    assert _query(settings, "select count(*) from vault.tokens") == [(107,)]


def test_deliveries_that_have_landed_are_known(taken_over: tuple[Settings, Cells, set[tuple[Any, ...]]]) -> None:
    settings, _, _ = taken_over
    assert _query(settings, "select count(*) from control.deliveries") == [(6,)]
    done = warehouse(settings, "run", "--no-build", "--json")
    assert done.code == 0, done.output[-2000:] + done.errors[-2000:]


def test_what_was_hidden_stays_hidden(taken_over: tuple[Settings, Cells, set[tuple[Any, ...]]]) -> None:
    settings, before, hidden = taken_over
    assert len(hidden) == 185
    assert hidden <= _hidden(settings)
    after = _released(settings)
    cells = 0
    for mart, rows in before.items():
        for key, row in rows.items():
            for group in ("openings", "pupils"):
                if row.get(f"{group}_symbol") == "[c]":
                    now = after.get(mart, {}).get(key, {})
                    assert now.get(f"{group}_symbol", "[c]") == "[c]", f"{mart} {key} was hidden and is not"
                    assert [now.get(name) for name in MEASURES[group]] == [None] * len(MEASURES[group])
                    cells += 1
    assert cells > 100


def test_what_was_released_is_still_there(taken_over: tuple[Settings, Cells, set[tuple[Any, ...]]]) -> None:
    """Figures of rules that have not changed: half days of schools and of the authority, for the year."""
    settings, before, _ = taken_over
    after = _released(settings)
    names = MEASURES["openings"]
    for mart in ("attendance_by_school_year", "attendance_by_authority_year"):
        assert before[mart].keys() == after[mart].keys()
        for key, row in before[mart].items():
            assert [after[mart][key][name] for name in names] == [row[name] for name in names], f"{mart} {key}"


MEASURES = {"openings": ("openings_possible", "openings_attended", "attendance_rate"), "pupils": ("pupils",)}


def test_its_doors_are_as_declared(taken_over: tuple[Settings, Cells, set[tuple[Any, ...]]]) -> None:
    """Tables that logins read under a policy are now behind views, and groups have no login."""
    settings, _, _ = taken_over
    with connect(settings, "auditor") as connection:
        assert [one.said for one in differences(connection, is_live=False)] == []
    assert surprises_in(settings) == []
    with connect(settings, "analyst") as connection:
        found = connection.execute("select count(*) from aggregated.attendance_by_authority_year").fetchone()
    assert found is not None
    assert found[0] > 0


def test_researchers_of_an_older_version_read_no_records_any_more(
    taken_over: tuple[Settings, Cells, set[tuple[Any, ...]]],
) -> None:
    """The group could read all pseudonymised records; what projects need is made, and what the group had is taken."""
    settings, _, _ = taken_over
    assert _query(
        settings,
        "select has_schema_privilege('researcher', 'pseudonymised', 'usage'), "
        "has_table_privilege('researcher', 'pseudonymised.pupil_years', 'select'), "
        "has_table_privilege('researcher', 'research.pupils', 'select'), "
        "has_table_privilege('researcher', 'projects.pupils', 'select')",
    ) == [(False, False, True, False)]
    assert _query(settings, "select count(*) from access.projects") == [(0,)]
    done = warehouse(settings, "project", "list")
    assert "There is no project" in done.output
