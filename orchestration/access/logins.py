"""Logins of people who read SQL: made, prolonged and ended. Each belongs to a group and reads one authority.

A researcher's belongs to a project as well, for good: without one it reads no records, and it is over with its project.
"""

import contextlib
import datetime as dt
import re
from dataclasses import dataclass

import psycopg
from psycopg import sql

from orchestration.access.errors import ReaderError
from orchestration.access.granting import Validity, grant_within
from orchestration.access.places import Place
from orchestration.access.project_logins import join_project
from orchestration.access.readers import RESERVED
from orchestration.database import connect, new_password, set_password
from orchestration.database.cluster import ADMIN
from orchestration.database.own_schemas import drop_schema
from orchestration.database.personal import Login, make_login
from orchestration.database.roles import CONTROL_OWNER, GROUPS, SCHEMAS
from orchestration.settings import Settings

NAME = re.compile(r"[a-z][a-z0-9_]{1,62}")
DROP_SECONDS = 5


@dataclass(frozen=True)
class MadeLogin:
    """What was made: the login, and its password where it is new; a login that was there keeps its own."""

    login: Login
    password: str | None


def give_login(
    settings: Settings,
    name: str,
    group: str,
    authority_code: str,
    until: dt.date,
    *,
    actor: str,
    password: str | None = None,
    project: str | None = None,
) -> MadeLogin:
    """Make a login of a person, or give one that is there another last day.

    In: ``group``, whose rights it has; the authority that it reads; the last day; a password where it is not to be
    made up; the ``project`` of a researcher. Needs the admin's login. Raises ReaderError, and AccessError where the
    admin may not.
    """
    _check(name, group, until)
    login = Login(name, group, until, is_open=True)
    with connect(settings, ADMIN) as connection:
        is_new = _is_new(connection, name, group)
        _as_owner(connection)
        connection.execute(
            "insert into access.logins (login_name, group_name, valid_until, made_by) values (%s, %s, %s, %s) "
            "on conflict (login_name) do update set valid_until = excluded.valid_until",
            [name, group, until, actor],
        )
        join_project(connection, login, project, authority_code, actor)
        connection.execute("reset role")
        make_login(connection, login, settings.pg_database)
        _as_owner(connection)
        grant_within(connection, name, Place("authority", authority_code), actor, validity=Validity(last=until))
        connection.execute("reset role")
        made = (password or new_password()) if is_new else password
        if made is not None:
            set_password(connection, name, made)
    return MadeLogin(login, made)


def end_login(settings: Settings, name: str, *, actor: str) -> None:
    """End a login for good: it cannot log in, its scope is revoked, its sessions are cut, its tables go.

    Its name stays taken. Tables that a session holds which cannot be cut go with the next ``warehouse up``.
    """
    with connect(settings, ADMIN) as connection:
        _as_owner(connection)
        ended = connection.execute(
            "update access.logins set ended_at = now(), ended_by = %s where login_name = %s and ended_at is null",
            [actor, name],
        )
        if not ended.rowcount:
            raise ReaderError(f"there is no login {name!r} to end: see `warehouse access review`")
        connection.execute(
            "update access.scopes set revoked_at = now(), revoked_by = %s where revoked_at is null "
            "and reader_id in (select reader_id from access.readers where reader_name = %s)",
            [actor, name],
        )
        connection.execute(
            "update access.readers set revoked_at = now() where reader_name = %s and revoked_at is null", [name]
        )
        connection.execute("reset role")
        if connection.execute("select from pg_catalog.pg_roles where rolname = %s", [name]).fetchone() is not None:
            connection.execute(sql.SQL("alter role {} nologin password null").format(sql.Identifier(name)))
            # a session that cannot be cut is left without rights by its next statement
            groups = sql.SQL(", ").join(map(sql.Identifier, GROUPS))
            connection.execute(sql.SQL("revoke {} from {}").format(groups, sql.Identifier(name)))
    with connect(settings, ADMIN, autocommit=True) as connection:
        # sessions that may not be cut read nothing any more, and end by themselves
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [name])
        if name not in SCHEMAS:
            connection.execute(f"set lock_timeout = '{DROP_SECONDS}s'")
            with contextlib.suppress(psycopg.errors.LockNotAvailable):
                drop_schema(connection, name)


def new_login_password(settings: Settings, name: str, password: str | None = None) -> str:
    """Give a person's login another password; sessions that are open stay. Raises ReaderError."""
    with connect(settings, ADMIN) as connection:
        known = connection.execute(
            "select from access.logins where login_name = %s and ended_at is null", [name]
        ).fetchone()
        if known is None:
            raise ReaderError(f"there is no login {name!r}: make it with `warehouse access login`")
        made = password or new_password()
        set_password(connection, name, made)
    return made


def _check(name: str, group: str, until: dt.date) -> None:
    if group not in GROUPS:
        raise ReaderError(f"there is no role {group!r} for people: choose {' or '.join(GROUPS)}")
    if not NAME.fullmatch(name) or name.startswith("pg_") or name in RESERVED:
        raise ReaderError(f"{name!r} cannot be a login: small letters, digits and _, and not the warehouse's own")
    if until < dt.date.today():
        raise ReaderError(f"the last day, {until}, is over")


def _is_new(connection: psycopg.Connection, name: str, group: str) -> bool:
    known = connection.execute(
        "select group_name, ended_at is not null from access.logins where login_name = %s", [name]
    ).fetchone()
    exists = connection.execute("select from pg_catalog.pg_roles where rolname = %s", [name]).fetchone() is not None
    if known is None:
        if exists:
            raise ReaderError(
                f"the server has a role {name} already, which is not the warehouse's: choose another name"
            )
        taken = connection.execute("select from access.readers where reader_name = %s", [name]).fetchone()
        if taken is not None:
            raise ReaderError(f"{name} is or was a reader: a name means one person for good, choose another")
        return True
    if known[1]:
        raise ReaderError(f"the login {name} was ended: a name means one person for good, choose another")
    if known[0] != group:
        raise ReaderError(f"{name} is a login of {known[0]}: end it and make another for {group}")
    return not exists


def _as_owner(connection: psycopg.Connection) -> None:
    connection.execute(sql.SQL("set local role {}").format(sql.Identifier(CONTROL_OWNER)))
