"""Dagster's event log in SQLite, for steps that write many events: a night's build writes some 600.

Dagster makes an engine and a connection for each of them. SQLAlchemy keeps the text of a statement with its engine, so
that each event composes its statements anew; that took a tenth of a short run, and connecting, writing the journal back
and waiting for the disk a fifth. Here a database keeps its engine, and a run its connections. Named in dagster.yaml:
the commands, the daemon and the pages use the same.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
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
        self._is_held = False
        self._tables_there: set[str] = set()
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

    def has_table(self, table_name: str) -> bool:
        """Whether a table is there, asked until it is: Dagster asks for each event, with an engine of its own."""
        if table_name not in self._tables_there and super().has_table(table_name):
            self._tables_there.add(table_name)
        return table_name in self._tables_there

    def _open_to_group(self, shard: str) -> None:
        """On a server pages and runs are two users; SQLite gives its journals the rights of the database."""
        with suppress(PermissionError):  # the other user's, who has done it
            open_to_group(Path(self.path_for_shard(shard)))

    def _engine(self, shard: str) -> sqlalchemy.Engine:
        """The engine of one database: while the log is held it keeps its connections.

        Else it has none of its own, so that a file that is replaced is read anew.
        """
        found = self._engines.pop(shard, None) or self._new_engine(shard)
        self._engines[shard] = found
        while len(self._engines) > AT_HAND:
            self._engines.pop(next(iter(self._engines))).dispose()
        return found

    def _new_engine(self, shard: str) -> sqlalchemy.Engine:
        made = sqlalchemy.create_engine(
            self.conn_string_for_shard(shard),
            poolclass=sqlalchemy.QueuePool if self._is_held else sqlalchemy.NullPool,
            connect_args={"timeout": BUSY_TIMEOUT, "check_same_thread": not self._is_held},
        )
        if self._is_held:
            sqlalchemy.event.listen(made, "connect", _wait_for_no_disk)
        return made

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the connections of the databases that are used until the end; within another one, nothing more."""
        if self._is_held:
            yield
            return
        self._start(is_held=True)
        try:
            yield
        finally:
            self._start(is_held=False)

    def _start(self, is_held: bool) -> None:
        with self._db_lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()
            self._is_held = is_held


def _wait_for_no_disk(connection: Any, _record: object) -> None:
    """Leave it to the system when the journal is on the disk: a machine that fails loses the latest events at most."""
    connection.execute("pragma synchronous = normal")


@contextmanager
def event_log_held_open(instance: dg.DagsterInstance) -> Iterator[None]:
    """Hold the logs of this process's run and of all runs open. Nothing for another kind of storage."""
    storage = instance.event_log_storage
    if not isinstance(storage, EventLogStorage):
        yield
        return
    with storage.held():
        yield
