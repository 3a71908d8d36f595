"""Invented but plausible school years: 190 days for pupils, five in-service days, usual holidays.

Term dates differ between authorities by a hash of their code, and are the same in every run.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.world.randomness import steady_hash

SCHOOL_DAYS = 190  # Schools General (Scotland) Regulations 1975, regulation 5
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class SchoolYear:
    """Weekdays of one authority's school year with what each is: ``term``, ``holiday`` or ``in_service``."""

    start: int
    dates: tuple[date, ...]
    reasons: tuple[str, ...]

    @property
    def open_dates(self) -> tuple[date, ...]:
        """The days on which pupils come, in order."""
        return tuple(day for day, reason in zip(self.dates, self.reasons, strict=True) if reason == "term")

    def beside_holiday(self) -> NDArray[np.bool_]:
        """For each open day: whether a holiday of three weekdays or more begins or ends within a week."""
        reasons = np.array(self.reasons)
        near = np.zeros(len(reasons), dtype=bool)
        closed = reasons == "holiday"
        edges = np.flatnonzero(np.diff(np.concatenate([[0], closed.astype(int), [0]])))
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            if last - first >= 3:
                near[max(0, first - 5) : first] = True
                near[last : last + 5] = True
        return np.asarray(near[reasons == "term"])


def first_day(authority: str, start: int) -> date:
    """The day on which pupils come back in August."""
    middle = date(start, 8, 15 + steady_hash(authority, "start") % 5)
    return middle - timedelta(days=middle.weekday()) + timedelta(days=steady_hash(authority, "weekday") % 3)


@lru_cache(maxsize=512)
def school_year(authority: str, start: int) -> SchoolYear:
    """Calendar of one authority and one academic year, from the first in-service day to the last of term."""
    opening = first_day(authority, start)
    in_service = {opening - _DAY, opening - 2 * _DAY}
    in_service = {day if day.weekday() < 5 else day - 2 * _DAY for day in in_service}
    holidays = _holidays(authority, start)
    for after in (date(start, 11, 11), date(start + 1, 2, 18), date(start + 1, 5, 4)):
        day = after
        while day in holidays or day.weekday() > 4:
            day += _DAY
        in_service.add(day)
    dates: list[date] = []
    reasons: list[str] = []
    day, taught = min(in_service), 0
    while taught < SCHOOL_DAYS:
        if day.weekday() < 5:
            reason = "in_service" if day in in_service else "holiday" if day in holidays else "term"
            if day < opening and reason == "term":
                reason = "in_service"
            taught += reason == "term"
            dates.append(day)
            reasons.append(reason)
        day += _DAY
    return SchoolYear(start, tuple(dates), tuple(reasons))


def _monday_on_or_after(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _holidays(authority: str, start: int) -> set[date]:
    two_weeks = steady_hash(authority, "october") % 3 == 0
    september = _monday_on_or_after(date(start, 9, 20))
    christmas = date(start, 12, 22)
    easter = _monday_on_or_after(date(start + 1, 3, 31))
    spring = _monday_on_or_after(date(start + 1, 2, 8))
    may_day = _monday_on_or_after(date(start + 1, 5, 1))
    spans = [
        (_monday_on_or_after(date(start, 10, 8)), 12 if two_weeks else 5),
        (christmas + timedelta(days=-christmas.weekday() % 7 if christmas.weekday() > 3 else 0), 14),
        (spring, 3),
        (easter, 12),
        (may_day, 1),
    ]
    if not two_weeks:
        spans += [(september - 3 * _DAY, 4), (may_day + 21 * _DAY, 1)]
    return {first + timedelta(days=n) for first, length in spans for n in range(length)}
