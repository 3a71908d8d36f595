"""How long it is kept who read what: a number of days in ``access.retention``, applied every night."""

from typing import LiteralString

from orchestration.database import connect
from orchestration.settings import Settings


def forget_page_reads(settings: Settings) -> int:
    """Delete lines of ``control.page_reads`` that are older than the rule says. Out: how many there were."""
    return _forget(settings, "select access.forget_page_reads()")


def forget_sql_reads(settings: Settings) -> int:
    """The same for ``control.sql_reads``."""
    return _forget(settings, "select access.forget_sql_reads()")


def forget_own_school_reads(settings: Settings) -> int:
    """The same for ``control.own_school_reads``."""
    return _forget(settings, "select access.forget_own_school_reads()")


def _forget(settings: Settings, call: LiteralString) -> int:
    with connect(settings, "releaser") as connection:
        row = connection.execute(call).fetchone()
    return int(row[0]) if row else 0
