"""Provisioning: database, roles, schemas, grants and the tables that dbt does not make, on every target.

Idempotent, one transaction, one at a time. What was applied is remembered by a hash of its own sources, so that other
commands need not look; `warehouse up` compares what the database has with what is declared (``drift``), puts it right
and names it.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import psycopg
from psycopg import Connection, sql

from orchestration.database import drift
from orchestration.database import grants as sql_of
from orchestration.database.binaries import OLDEST_VERSION
from orchestration.database.cluster import ADMIN
from orchestration.database.connections import (
    configured_password,
    embedded_password,
    open_connection,
    parameters,
)
from orchestration.database.doors import move_tables, open_doors
from orchestration.database.environment import check_environment, write_environment
from orchestration.database.errors import AccessError, DatabaseError, NotProvisionedError
from orchestration.database.passwords import set_password
from orchestration.database.personal import put_right_logins
from orchestration.database.roles import CONTROL_OWNER, LOGINS, PROCESSES, ROLES
from orchestration.database.server_log import loud_settings, missing_rights
from orchestration.settings import Settings

HERE = Path(__file__).parent
DDL = HERE / "ddl"
MADE_FROM = ("roles", "grants", "door", "doors", "own_schemas", "provisioning")
FIRST = ("ledger", "environment", "vault", "build", "release")  # each may refer to those before it; others come after
LOCK_SECONDS = 30
MAINTENANCE_DATABASE = "postgres"
RECORD = """
create table if not exists control.provisioning (
    only_row boolean primary key default true check (only_row),
    version text not null,
    provisioned_at timestamptz not null default now()
);
alter table control.provisioning add column if not exists functions text;
comment on column control.provisioning.functions is 'Hash of the functions of access and control, as they were made.';
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
    for path in (*_ddl_files(), *(HERE / f"{name}.py" for name in MADE_FROM)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def provision(settings: Settings) -> list[str]:
    """Bring the database to what this code expects. Running it twice changes nothing.

    Needs the admin's login. Out: what had been changed by hand and was put right, in words; nothing of a database that
    is new or comes from another version of the code. Raises AccessError or DatabaseError with the next step; then
    nothing has changed but perhaps an empty database that was made.
    """
    is_live = settings.environment == "live"
    with _admin_connection(settings) as connection:
        _check_version(connection)
        _check_owner(connection, settings)
        try:
            with connection.transaction():
                connection.execute(f"set local lock_timeout = '{LOCK_SECONDS}s'")
                _one_at_a_time(connection, settings)
                check_environment(connection, settings)
                standing = _standing_version(connection) == source_version()
                drifted = drift.differences(connection, is_live=is_live) if standing else []
                new = sql_of.roles(connection, settings.pg_database, is_live=is_live)
                sql_of.grants(connection, settings.pg_database)
                move_tables(connection)
                for path in _ddl_files():
                    _run_file(connection, path.read_text(), path.name)
                _run_file(connection, RECORD, "provisioning")
                write_environment(connection, settings)
                open_doors(connection)
                sql_of.existing_tables(connection)
                put_right_logins(connection, settings.pg_database)
                drift.put_right(connection, is_live=is_live)
                _remember(connection)
                for role in new:
                    _set_password(connection, settings, role)
        except psycopg.errors.LockNotAvailable as error:
            raise DatabaseError(
                f"Tables of the ledger have been in use for {LOCK_SECONDS} s, so they could not be brought up to "
                "date: wait until the run in progress has ended, then run `warehouse up`."
            ) from error
        except psycopg.errors.InsufficientPrivilege as error:
            why = ": ".join(filter(None, (error.diag.message_primary, error.diag.message_detail)))
            raise AccessError(
                f"{settings.pg_admin_user} may not provision the database ({why}): "
                "name a user who may create databases and roles in WAREHOUSE_PG_ADMIN_USER, with "
                "WAREHOUSE_PG_ADMIN_PASSWORD."
            ) from error
        said = [difference.said for difference in drifted]
        for name, role in zip(LOGINS, ROLES, strict=True):
            if name in new or not sql_of.may_log_in(name, is_live=is_live) or _can_log_in(settings, role):
                continue
            _set_password(connection, settings, name)
            if standing:
                said.append(f"the password of {role} was not the one that is set here")
        if settings.target == "server" and not sql_of.is_admin_superuser(connection):
            said += _check_server(connection, settings)
        return said


def _check_server(connection: Connection, settings: Settings) -> list[str]:
    """Refuse a live warehouse whose server may write a pupil's number into its log; elsewhere say so."""
    loud = loud_settings(settings)
    if loud and settings.environment == "live":
        raise AccessError(
            "The server's log may get numbers of pupils, with errors or statements of these roles. Have a superuser "
            "run, then run `warehouse up` again:\n" + "\n".join(loud)
        )
    said = [f"NOT put right, for a superuser: {statement}" for statement in loud]
    if missing_rights(connection):
        said.append(
            "NOT put right: readers may hold advisory locks, make large objects and read counters of tables; a "
            "superuser runs what `warehouse up --superuser-sql` prints"
        )
    return said


def _one_at_a_time(connection: Connection, settings: Settings) -> None:
    """Wait for another provisioning: the comment on a database is its owner's alone, so no reader can hold this."""
    connection.execute(
        sql.SQL("comment on database {} is 'School data warehouse.'").format(sql.Identifier(settings.pg_database))
    )


def _standing_version(connection: Connection) -> str | None:
    if connection.execute("select to_regclass('control.provisioning')").fetchone() == (None,):
        return None
    row = connection.execute("select version from control.provisioning").fetchone()
    return str(row[0]) if row else None


def make_database_and_roles(settings: Settings) -> None:
    """Make the database and the roles, and nothing in it yet: what is restored names them as owners."""
    with _admin_connection(settings) as connection, connection.transaction():
        for role in sql_of.roles(connection, settings.pg_database, is_live=settings.environment == "live"):
            _set_password(connection, settings, role)


def provisioned_version(settings: Settings) -> str | None:
    """The version that a server says it has, asked as a process role, or as the auditor by a process that only looks.

    None if that cannot be found out.

    Raises DatabaseError where it holds real data and this process expects made-up ones, or the other way round.
    """
    role = next((name for name in (*PROCESSES, "auditor") if configured_password(settings, name)), "loader")
    try:
        with open_connection(settings, parameters(settings, role), autocommit=True) as connection:
            row = connection.execute("select version from control.provisioning").fetchone()
            check_environment(connection, settings)
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
    configured = [configured_password(settings, role) or "" for role in ROLES]
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
    row = connection.execute(drift.FUNCTIONS).fetchone()
    functions = row[0] if row else None
    connection.execute(sql.SQL("set local role {}").format(sql.Identifier(CONTROL_OWNER)))
    connection.execute(
        "insert into control.provisioning (version, functions) values (%(version)s, %(functions)s) "
        "on conflict (only_row) do update "
        "set version = excluded.version, provisioned_at = now(), functions = excluded.functions "
        "where (provisioning.version, provisioning.functions) is distinct from (excluded.version, excluded.functions)",
        {"version": source_version(), "functions": functions},
    )
    connection.execute("reset role")


def _set_password(connection: Connection, settings: Settings, name: str) -> None:
    password = parameters(settings, ROLES[list(LOGINS).index(name)]).get("password")
    if password is not None:
        set_password(connection, name, password)


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
