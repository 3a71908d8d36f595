"""Files that could not be used, and whether a good one has come since."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.components import Column, Table
from dashboards.figures.checks import Check
from dashboards.figures.words import FILE_STATES, feed_name
from dashboards.formats import date, plural

PUT_ASIDE = "set_aside"


@dataclass(frozen=True)
class Delivered:
    """One file of a delivery, or (``feed`` empty) a whole one that was refused; ``reason`` in words."""

    delivery_key: str
    extract_date: dt.date | None
    feed: str
    status: str
    reason: str
    is_in_force: bool


def replaced_by(file: Delivered, files: Sequence[Delivered]) -> dt.date | None:
    """Day of the first good file of the same feed after it (of any feed, for a whole delivery). None: still open."""
    if file.extract_date is None:
        return None
    later = [
        other.extract_date
        for other in files
        if other.status == "landed" and other.is_in_force and other.extract_date and file.feed in ("", other.feed)
        and (other.extract_date, other.delivery_key) > (file.extract_date, file.delivery_key)
    ]  # fmt: skip
    return min(later, default=None)


def held_back(files: Sequence[Delivered]) -> Check:
    """What was quarantined or refused of late; it needs attention while no good file has come since.

    What the warehouse does not take or does not know yet (put aside) waits by design and needs nobody.
    """
    title = "Deliveries held back"
    bad = [file for file in files if file.status not in ("landed", PUT_ASIDE)]
    since = {file: replaced_by(file, files) for file in bad}
    waiting = [file for file in bad if since[file] is None]
    rows = [
        (
            file.delivery_key,
            feed_name(file.feed),
            date(file.extract_date),
            FILE_STATES.get(file.status, file.status),
            file.reason,
            f"A good one came on {date(since[file])}" if since[file] else "None yet",
        )
        for file in sorted(bad, key=lambda file: since[file] is not None)
    ]
    columns = ("Delivery", "What", "Of", "State", "Why", "Since then")
    table = Table(
        caption="Files that could not be used",
        columns=tuple(Column(heading) for heading in columns),
        rows=rows,
        empty="Every file could be used.",
    )
    if not bad:
        return Check("deliveries", title, "clear", "Every file of the last deliveries could be used.", None, table)
    if not waiting:
        what = plural(len(bad), "file")
        sentence = f"{what} could not be used, and a good one has come since for each."
        return Check("deliveries", title, "clear", sentence, table, table)
    sentence = f"{plural(len(waiting), 'file')} could not be used, and no good one has come since."
    return Check("deliveries", title, "attention", sentence, table, table)
