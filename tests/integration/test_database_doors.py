"""What outsiders could hold, read or mix up: locks, passwords in process lists, live and made-up data, server logs."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from orchestration.database import (
    AccessError,
    DatabaseError,
    LockBusyError,
    advisory_lock,
    connect,
    ensure_ready,
    is_at_work,
    rotate_passwords,
    statements_for_superuser,
)
from orchestration.database.grants import NOT_FOR_READERS, QUIET_LOGS
from orchestration.database.home import places, read_passwords
from orchestration.database.provisioning import provision
from orchestration.database.roles import LOGINS, ROLES
from orchestration.settings import PROJECT_DIR, Settings
from tests.conftest import NewWarehouse, connect_as_admin
from tests.support.logins import connected, forget, login
from tests.support.main_job import environment
from tests.support.servers import host_of


def test_a_reader_cannot_hold_up_a_build(server_settings: Settings) -> None:
    """Where no superuser denies advisory locks, an analyst once held the nightly build for as long as it liked."""
    login(server_settings, "h_older")
    try:
        with connected(server_settings, "h_older") as held, connect(server_settings, "transformer") as build:
            held.execute("select pg_advisory_lock(22340, 1), pg_advisory_lock(22340, 2)")
            for statement in ("begin; lock table control.lock_build in share mode", "select * from control.lock_build"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    held.execute(statement.encode())
                held.rollback()
            with advisory_lock(build, "build", 0):
                another = connect(server_settings, "auditor")
                assert is_at_work(another), "`make up` leaves the daemon of a running build alone"
                another.close()
                another = connect(server_settings, "releaser")
                with pytest.raises(LockBusyError), advisory_lock(another, "build", 0):
                    pass
                another.close()
                with connect(server_settings, "loader") as landing, advisory_lock(landing, "landing", 0):
                    pass
            provision(server_settings)
            with connect(server_settings, "auditor") as looks:
                assert not is_at_work(looks)
    finally:
        forget(server_settings, "h_older")


def test_a_statement_that_outlives_its_process_holds_up_the_next_build(settings: Settings) -> None:
    """The table's lock goes with its connection; the working connection still has the advisory one."""
    with connect(settings, "transformer", autocommit=True) as orphan, connect(settings, "releaser") as following:
        orphan.execute("select pg_advisory_lock(22340, 2)")
        with pytest.raises(LockBusyError), advisory_lock(following, "build", 0):
            pass


def test_a_process_that_dies_frees_the_lock(settings: Settings) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom orchestration.database import advisory_lock, connect\n"
        "from orchestration.settings import Settings\n"
        f"settings = Settings(home=Path({str(settings.home)!r}))\n"
        "with connect(settings, 'transformer') as c, advisory_lock(c, 'build'):\n"
        "    print('held', flush=True)\n    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=PROJECT_DIR, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "held"
    with connect(settings, "releaser") as connection:
        with pytest.raises(LockBusyError), advisory_lock(connection, "build", 0):
            pass
        process.kill()
        process.wait()
        with advisory_lock(connection, "build", 20):
            pass


def test_psql_gets_its_password_by_the_environment(settings: Settings, tmp_path: Path) -> None:
    """Everybody on a machine can read the arguments of everybody's processes."""
    fake = tmp_path / "psql"
    fake.write_text('#!/bin/sh\necho "arguments: $*"\necho "password: ${PGPASSWORD}"\necho "user: ${PGUSER}"\n')
    fake.chmod(0o755)
    program = (
        "import sys\nimport orchestration.database as database\n"
        f"database.psql_binary = lambda settings: {str(fake)!r}\n"
        "from orchestration.cli import main\nsys.argv = ['warehouse', 'psql', '--role', 'auditor']\n"
        "sys.argv += ['-c', 'select 1']\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environment(settings), cwd=PROJECT_DIR,
                          capture_output=True, text=True, check=True)  # fmt: skip
    password = read_passwords(places(settings))["auditor"]
    assert done.stdout.splitlines() == ["arguments: -c select 1", f"password: {password}", "user: auditor"]


