"""Deliveries as a table: one row for each, newest first, with what could not be used and why."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from dashboards.kit.components import Cell, Column, Table
from dashboards.kit.formats import listed
from dashboards.subjects.core.figures.delivery_names import name_of, order_of
from dashboards.subjects.core.figures.words import FILE_STATES, OUTCOMES, feed_name


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
    """One row for each delivery, newest first; the last ``most`` by readable names, or all by their folders."""
    in_order = sorted(files, key=lambda file: order_of(file.delivery_key), reverse=True)
    grouped = [(key, list(some)) for key, some in groupby(in_order, lambda file: file.delivery_key)]
    shown = grouped[:most]
    rows: list[tuple[Cell, ...]] = []
    for key, some in shown:
        arrived = max((file.landed_at for file in some if file.landed_at), default=None)
        state = OUTCOMES.get(some[0].outcome, some[0].outcome) + _no_longer(some)
        rows.append(
            (name_of(key) if most else key, state, arrived.date() if arrived else "Nothing taken in", _remarks(some))
        )
    note = f"The last {len(shown)} of {len(grouped)} are shown; all are in the download below."
    return Table(
        caption="The last deliveries, newest first" if most else "All deliveries of the school year, newest first",
        columns=tuple(Column(heading) for heading in ("Delivery", "State", "Taken in or refused", "Files and remarks")),
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
        f"{feed_name(file.feed)} {FILE_STATES.get(file.status, file.status).lower()}: {file.reason}"
        for file in files
        if file.status != "landed"
    ]
    words = listed(good)
    return " ".join([f"{words[:1].upper()}{words[1:]}." if good else "", *bad]).strip()
