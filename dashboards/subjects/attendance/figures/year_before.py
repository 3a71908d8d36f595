"""Groups of one school as they stood at the same time of last year: out of rows as readers saw them then.

A part of a year stands beside the same part, never beside the whole: the state taken is the last one whose data go no
further than this year's, less 52 weeks, within a week; one that is much older is left alone.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import sentences
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import Note

A_YEAR = dt.timedelta(weeks=52)
FURTHER, OLDER = dt.timedelta(days=7), dt.timedelta(days=35)
"""By how much the state of last year may go further than this year's, and by how much it may be older."""
NONE = Note(
    "Groups of this school have nothing beside them of the same time of last year: no state of then has been kept.",
    "comparison",
)


@dataclass(frozen=True)
class YearBefore:
    """Rates of last year by kind of group and value, the day up to which they go, and the year; none without a day."""

    year: str = ""
    until: dt.date | None = None
    rates: Mapping[tuple[str, str], Figure] = field(default_factory=dict)

    @property
    def note(self) -> Note:
        """What stands beside the groups."""
        if self.until is None:
            return NONE
        return Note(
            f"Groups of {self.year} are as they were shown when data went up to {formats.date(self.until)}: a stage "
            "has other children in it now.",
            "comparison",
        )


NOTHING_BEFORE = YearBefore()


def window(data_as_at: dt.date | None) -> tuple[dt.date, dt.date] | None:
    """First and last day that the data of the state of last year may go up to."""
    if data_as_at is None:
        return None
    middle = data_as_at - A_YEAR
    return middle - OLDER, middle + FURTHER


def year_before(rows: Sequence[Row[Any]], year: str | None) -> YearBefore:
    """The newest state among rows with ``kind``, ``value``, ``data_as_at`` and a rate, oldest first."""
    days = [row.data_as_at for row in rows]
    if not days or year is None:
        return NOTHING_BEFORE
    until = max(days)
    newest = [row for row in rows if row.data_as_at == until]
    return YearBefore(year, until, {(row.kind, row.value): figure(row, "attendance_rate") for row in newest})


def moved(names: Sequence[str], now: Sequence[Figure], before: Sequence[Figure]) -> str:
    """Which groups moved furthest from the year before; empty where no pair is shown."""
    changes = [
        (change.value, name)
        for name, one, other in zip(names, now, before, strict=True)
        if (change := one.minus(other)).value is not None
    ]
    if not changes:
        return ""
    low, high = min(changes), max(changes)
    said = [f"{sentences.in_sentence(name)} is {formats.change(size)}" for size, name in (low,) if size < 0]
    said += [f"{sentences.in_sentence(name)} is {formats.change(size)}" for size, name in (high,) if size > 0]
    return f"From the same time last year {formats.listed(said)}." if said else "No group has changed from last year."
