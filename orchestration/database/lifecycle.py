"""Start, stop, look, make ready: what the command line, Dagster and the tests call."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from orchestration.database.cluster import ADMIN, known_port, start_locked, stop_locked
from orchestration.database.connections import SERVER_PORT, connect, open_connection, parameters
from orchestration.database.errors import DatabaseError, NotProvisionedError
from orchestration.database.home import locked, make_passwords, places, write_atomically
from orchestration.database.process import find_postmaster
from orchestration.database.provisioning import (
    password_fingerprint,
    provision,
    provisioned_version,
    source_version,
)
from orchestration.database.roles import ROLES
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

    On the `server` target, provision it. Unlike ``ensure_ready`` it always goes through the whole provisioning, so
    that grants and passwords which somebody changed by hand are put right.
    """
    if settings.target == "server":
        provision(settings)
        return
    where = places(settings)
    with locked(where):
        start_locked(settings)
        make_passwords(where, (ADMIN, *ROLES))
        _provision_embedded(settings)


def stop(settings: Settings) -> bool:
    """Stop the embedded server; open transactions are rolled back. Returns whether it was running."""
    if settings.target == "server":
        raise DatabaseError(
            "WAREHOUSE_TARGET is `server`: only the embedded database is started and stopped here."
        )
    where = places(settings)
    if not where.data.exists():
        return False
    with locked(where):
        return stop_locked(where)


def status(settings: Settings) -> ServerStatus:
    """What is known about the database; never raises for a server that is down."""
    embedded = settings.target == "embedded"
    where = places(settings)
    running = find_postmaster(where.data) if embedded else None
    port = known_port(settings) if embedded else settings.pg_port or SERVER_PORT
    known = {
        "target": settings.target,
        "host": "127.0.0.1" if embedded else settings.pg_host,
        "port": port,
        "database": settings.pg_database,
        "process": running.pid if running else None,
        "data": where.data if embedded else None,
    }
    if embedded and running is None:
        return ServerStatus(running=False, provisioned=False, message="run `warehouse up`", **known)  # type: ignore[arg-type]
    try:
        with connect(settings, "loader", autocommit=True) as connection:
            row = connection.execute("select version from control.provisioning").fetchone()
            version = connection.info.parameter_status("server_version")
    except Exception as error:  # noqa: BLE001
        return ServerStatus(running=running is not None, provisioned=False, message=str(error), **known)  # type: ignore[arg-type]
    provisioned = row is not None and row[0] == source_version()
    message = None if provisioned else "run `warehouse up`: roles and tables are older than this code"
    return ServerStatus(running=True, provisioned=provisioned, version=version, message=message, **known)  # type: ignore[arg-type]


def _is_provisioned(settings: Settings) -> bool:
    try:
        return places(settings).provisioned.read_text() == _mark(settings)
    except OSError:
        return False


def _mark(settings: Settings) -> str:
    return f"{settings.pg_database} {source_version()} {password_fingerprint(settings)}\n"


def _provision_embedded(settings: Settings) -> None:
    provision(settings)
    write_atomically(places(settings).provisioned, _mark(settings))


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
                f"The database {settings.pg_database} at {settings.pg_host} is not provisioned for this version, or "
                "the process roles cannot log in: set WAREHOUSE_PG_ADMIN_USER and WAREHOUSE_PG_ADMIN_PASSWORD and "
                "run `warehouse up`, and set WAREHOUSE_LOADER_PASSWORD and the other roles' passwords."
            )
        open_connection(settings, parameters(settings, ADMIN), autocommit=True).close()
        provision(settings)
    _checked_servers().add(this)
