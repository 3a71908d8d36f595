"""Dagster's event log in SQLite, held open for a step that writes many events."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage


@contextmanager
def event_log_held_open(instance: dg.DagsterInstance, run_id: str) -> Iterator[None]:
    """Hold the log of the run, and the log of all runs, open.

    Dagster connects anew for each event, and SQLite writes its journal back whenever the last connection closes: with
    one more connection a build of 150 models is a second and a half shorter. Nothing for another kind of storage.
    """
    storage = instance.event_log_storage
    with ExitStack() as held:
        if isinstance(storage, SqliteEventLogStorage):
            for shard in (INDEX_SHARD_NAME, run_id):
                path = Path(storage.path_for_shard(shard))
                if path.exists():
                    connection = held.enter_context(closing(sqlite3.connect(path)))
                    connection.execute("select count(*) from sqlite_master").fetchone()  # opens the journal
        yield
