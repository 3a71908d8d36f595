"""Dagster's event log in SQLite, for steps that write many events: a night's build writes some 600.

Dagster makes an engine, a connection and a transaction for each of them, and asks for each what columns its own tables
have. SQLAlchemy keeps the text of a statement with its engine, so that each event composes its statements anew.
Here a database keeps its engine, and a run its connections; what it writes within a
moment is one transaction, which its own process reads at once and others when it is committed. Named in dagster.yaml:
the commands, the daemon and the pages use the same.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import dagster as dg
import sqlalchemy
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS, EVENT_TYPE_TO_PIPELINE_RUN_STATUS
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData

from orchestration.defs.event_rows import write_asset, write_event
from orchestration.derived import open_to_group

SHARD_OF_ALL_RUNS = "index"
BUSY_TIMEOUT = 60  # seconds to wait for another process that writes
AT_HAND = 4  # engines: that of all runs, and those of the latest
MOMENT = 0.25  # seconds after which others read what was written while the log is held


class EventLogStorage(SqliteEventLogStorage):
    """The storage that Dagster comes with, but for how it connects."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, sqlalchemy.Engine] = {}
        self._open: dict[str, sqlalchemy.Connection] = {}
        self._keeper: _Keeper | None = None
        self._known: set[str] = set()
        self._made: dict[dg.AssetKey, dg.EventLogRecord] = {}
        super().__init__(base_dir, inst_data)
        self._db_lock = threading.RLock()  # type: ignore[assignment]
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
            if self._keeper is None:
                with engine.begin() as connection:
                    yield connection
                return
            self._keeper.raise_trouble()
            try:
                yield self._open.get(shard) or self._begin(engine, shard)
            except BaseException:
                with suppress(sqlalchemy.exc.SQLAlchemyError):  # the events before it are whole
                    self.commit()
                raise

    def _begin(self, engine: sqlalchemy.Engine, shard: str) -> sqlalchemy.Connection:
        """A transaction; SQLite locks the database with the first row that is written in it, and not before."""
        connection = self._open[shard] = engine.connect()
        connection.begin()
        return connection

    def commit(self) -> None:
        """Let others read what was written while the log is held."""
        with self._db_lock:
            while self._open:
                _, connection = self._open.popitem()
                with connection:
                    connection.commit()

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Write an event; that a run has begun or ended is known to all at once."""
        if self._keeper is None:
            super().store_event(event)
        else:
            self._write(event)
        if event.dagster_event is not None and event.dagster_event.is_job_event:
            self.commit()

    def _write(self, event: dg.EventLogEntry) -> None:
        """Write an event to the log of its run, and to that of all runs where Dagster looks for it there."""
        row = self._event_to_row(event)
        with self.run_connection(event.run_id) as connection:
            write_event(connection, row)
        kind = event.dagster_event_type
        if kind in ASSET_EVENTS:
            with self.index_connection() as connection:
                number = write_event(connection, row)
                self._store_asset_event_tags(connection, [event], [number])
                self._store_asset_event(connection, event, number)
        if kind in ASSET_CHECK_EVENTS:
            with self.index_connection() as connection:
                number = write_event(connection, row)
            self.store_asset_check_event(event, number)
        if kind in EVENT_TYPE_TO_PIPELINE_RUN_STATUS:
            with self.index_connection() as connection:
                write_event(connection, row)

    def _store_asset_event(self, conn: sqlalchemy.Connection, event: dg.EventLogEntry, event_id: int) -> None:
        key = event.get_dagster_event().asset_key
        values = self._get_asset_entry_values(event, event_id, self._has_asset_key_index_cols_on_connection(conn))
        if key is None or not values:
            return
        write_asset(conn, key.to_string(), values)
        if event.get_dagster_event().is_step_materialization:
            self._made[key] = dg.EventLogRecord(storage_id=event_id, event_log_entry=event)

    def _get_latest_materialization_records(
        self, raw_asset_rows: Sequence[Any]
    ) -> Mapping[dg.AssetKey, dg.EventLogRecord | None]:
        """The latest materialization of each asset: those of this process's run need not be read."""
        keys = [dg.AssetKey.from_db_string(row["asset_key"]) for row in raw_asset_rows]
        made = {key: self._made[key] for key in keys if key is not None and key in self._made and self._keeper}
        others = [row for row, key in zip(raw_asset_rows, keys, strict=True) if key not in made]
        return {**made, **super()._get_latest_materialization_records(others)} if others else made

    def has_table(self, table_name: str) -> bool:
        """Whether a table is there; Dagster asks for each event, with an engine of its own."""
        return self._once(f"table {table_name}", lambda: SqliteEventLogStorage.has_table(self, table_name))

    def has_secondary_index(self, name: str) -> bool:
        """Whether Dagster has made a summary."""
        return self._once(f"summary {name}", lambda: SqliteEventLogStorage.has_secondary_index(self, name))

    def _has_asset_key_col_on_connection(self, conn: sqlalchemy.Connection, column_name: str) -> bool:
        ask = super()._has_asset_key_col_on_connection
        return self._once(f"column {column_name}", lambda: ask(conn, column_name))

    def _once(self, what: str, is_there: Callable[[], bool]) -> bool:
        """Whether something is there that never goes again, asked until it is."""
        if what not in self._known and is_there():
            self._known.add(what)
        return what in self._known

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
            self.commit()
            self._engines.pop(next(iter(self._engines))).dispose()
        return found

    def _new_engine(self, shard: str) -> sqlalchemy.Engine:
        is_held = self._keeper is not None
        made = sqlalchemy.create_engine(
            self.conn_string_for_shard(shard),
            poolclass=sqlalchemy.QueuePool if is_held else sqlalchemy.NullPool,
            connect_args={"timeout": BUSY_TIMEOUT, "check_same_thread": not is_held},
        )
        if is_held:
            sqlalchemy.event.listen(made, "connect", _wait_for_no_disk)
        return made

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the connections of the databases that are used until the end; within another one, nothing more."""
        if self._keeper is not None:
            yield
            return
        keeper = _Keeper(self)
        self._hold(keeper)
        keeper.start()
        try:
            yield
        finally:
            keeper.ended.set()
            self._hold(None)
        keeper.raise_trouble()

    def _hold(self, keeper: "_Keeper | None") -> None:
        with self._db_lock:
            try:
                self.commit()
            finally:
                for engine in self._engines.values():
                    engine.dispose()
                self._engines.clear()
                self._made.clear()
                self._keeper = keeper


class _Keeper(threading.Thread):
    """Commits what is written to a log that is held, moment by moment."""

    def __init__(self, log: EventLogStorage) -> None:
        super().__init__(daemon=True)
        self._log = log
        self._trouble: sqlalchemy.exc.SQLAlchemyError | None = None
        self.ended = threading.Event()

    def run(self) -> None:
        """Until the log is let go."""
        while not self.ended.wait(MOMENT):
            try:
                self._log.commit()
            except sqlalchemy.exc.SQLAlchemyError as error:
                self._trouble = error

    def raise_trouble(self) -> None:
        """Raise, once and to whom writes next, why the latest moment could not be committed."""
        trouble, self._trouble = self._trouble, None
        if trouble is not None:
            raise trouble


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
