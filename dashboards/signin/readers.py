"""From a session or a sign-in to the reader, as the database knows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from dashboards.kit.page import Reader
from dashboards.signin.provider import Identity

NAME = text("select set_config('warehouse.reader', :reader, true)")
READER = text(
    "select reader_id, reader_name, display_name, access.reader_authorities() as authorities, "
    "access.reader_schools() as schools from access.whoami()"
)


@dataclass(frozen=True)
class Scope:
    """One thing that a reader may see, as it was granted: ``kind`` is authority, cluster or establishment."""

    kind: str
    local_authority_code: str
    cluster_name: str | None
    seed_code: str | None
    sector: str | None


def reader_by_number(connection: Connection, reader_id: int) -> Reader | None:
    """The reader with today's scopes; None if out of date or revoked. Names the reader in this transaction."""
    connection.execute(NAME, {"reader": str(reader_id)})
    row = connection.execute(READER).one_or_none()
    return None if row is None else reader_of_row(row)


def reader_of_row(row: Row[Any]) -> Reader:
    """A reader out of a row with number, names, authorities and schools."""
    return Reader(
        reader_id=row.reader_id,
        reader_name=row.reader_name,
        display_name=row.display_name,
        authorities=tuple(row.authorities),
        schools=tuple(_pair(school) for school in row.schools),
        is_officer=bool(row.authorities),
    )


def reader_by_identity(connection: Connection, identity: Identity) -> int | None:
    """Number of the person who has this subject, or at the first sign-in this verified e-mail address."""
    return connection.execute(
        text("select reader_id from access.reader_for(:subject, :email)"),
        {"subject": identity.subject, "email": identity.email},
    ).scalar_one_or_none()


def example_readers(connection: Connection) -> Sequence[tuple[int, str, str]]:
    """The made-up readers: number, name and what they are called on pages."""
    rows = connection.execute(text("select reader_id, reader_name, display_name from access.example_readers()"))
    return [(row.reader_id, row.reader_name, row.display_name) for row in rows]


def scopes_of_reader(connection: Connection) -> tuple[Scope, ...]:
    """What the reader of this transaction was granted."""
    rows = connection.execute(
        text("select kind, local_authority_code, cluster_name, seed_code, sector from access.my_scopes()")
    )
    return tuple(Scope(row.kind, row.local_authority_code, row.cluster_name, row.seed_code, row.sector) for row in rows)


def _pair(school: str) -> tuple[str, str]:
    seed_code, _, sector = school.partition(" ")
    return seed_code, sector
