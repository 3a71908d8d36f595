"""Deliveries as a table: one row for each, newest first, with what could not be used and why."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from dashboards.components import Column, Table
from dashboards.figures.delivery_names import folder_of
from dashboards.figures.words import FILE_STATES, OUTCOMES, feed_name
from dashboards.formats import date, listed


@dataclass(frozen=True)
class File:
    """One file of a delivery, or (``feed`` empty) a whole one that was refused; ``reason`` in words."""

    delivery_key: str
    extract_date: dt.date | None
    landed_at: dt.datetime | None
    feed: str
    outcome: str
    status: str
    reason: str
    is_in_force: bool


def deliveries_table(files: Sequence[File], most: int | None = None) -> Table:
    """One row for each delivery, in the order of ``files``; ``most`` of them where it is given."""
    grouped = [(key, list(some)) for key, some in groupby(files, lambda file: file.delivery_key)]
    shown = grouped[:most]
    rows = [
        (
            folder_of(key),
            date(some[0].extract_date),
            date(max((file.landed_at for file in some if file.landed_at), default=None)),
            OUTCOMES.get(some[0].outcome, some[0].outcome) + _no_longer(some),
            _remarks(some),
        )
        for key, some in shown
    ]
    note = f"The last {len(shown)} of {len(grouped)} are shown; all are in the download below."
    return Table(
        caption=f"Deliveries, newest first, of {len(grouped)} in the school year"
        if most is None
        else "Last deliveries",
        columns=tuple(Column(heading) for heading in ("Delivery", "Data of", "Arrived", "State", "Files and remarks")),
        rows=rows,
        empty="Nothing has been delivered for this year yet.",
        notes=(note,) if len(shown) < len(grouped) else (),
    )


def _no_longer(files: Sequence[File]) -> str:
    landed = [file for file in files if file.status == "landed"]
    return ", replaced or withdrawn" if landed and not any(file.is_in_force for file in landed) else ""


def _remarks(files: Sequence[File]) -> str:
    good = [feed_name(file.feed).lower() for file in files if file.status == "landed"]
    bad = [
        f"{feed_name(file.feed)}: {FILE_STATES.get(file.status, file.status).lower()}. {file.reason}"
        for file in files
        if file.status != "landed"
    ]
    words = listed(good)
    return " ".join([f"{words[:1].upper()}{words[1:]}." if good else "", *bad]).strip()
