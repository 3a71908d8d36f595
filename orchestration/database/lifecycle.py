"""Start, stop, look, make ready: what the command line, Dagster and the tests call."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import psycopg

from orchestration.database.cluster import ADMIN, known_port, start_locked, stop_locked
from orchestration.database.connections import EMBEDDED_HOST, SERVER_PORT, connect
from orchestration.database.errors import DatabaseError, NotProvisionedError
from orchestration.database.home import locked, make_passwords, places
from orchestration.database.process import find_postmaster
from orchestration.database.provisioning import (
    password_fingerprint,
    provision,
    provisioned_version,
    source_version,
)
from orchestration.database.roles import ROLES
from orchestration.derived import read_derived, write_derived
from orchestration.settings import Settings


@dataclass(frozen=True)
class ServerStatus:
    """What is known about the database."""

    target: str
    running: bool
    provisioned: bool
    host: str
    port: int | None
    database: str
    version: str | None = None
    process: int | None = None
    data: Path | None = None
    message: str | None = None


def ensure_ready(settings: Settings) -> None:
    """Start the embedded server if it is down and provision what is missing; milliseconds when all is there.

    Raises DatabaseError with the reason and the next step.
    """
    if settings.target == "server":
        _ensure_server(settings)
        return
    where = places(settings)
    running = find_postmaster(where.data)
    if (
        running is not None
        and running.ready
        and (settings.pg_port in (None, running.port))
        and _is_provisioned(settings)
    ):
        return
    with locked(where):
        start_locked(settings)
        make_passwords(where, (ADMIN, *ROLES))
        if not _is_provisioned(settings):
            _provision_embedded(settings)


def start(settings: Settings) -> None:
    """Start the embedded server if it is down, make it if there is none, and provision it.

    A server that was down, and the one of the `server` target, go through the whole provisioning, so that grants
    and passwords which somebody changed by hand are put right; a running one only if this code has changed.
    """
    if settings.target == "server":
        provision(settings)
        return
    where = places(settings)
    with locked(where):
        was_running = find_postmaster(where.data) is not None
        start_locked(settings)
        make_passwords(where, (ADMIN, *ROLES))
        if not (was_running and _is_provisioned(settings)):
            _provision_embedded(settings)


def stop(settings: Settings) -> bool:
    """Stop the embedded server; open transactions are rolled back. Returns whether it was running."""
    if settings.target == "server":
        raise DatabaseError("WAREHOUSE_TARGET is `server`: only the embedded database is started and stopped here.")
    where = places(settings)
    if not where.data.exists():
        return False
    with locked(where):
        return stop_locked(settings)


def status(settings: Settings) -> ServerStatus:
    """What is known about the database; never raises for a server that is down."""
    known = _known(settings)
    if known.target == "embedded" and not known.running:
        return replace(known, message="run `warehouse up`")
    try:
        with connect(settings, "loader", autocommit=True) as connection:
            row = connection.execute("select version from control.provisioning").fetchone()
            version = connection.info.parameter_status("server_version")
    except (DatabaseError, psycopg.Error) as error:
        return replace(known, message=str(error))
    if row is None or row[0] != source_version():
        message = "run `warehouse up`: roles and tables are older than this code"
        return replace(known, running=True, version=version, message=message)
    return replace(known, running=True, version=version, provisioned=True)


def _known(settings: Settings) -> ServerStatus:
    """What can be said without asking the server."""
    if settings.target == "server":
        port = settings.pg_port or SERVER_PORT
        return ServerStatus("server", False, False, settings.pg_host, port, settings.pg_database)
    where = places(settings)
    running = find_postmaster(where.data)
    return ServerStatus(
        target="embedded",
        running=running is not None,
        provisioned=False,
        host=EMBEDDED_HOST,
        port=known_port(settings),
        database=settings.pg_database,
        process=running.pid if running else None,
        data=where.data,
    )


def _is_provisioned(settings: Settings) -> bool:
    return read_derived(places(settings).provisioned) == _mark(settings)


def _mark(settings: Settings) -> str:
    return f"{settings.pg_database} {source_version()} {password_fingerprint(settings)}\n"


def _provision_embedded(settings: Settings) -> None:
    provision(settings)
    write_derived(places(settings).provisioned, _mark(settings))


@lru_cache
def _checked_servers() -> set[tuple[str, int | None, str]]:
    return set()


def _ensure_server(settings: Settings) -> None:
    """Ask a server once per process, and provision it only if its version differs from this code's."""
    this = (settings.pg_host, settings.pg_port, settings.pg_database)
    if this in _checked_servers():
        return
    if provisioned_version(settings) != source_version():
        if settings.pg_admin_password is None:
            raise NotProvisionedError(
                f"The database {settings.pg_database} at {settings.pg_host} is not provisioned for this version, "
                "or its roles cannot log in: set WAREHOUSE_LOADER_PASSWORD and the other roles' passwords, and "
                "run `warehouse up` with WAREHOUSE_PG_ADMIN_USER and WAREHOUSE_PG_ADMIN_PASSWORD."
            )
        provision(settings)
    _checked_servers().add(this)
