"""Locks between processes: landing and build (with release) each run once at a time, on whatever machine they run.

What counts is a lock on a table of ``control`` that no reader has any right to, held by a connection of its own.
Besides, the working connection holds an advisory lock: a statement that outlives its process then holds up the next
one. Anybody may take an advisory lock on a server where no superuser has denied it, so one of a stranger is passed by.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import psycopg
from psycopg import Connection, errors, sql
from psycopg.pq import TransactionStatus

from orchestration.database.errors import LockBusyError
from orchestration.database.roles import PROCESSES

LOCK_CLASS = 0x5744  # any number that no other program uses in this database
LOCK_NUMBERS = {"landing": 1, "build": 2}
HOLDERS = (*PROCESSES, "steward")
POLL_SECONDS = 0.2
IS_HELD = """
select exists (
    select from pg_catalog.pg_locks
    where locktype = 'relation' and relation = to_regclass(%s) and mode = 'ExclusiveLock'
)
"""
STRANGER = """
select activity.usename from pg_catalog.pg_locks as locks
inner join pg_catalog.pg_stat_activity as activity on activity.pid = locks.pid
where locks.locktype = 'advisory' and locks.granted and locks.objsubid = 2
    and locks.database = (select oid from pg_catalog.pg_database where datname = current_database())
    and locks.classid = %s and locks.objid = %s and activity.usename <> all(%s)
"""
log = logging.getLogger(__name__)


def is_at_work(connection: Connection) -> bool:
    """Whether a landing or a build runs at this moment, on whatever machine."""
    return any(_one(connection, IS_HELD, (f"control.lock_{name}",)) == (True,) for name in LOCK_NUMBERS)


@contextmanager
def advisory_lock(
    connection: Connection, name: Literal["landing", "build"], wait_seconds: float | None = None
) -> Iterator[None]:
    """Hold a lock across processes while the block runs. The server frees it if this process dies.

    In: an open connection (it may be in autocommit or not; commits inside the block keep the lock), the name,
    and how long to wait: None for as long as it takes, 0 for not at all. Raises LockBusyError after that.
    Asks again and again instead of queueing, because a role's lock_timeout would end a queue.
    """
    key = (LOCK_CLASS, LOCK_NUMBERS[name])
    deadline = None if wait_seconds is None else time.monotonic() + wait_seconds
    with _beside(connection) as holder:
        while not (_take_table(holder, name) and _take_number(connection, key)):
            if deadline is not None and time.monotonic() >= deadline:
                raise LockBusyError(
                    f"Another process is at it ({name}): wait until it has ended and run this again; "
                    "`warehouse status` shows what is going on."
                )
            holder.rollback()
            time.sleep(POLL_SECONDS)
        try:
            yield
        finally:
            _release(connection, key)


@contextmanager
def _beside(connection: Connection) -> Iterator[Connection]:
    """A second connection of the same role, whose one transaction holds the table and nothing else."""
    known = connection.info.get_parameters()
    options = f"{known.pop('options', '')} -c idle_in_transaction_session_timeout=0"
    address = psycopg.conninfo.make_conninfo(**known, password=connection.info.password, options=options.strip())
    other = psycopg.connect(address)
    try:
        yield other
    finally:
        other.close()


def _take_table(holder: Connection, name: str) -> bool:
    table = f"control.lock_{name}"
    row = holder.execute(IS_HELD, [table]).fetchone()
    if row and row[0]:
        return False
    try:
        holder.execute(sql.SQL("lock table {} in exclusive mode nowait").format(sql.Identifier(*table.split("."))))
    except errors.LockNotAvailable:  # somebody was faster
        return False
    return True


def _take_number(connection: Connection, key: tuple[int, int]) -> bool:
    if _ask(connection, "select pg_try_advisory_lock(%s, %s)", key):
        return True
    stranger = _one(connection, STRANGER, (*key, list(HOLDERS)))
    if stranger is not None:
        log.warning("The login %s holds the advisory lock of a build or a landing: it is passed by.", stranger[0])
    return stranger is not None


def _release(connection: Connection, key: tuple[int, int]) -> None:
    if connection.closed or connection.broken:
        return  # the lock went with the connection
    if connection.info.transaction_status == TransactionStatus.INERROR:
        connection.rollback()
    try:
        held = "select exists (select from pg_catalog.pg_locks where locktype = 'advisory' and pid = pg_backend_pid() "
        held += "and granted and classid = %s and objid = %s)"
        if _ask(connection, held, key):
            _ask(connection, "select pg_advisory_unlock(%s, %s)", key)
    except psycopg.OperationalError:
        return  # the connection broke meanwhile, and the lock went with it


def _ask(connection: Connection, query: str, key: tuple[int, int]) -> bool:
    row = _one(connection, query, key)
    return bool(row and row[0])


def _one(connection: Connection, query: str, values: tuple[object, ...]) -> tuple[object, ...] | None:
    """Ask without leaving a transaction open that was not open before."""
    idle = connection.info.transaction_status == TransactionStatus.IDLE
    row: tuple[object, ...] | None = connection.execute(query, values).fetchone()
    if idle and not connection.autocommit:
        connection.commit()
    return row