def test_whether_the_data_are_real_is_said_once(either: Settings) -> None:
    with connect(either, "dashboard") as connection:
        assert connection.execute("select environment from control.environment").fetchone() == ("synthetic",)
    for role in ("steward", "releaser", "loader", "transformer"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connect(either, role) as connection:
            connection.execute("update control.environment set environment = 'live'")
    for statement in ("update control.environment set environment = 'live'", "delete from control.environment"):
        with connect_as_admin(either) as admin, pytest.raises(psycopg.errors.CheckViolation):
            admin.execute(statement.encode())


def test_a_process_that_thinks_otherwise_is_refused(either: Settings) -> None:
    other = either.model_copy(update={"environment": "live"})
    from orchestration.database import lifecycle

    lifecycle._checked_servers().clear()
    with pytest.raises(DatabaseError, match="is synthetic, and WAREHOUSE_ENVIRONMENT here is live"):
        ensure_ready(other)
    without_admin = other.model_copy(update={"pg_admin_password": None})
    if either.target == "server":
        with pytest.raises(DatabaseError, match="is synthetic, and WAREHOUSE_ENVIRONMENT here is live"):
            ensure_ready(without_admin)
    ensure_ready(either)


def test_on_live_data_there_are_no_shared_logins_and_no_made_up_readers(new_warehouse: NewWarehouse) -> None:
    live = new_warehouse(environment="live")
    for role in ("analyst", "researcher"):
        with pytest.raises(AccessError):
            connect(live, role)
    with connect(live, "releaser") as connection:
        connection.execute("select access.give_shared_logins('S12000005')")
    with connect(live, "auditor") as connection:
        assert connection.execute("select count(*) from access.readers").fetchone() == (0,)


def test_passwords_change_while_readers_connect(new_warehouse: NewWarehouse) -> None:
    settings = new_warehouse()
    before = read_passwords(places(settings))
    stop, problems, tries = threading.Event(), [], [0]

    def connecting(role: str) -> None:
        while not stop.is_set():
            try:
                connect(settings, role).close()
                tries[0] += 1
            except DatabaseError as error:
                problems.append(str(error))

    threads = [threading.Thread(target=connecting, args=(role,)) for role in ("analyst", "loader", "dashboard")]
    with connect(settings, "auditor", autocommit=True) as standing:
        for thread in threads:
            thread.start()
        try:
            for _ in range(5):
                assert rotate_passwords(settings, ROLES) == list(ROLES)
                time.sleep(0.1)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert standing.execute("select 1").fetchone() == (1,)
    assert problems == []
    assert tries[0] > 20
    after = read_passwords(places(settings))
    assert all(before[role] != after[role] for role in ROLES)


def test_on_a_server_the_next_password_is_named_first(server_settings: Settings) -> None:
    with pytest.raises(AccessError, match="WAREHOUSE_NEXT_PASSWORDS"):
        rotate_passwords(server_settings, ["steward"])
    secret = type(server_settings.loader_password)
    told = server_settings.model_copy(update={"next_passwords": {"steward": secret("the-next-one")}})
    connect(told, "steward").close()  # both before
    rotate_passwords(told, ["steward"])
    try:
        connect(told, "steward").close()  # and after
        connect(server_settings.model_copy(update={"steward_password": secret("the-next-one")}), "steward").close()
        with pytest.raises(AccessError):
            connect(server_settings, "steward")
    finally:
        provision(server_settings)
    connect(server_settings, "steward").close()


def test_a_server_whose_log_may_name_pupils_is_told(server_settings: Settings) -> None:
    """The admin is no superuser there, and cannot quieten it: an error's detail once named an SCN in the log."""
    assert not [said for said in provision(server_settings) if "log_" in said]
    host = host_of(server_settings.home.parent)
    with connect_as_admin(host) as superuser:
        superuser.execute("alter role loader set log_min_error_statement = 'error'")
        superuser.execute("alter role loader set log_statement = 'all'")
        superuser.execute("alter role pseudonymiser set log_min_messages = 'warning'")
    try:
        told = [said for said in provision(server_settings) if said.startswith("NOT put right, for a superuser")]
        wanted = (
            '"loader" in database "warehouse" set log_statement = ' + "'none'",
            "set log_min_error_statement = 'panic'",
            '"pseudonymiser" in database "warehouse" set log_min_messages = ' + "'log'",
        )
        for words in wanted:
            assert [said for said in told if words in said], told
        statements = statements_for_superuser(server_settings)
        with psycopg.connect(conninfo_of(host, server_settings), autocommit=True) as superuser:
            for statement in statements:
                superuser.execute(sql.SQL(statement))  # type: ignore[arg-type]
        assert not [said for said in provision(server_settings) if "for a superuser" in said]
        for query in ("select pg_advisory_lock(1)", "select * from pg_locks", "select pg_database_size('postgres')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connect(server_settings, "analyst") as reader:
                reader.execute(query.encode())
    finally:
        with psycopg.connect(conninfo_of(host, server_settings), autocommit=True) as superuser:
            for role in ROLES:
                name = {"analyst": "shared_analyst", "researcher": "shared_researcher"}.get(role, role)
                superuser.execute(f"alter role {name} reset all")
                for setting in (*QUIET_LOGS, "temp_file_limit"):
                    superuser.execute(f"alter role {name} in database warehouse reset {setting}")
            found = superuser.execute(NOT_FOR_READERS).fetchall()
            functions = ", ".join(signature for (signature,) in found)
            superuser.execute(f"revoke execute on function {functions} from {', '.join(LOGINS)}".encode())
            superuser.execute(f"grant execute on function {functions} to public".encode())


def conninfo_of(host: Settings, server: Settings) -> str:
    from psycopg import conninfo

    from orchestration.database.cluster import ADMIN
    from orchestration.database.connections import parameters

    return conninfo.make_conninfo(**parameters(host, ADMIN) | {"dbname": server.pg_database})


def test_the_environment_has_no_password_of_another_role(settings: Settings) -> None:
    from orchestration.database import libpq_environment

    told = libpq_environment(settings, "auditor")
    assert told["PGUSER"] == "auditor"
    assert not set(told.values()) & {
        value for name, value in read_passwords(places(settings)).items() if name != "auditor"
    }
    assert "PGPASSWORD" not in os.environ
