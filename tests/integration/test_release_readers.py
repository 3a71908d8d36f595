"""What readers see while releases are made and killed: the last good one, whole (RULES 24, 26)."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import date

import psycopg

from orchestration.database import connect
from orchestration.release import release_authority
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.settings import PROJECT_DIR, Settings
from tests.support.release_database import ask, build_marts, contracts, empty, manifest, release, warehouse, world
from tests.support.release_world import AUTHORITY, MONTHS, World, random_world

__all__ = ["contracts", "empty", "manifest", "warehouse", "world"]  # fixtures
SMALL = {("5000001", "primary"): 30, ("5000002", "primary"): 40, ("5000003", "primary"): 25}


def test_readers_never_see_an_empty_table_or_a_mixture(empty: Settings, contracts: tuple[ReleaseContract, ...]) -> None:
    """Thirty releases under two readers, one of them in repeatable-read transactions."""
    build_marts(empty, random_world(SMALL, months=MONTHS[:1]), contracts)
    release(empty)
    stop = threading.Event()
    problems: list[str] = []
    reads = [0, 0]
    query = (
        "select (select min(data_as_at) from aggregated.attendance_by_school_year), "
        "(select max(data_as_at) from aggregated.attendance_by_school_year), "
        "(select data_as_at from aggregated.releases), (select count(*) from aggregated.attendance_by_school_stage)"
    )
    apart = (
        "select min(data_as_at), max(data_as_at), count(*) from aggregated.attendance_by_school_year",
        "select min(data_as_at), max(data_as_at), count(*) from aggregated.attendance_by_school_month",
    )
    stages = ask(empty, query)[0][3]

    def read_once() -> None:
        with connect(empty, "analyst", autocommit=True) as connection:
            while not stop.is_set():
                low, high, released, count = connection.execute(query).fetchone() or (None,) * 4
                if low != high or low != released or count != stages:
                    problems.append(f"{low} {high} {released} {count}")
                reads[0] += 1

    def read_repeatably() -> None:
        with connect(empty, "analyst") as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            while not stop.is_set():
                seen = [connection.execute(statement).fetchone() for statement in apart]  # type: ignore[call-overload]
                connection.rollback()
                dates = {value for row in seen for value in row[:2]}  # type: ignore[union-attr]
                if len(dates) != 1 or not all(row[2] for row in seen):  # type: ignore[index]
                    problems.append(str(seen))
                reads[1] += 1

    def guarded(target: object) -> None:
        try:
            target()  # type: ignore[operator]
        except Exception as error:
            problems.append(repr(error))

    readers = [threading.Thread(target=guarded, args=(target,)) for target in (read_once, read_repeatably)]
    for reader in readers:
        reader.start()
    try:
        for number in range(30):
            with connect(empty, "transformer") as connection:
                as_at = date(2025, 11, 1 + number % 28)
                for contract in contracts:
                    if any(column.name == "data_as_at" for column in contract.columns):
                        connection.execute(f"update aggregated_exact.{contract.mart} set data_as_at = %s", [as_at])
            assert release_authority(empty, AUTHORITY).outcome == "released"
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert problems == []
    assert min(reads) > 30


def test_killed_in_the_middle_the_last_release_stays(
    empty: Settings, world: World, contracts: tuple[ReleaseContract, ...]
) -> None:
    build_marts(empty, world, contracts)
    release(empty)
    before = ask(empty, "select * from aggregated.attendance_by_school_year order by 1, 2, 3, 4")
    build_marts(empty, replace(world, data_as_at=date(2025, 11, 20)), contracts, 2)
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from orchestration.release.door import attendance, release\n"
        "from orchestration.settings import Settings\n"
        "def wait(*arguments):\n"
        "    print('applied', flush=True)\n"
        "    time.sleep(60)\n"
        "attendance.save_memory = wait\n"
        f"release.release_authority(Settings(home=Path({str(empty.home)!r})), {AUTHORITY!r})\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=PROJECT_DIR, env={**os.environ}, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "applied"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert ask(empty, "select * from aggregated.attendance_by_school_year order by 1, 2, 3, 4") == before
    deadline = time.monotonic() + 20
    while (outcome := release(empty)) != "released" and time.monotonic() < deadline:
        time.sleep(0.2)
    assert outcome == "released"
    assert ask(empty, "select distinct data_as_at from aggregated.attendance_by_school_year") == [(date(2025, 11, 20),)]
