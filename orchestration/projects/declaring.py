"""Projects are declared, prolonged and ended by acts that are added and never changed."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psycopg

from orchestration.access.granting import STEWARD
from orchestration.database import connect
from orchestration.projects.columns import Wanted, wanted_columns
from orchestration.projects.errors import ProjectError
from orchestration.settings import Settings

NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")
STATE = """
select state, purpose, owner_name, local_authority_code, subjects, valid_until, ended_at::date
from access.project_states where project_name = %s
"""


@dataclass(frozen=True)
class Approval:
    """What a project was approved for: name, purpose, owner, GSS code of its council, subjects, columns."""

    name: str
    purpose: str
    owner: str
    local_authority_code: str
    subjects: tuple[str, ...]
    columns: tuple[Wanted, ...]


@dataclass(frozen=True)
class Declared:
    """What a declaration did: the project made, another last day given to one that was there, or nothing."""

    is_new: bool
    is_prolonged: bool


@dataclass(frozen=True)
class Ended:
    """Who read the project until it was ended: names of its logins that were not over."""

    logins: tuple[str, ...]


def approval(
    name: str,
    purpose: str,
    owner: str,
    local_authority_code: str,
    subjects: Iterable[str],
    columns: Iterable[str],
    reasons: Mapping[str, str],
) -> Approval:
    """Check what is asked for. Raises ProjectError, saying what to name instead."""
    if not NAME.fullmatch(name):
        raise ProjectError(f"{name!r} cannot be a project: a small letter, then 1 to 40 small letters, digits and _")
    for what, text in (("purpose", purpose), ("owner", owner)):
        if not text.strip():
            raise ProjectError(f"say the project's {what}: --{what}")
    named = sorted(set(subjects))
    wanted = tuple(wanted_columns(named, columns, reasons))
    return Approval(name, purpose.strip(), owner.strip(), local_authority_code, tuple(named), wanted)


def declare(settings: Settings, project: Approval, until: dt.date, *, actor: str) -> Declared:
    """Put a project on record, or give one that is there another last day. What holds already changes nothing.

    In: ``until``, the last day on which it can be read; ``actor``, for the record. A project is what was approved: with
    another purpose, owner, council, subject or column it is another one. Raises ProjectError.
    """
    if until < dt.date.today():
        raise ProjectError(f"the last day, {until}, is over")
    with connect(settings, STEWARD) as connection:
        standing = connection.execute(STATE, [project.name]).fetchone()
        if standing is not None:
            _same(connection, project, standing)
            if standing[5] == until:
                return Declared(False, False)
            if standing[5] > until:
                raise ProjectError(
                    f"the project {project.name} has been given until {standing[5]}, and its logins rely on it: end it "
                    "sooner with `warehouse project end` on the day"
                )
        else:
            _add(connection, project, actor)
        connection.execute(
            "insert into access.project_terms (project_name, valid_until, given_by) values (%s, %s, %s)",
            [project.name, until, actor],
        )
    return Declared(standing is None, standing is not None)


def end(settings: Settings, name: str, reason: str, *, actor: str) -> Ended:
    """End a project for good: nothing of it is read from the next query on, and its logins see nothing at all.

    Its rows and tokens go with the next build. Raises ProjectError where there is none, or it was ended before.
    """
    if not reason.strip():
        raise ProjectError("say why it is ended: --reason")
    with connect(settings, STEWARD) as connection:
        standing = connection.execute(STATE, [name]).fetchone()
        if standing is None:
            raise ProjectError(f"there is no project {name!r}: see `warehouse project list --all`")
        if standing[0] == "ended":
            raise ProjectError(f"the project {name} was ended on {standing[6]} already")
        connection.execute(
            "insert into access.project_ends (project_name, reason, ended_by) values (%s, %s, %s)",
            [name, reason.strip(), actor],
        )
        rows = connection.execute(
            "select project_logins.login_name from access.project_logins "
            "inner join access.logins on project_logins.login_name = logins.login_name "
            "where project_logins.project_name = %s and logins.ended_at is null order by 1",
            [name],
        ).fetchall()
        logins = [str(login) for (login,) in rows]
        connection.execute(
            "update access.scopes set revoked_at = now(), revoked_by = %s where revoked_at is null "
            "and reader_id in (select reader_id from access.readers where kind = 'login' and reader_name = any(%s))",
            [actor, logins],
        )
    return Ended(tuple(logins))


def _add(connection: psycopg.Connection, project: Approval, actor: str) -> None:
    connection.execute(
        "insert into access.projects (project_name, purpose, owner_name, local_authority_code, subjects, made_by) "
        "values (%s, %s, %s, %s, %s, %s)",
        [project.name, project.purpose, project.owner, project.local_authority_code, list(project.subjects), actor],
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into access.project_columns (project_name, column_name, detail, reason) values (%s, %s, %s, %s)",
            [(project.name, one.column, one.detail, one.reason) for one in project.columns],
        )


def _same(connection: psycopg.Connection, project: Approval, standing: tuple[object, ...]) -> None:
    """Refuse a name that stands for something else."""
    state, purpose, owner, authority, subjects, _, ended = standing
    if state == "ended":
        raise ProjectError(f"the project {project.name} was ended on {ended}: a name means one project for good")
    rows = connection.execute(
        "select column_name, detail, reason from access.project_columns where project_name = %s order by 1",
        [project.name],
    ).fetchall()
    differences = [
        word
        for word, here, there in (
            ("purpose", project.purpose, purpose),
            ("owner", project.owner, owner),
            ("council", project.local_authority_code, authority),
            ("subjects", list(project.subjects), subjects),
            ("columns", [(one.column, one.detail, one.reason) for one in project.columns], rows),
        )
        if here != there
    ]
    if differences:
        raise ProjectError(
            f"the project {project.name} was approved with another {' and '.join(differences)}: only its last day can "
            "change; end it, or declare another under a name of its own"
        )
