"""The calendar feed: a snapshot of every half day of the year, and whether each school is open."""

from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.synthetic.feeds.times import moment
from orchestration.synthetic.world.calendars import SchoolYear
from orchestration.synthetic.world.openings import Establishment, Openings

Ints = NDArray[np.int64]


def calendar_table(
    units: tuple[Establishment, ...],
    places: Ints,
    year: SchoolYear,
    openings: Openings,
    at: date,
) -> pa.Table:
    """The calendar feed: every weekday of the school year, unplanned closures as far as known on ``at``."""
    column_of = {day: 2 * column for column, day in enumerate(year.open_dates)}
    dates = [day.isoformat() for day in year.dates for _ in "AP"]
    halves = ["AM", "PM"] * len(year.dates)
    updated = moment(date(year.start, 8, 1), 12, 0)
    parts = []
    for place in places.tolist():
        is_open, reasons, times = [], [], []
        closed = int(openings.closed_on[place])
        for day, what in zip(year.dates, year.reasons, strict=True):
            for half in (0, 1):
                when, reason = updated, what
                opens = what == "term"
                if opens and closed >= 0 and column_of[day] == 2 * closed:
                    if day <= at:
                        opens, reason, when = False, "closure", moment(day, 8, 0)
                elif opens and not openings.is_open[place, column_of[day] + half]:
                    opens, reason = False, "short_day"
                if opens is False and reason == "term":
                    reason = "short_day"
                is_open.append("Y" if opens else "N")
                reasons.append(reason)
                times.append(when)
        parts.append((is_open, reasons, times))
    seeds = [f"{units[place].seed_code:07d}" for place in places.tolist()]
    return pa.table(
        {
            "seed_code": [seed for seed in seeds for _ in dates],
            "opening_date": dates * len(seeds),
            "opening": halves * len(seeds),
            "is_open": [flag for part in parts for flag in part[0]],
            "reason": [reason for part in parts for reason in part[1]],
            "updated_at": [time for part in parts for time in part[2]],
        }
    )
