"""Provisioning: database, roles, schemas, grants and the tables that dbt does not make, on every target.

Idempotent, one transaction, under an advisory lock. What was applied is remembered by a hash of its own sources,
so that looking whether it is still needed costs next to nothing.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import psycopg
from psycopg import Connection, sql

from orchestration.database import grants as sql_of
from orchestration.database.binaries import OLDEST_VERSION
from orchestration.database.cluster import ADMIN
from orchestration.database.connections import (
    configured_password,
    embedded_password,
    open_connection,
    parameters,
)
from orchestration.database.errors import AccessError, DatabaseError, NotProvisionedError
from orchestration.database.roles import CONTROL_OWNER, LOGINS
from orchestration.settings import Settings

HERE = Path(__file__).parent
DDL = HERE / "ddl"
FIRST = ("ledger", "vault", "build", "release")  # each may refer to the ones before it; others come after
LOCK = 0x5741_5245_484F_5553  # any number that nobody else uses
LOCK_SECONDS = 30
MAINTENANCE_DATABASE = "postgres"
RECORD = """
create table if not exists control.provisioning (
    only_row boolean primary key default true check (only_row),
    version text not null,
    provisioned_at timestamptz not null default now()
);
comment on table control.provisioning is 'Which provisioning was last applied. One row.';
comment on column control.provisioning.only_row is 'Always true: there is one row.';
comment on column control.provisioning.version is 'Hash of the sources it was made from.';
comment on column control.provisioning.provisioned_at is 'When it was last changed.';
grant select on control.provisioning to pseudonymiser;
"""


@lru_cache
def source_version() -> str:
    """Hash of everything that provisioning is made from: a change in any of it means it runs again."""
    digest = hashlib.sha256()
    for path in (*_ddl_files(), HERE / "roles.py", HERE / "grants.py", HERE / "provisioning.py"):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def provision(settings: Settings) -> None:
    """Bring the database to what this code expects. Running it twice changes nothing.

    Needs the admin's login. Raises AccessError or DatabaseError with the next step; then nothing has changed
    but perhaps an empty database that was made.
    """
    with _admin_connection(settings) as connection:
        _check_version(connection)
        _check_owner(connection, settings)
        connection.execute("select pg_advisory_lock(%s)", (LOCK,))
        try:
            with connection.transaction():
                connection.execute(f"set local lock_timeout = '{LOCK_SECONDS}s'")
                new = sql_of.roles(connection, settings.pg_database)
                sql_of.grants(connection, settings.pg_database)
                for path in _ddl_files():
                    _run_file(connection, path.read_text(), path.name)
                _run_file(connection, RECORD, "provisioning")
                sql_of.existing_tables(connection)
                _remember(connection)
                for role in new:
                    _set_password(connection, settings, role)
        except psycopg.errors.LockNotAvailable as error:
            raise DatabaseError(
                f"Tables of the ledger have been in use for {LOCK_SECONDS} s, so they could not be brought up to "
                "date: wait until the run in progress has ended, then run `warehouse up`."
            ) from error
        except psycopg.errors.InsufficientPrivilege as error:
            said = ": ".join(filter(None, (error.diag.message_primary, error.diag.message_detail)))
            raise AccessError(
                f"{settings.pg_admin_user} may not provision the database ({said}): "
                "name a user who may create databases and roles in WAREHOUSE_PG_ADMIN_USER, with "
                "WAREHOUSE_PG_ADMIN_PASSWORD."
            ) from error
        for role in LOGINS:
            if role not in new and not _can_log_in(settings, role):
                _set_password(connection, settings, role)


def make_database_and_roles(settings: Settings) -> None:
    """Make the database and the roles, and nothing in it yet: what is restored names them as owners."""
    with _admin_connection(settings) as connection, connection.transaction():
        for role in sql_of.roles(connection, settings.pg_database):
            _set_password(connection, settings, role)


def provisioned_version(settings: Settings) -> str | None:
    """The version that a server says it has, asked as a process role; None if that cannot be found out."""
    role = next((name for name in LOGINS if name != "dashboard" and configured_password(settings, name)), "loader")
    try:
        with open_connection(settings, parameters(settings, role), autocommit=True) as connection:
            row = connection.execute("select version from control.provisioning").fetchone()
            return str(row[0]) if row else None
    except (
        AccessError,
        NotProvisionedError,
        psycopg.errors.InsufficientPrivilege,
        psycopg.errors.UndefinedTable,
    ):
        return None


def password_fingerprint(settings: Settings) -> str:
    """Changes when a configured password does, so that the next start sets it. Tells nothing else."""
    configured = [configured_password(settings, role) or "" for role in LOGINS]
    salt = (embedded_password(settings, ADMIN) or "").encode()
    return hashlib.blake2b("\0".join(configured).encode(), key=salt[:64], digest_size=8).hexdigest()


def _ddl_files() -> list[Path]:
    others = sorted(path.stem for path in DDL.glob("*.sql") if path.stem not in FIRST)
    return [DDL / f"{name}.sql" for name in (*FIRST, *others)]


def _admin_connection(settings: Settings) -> Connection:
    known = parameters(settings, ADMIN)
    try:
        return open_connection(settings, known, autocommit=True)
    except NotProvisionedError:
        pass
    maintenance = known | {"dbname": MAINTENANCE_DATABASE}
    with open_connection(settings, maintenance, autocommit=True) as connection:
        _check_version(connection)
        _create_database(connection, settings)
    return open_connection(settings, known, autocommit=True)


def _create_database(connection: Connection, settings: Settings) -> None:
    """Text is ordered by code point on every target and version, so that figures and files come out alike."""
    name = sql.Identifier(settings.pg_database)
    if connection.info.server_version >= 170000:
        locales = ["locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'"]
    else:
        locales = ["lc_collate 'C' lc_ctype 'C.UTF-8'", "lc_collate 'C' lc_ctype 'C'"]
    for locale in locales:
        try:
            connection.execute(
                sql.SQL("create database {} template template0 encoding 'UTF8' {}").format(name, sql.SQL(locale))
            )
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # another process was faster
        except psycopg.errors.WrongObjectType:  # this system has no such locale
            continue
        except psycopg.errors.InsufficientPrivilege as error:
            raise AccessError(
                f"{settings.pg_admin_user} may not create the database {settings.pg_database}: have it made "
                "(encoding UTF8, collation C), or name another WAREHOUSE_PG_ADMIN_USER."
            ) from error
        else:
            connection.execute(sql.SQL("revoke all on database {} from public").format(name))
            if settings.target == "embedded":  # nobody but the admin has business in the others
                connection.execute("revoke all on database postgres, template1 from public")
            return
    raise DatabaseError(f"The database {settings.pg_database} cannot be made: the server has no usable locale.")


def _run_file(connection: Connection, text: str, name: str) -> None:
    connection.execute(sql.SQL("set local role {}").format(sql.Identifier(CONTROL_OWNER)))
    try:
        connection.execute(text.encode())
    except psycopg.Error as error:
        if isinstance(error, psycopg.errors.InsufficientPrivilege | psycopg.errors.LockNotAvailable):
            raise
        raise DatabaseError(f"Provisioning failed in {name}: {error.diag.message_primary}.") from error
    connection.execute("reset role")


def _remember(connection: Connection) -> None:
    connection.execute(sql.SQL("set local role {}").format(sql.Identifier(CONTROL_OWNER)))
    connection.execute(
        "insert into control.provisioning (version) values (%s) on conflict (only_row) do update "
        "set version = excluded.version, provisioned_at = now() "
        "where provisioning.version <> excluded.version",
        (source_version(),),
    )
    connection.execute("reset role")


def _set_password(connection: Connection, settings: Settings, role: str) -> None:
    """Send the salted hash, not the password, so that no server log can hold it."""
    password = parameters(settings, role).get("password")
    if password is None:
        return
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(verifier)))


def _can_log_in(settings: Settings, role: str) -> bool:
    known = parameters(settings, role)
    if "password" not in known:
        return True
    try:
        open_connection(settings, known, autocommit=True).close()
    except AccessError:
        return False
    return True


def _check_owner(connection: Connection, settings: Settings) -> None:
    """Only a database's owner can take it away from PUBLIC; PostgreSQL would merely warn."""
    row = connection.execute(
        "select pg_get_userbyid(datdba), pg_has_role(datdba, 'usage') from pg_database "
        "where datname = current_database()"
    ).fetchone()
    if row is not None and not row[1]:
        raise AccessError(
            f"{settings.pg_admin_user} does not own the database {settings.pg_database}: set "
            f"WAREHOUSE_PG_ADMIN_USER to {row[0]}, or run `alter database ... owner to` as a superuser."
        )


def _check_version(connection: Connection) -> None:
    major = connection.info.server_version // 10000
    if major < OLDEST_VERSION:
        raise DatabaseError(
            f"The server is PostgreSQL {major}: {OLDEST_VERSION} or later is needed (WAREHOUSE_PG_HOST)."
        )
