"""The history of released rows: what readers saw is there as they saw it, in their scope, and goes when it must."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from orchestration.database import connect
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.history import forget_replaced, mark_missing
from orchestration.release.thresholds import HISTORY_DAYS
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.logins import connected, forget, login
from tests.support.release_database import ask, build_marts, contracts, manifest, release, warehouse
from tests.support.release_world import AUTHORITY, MONTHS, random_world

__all__ = ["contracts", "manifest", "warehouse"]
SIZES = {("5000001", "primary"): 60, ("5000002", "primary"): 120, ("5000004", "secondary"): 200}
COLUMNS = "local_authority_code, seed_code, sector, academic_year, openings_possible, attendance_rate, openings_symbol"
NOW = f"select {COLUMNS} from aggregated.attendance_by_school_year order by 1, 2, 3, 4"
THEN = f"""
    select {COLUMNS} from aggregated_history.attendance_by_school_year
    where shown_from <= %s and (shown_until is null or shown_until > %s) order by 1, 2, 3, 4
"""
Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class Twice:
    """A warehouse released twice, of data to October and to November: what its readers saw, and when that was made."""

    settings: Settings
    contracts: tuple[ReleaseContract, ...]
    seen: tuple[Rows, Rows]
    made: tuple[object, object]


@pytest.fixture(scope="module")
def twice(warehouse: Settings, contracts: tuple[ReleaseContract, ...]) -> Twice:
    seen, made = [], []
    for number, count in enumerate((3, 4)):
        world = random_world(SIZES, months=MONTHS[:count], absent=0.1 + number / 10)
        build_marts(warehouse, world, contracts, number + 1)
        assert release(warehouse) == "released"
        seen.append(ask(warehouse, NOW))
        ((moment,),) = ask(warehouse, "select max(released_at) from control.releases", "auditor")
        made.append(moment)
    return Twice(warehouse, contracts, (seen[0], seen[1]), (made[0], made[1]))


@pytest.fixture
def undone(twice: Twice) -> Iterator[psycopg.Connection]:
    """A connection that may change everything, and whose changes nobody else ever sees."""
    with connect_as_admin(twice.settings) as admin:
        admin.autocommit = False
        yield admin
        admin.rollback()


def kept(connection: psycopg.Connection, mart: str = "attendance_by_school_year") -> list[str]:
    """Schools, or councils, of which rows are kept that no longer stand."""
    rows = connection.execute(
        "select distinct coalesce(released ->> 'seed_code', local_authority_code) from control.released_before "
        "where mart = %s order by 1",
        [mart],
    ).fetchall()
    return [str(name) for (name,) in rows]


def test_rows_stand_as_they_stood_at_each_release(twice: Twice) -> None:
    assert twice.seen[0] != twice.seen[1]
    with connect(twice.settings, "analyst") as connection:
        for moment, seen in zip(twice.made, twice.seen, strict=True):
            assert connection.execute(THEN, [moment, moment]).fetchall() == seen
        assert connection.execute(THEN, ["2020-01-01", "2020-01-01"]).fetchall() == []


def test_every_mart_of_a_council_has_its_history(twice: Twice) -> None:
    found = ask(
        twice.settings,
        "select relname from pg_class where relkind = 'v' and relnamespace = 'aggregated_history'::regnamespace",
    )
    views = {str(name) for (name,) in found}
    assert views == {
        each.mart for each in twice.contracts if "local_authority_code" in {column.name for column in each.columns}
    }
    for view in sorted(views):
        newest = f"select count(*) from aggregated_history.{view} where shown_until is null"
        assert ask(twice.settings, newest) == ask(twice.settings, f"select count(*) from aggregated.{view}"), view


def test_states_within_a_month_go_after_some_days_and_ends_of_months_stay(
    twice: Twice, undone: psycopg.Connection
) -> None:
    age = f"update control.releases set released_at = released_at - make_interval(days => {HISTORY_DAYS + 1})"
    undone.execute(age)
    forget_replaced(undone, AUTHORITY, [])
    assert len(kept(undone)) == len(SIZES)  # what was replaced stood at the end of October
    undone.execute("update control.releases set data_as_at = (select min(data_as_at) from control.releases)")
    forget_replaced(undone, AUTHORITY, [])
    assert kept(undone) == []
    undone.rollback()
    undone.execute("update control.releases set data_as_at = (select min(data_as_at) from control.releases)")
    forget_replaced(undone, AUTHORITY, [])
    assert len(kept(undone)) == len(SIZES)


def test_what_rests_on_a_delivery_that_was_taken_back_goes(undone: psycopg.Connection) -> None:
    """Of the schools in it, and of the whole council; other schools keep their past."""
    whole, single = _deliveries(undone)
    schools = sorted(seed_code for seed_code, _ in SIZES)
    forget_replaced(undone, AUTHORITY, [whole, single])
    assert kept(undone) == schools
    forget_replaced(undone, AUTHORITY, [whole])
    assert kept(undone) == schools[1:]
    assert kept(undone, "attendance_by_authority_year") == []
    forget_replaced(undone, AUTHORITY, [])  # the other one says nothing of schools
    assert kept(undone) == []


def test_what_rests_on_a_pupil_who_was_erased_goes(undone: psycopg.Connection) -> None:
    whole, single = _deliveries(undone)
    undone.execute(
        "insert into control.ledger_events (delivery_id, kind, actor) values (%s, 'erased', 'test')", [single]
    )
    undone.execute("update control.releases set event_id = (select max(event_id) from control.ledger_events)")
    forget_replaced(undone, AUTHORITY, [whole, single])
    assert len(kept(undone)) == len(SIZES)  # erased before that release
    undone.execute("update control.releases set event_id = 0")
    forget_replaced(undone, AUTHORITY, [whole, single])
    assert kept(undone) == sorted(seed_code for seed_code, _ in SIZES)[1:]


def _deliveries(connection: psycopg.Connection) -> tuple[int, int]:
    """Two deliveries on which both releases rest: one that says nothing of schools, and one with rows of one school."""
    numbers = []
    for sequence in (1, 2):
        row = connection.execute(
            "insert into control.deliveries (delivery_key, local_authority_code, extract_date, sequence, environment, "
            "manifest_sha256) values (%s, %s, '2025-09-30', %s, 'synthetic', '') returning delivery_id",
            [f"{AUTHORITY}/2025-09-30-{sequence}", AUTHORITY, sequence],
        ).fetchone()
        assert row is not None
        numbers.append(int(row[0]))
    connection.execute("update control.releases set deliveries = %s", [numbers])
    connection.execute(
        "with file as (insert into control.files (delivery_id, feed, file_name, kind, status) "
        "values (%s, 'attendance_openings', 'a.csv', 'delta', 'landed') returning file_id) "
        "insert into control.file_establishments (file_id, seed_code, rows_file, rows_accepted, rows_rejected, "
        "rows_duplicate, key_checksum) select file_id, 5000001, 1, 1, 0, 0, 0 from file",
        [numbers[1]],
    )
    return numbers[0], numbers[1]


def test_a_measure_that_was_not_there_is_not_available(undone: psycopg.Connection) -> None:
    undone.execute("update control.released_before set released = released - 'openings_symbol' - 'attendance_rate'")
    mark_missing(undone, "attendance_by_school_year", "openings_symbol")
    found = undone.execute(
        "select distinct past.attendance_rate, past.openings_symbol from control.released_before as kept "
        "cross join jsonb_populate_record(null::released.attendance_by_school_year, kept.released) as past "
        "where kept.mart = 'attendance_by_school_year'"
    ).fetchall()
    assert found == [(None, "[x]")]


def test_the_past_has_the_scope_of_today(twice: Twice) -> None:
    settings = twice.settings
    query = "select count(*) from aggregated_history.attendance_by_school_year"
    try:
        login(settings, "of_here", authority=AUTHORITY)
        login(settings, "of_there", authority="S12000036")
        with connected(settings, "of_here") as here, connected(settings, "of_there") as there:
            assert here.execute(query).fetchone() == (2 * len(SIZES),)
            assert there.execute(query).fetchone() == (0,)
            plan = str(here.execute(f"explain {query}").fetchall())
        assert "past_attendance_by_school_year" in plan
        assert "released_before" not in plan
        noted = "select distinct login_name, mart from control.sql_reads where login_name like 'of%' order by 1"
        mart = "aggregated_history.attendance_by_school_year"
        assert ask(settings, noted, "auditor") == [("of_here", mart), ("of_there", mart)]
    finally:
        forget(settings, "of_here", "of_there")
