"""Which weeks and months are over, and at which dates a figure that was shown may change (RULES 44).

A week is over with its Friday, a month as ``last_closed_month`` has it. What is over was shown when it closed; it may
change when the month closes in which the week ended, at the end of a term, and in the August after the year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from orchestration.release.protection.splits import last_closed_month
from orchestration.release.thresholds import FINAL_ON, REFRESHED_AFTER

FRIDAY, WEEK = 4, timedelta(days=7)
TIMES = frozenset({"week", "month", "weekday", "opening"})


def end_of_month(month: date) -> date:
    """The last day of the month of a date."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class Moment:
    """How far a release's data reach: the last day known, the last day of what is over, the last closed month."""

    over_until: date
    closed_month: int
    today: date = date.min

    @classmethod
    def of(cls, data_as_at: date | None, extracted_on: date | None) -> "Moment | None":
        """The moment of data up to ``data_as_at``, extracted on a day; None without data."""
        if data_as_at is None:
            return None
        today = max(data_as_at, extracted_on - timedelta(days=1)) if extracted_on else data_as_at
        monday = data_as_at - timedelta(days=data_as_at.weekday())
        sunday = monday + timedelta(days=6 if data_as_at.weekday() >= FRIDAY else -1)
        closed = last_closed_month(data_as_at, extracted_on)
        end = end_of_month(date(closed // 100, closed % 100, 1)) if closed else sunday
        return cls(max(sunday, end), closed, today)

    def after(self, before: "Moment | None") -> "Moment":
        """The same, or as far as an earlier one was: what was over once does not open again."""
        if before is None:
            return self
        return Moment(max(self.over_until, before.over_until), max(self.closed_month, before.closed_month), self.today)


def is_final(academic_year: str, today: date) -> bool:
    """Whether a year is over for good: from the last day of its August on."""
    return today >= date(int(academic_year[:4]) + 1, *FINAL_ON)


def _first_of(number: int) -> date:
    return date(number // 100, number % 100, 1)


@dataclass(frozen=True)
class Between:
    """What closed between two releases of a year."""

    before: Moment
    now: Moment

    def closed(self) -> list[int]:
        """Months that closed, as yyyymm."""
        if self.now.closed_month <= self.before.closed_month or not self.before.closed_month:
            return [self.now.closed_month] if self.now.closed_month > self.before.closed_month else []
        found, month = [], _first_of(self.before.closed_month)
        while (month := (month + timedelta(days=32)).replace(day=1)) <= _first_of(self.now.closed_month):
            found.append(month.year * 100 + month.month)
        return found

    def may_change(self, key: Mapping[str, Any], is_breakdown: bool) -> bool:
        """Whether a row that was shown may change now, by its key columns.

        Rows of a week or month that was not over are free, and so are totals of a year: the change of what was over is
        judged in them as everywhere. ``is_breakdown``: rows of a year by stage, sex, area or half day of the week.
        """
        if is_final(str(key["academic_year"]), self.now.today):
            return True
        closed = self.closed()
        at_term = any(month % 100 in REFRESHED_AFTER for month in closed)
        if "week" in key:
            friday = key["week"] + timedelta(days=FRIDAY)
            return bool(not self.was_over(key) or at_term or friday.year * 100 + friday.month in closed)
        if "month" in key:
            return not self.was_over(key) or at_term
        return bool(closed) or not is_breakdown

    def was_over(self, key: Mapping[str, Any]) -> bool:
        """Whether the week or month of a row was over at the release before; False for rows of a year."""
        return is_over(key, self.before)


def is_over(key: Mapping[str, Any], moment: Moment) -> bool:
    """Whether the week or month of a row is over at a moment; False for rows of a year."""
    if "week" in key:
        return bool(key["week"] + timedelta(days=6) <= moment.over_until)
    if "month" in key:
        return bool(end_of_month(key["month"]) <= moment.over_until)
    return False


def steps_from(release: int, moments: Mapping[int, Moment]) -> list[tuple[int, date]]:
    """A release and those after it at which more was over than before, each with the last day of what was over."""
    found: list[tuple[int, date]] = []
    for number in sorted(one for one in moments if one >= release):
        if not found or moments[number].over_until > found[-1][1]:
            found.append((number, moments[number].over_until))
    return found
