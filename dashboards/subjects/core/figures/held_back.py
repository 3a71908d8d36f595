"""Files that could not be used, and whether a good one has come since."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.kit.components import Column, Table
from dashboards.kit.formats import date, listed, plural
from dashboards.subjects.core.figures.checks import Check, first
from dashboards.subjects.core.figures.delivery_names import name_of, order_of
from dashboards.subjects.core.figures.thresholds import ATTENTION
from dashboards.subjects.core.figures.words import FILE_STATES, feed_name

PUT_ASIDE = "set_aside"
WAITING = "No good one yet"
UNWANTED = "Must not be sent"


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
    later = [
        other.extract_date
        for other in files
        if other.status == "landed"
        and other.is_in_force
        and other.extract_date
        and file.feed in ("", other.feed)
        and order_of(other.delivery_key) > order_of(file.delivery_key)
    ]
    return min(later, default=None)


def held_back(files: Sequence[Delivered]) -> Check:
    """What was quarantined or refused of late; it needs attention while no good file has come since.

    What this version does not know yet waits by design and needs nobody (``set_aside``); what the warehouse never
    takes (a feed that is refused) must not be sent, and no good file will come.
    """
    title = "Deliveries held back"
    bad = sorted(
        (file for file in files if file.status not in ("landed", PUT_ASIDE)),
        key=lambda file: (order_of(file.delivery_key), file.feed),
        reverse=True,
    )
    outcome = {file: _since(file, files) for file in bad}
    waiting = [file for file in bad if outcome[file] == WAITING]
    unwanted = [file for file in bad if outcome[file] == UNWANTED]
    bad.sort(key=lambda file: outcome[file] not in (WAITING, UNWANTED))
    table, every = (_table(bad, outcome, is_download) for is_download in (False, True))
    if not bad:
        return Check("deliveries", title, "clear", "Every file of the last deliveries could be used.")
    if not waiting and not unwanted:
        sentence = f"{_counted(bad)} could not be used, and a good one has come since for each."
        return Check("deliveries", title, "clear", sentence, first(table), every)
    parts = []
    if waiting:
        parts.append(f"{_counted(waiting)} could not be used, and no good one has come since.")
    if unwanted:
        them = "it" if len(unwanted) == 1 else "them"
        parts.append(f"{plural(len(unwanted), 'file')} came that must not be sent; nothing of {them} was read.")
    return Check("deliveries", title, "attention", " ".join(parts), first(table), every)


def _counted(files: Sequence[Delivered]) -> str:
    """``11 files and 6 whole deliveries``."""
    whole = sum(1 for file in files if not file.feed)
    counts = ((len(files) - whole, "file", "files"), (whole, "whole delivery", "whole deliveries"))
    return listed([plural(number, one, many) for number, one, many in counts if number])


def _table(files: Sequence[Delivered], outcome: dict[Delivered, str], is_download: bool) -> Table:
    columns = ("Delivery", "What", "State", "Why", "Since then")
    return Table(
        caption=f"Files of the last {ATTENTION.days_of_deliveries} days that could not be used",
        columns=tuple(Column(heading) for heading in columns),
        rows=[
            (
                file.delivery_key if is_download else name_of(file.delivery_key),
                feed_name(file.feed),
                FILE_STATES.get(file.status, file.status),
                file.reason,
                outcome[file],
            )
            for file in files
        ],
    )


def _since(file: Delivered, files: Sequence[Delivered]) -> str:
    if file.status == "refused" and file.feed:
        return UNWANTED
    good = replaced_by(file, files)
    return f"A good one came on {date(good)}" if good else WAITING
