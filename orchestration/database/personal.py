"""Logins of people: database roles made from what ``access.logins`` declares.

A login holds no right by itself, but for an analyst's to the schema of its name, where its own tables are.
"""

import datetime as dt
from dataclasses import dataclass

from psycopg import Connection, sql

from orchestration.database.grants import apply_settings, is_admin_superuser, join_group
from orchestration.database.own_schemas import make_schema
from orchestration.database.roles import ANALYST, GROUP_SETTINGS, LOGIN_CONNECTIONS, SCHEMAS, SHARED

DECLARED = """
select logins.login_name, logins.group_name, logins.valid_until,
    logins.ended_at is null and coalesce(readers.revoked_at is null, true)
from access.logins left join access.readers
    on readers.reader_name = logins.login_name and readers.kind = 'login'
order by 1
"""


@dataclass(frozen=True)
class Login:
    """A declared login: its group, its last day, and whether it is still to be let in."""

    name: str
    group: str
    valid_until: dt.date | None
    is_open: bool

    @property
    def has_schema(self) -> bool:
        """Whether it may keep tables of its own. A researcher may not: copies would outlive the project."""
        return self.is_open and self.group == ANALYST and self.name not in SCHEMAS


def logins(connection: Connection) -> list[Login]:
    """Every login that was ever declared, by name."""
    return [Login(*row) for row in connection.execute(DECLARED).fetchall()]


def make_login(connection: Connection, login: Login, database: str) -> None:
    """Make the role where it is missing, and bring it to what is declared; its password is left as it is.

    In: the admin's connection inside a transaction.
    """
    this = sql.Identifier(login.name)
    exists = connection.execute("select from pg_catalog.pg_roles where rolname = %s", [login.name]).fetchone()
    if exists is None:
        connection.execute(sql.SQL("create role {} nologin").format(this))
    # the day ends in Scotland
    until = f"{login.valid_until + dt.timedelta(days=1)} 00:00 Europe/London" if login.valid_until else "infinity"
    connection.execute(
        sql.SQL("alter role {} {} inherit connection limit {} valid until {}").format(
            this, sql.SQL("login" if login.is_open else "nologin"), sql.Literal(LOGIN_CONNECTIONS), sql.Literal(until)
        )
    )
    connection.execute(
        sql.SQL("comment on role {} is {}").format(this, sql.Literal(f"A person's login: {login.group}."))
    )
    if login.is_open:
        join_group(connection, login.name, login.group)
        apply_settings(
            connection, login.name, GROUP_SETTINGS[login.group], database,
            is_superuser=is_admin_superuser(connection),
        )  # fmt: skip
    if login.has_schema:
        make_schema(connection, login.name)


def put_right_logins(connection: Connection, database: str) -> None:
    """Bring every declared login whose role is there to what is declared; one that was dropped stays away."""
    known = {
        name
        for (name,) in connection.execute(
            "select rolname from pg_catalog.pg_roles inner join access.logins on login_name = rolname"
        ).fetchall()
    }
    for login in logins(connection):
        if login.name in known:
            make_login(connection, login, database)
    for name in own_schemas(connection):
        make_schema(connection, name)


def own_schemas(connection: Connection) -> list[str]:
    """Logins that keep tables of their own, each in the schema of its name: analysts' whose role is there."""
    people = [login.name for login in logins(connection) if login.has_schema]
    rows = connection.execute(
        "select rolname from pg_catalog.pg_roles where rolname = any(%s) or (rolname = %s and rolcanlogin) order by 1",
        [people, SHARED[ANALYST]],
    ).fetchall()
    return [str(name) for (name,) in rows]


def standing_schemas(connection: Connection) -> list[str]:
    """Those of ``own_schemas`` that are there; what is missing is told as that, and not as a missing right."""
    rows = connection.execute(
        "select nspname from pg_catalog.pg_namespace where nspname = any(%s) order by 1", [own_schemas(connection)]
    ).fetchall()
    return [str(name) for (name,) in rows]


def left_schemas(connection: Connection) -> list[str]:
    """Schemas of logins that are over: what could not be dropped when they ended."""
    over = [login.name for login in logins(connection) if not login.has_schema and login.name not in SCHEMAS]
    rows = connection.execute(
        "select nspname from pg_catalog.pg_namespace where nspname = any(%s) order by 1", [over]
    ).fetchall()
    return [str(name) for (name,) in rows]
