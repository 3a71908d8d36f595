"""Full disks, lost databases and the like have words, a next step and an exit code of their own."""

import errno
import sqlite3
import sys

import duckdb
import psycopg
import pytest
import sqlalchemy.exc

from orchestration import cli
from orchestration.cli.output import Exit
from orchestration.database import LockBusyError, NotRunningError
from orchestration.landing import LandingError
from orchestration.trouble import ALL, BY_KIND, trouble_in, trouble_of

SQLITE_FULL = sqlite3.OperationalError("database or disk is full")
CASES = [
    (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk_full"),
    (SQLITE_FULL, "disk_full"),
    (sqlalchemy.exc.OperationalError("INSERT INTO event_logs", {}, SQLITE_FULL), "disk_full"),
    (psycopg.errors.DiskFull('could not extend file "base/1": No space left on device'), "disk_full"),
    (LandingError("could not be landed (No space left on device, /x)"), "disk_full"),
    (duckdb.IOException("Could not write file: No space left on device"), "disk_full"),
    (psycopg.errors.AdminShutdown("terminating connection due to administrator command"), "database_lost"),
    (psycopg.OperationalError("server closed the connection unexpectedly"), "database_lost"),
    (psycopg.OperationalError("the connection is closed"), "database_lost"),
    (psycopg.errors.CannotConnectNow("the database system is shutting down"), "database_lost"),
    (NotRunningError("The database in /x is not running: run `warehouse up`."), "database_lost"),
    (psycopg.errors.OutOfMemory("out of memory"), "out_of_memory"),
    (MemoryError(), "out_of_memory"),
    (duckdb.OutOfMemoryException("failed to allocate data"), "out_of_memory"),
    (LandingError("Validation stopped (OutOfMemoryException): see that the home has free space"), "out_of_memory"),
    (psycopg.errors.TooManyConnections("sorry, too many clients already"), "too_many_connections"),
    (psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"), "locked"),
    (psycopg.errors.DeadlockDetected("deadlock detected"), "locked"),
    (LockBusyError("Another process is at it (build)"), "locked"),
]


@pytest.mark.parametrize(("error", "kind"), CASES)
def test_each_way_to_say_it_is_known(error: Exception, kind: str) -> None:
    found = trouble_of(error)
    assert found is BY_KIND[kind]
    wrapped = RuntimeError("a step failed")
    wrapped.__cause__ = error
    assert trouble_of(wrapped) is found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('Database Error in model x\n  could not extend file "base/5/1": No space left on device', "disk_full"),
        ("Database Error in model x\n  terminating connection due to administrator command", "database_lost"),
        ("server closed the connection unexpectedly\n\tThis probably means", "database_lost"),
        ("Database Error in model x\n  out of memory\n  DETAIL:  Failed on request of size 8", "out_of_memory"),
        (
            "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
            "too_many_connections",
        ),
        ("Database Error in model x\n  canceling statement due to lock timeout", "locked"),
        ("Database Error in model x\n  canceling statement due to statement timeout", None),
        ('relation "canonical.pupils" does not exist', None),
        ("column disk_space does not exist", None),
    ],
)
def test_what_dbt_passes_on_as_text_is_known(text: str, kind: str | None) -> None:
    found = trouble_in(text)
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize("error", [ValueError("no space left"), KeyError("out of memory"), OSError(errno.EACCES, "x")])
def test_an_error_of_the_program_is_not_trouble_from_outside(error: Exception) -> None:
    assert trouble_of(error) is None


def test_each_kind_has_an_exit_code_and_a_next_step_of_its_own() -> None:
    assert len({trouble.exit_code for trouble in ALL}) == len(ALL)
    for trouble in ALL:
        assert Exit(trouble.exit_code).name.lower() == trouble.kind
        assert "run the same again" in trouble.words
        assert trouble_in(trouble.words) is trouble


@pytest.mark.parametrize(("error", "kind"), CASES)
def test_the_command_line_ends_in_words_and_with_that_code(
    error: Exception, kind: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def stop() -> None:
        raise error

    monkeypatch.setattr(cli, "app", stop)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == BY_KIND[kind].exit_code
    said = capfd.readouterr().err
    assert "Traceback" not in said
    assert "database or disk is full" not in said
    assert sys.exc_info()[0] is None
