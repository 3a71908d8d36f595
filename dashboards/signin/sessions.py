"""Sessions: an opaque id in the reader's cookie, its hash and times in ``access.sessions``.

A session ends when its reader signs out, has done nothing for a while, or after so many hours in any case; whoever
has copied the cookie holds nothing then. The table has hashes alone: reading it lets nobody in.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, text

from dashboards.kit.page import Reader
from dashboards.signin.readers import reader_of_row
from orchestration.settings import Settings

ID_BYTES = 32
LONGEST_ID = 64  # characters of a cookie that are looked at
TOUCH_SECONDS = 60  # a page writes the time of last use at most so often
READER_OF_SESSION = text("select * from access.reader_of_session(:hash, :idle, :touch)")


@dataclass(frozen=True)
class Lifetime:
    """How long a session lasts: without use, and in any case."""

    idle: dt.timedelta
    longest: dt.timedelta


def lifetime(settings: Settings) -> Lifetime:
    """From the settings ``session_idle_minutes`` and ``session_hours``."""
    return Lifetime(dt.timedelta(minutes=settings.session_idle_minutes), dt.timedelta(hours=settings.session_hours))


def start_session(connection: Connection, reader_id: int, lasts: Lifetime) -> str:
    """Make a session for a reader and return its opaque id. What has run out is cleared away."""
    opaque = secrets.token_urlsafe(ID_BYTES)
    connection.execute(
        text("delete from access.sessions where expires_at <= now() or last_seen_at <= now() - :idle"),
        {"idle": lasts.idle},
    )
    connection.execute(
        text(
            "insert into access.sessions (session_hash, reader_id, created_at, last_seen_at, expires_at) "
            "values (:hash, :reader, now(), now(), now() + :longest)"
        ),
        {"hash": session_hash(opaque), "reader": reader_id, "longest": lasts.longest},
    )
    return opaque


def session_reader(connection: Connection, opaque: str, lasts: Lifetime) -> tuple[int | None, Reader | None]:
    """Whose session this is, if it is still good, and note that it was used.

    Out: number of the reader, and the reader with the scopes of this moment; a number alone for one who may no
    longer read, whose session is then gone.
    """
    if not opaque or len(opaque) > LONGEST_ID:
        return None, None
    known = {"hash": session_hash(opaque), "idle": lasts.idle, "touch": dt.timedelta(seconds=TOUCH_SECONDS)}
    row = connection.execute(READER_OF_SESSION, known).one_or_none()
    if row is None:
        return None, None
    return row.session_reader, None if row.reader_id is None else reader_of_row(row)


def end_session(connection: Connection, opaque: str | None) -> None:
    """Delete a session; nothing happens if there is none."""
    if opaque and len(opaque) <= LONGEST_ID:
        connection.execute(
            text("delete from access.sessions where session_hash = :hash"), {"hash": session_hash(opaque)}
        )


def session_hash(opaque: str) -> bytes:
    """SHA-256 of the id: 256 random bits need neither salt nor stretching."""
    return hashlib.sha256(opaque.encode()).digest()
