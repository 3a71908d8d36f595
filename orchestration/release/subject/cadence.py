"""When a figure that was shown may change: at fixed dates, so that nobody sees it come and go (RULES 44)."""

from collections.abc import Mapping
from datetime import date, timedelta

from orchestration.release.declared.declaration import Cadence
from orchestration.release.engine.cells import Cell
from orchestration.release.engine.changes import Due, key_of

FRIDAY = 4


def _day(year: int, text: str) -> date:
    month, day = (int(part) for part in text.split("-"))
    return date(year, month, min(day, 28) if month == 2 else day)


def last_month_end(today: date) -> date:
    """The last weekday of a month that is not after today: a month is over with it (RULES 44)."""
    first = today.replace(day=1)
    for end in ((first + timedelta(days=32)).replace(day=1), first):
        last = end - timedelta(days=1)
        last -= timedelta(days=max(0, last.weekday() - FRIDAY))
        if last <= today:
            break
    return last


def last_date(cadence: Cadence, today: date) -> date | None:
    """The last of the fixed dates up to today; None where there are none."""
    if cadence.shown == "at_month_ends":
        return last_month_end(today)
    every = [_day(year, text) for text in cadence.dates for year in (today.year - 1, today.year)]
    return max((day for day in every if day <= today), default=None)


def due_of(cadence: Cadence, shown_on: Mapping[str, date], today: date | None) -> Due | None:
    """Which figures that were shown may change in data of today; None: all.

    ``shown_on`` has by cell the date of the data it was shown from.
    """
    if cadence.shown == "each_night":
        return None
    last = last_date(cadence, today) if cadence.shown.startswith("at_") and today is not None else None

    def due(cell: Cell) -> bool:
        before = shown_on.get(key_of(cell))
        return last is not None and before is not None and before < last

    return due


def first_year(period: str) -> int:
    """The calendar year in which a period begins: ``2025/26`` in 2025, ``2025-10-31`` in the school year 2025."""
    if "/" in period:
        return int(period.partition("/")[0])
    day = date.fromisoformat(period)
    return day.year if day.month >= 8 else day.year - 1


def is_final(cadence: Cadence, period: str, today: date | None) -> bool:
    """Whether the period is over for good: on and after its final date, nothing is held that five have changed."""
    if cadence.final_on is None or today is None:
        return False
    month = int(cadence.final_on[:2])
    year = first_year(period) + 1 + cadence.years_later
    return today >= _day(year if month <= 8 else year - 1, cadence.final_on)
