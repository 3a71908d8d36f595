"""Which project a researcher's login belongs to: one for good, as long as the project is in force."""

import datetime as dt

import psycopg

from orchestration.access.errors import ReaderError
from orchestration.database import connect
from orchestration.database.personal import Login
from orchestration.database.roles import RESEARCHER
from orchestration.settings import Settings

STANDING = "select project_name from access.project_logins where login_name = %s"
STATE = "select state, local_authority_code, valid_until from access.project_states where project_name = %s"


def authority_of_project(settings: Settings, project: str) -> str:
    """GSS code of a project's council. Raises ReaderError where there is no such project."""
    with connect(settings, "steward", autocommit=True) as connection:
        return _state(connection, project)[1]


def join_project(
    connection: psycopg.Connection, login: Login, project: str | None, authority_code: str, actor: str
) -> None:
    """Put a login into a project, or check the one that it has, inside the transaction that makes or prolongs it.

    In: the owner's connection; the project where one is named. Raises ReaderError: another project than before, one
    that is over, another council, a last day after the project's, a login that is no researcher's.
    """
    row = connection.execute(STANDING, [login.name]).fetchone()
    standing = str(row[0]) if row else None
    if project is None and standing is None:
        return
    if login.group != RESEARCHER:
        raise ReaderError(
            f"{login.name} is a login of {login.group}: in a project work researchers (--role researcher)"
        )
    if None not in (project, standing) and project != standing:
        raise ReaderError(
            f"{login.name} is a login of the project {standing}: end it and make another for {project}, so that nobody "
            "has two extracts in one hand"
        )
    name = project or standing
    assert name is not None
    state, authority, until = _state(connection, name)
    if state != "in force":
        raise ReaderError(f"the project {name} is over: see `warehouse project list --all`")
    if authority != authority_code:
        raise ReaderError(f"the project {name} has records of {authority}, not of {authority_code}")
    if login.valid_until is None or login.valid_until > until:
        raise ReaderError(f"the project {name} is over on {until}: name a last day that is not after it")
    if standing is None:
        connection.execute(
            "insert into access.project_logins (login_name, project_name, given_by) values (%s, %s, %s)",
            [login.name, name, actor],
        )


def _state(connection: psycopg.Connection, project: str) -> tuple[str, str, dt.date]:
    row = connection.execute(STATE, [project]).fetchone()
    if row is None:
        raise ReaderError(f"there is no project {project!r}: see `warehouse project list`")
    return row[0], row[1], row[2]
