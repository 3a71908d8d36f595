"""Dagster's event log in SQLite, for steps that write many events: a night's build writes some 600.

Dagster makes an engine and a connection for each of them. SQLAlchemy keeps the text of a statement with its engine, so
that each event composes its statements anew; that took a tenth of a short run. Here a database keeps its engine, and a
step can hold a connection open. Named in dagster.yaml: the commands, the daemon and the pages use the same.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import dagster as dg
import sqlalchemy
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData

from orchestration.derived import open_to_group

SHARD_OF_ALL_RUNS = "index"
BUSY_TIMEOUT = 60  # seconds to wait for another process that writes
AT_HAND = 4  # engines: that of all runs, and those of the latest


class EventLogStorage(SqliteEventLogStorage):
    """The storage that Dagster comes with, but for how it connects."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, sqlalchemy.Engine] = {}
        super().__init__(base_dir, inst_data)
        self._open_to_group(SHARD_OF_ALL_RUNS)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Make it from what dagster.yaml says."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._open_to_group(shard)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _open_to_group(self, shard: str) -> None:
        """On a server pages and runs are two users; SQLite gives its journals the rights of the database."""
        with suppress(PermissionError):  # the other user's, who has done it
            open_to_group(Path(self.path_for_shard(shard)))

    def _engine(self, shard: str) -> sqlalchemy.Engine:
        """The engine of one database, without a connection of its own: a file that is replaced is read anew."""
        found = self._engines.pop(shard, None) or sqlalchemy.create_engine(
            self.conn_string_for_shard(shard),
            poolclass=sqlalchemy.NullPool,
            connect_args={"timeout": BUSY_TIMEOUT},
        )
        self._engines[shard] = found
        while len(self._engines) > AT_HAND:
            self._engines.pop(next(iter(self._engines)))
        return found


@contextmanager
def event_log_held_open(instance: dg.DagsterInstance, run_id: str) -> Iterator[None]:
    """Hold the log of the run, and the log of all runs, open.

    Dagster connects anew for each event, and SQLite writes its journal back whenever the last connection closes: with
    one more connection a build of 150 models is a second and a half shorter. Nothing for another kind of storage.
    """
    path_for_shard = getattr(instance.event_log_storage, "path_for_shard", None)
    with ExitStack() as held:
        if path_for_shard:
            for shard in (SHARD_OF_ALL_RUNS, run_id):
                path = Path(path_for_shard(shard))
                if path.exists():
                    connection = held.enter_context(closing(sqlite3.connect(path)))
                    connection.execute("select count(*) from sqlite_master").fetchone()  # opens the journal
        yield
