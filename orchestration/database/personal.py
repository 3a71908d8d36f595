"""Logins of people: database roles that hold no right by themselves, made from what ``access.logins`` declares."""

import datetime as dt
from dataclasses import dataclass

from psycopg import Connection, sql

from orchestration.database.grants import apply_settings, is_admin_superuser, join_group
from orchestration.database.roles import GROUP_SETTINGS, LOGIN_CONNECTIONS

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
