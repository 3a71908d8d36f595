"""What goes wrong at one authority refuses that authority, by name and step, and no other.

Every attempt has a connection of its own, so that nothing half done is left for the next.
"""

import traceback
from collections.abc import Callable
from pathlib import Path

import psycopg

from orchestration.errors import WarehouseError
from orchestration.release.door.gate import Refusal
from orchestration.release.door.record import ReleaseResult
from orchestration.release.limits import Watch, limited
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.trouble import DATABASE_LOST, DISK_FULL, LOCKED, TOO_MANY_CONNECTIONS, trouble_of

HOP = "exact marts to released marts"
STANDS = "readers keep its last good release"

OF_NO_AUTHORITY = (DISK_FULL, DATABASE_LOST, TOO_MANY_CONNECTIONS, LOCKED)

Attempt = Callable[[Settings, str], ReleaseResult]
Refuse = Callable[[Settings, str, Refusal], ReleaseResult]


def _where(error: BaseException) -> str:
    """The last line of the project's own code that the error passed, as ``suppression.py:120``."""
    own = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(str(PROJECT_DIR / "orchestration"))
    ]
    return f" at {own[-1]}" if own else ""


def in_words(error: Exception, step: str) -> str:
    """Why a release stopped. Other programs' own messages are left out: they may quote a row."""
    if isinstance(error, psycopg.errors.QueryCanceled):
        why = "a statement took longer than a release may take, or was cancelled"
    elif isinstance(error, WarehouseError):
        why = str(error)
    elif isinstance(error, psycopg.Error):
        why = f"the database answered {type(error).__name__} ({error.sqlstate or 'no code'}){_where(error)}"
    elif isinstance(error, MemoryError):
        why = "there is not enough memory"
    else:
        why = f"{type(error).__name__}{_where(error)}"
    return f"release stopped at {step}: {why}; {STANDS}"


def is_lost(error: Exception) -> bool:
    """Whether the connection was lost, which says nothing of the authority: it is worth a second try."""
    return isinstance(error, psycopg.OperationalError) and (
        error.sqlstate is None or (error.sqlstate[:2] in ("08", "57") and error.sqlstate != "57014")
    )


def contained(settings: Settings, authority: str, attempt: Attempt, refuse: Refuse) -> ReleaseResult:
    """Release an authority, or refuse it with what went wrong: any error, or more time than it may take.

    A lost connection is tried once more. What ends the whole process is raised: an interrupt, and what lies outside
    the warehouse and says nothing of the authority (a full disk, a database that is gone, a lock that others hold).
    """
    for tries_left in (1, 0):
        watch = Watch(settings.release_seconds)
        try:
            with limited(settings.release_seconds) as watch:
                return attempt(settings, authority)
        except Exception as error:
            if is_lost(error) and tries_left:
                continue
            if trouble_of(error) in OF_NO_AUTHORITY:
                raise
            return refuse(settings, authority, Refusal(in_words(error, watch.step), HOP))
    raise AssertionError("a second try ends in a result")
