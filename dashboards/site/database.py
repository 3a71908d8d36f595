"""The database as the pages use it: pooled connections of the role ``dashboard``, one transaction per page.

The reader is named in each transaction as it begins, so a connection that goes back to the pool names nobody.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from dashboards.kit.page import Reader
from orchestration.database import dsn
from orchestration.errors import WarehouseError
from orchestration.settings import Settings

ROLE = "dashboard"
CONNECT_SECONDS = 3  # a page says within seconds that the database is away; ``database.connect`` waits a minute
POOL_SIZE = 8
ALONE = "AUTOCOMMIT"
log = logging.getLogger(__name__)


class Database:
    """Connections for one process. ``engine`` may write (sessions, access log); pages use ``reading``."""

    def __init__(self, settings: Settings) -> None:
        self.engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: _connect(settings),
            pool_size=POOL_SIZE,
            max_overflow=4,
            pool_timeout=10,
            pool_pre_ping=True,  # after a restart of the database no page meets a dead connection
            pool_recycle=3600,
        )
        self._pages = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._single = self.engine.execution_options(isolation_level=ALONE)
        event.listen(self.engine, "begin", name_reader)

    @contextmanager
    def reading(self, reader: Reader | None) -> Iterator[Connection]:
        """One repeatable-read, read-only transaction under the scope of the reader; nobody sees nothing.

        Raises ``sqlalchemy.exc.OperationalError`` when the database cannot be reached.
        """
        named = self._pages.execution_options(reader_id=reader.reader_id if reader else None)
        with named.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that may write what the role may: sessions and the access log. It names no reader."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def noting(self, reader: Reader) -> Iterator[Connection]:
        """One transaction that may write and names the reader: a line about what is about to be read."""
        named = self.engine.execution_options(reader_id=reader.reader_id)
        with named.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def single(self) -> Iterator[Connection]:
        """For one statement that commits by itself and names no reader: fewer round trips than ``writing``."""
        with self._single.connect() as connection:
            yield connection

    def is_reachable(self) -> bool:
        """Whether the database answers."""
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("select 1")
        except (SQLAlchemyError, WarehouseError, OSError):
            return False
        return True

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _connect(settings: Settings) -> psycopg.Connection:
    """A connection; with the next password where the role has been given it already."""
    options = {"connect_timeout": CONNECT_SECONDS, "application_name": "warehouse dashboards"}
    try:
        return psycopg.connect(dsn(settings, ROLE), **options)  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        following = settings.next_passwords.get(ROLE)
        if following is None or "authentication failed" not in str(error):
            raise
        return psycopg.connect(dsn(settings, ROLE), password=following.get_secret_value(), **options)  # type: ignore[arg-type]


def name_reader(connection: Connection) -> None:
    """Say in this transaction, and no longer, who reads: ``access.current_reader`` looks it up."""
    options = connection.get_execution_options()
    if options.get("isolation_level") == ALONE:
        return
    reader_id = options.get("reader_id")
    connection.exec_driver_sql(
        "select set_config('warehouse.reader', %s, true)", ("" if reader_id is None else str(reader_id),)
    )
