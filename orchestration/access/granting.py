"""Giving and taking back: scopes are rows that are added and revoked, so that what held when can always be told."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from orchestration.access.errors import ReaderError
from orchestration.access.places import Place
from orchestration.access.readers import Person, ensure_group, ensure_reader, group_id, reader_id
from orchestration.database import connect
from orchestration.database.roles import SHARED
from orchestration.settings import Settings

STEWARD = "steward"
NOBODY_ELSE = Person()


@dataclass(frozen=True)
class Validity:
    """First and last day of a grant, both included; without a last day it holds until it is revoked."""

    first: dt.date | None = None
    last: dt.date | None = None


ALWAYS = Validity()


@dataclass(frozen=True)
class Granted:
    """What a grant did: the reader, whether new, and the scope made; None where it was there or only a group joined."""

    reader_id: int
    is_new_reader: bool
    scope_id: int | None


def grant(
    settings: Settings,
    reader_name: str,
    place: Place | None,
    *,
    actor: str,
    person: Person = NOBODY_ELSE,
    group: str | None = None,
    validity: Validity = ALWAYS,
    same_person: bool = False,
) -> Granted:
    """Let a reader see a place: by a scope of the reader's own, or of a group that the reader joins.

    In: ``actor``, who gives it, for the record; ``validity`` of the scope, or of the membership where there is a
    group; ``same_person``, where one who had left, or is known by another address, is back. Giving what holds already
    changes nothing. Raises ReaderError.
    """
    if place is None and group is None:
        raise ReaderError("name what the reader may see: an authority, a cluster, a school or a group to join")
    with connect(settings, STEWARD) as connection:
        return grant_within(connection, reader_name, place, actor, person, group, validity, same_person)


def grant_within(
    connection: psycopg.Connection,
    reader_name: str,
    place: Place | None,
    actor: str,
    person: Person = NOBODY_ELSE,
    group: str | None = None,
    validity: Validity = ALWAYS,
    same_person: bool = False,
) -> Granted:
    """``grant`` inside the caller's transaction, as the steward."""
    if validity.first and validity.last and validity.last < validity.first:
        raise ReaderError(f"the last day, {validity.last}, is before the first, {validity.first}")
    if validity.last and validity.last < dt.date.today():
        raise ReaderError(f"the last day, {validity.last}, is over")
    reader = ensure_reader(connection, reader_name, person, same_person=same_person)
    if reader.kind == "login":
        _check_login(connection, reader_name, place, group)
    number, is_new = reader.reader_id, reader.is_new
    owner: dict[str, int | None] = {"reader_id": number, "group_id": None}
    if group is not None:
        joined = ensure_group(connection, group)
        _join(connection, joined, number, actor, validity)
        owner, validity = {"reader_id": None, "group_id": joined}, ALWAYS
    scope = _add(connection, owner, place, actor, validity) if place else None
    return Granted(number, is_new, scope)


def _check_login(connection: psycopg.Connection, reader_name: str, place: Place | None, group: str | None) -> None:
    """A login reads one authority: schools, clusters and groups are for the pages, which name a person each time."""
    if group is not None or place is None or place.kind != "authority":
        raise ReaderError(
            f"{reader_name} is a login of the database, which reads one authority: schools, clusters and groups are "
            "for people who sign in to the dashboards"
        )
    row = connection.execute(
        "select scopes.local_authority_code from access.scopes "
        "inner join access.readers on scopes.reader_id = readers.reader_id "
        "where readers.reader_name = %s and scopes.kind = 'authority' and scopes.revoked_at is null "
        "and coalesce(scopes.valid_until, 'infinity') >= access.today() and scopes.local_authority_code <> %s limit 1",
        [reader_name, place.local_authority_code],
    ).fetchone()
    if row is not None and reader_name not in SHARED.values():
        raise ReaderError(f"{reader_name} reads {row[0]}: a login reads one authority, make another for the other")


def _join(connection: psycopg.Connection, group: int, reader: int, actor: str, validity: Validity) -> None:
    connection.execute(
        """
        insert into access.group_members (group_id, reader_id, valid_from, valid_until, granted_by)
        select %(group)s, %(reader)s, first_day, %(last)s::date, %(actor)s
        from coalesce(%(first)s::date, access.today()) as first_day
        where not exists (
            select from access.group_members as members
            where members.group_id = %(group)s and members.reader_id = %(reader)s and members.revoked_at is null
                and members.valid_from <= first_day
                and coalesce(members.valid_until, 'infinity') >= coalesce(%(last)s::date, 'infinity')
        )
        """,
        {"group": group, "reader": reader, "actor": actor, "first": validity.first, "last": validity.last},
    )


