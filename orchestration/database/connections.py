"""Connections, each as one role: addresses, psycopg connections and SQLAlchemy engines."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import psycopg
from psycopg import Connection, conninfo, errors

from orchestration.database.cluster import ADMIN, known_port
from orchestration.database.errors import AccessError, DatabaseError, NotProvisionedError, NotRunningError
from orchestration.database.home import places, read_passwords
from orchestration.database.process import find_postmaster
from orchestration.database.roles import ANALYST, ROLES, login_of
from orchestration.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

EMBEDDED_HOST = "127.0.0.1"
SERVER_PORT = 5432
CONNECT_SECONDS = 10
STARTING_SECONDS = 60
DROPPED_SECONDS = 5
CHANGING_SECONDS = 2
NOT_YET = ("starting up", "in recovery mode", "not yet accepting connections")


def dsn(settings: Settings, role: str, password: bool = True) -> str:
    """Address of the database for a role as a libpq URI, with its password unless told otherwise.

    Raises NotRunningError if the embedded database has never been started, AccessError if its passwords cannot
    be read, DatabaseError if there is no such role.
    """
    known = parameters(settings, role)
    user = quote(known["user"], safe="")
    secret = f":{quote(known['password'], safe='')}" if password and "password" in known else ""
    options = urlencode({"sslmode": known["sslmode"]})
    host = f"[{known['host']}]" if ":" in known["host"] else known["host"]
    return f"postgresql://{user}{secret}@{host}:{known['port']}/{quote(known['dbname'], safe='')}?{options}"


def connect(settings: Settings, role: str, autocommit: bool = False) -> Connection:
    """A new connection as a role; waits a little while the server is starting, or a password is being changed.

    Raises NotRunningError, AccessError or NotProvisionedError, each saying what to do.
    """
    known = parameters(settings, role)
    try:
        return open_connection(settings, known, autocommit=autocommit)
    except AccessError:
        for again in _other_passwords(settings, role, known):
            try:
                return open_connection(settings, again, autocommit=autocommit)
            except AccessError:
                continue
        raise


def connect_login(settings: Settings, name: str, password: str | None) -> Connection:
    """A new connection as a person's login, which is no role of the warehouse's own.

    Raises AccessError where the database refuses it, and the errors of ``connect`` for what stands in the way.
    """
    known = parameters(settings, ANALYST) | {"user": name, "application_name": "warehouse export"}
    known.pop("password", None)
    try:
        return open_connection(settings, known | ({"password": password} if password else {}), autocommit=False)
    except AccessError:
        raise AccessError(
            f"The database at {known['host']}:{known['port']} refuses {name}: set WAREHOUSE_LOGIN_PASSWORD to its "
            "password; if that is right, the login is over (`warehouse access login` prolongs it)."
        ) from None


def libpq_environment(settings: Settings, role: str) -> dict[str, str]:
    """A role's connection as libpq's environment variables, for psql and other programs. Holds a password."""
    known = parameters(settings, role)
    names = {"user": "PGUSER", "dbname": "PGDATABASE", "host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE",
             "password": "PGPASSWORD", "gssencmode": "PGGSSENCMODE"}  # fmt: skip
    return {name: known[key] for key, name in names.items() if key in known}


def _other_passwords(settings: Settings, role: str, known: dict[str, str]) -> Iterator[dict[str, str]]:
    """What to try when a password is refused: the next one; on the embedded database what its file says by then."""
    following = settings.next_passwords.get(role)
    if following is not None:
        yield known | {"password": following.get_secret_value()}
    if settings.target == "server" or role == ADMIN:
        return
    deadline = time.monotonic() + CHANGING_SECONDS
    while time.monotonic() < deadline and _has_just_changed(settings):
        time.sleep(0.05)
        yield parameters(settings, role)


def _has_just_changed(settings: Settings) -> bool:
    try:
        return time.time() - places(settings).passwords.stat().st_mtime < 10 * CHANGING_SECONDS
    except OSError:
        return False


def engine(settings: Settings, role: str) -> "Engine":
    """A SQLAlchemy engine whose connections are those of ``connect``: same role, same errors."""
    from sqlalchemy import create_engine  # takes 0.2 s to import, and most commands do without

    return create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(settings, role),
        pool_pre_ping=True,
        pool_recycle=3600,
    )


def parameters(settings: Settings, role: str) -> dict[str, str]:
    """Connection parameters (libpq names) of a login role or ``admin``; no password where none is known."""
    if role not in (*ROLES, ADMIN):
        raise DatabaseError(f"There is no role {role!r}: use one of {', '.join(ROLES)}.")
    found = {
        "user": settings.pg_admin_user if role == ADMIN else login_of(role),
        "dbname": settings.pg_database,
        "application_name": f"warehouse {role}",
        "connect_timeout": str(CONNECT_SECONDS),
    }
    if settings.target == "server":
        found |= {"host": settings.pg_host, "port": str(settings.pg_port or SERVER_PORT)}
        found["sslmode"] = settings.pg_sslmode
        password = configured_password(settings, role)
    else:
        port = known_port(settings)
        if port is None:
            raise NotRunningError(f"There is no database in {settings.home} yet: run `warehouse up`.")
        found |= {"host": EMBEDDED_HOST, "port": str(port), "sslmode": "disable", "gssencmode": "disable"}
        password = embedded_password(settings, role)
    return found | ({"password": password} if password else {})


def configured_password(settings: Settings, role: str) -> str | None:
    """Password of a role from the settings (``WAREHOUSE_<ROLE>_PASSWORD``), if there is one."""
    secret = settings.pg_admin_password if role == ADMIN else getattr(settings, f"{role}_password")
    return secret.get_secret_value() if secret else None


def embedded_password(settings: Settings, role: str) -> str | None:
    """Password of a role of the embedded database: the configured one, else the generated one."""
    generated = read_passwords(places(settings)).get(role)
    return generated if role == ADMIN else configured_password(settings, role) or generated


def open_connection(settings: Settings, known: dict[str, str], *, autocommit: bool) -> Connection:
    """Connect with these parameters, with errors in words. Waits only while a server is about to be ready."""
    began = time.monotonic()
    while True:
        try:
            return psycopg.connect(conninfo.make_conninfo(**known), autocommit=autocommit)
        except psycopg.OperationalError as error:
            if time.monotonic() - began < _patience(settings, error):
                time.sleep(0.1)
                continue
            # without the cause: its frames hold the password, and some tracebacks print them
            raise _explain(settings, known, error) from None


def _patience(settings: Settings, error: psycopg.OperationalError) -> float:
    """For how many seconds it makes sense to try again."""
    text = str(error)
    if isinstance(error, errors.CannotConnectNow) or any(sign in text for sign in NOT_YET):
        return STARTING_SECONDS
    if "closed the connection unexpectedly" in text or "reset by peer" in text:
        return DROPPED_SECONDS
    if settings.target == "embedded" and "refused" in text:
        running = find_postmaster(places(settings).data)
        return STARTING_SECONDS if running is not None and not running.ready else 0
    return 0


def _explain(settings: Settings, known: dict[str, str], error: psycopg.OperationalError) -> DatabaseError:
    text = str(error)
    where = f"{known['host']}:{known['port']}"
    embedded = settings.target == "embedded"
    if 'database "' in text and "does not exist" in text:
        return NotProvisionedError(
            f"There is no database {known['dbname']} at {where} yet: run `warehouse up`, which makes it."
        )
    if any(sign in text for sign in ("authentication failed", "no password supplied", "pg_hba.conf", "no pg_hba")):
        name = known["user"].removeprefix("shared_")
        variable = "PG_ADMIN" if known["user"] == settings.pg_admin_user else name.upper()
        step = "run `warehouse up`" if embedded else f"set WAREHOUSE_{variable}_PASSWORD, then run `warehouse up`"
        return AccessError(f"The database at {where} refuses {known['user']}: {step}.")
    if "not permitted to log in" in text:
        return AccessError(
            f"{known['user']} may not log in at {where}: where the data are real, people read SQL through logins of "
            "their own (`warehouse access login`)."
        )
    if "permission denied for database" in text:
        return AccessError(
            f"{known['user']} may not connect to the database {known['dbname']} at {where}: run `warehouse up`, "
            "which gives each role what it needs."
        )
    if "too many" in text or "remaining connection slots" in text:
        return DatabaseError(f"The database at {where} has no connection left: close some clients and try again.")
    if embedded and find_postmaster(places(settings).data) is None:
        return NotRunningError(f"The database in {settings.home} is not running: run `warehouse up`.")
    step = (
        "run `warehouse status`" if embedded else "check WAREHOUSE_PG_HOST, WAREHOUSE_PG_PORT and WAREHOUSE_PG_SSLMODE"
    )
    why = text.strip().splitlines()[0].removeprefix("connection failed: ")
    return NotRunningError(f"The database at {where} cannot be reached ({why}): {step}.")
