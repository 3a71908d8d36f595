"""The embedded server's life: one server however many start it, and a start that works after any kill -9."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from orchestration.database import (
    AccessError,
    NotRunningError,
    StartError,
    connect,
    ensure_ready,
    start,
    status,
    stop,
)
from orchestration.database.binaries import wheel_binaries
from orchestration.database.configuration import cluster_name
from orchestration.database.home import places
from orchestration.database.process import find_postmaster, is_alive, orphans
from orchestration.settings import PROJECT_DIR, Settings


def answers(settings: Settings) -> int:
    with connect(settings, "transformer") as connection:
        row = connection.execute("select 1").fetchone()
    return row[0] if row else 0


def pid_of(settings: Settings) -> int:
    running = find_postmaster(places(settings).data)
    assert running is not None
    return running.pid


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_it_starts_stops_and_says_so(scratch_home: Path) -> None:
    settings = Settings(home=scratch_home)
    assert not status(settings).running
    assert not stop(settings)
    with pytest.raises(NotRunningError, match="warehouse up"):
        connect(settings, "analyst")

    start(settings)
    known = status(settings)
    assert known.running
    assert known.provisioned
    assert known.version is not None
    assert known.version.startswith("18.")
    assert known.port == int(places(settings).port.read_text())

    assert stop(settings)
    assert not status(settings).running
    with pytest.raises(NotRunningError, match="warehouse up"):
        connect(settings, "analyst")

    start(settings)
    assert status(settings).port == known.port


def test_a_server_that_is_ready_costs_next_to_nothing(settings: Settings) -> None:
    began = time.perf_counter()
    ensure_ready(settings)
    assert time.perf_counter() - began < 0.05


def test_passwords_are_for_the_owner_alone(settings: Settings) -> None:
    path = places(settings).passwords
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(set(json.loads(path.read_text()).values())) == 10


def test_three_starts_at_once_give_one_server_also_after_half_an_initdb(scratch_home: Path) -> None:
    half = places(Settings(home=scratch_home)).folder / "data.new.0000"
    half.mkdir(parents=True)
    half.parent.chmod(0o711)
    (half / "PG_VERSION").write_text("18\n")
    script = (
        "from orchestration.settings import load_settings\n"
        "from orchestration.database import ensure_ready, connect\n"
        "settings = load_settings()\n"
        "ensure_ready(settings)\n"
        "print(connect(settings, 'loader').execute('select pg_postmaster_start_time()').fetchone()[0])\n"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env=os.environ | {"WAREHOUSE_HOME": str(scratch_home)},
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT_DIR,
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=120)[0] for process in starts]
    assert [process.returncode for process in starts] == [0, 0, 0]
    assert len(set(said)) == 1
    assert not half.exists()


def test_it_starts_after_kill_9_of_the_postmaster_and_keeps_what_was_committed(scratch_home: Path) -> None:
    settings = Settings(home=scratch_home)
    start(settings)
    reader = connect(settings, "analyst")
    with connect(settings, "transformer") as connection:
        connection.execute("create table canonical.kept as select 1 as one")
    kill(pid_of(settings))

    ensure_ready(settings)
    with connect(settings, "transformer") as connection:
        assert connection.execute("select one from canonical.kept").fetchone() == (1,)
    # the workers of the dead one are gone: those that are left belong to the new one
    for pid in orphans(cluster_name(places(settings).data)):
        assert _parent(pid) == pid_of(settings)
    reader.close()


def test_a_backend_that_is_killed_does_not_take_the_warehouse_with_it(scratch_home: Path) -> None:
    settings = Settings(home=scratch_home)
    start(settings)
    with connect(settings, "transformer") as connection:
        kill(connection.info.backend_pid)
    assert answers(settings) == 1


def test_a_stale_pid_file_does_not_matter(scratch_home: Path) -> None:
    settings = Settings(home=scratch_home)
    start(settings)
    pid_file = places(settings).data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    zombie = subprocess.Popen(["true"])  # not waited for until the end
    for pid in (4_000_000, os.getpid(), zombie.pid):
        stop(settings)
        pid_file.write_text("\n".join([str(pid), *lines[1:], ""]))
        assert not status(settings).running
        ensure_ready(settings)
        assert answers(settings) == 1
    zombie.wait()


def test_a_start_cut_off_at_any_moment_can_be_repeated(scratch_home: Path) -> None:
    settings = Settings(home=scratch_home)
    script = (
        "from orchestration.settings import load_settings\n"
        "from orchestration.database import ensure_ready\n"
        "ensure_ready(load_settings())\n"
    )
    for seconds in (0.35, 0.7, 1.0):
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            env=os.environ | {"WAREHOUSE_HOME": str(scratch_home)},
            cwd=PROJECT_DIR,
        )
        time.sleep(seconds)
        process.kill()
        process.wait()
    ensure_ready(settings)
    assert answers(settings) == 1


def test_lost_passwords_are_made_anew_and_configured_ones_taken(scratch_home: Path) -> None:
    settings = Settings(home=scratch_home)
    start(settings)
    places(settings).passwords.unlink()
    with pytest.raises(AccessError, match="warehouse up"):
        connect(settings, "analyst")
    start(settings)
    assert answers(settings) == 1

    configured = Settings(home=scratch_home, analyst_password="of-the-council-1")
    ensure_ready(configured)
    with connect(configured, "analyst") as connection:
        assert connection.info.password == "of-the-council-1"


def test_a_taken_port_is_replaced_unless_it_was_asked_for(scratch_home: Path) -> None:
    settings = Settings(home=scratch_home)
    start(settings)
    stop(settings)
    port = int(places(settings).port.read_text())
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(StartError, match="WAREHOUSE_PG_PORT"):
            start(Settings(home=scratch_home, pg_port=port))
        start(settings)
    assert status(settings).port != port


def test_another_major_version_is_refused_in_words(settings: Settings) -> None:
    stop(settings)
    older = Settings(home=settings.home, pg_bin=wheel_binaries(16))
    try:
        with pytest.raises(StartError, match="made by PostgreSQL 18, and the binaries are PostgreSQL 16"):
            start(older)
    finally:
        start(settings)


def test_a_folder_without_binaries_is_refused_in_words(scratch_home: Path) -> None:
    with pytest.raises(StartError, match="WAREHOUSE_PG_BIN"):
        start(Settings(home=scratch_home, pg_bin=scratch_home))


@pytest.mark.skipif(os.geteuid() != 0, reason="PostgreSQL refuses root alone, who has to become somebody else")
def test_root_needs_no_folder_that_others_may_pass(scratch_home: Path) -> None:
    scratch_home.chmod(0o700)
    settings = Settings(home=scratch_home)
    start(settings)
    assert answers(settings) == 1
    assert places(settings).data.stat().st_uid == 0
    kill(pid_of(settings))
    ensure_ready(settings)
    assert answers(settings) == 1


def test_the_server_knows_nothing_of_our_environment(settings: Settings) -> None:
    assert "WAREHOUSE_HOME" in os.environ
    environment = Path(f"/proc/{pid_of(settings)}/environ")
    if environment.exists():
        assert b"WAREHOUSE" not in environment.read_bytes()


def test_server_logs_hold_no_values(settings: Settings) -> None:
    with connect(settings, "transformer") as connection:
        connection.execute("create temporary table people (scn text primary key)")
        connection.execute("insert into people values ('987654321')")
        with pytest.raises(psycopg.errors.UniqueViolation, match="987654321"):  # the client is told
            connection.execute("insert into people values ('987654321')")
    logged = b"".join(path.read_bytes() for path in places(settings).logs.iterdir())
    assert b"987654321" not in logged


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
