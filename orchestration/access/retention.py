"""How long it is kept who read what: a number of days in ``access.retention``, applied every night."""

from orchestration.database import connect
from orchestration.settings import Settings


def forget_page_reads(settings: Settings) -> int:
    """Delete lines of ``control.page_reads`` that are older than the rule says. Out: how many there were."""
    with connect(settings, "releaser") as connection:
        row = connection.execute("select access.forget_page_reads()").fetchone()
    return int(row[0]) if row else 0
