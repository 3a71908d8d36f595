"""What goes wrong outside the warehouse, in words, each with the next step and an exit code of its own.

A full disk, a database that is gone, too little memory: PostgreSQL, DuckDB, SQLite (Dagster's storage) and Python each
say it in their own way, dbt and Dagster pass it on as text. Here all of these become one message.
"""

import errno
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ALMOST_FULL = 32 * 1024 * 1024  # bytes; a server that can write no log ends without saying why


@dataclass(frozen=True)
class Trouble:
    """One kind of trouble: its name, exit code, words, and whether trying again after a while may mend it."""

    kind: str
    exit_code: int
    words: str
    is_passing: bool = False


KEPT = "What was complete before is kept, nothing is half done"
DISK_FULL = Trouble(
    "disk_full",
    5,
    f"The disk is full. {KEPT}: make room on the disk of the warehouse's home (and of the database, if that is "
    "elsewhere), then run the same again.",
)
DATABASE_LOST = Trouble(
    "database_lost",
    6,
    f"The connection to the database was lost: the server stopped, or somebody ended the connection. {KEPT}: see that "
    "it runs (`warehouse up` starts the embedded one), then run the same again.",
    is_passing=True,
)
OUT_OF_MEMORY = Trouble(
    "out_of_memory",
    7,
    f"There was not enough memory. {KEPT}: end other programs on this machine or the database's, or give file "
    "validation less (WAREHOUSE_MEMORY_LIMIT) and dbt fewer threads (WAREHOUSE_THREADS), then run the same again.",
)
TOO_MANY_CONNECTIONS = Trouble(
    "too_many_connections",
    8,
    f"The database has no connection left. {KEPT}: close programs that are connected to it, then run the same again.",
    is_passing=True,
)
LOCKED = Trouble(
    "locked",
    9,
    "Somebody else held a table or a lock of the database for too long: another run, a backup, or a program with an "
    f"open transaction. {KEPT}: wait until it has ended or close it, then run the same again.",
    is_passing=True,
)
ALL = (DISK_FULL, TOO_MANY_CONNECTIONS, OUT_OF_MEMORY, LOCKED, DATABASE_LOST)
BY_KIND = {trouble.kind: trouble for trouble in ALL}

SQLSTATES = {
    "53100": DISK_FULL,
    "53200": OUT_OF_MEMORY,
    "53300": TOO_MANY_CONNECTIONS,
    "55P03": LOCKED,
    "40P01": LOCKED,
    **dict.fromkeys(("57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006"), DATABASE_LOST),
}
ERRNOS = {
    errno.ENOSPC: DISK_FULL,
    errno.EDQUOT: DISK_FULL,
    errno.EFBIG: DISK_FULL,
    errno.ENOMEM: OUT_OF_MEMORY,
    errno.ECONNREFUSED: DATABASE_LOST,
    errno.ECONNRESET: DATABASE_LOST,
    errno.EPIPE: DATABASE_LOST,
}
CLASSES = {"MemoryError": OUT_OF_MEMORY, "NotRunningError": DATABASE_LOST, "LockBusyError": LOCKED}
# In this order: a full disk takes the server with it, and then both are said.
SIGNS = (
    (
        DISK_FULL,
        r"no space left on device|disk quota exceeded|file too large|database or disk is full|disk i/o error|"
        r"could not (?:extend|write to) file|max_temp_directory_size",
    ),
    (TOO_MANY_CONNECTIONS, r"too many (?:clients|connections)|remaining connection slots|has no connection left"),
    (
        OUT_OF_MEMORY,
        r"\bout of memory\b|cannot allocate memory|could not resize shared memory|failed to allocate|"
        r"\boutofmemory(?:exception|error)?\b",
    ),
    (LOCKED, r"lock timeout|deadlock detected|database is locked|could not obtain lock"),
    (
        DATABASE_LOST,
        r"terminating connection|server closed the connection|connection (?:already closed|is closed|not open|is lost|"
        r"reset|refused|timed out|to server)|connection (?:has been|was) closed|consuming input failed|"
        r"ssl connection has been closed|the connection is (?:closed|lost)|the database system is|"
        r"cannot be reached|is not running: run|could not connect to server|cursor already closed|"
        r"broken pipe|no connection to the server",
    ),
)


def trouble_in(text: str) -> Trouble | None:
    """The trouble that a message tells of, whatever program it comes from; None for anything else."""
    for trouble in ALL:
        if trouble.words in text:
            return trouble
    return next((trouble for trouble, sign in SIGNS if re.search(sign, text, re.IGNORECASE)), None)


def trouble_of(error: BaseException | None, home: Path | None = None) -> Trouble | None:
    """The trouble behind an exception or one of its causes.

    With ``home``: a database that is gone while the home's disk is full is a full disk, which ended it.
    """
    found = next((known for one in chain(error) if (known := _of_one(one))), None)
    return full_disk_behind(found, home)


def full_disk_behind(trouble: Trouble | None, home: Path | None) -> Trouble | None:
    """A server whose disk is full often ends without being able to say so."""
    if trouble is not DATABASE_LOST or home is None:
        return trouble
    try:
        return DISK_FULL if shutil.disk_usage(home).free < ALMOST_FULL else trouble
    except OSError:
        return trouble


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and what it came from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _of_one(error: BaseException) -> Trouble | None:
    named = CLASSES.get(type(error).__name__)
    if named is not None:
        return named
    state = getattr(error, "sqlstate", None)
    if state in SQLSTATES:
        return SQLSTATES[str(state)]
    if isinstance(error, OSError) and error.errno in ERRNOS:
        return ERRNOS[error.errno]
    module = type(error).__module__.partition(".")[0]
    if state is not None or module in {"builtins", "orchestration"}:
        return trouble_in(str(error)) if module == "orchestration" or isinstance(error, RuntimeError) else None
    return trouble_in(str(error)) if module in SPEAKERS else None


SPEAKERS = {"psycopg", "psycopg2", "sqlite3", "sqlalchemy", "_duckdb", "duckdb", "dbt", "dagster", "dbt_common"}