def _add(
    connection: psycopg.Connection, owner: dict[str, int | None], place: Place, actor: str, validity: Validity
) -> int | None:
    row = connection.execute(
        """
        insert into access.scopes
            (reader_id, group_id, kind, local_authority_code, cluster_name, seed_code, sector, valid_from,
             valid_until, granted_by)
        select %(reader_id)s::integer, %(group_id)s::integer, %(kind)s, %(code)s, %(cluster)s, %(school)s,
            %(sector)s, first_day, %(last)s::date, %(actor)s
        from coalesce(%(first)s::date, access.today()) as first_day
        where not exists (
            select from access.scopes
            where (scopes.reader_id = %(reader_id)s::integer or scopes.group_id = %(group_id)s::integer)
                and scopes.revoked_at is null and scopes.kind = %(kind)s and scopes.local_authority_code = %(code)s
                and (scopes.cluster_name, scopes.seed_code, scopes.sector)
                    is not distinct from (%(cluster)s::text, %(school)s::text, %(sector)s::text)
                and scopes.valid_from <= first_day
                and coalesce(scopes.valid_until, 'infinity') >= coalesce(%(last)s::date, 'infinity')
        )
        returning scope_id
        """,
        owner | _named(place) | {"actor": actor, "first": validity.first, "last": validity.last},
    ).fetchone()
    return int(row[0]) if row else None


def revoke(
    settings: Settings,
    reader_name: str,
    place: Place | None = None,
    *,
    actor: str,
    group: str | None = None,
) -> int:
    """Take back a reader's own scope of a place, or the membership of a group, or, where neither is named, everything.

    Out: scopes, headships and memberships taken back; with the scope of a school goes the headship. Holds from the
    next query on. Raises ReaderError where there is nothing to take back.
    """
    with connect(settings, STEWARD) as connection:
        number = reader_id(connection, reader_name)
        if group is not None:
            joined = group_id(connection, group)
            count = _end(connection, "group_members", "reader_id = %(reader)s and group_id = %(group)s", actor,
                         {"reader": number, "group": joined})  # fmt: skip
        elif place is not None:
            count = _end(
                connection,
                "scopes",
                "reader_id = %(reader)s and kind = %(kind)s and local_authority_code = %(code)s and "
                "(cluster_name, seed_code, sector) "
                "is not distinct from (%(cluster)s::text, %(school)s::text, %(sector)s::text)",
                actor,
                _named(place) | {"reader": number},
            )
            if place.kind == "establishment":
                count += end_headships(connection, number, place, actor)
        else:
            own: dict[str, int | str | None] = {"reader": number}
            count = _end(connection, "scopes", "reader_id = %(reader)s", actor, own)
            count += _end(connection, "group_members", "reader_id = %(reader)s", actor, own)
            count += end_headships(connection, number, None, actor)
            ended = connection.execute(
                "update access.readers set revoked_at = now() where reader_id = %s and revoked_at is null", [number]
            )
            count += ended.rowcount if not count else 0
        if not count:
            raise ReaderError(f"{reader_name} has no such scope in force: see `warehouse access list`")
        return count


def end_headships(connection: psycopg.Connection, reader: int, place: Place | None, actor: str) -> int:
    """Take back the headships of a reader, or that of one school. Out: how many. Part of the caller's transaction."""
    named = (place.local_authority_code, place.seed_code, place.sector) if place else (None, None, None)
    done = connection.execute(
        """
        update access.heads set revoked_at = now(), revoked_by = %(actor)s
        where revoked_at is null and reader_id = %(reader)s
            and (%(code)s::text is null or (local_authority_code, seed_code, sector)
                = (%(code)s::text, %(school)s::text, %(sector)s::text))
        """,
        {"actor": actor, "reader": reader, **dict(zip(("code", "school", "sector"), named, strict=True))},
    )
    return done.rowcount


def revoke_scope(settings: Settings, scope_id: int, *, actor: str) -> None:
    """Take back one scope by its number, a group's too. Raises ReaderError where it is not there or is over."""
    with connect(settings, STEWARD) as connection:
        if not _end(connection, "scopes", "scope_id = %(scope)s", actor, {"scope": scope_id}):
            raise ReaderError(f"there is no scope {scope_id} in force: see `warehouse access list`")


def _end(
    connection: psycopg.Connection, table: str, condition: str, actor: str, values: Mapping[str, int | str | None]
) -> int:
    done = connection.execute(
        f"update access.{table} set revoked_at = now(), revoked_by = %(actor)s "  # noqa: S608  # both are written here
        f"where revoked_at is null and {condition}",
        {**values, "actor": actor},
    )
    return done.rowcount


def _named(place: Place) -> dict[str, int | str | None]:
    return {
        "kind": place.kind,
        "code": place.local_authority_code,
        "cluster": place.cluster_name,
        "school": place.seed_code,
        "sector": place.sector,
    }
