"""Who is head of which school, and so sees its own figures exactly: by name, until a day (RULES 47)."""

import psycopg

from orchestration.access.errors import ReaderError
from orchestration.access.granting import NOBODY_ELSE, STEWARD, Granted, Validity, end_headships, grant_within
from orchestration.access.places import Place
from orchestration.access.readers import Person, reader_id
from orchestration.database import connect
from orchestration.settings import Settings

SCHOOLS_AT_MOST = 2
"""What is protected holds against who knows one school, or the two of a shared headship."""


def grant_head(
    settings: Settings,
    reader_name: str,
    place: Place | None,
    *,
    actor: str,
    validity: Validity,
    person: Person = NOBODY_ELSE,
    group: str | None = None,
    same_person: bool = False,
) -> Granted:
    """Name a person head of a school until a day: the school's scope, and with it the own figures exactly.

    In: as ``grant``, with a last day. Out: as ``grant``; ``scope_id`` is the school's scope, None where it was there.
    Raises ReaderError where it is no school, a group's, without a last day, a third school, or the reader sees more
    than own schools: exact figures beside others' would give hidden ones away.
    """
    with connect(settings, STEWARD) as connection:
        return grant_head_within(connection, reader_name, place, actor, validity, person, group, same_person)


def grant_head_within(
    connection: psycopg.Connection,
    reader_name: str,
    place: Place | None,
    actor: str,
    validity: Validity,
    person: Person = NOBODY_ELSE,
    group: str | None = None,
    same_person: bool = False,
) -> Granted:
    """``grant_head`` inside the caller's transaction, as the steward."""
    if place is None or place.kind != "establishment":
        raise ReaderError("a head is head of a school: name one with --school and --sector")
    if group is not None:
        raise ReaderError("a head is a person by name: a group is head of nothing")
    if validity.last is None:
        raise ReaderError("a headship has a last day: name it with --until")
    done = grant_within(connection, reader_name, place, actor, person, None, validity, same_person)
    _check_scopes(connection, reader_name, done.reader_id, place)
    try:
        connection.execute(
            """
            insert into access.heads
                (reader_id, local_authority_code, seed_code, sector, valid_from, valid_until, granted_by)
            select %(reader)s, %(code)s, %(school)s, %(sector)s, first_day, %(last)s, %(actor)s
            from coalesce(%(first)s::date, access.today()) as first_day
            where not exists (
                select from access.heads
                where heads.reader_id = %(reader)s and heads.revoked_at is null
                    and (heads.local_authority_code, heads.seed_code, heads.sector)
                        = (%(code)s, %(school)s, %(sector)s)
                    and heads.valid_from <= first_day and heads.valid_until >= %(last)s
            )
            """,
            {
                "reader": done.reader_id,
                "code": place.local_authority_code,
                "school": place.seed_code,
                "sector": place.sector,
                "first": validity.first,
                "last": validity.last,
                "actor": actor,
            },
        )
    except psycopg.errors.CheckViolation as error:
        raise ReaderError(
            f"{reader_name} is head of {SCHOOLS_AT_MOST} schools already: revoke one first"
            if "at most" in str(error)
            else f"{reader_name} is a login of the database: heads are people who sign in to the pages"
        ) from None
    return done


def revoke_head(settings: Settings, reader_name: str, place: Place | None, *, actor: str) -> int:
    """Take a headship back, of one school or, where none is named, all of the reader's; scopes stay as they are.

    Out: how many. Raises ReaderError where there is none.
    """
    with connect(settings, STEWARD) as connection:
        count = end_headships(connection, reader_id(connection, reader_name), place, actor)
        if not count:
            raise ReaderError(f"{reader_name} is head of no such school: see `warehouse access list`")
        return count


def _check_scopes(connection: psycopg.Connection, reader_name: str, reader: int, place: Place) -> None:
    """Refuse who sees more than the schools they are head of, this one included."""
    row = connection.execute(
        """
        select scopes.kind, coalesce(scopes.cluster_name, scopes.seed_code, scopes.local_authority_code)
        from access.scopes_in_force as scopes
        where scopes.reader_id = %(reader)s
            and (
                scopes.kind <> 'establishment'
                or (
                    (scopes.seed_code, scopes.sector) <> (%(school)s, %(sector)s)
                    and not exists (
                        select from access.heads
                        where heads.reader_id = scopes.reader_id and heads.revoked_at is null
                            and (heads.seed_code, heads.sector) = (scopes.seed_code, scopes.sector)
                            and heads.valid_until >= access.today()
                    )
                )
            )
        order by 1, 2 limit 1
        """,
        {"reader": reader, "school": place.seed_code, "sector": place.sector},
    ).fetchone()
    if row is not None:
        words = {"establishment": "school", "cluster": "cluster", "authority": "authority"}[str(row[0])]
        raise ReaderError(
            f"{reader_name} sees the {words} {row[1]} as well: exact figures are for heads who see their own schools "
            "alone, since with them others' hidden figures could be worked out"
        )
