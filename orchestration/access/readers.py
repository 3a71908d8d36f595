"""Readers and groups: found by name, made where they are new."""

import datetime as dt
from dataclasses import dataclass

import psycopg

from orchestration.access.errors import ReaderError
from orchestration.database import connect
from orchestration.database.roles import GROUPS, LOGINS, OWNERS, SCHEMAS
from orchestration.settings import Settings

RESERVED = frozenset({*OWNERS, *GROUPS, *LOGINS, *SCHEMAS, "public", "information_schema"})
NOT_READERS = ("dashboard", *OWNERS, *GROUPS)
"""Roles that see nothing by themselves: the pages name the person they answer, groups and owners have no login."""


@dataclass(frozen=True)
class Person:
    """What is known of a reader besides the short name; None leaves what is on record."""

    display_name: str | None = None
    email: str | None = None
    subject: str | None = None


def reader_id(connection: psycopg.Connection, reader_name: str) -> int:
    """Number of a reader. Raises ReaderError where there is none of that name."""
    row = connection.execute("select reader_id from access.readers where reader_name = %s", [reader_name]).fetchone()
    if row is None:
        raise ReaderError(f"there is no reader {reader_name!r}: see `warehouse access list`")
    return int(row[0])


@dataclass(frozen=True)
class Address:
    """Where a reader is written to: number, and the e-mail address on record, if any."""

    reader_id: int
    email: str | None


def reader_address(settings: Settings, reader_name: str) -> Address:
    """Number and e-mail address of a reader. Raises ReaderError where there is none of that name."""
    with connect(settings, "steward") as connection:
        number = reader_id(connection, reader_name)
        row = connection.execute("select email from access.readers where reader_id = %s", [number]).fetchone()
    return Address(number, row[0] if row else None)


@dataclass(frozen=True)
class Known:
    """A reader as found or made: number, person or login, and whether new."""

    reader_id: int
    kind: str
    is_new: bool


def ensure_reader(
    connection: psycopg.Connection, reader_name: str, person: Person, *, same_person: bool = False
) -> Known:
    """A reader, made if new. What ``person`` says is put on record.

    A new reader whose name is a login of the database is that login; every other is a person who signs in to the
    dashboards. A short name means one person for good: one from whom everything was taken, or who is known by
    another address, counts again only where the caller says that it is the ``same_person``. Raises ReaderError.
    """
    if not reader_name.strip() or reader_name != reader_name.strip() or reader_name in NOT_READERS:
        raise ReaderError(f"{reader_name!r} cannot be a reader: name a person or an analyst's login")
    if person.email and "@" not in person.email.strip("@"):
        raise ReaderError(f"{person.email!r} is no e-mail address")
    found = connection.execute(
        "select reader_id, kind, email, subject, revoked_at::date, "
        "case when valid_until < access.today() then valid_until end "
        "from access.readers where reader_name = %s",
        [reader_name],
    ).fetchone()
    kind = str(found[1]) if found else _kind(connection, reader_name)
    if found and not same_person:
        _refuse_another(reader_name, person, *found[2:])
    if kind == "login" and (person.email or person.subject):
        raise ReaderError(f"{reader_name} is a login of the database and has no e-mail address here")
    try:
        if found is None:
            row = connection.execute(
                "insert into access.readers (reader_name, kind, display_name, email, subject) "
                "values (%s, %s, %s, %s, %s) returning reader_id",
                [reader_name, kind, person.display_name or reader_name, person.email, person.subject],
            ).fetchone()
            assert row is not None
            return Known(int(row[0]), kind, True)
        connection.execute(
            "update access.readers set display_name = coalesce(%s, display_name), email = coalesce(%s, email), "
            "subject = coalesce(%s, subject), revoked_at = null where reader_id = %s",
            [person.display_name, person.email, person.subject, found[0]],
        )
    except psycopg.errors.UniqueViolation:
        raise ReaderError(f"another reader has the e-mail address {person.email}") from None
    return Known(int(found[0]), kind, False)


def ascii_lower(text: str) -> str:
    """Letters A to Z made small, and no others: the Kelvin sign is not a k."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _refuse_another(
    reader_name: str,
    person: Person,
    email: str | None,
    subject: str | None,
    revoked: dt.date | None,
    ended: dt.date | None,
) -> None:
    if revoked or ended:
        raise ReaderError(
            f"{reader_name} was {'revoked' if revoked else 'ended'} on {revoked or ended}, and a name means one person "
            "for good: choose another name, or say with --same-person that the same person is back"
        )
    another_address = person.email is not None and (
        ascii_lower(person.email) != ascii_lower(email) if email is not None else subject is not None
    )
    another_subject = None not in (person.subject, subject) and person.subject != subject
    if another_address or another_subject:
        raise ReaderError(
            f"{reader_name} is known by another address: choose another name, or say with --same-person that the "
            "address of the same person has changed"
        )


def ensure_group(connection: psycopg.Connection, group_name: str) -> int:
    """Number of a group, made if new."""
    row = connection.execute(
        "insert into access.groups (group_name) select %(name)s "
        "where not exists (select from access.groups where group_name = %(name)s) returning group_id",
        {"name": group_name},
    ).fetchone()
    return int(row[0]) if row else group_id(connection, group_name)


def group_id(connection: psycopg.Connection, group_name: str) -> int:
    """Number of a group. Raises ReaderError where there is none of that name."""
    row = connection.execute("select group_id from access.groups where group_name = %s", [group_name]).fetchone()
    if row is None:
        raise ReaderError(f"there is no group {group_name!r}: see `warehouse access list`")
    return int(row[0])


def _kind(connection: psycopg.Connection, reader_name: str) -> str:
    found = connection.execute("select from pg_roles where rolname = %s and rolcanlogin", [reader_name]).fetchone()
    return "login" if found is not None else "person"
