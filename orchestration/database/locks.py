"""Advisory locks: landing and build (with release) each run once at a time, on whatever machine they run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import psycopg
from psycopg import Connection
from psycopg.pq import TransactionStatus

from orchestration.database.errors import LockBusyError

LOCK_CLASS = 0x5744  # any number that no other program uses in this database
LOCK_NUMBERS = {"landing": 1, "build": 2}
POLL_SECONDS = 0.2


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
    while not _ask(connection, "select pg_try_advisory_lock(%s, %s)", key):
        if deadline is not None and time.monotonic() >= deadline:
            raise LockBusyError(
                f"Another process is at it ({name}): wait until it has ended and run this again; "
                "`warehouse status` shows what is going on."
            )
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        _release(connection, key)


def _release(connection: Connection, key: tuple[int, int]) -> None:
    if connection.closed or connection.broken:
        return  # the lock went with the connection
    if connection.info.transaction_status == TransactionStatus.INERROR:
        connection.rollback()
    try:
        _ask(connection, "select pg_advisory_unlock(%s, %s)", key)
    except psycopg.OperationalError:
        return  # the connection broke meanwhile, and the lock went with it


def _ask(connection: Connection, query: str, key: tuple[int, int]) -> bool:
    """Ask without leaving a transaction open that was not open before."""
    idle = connection.info.transaction_status == TransactionStatus.IDLE
    row = connection.execute(query, key).fetchone()
    if idle and not connection.autocommit:
        connection.commit()
    return bool(row and row[0])
