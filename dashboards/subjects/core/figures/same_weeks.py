"""Attendance so far beside the same weeks of the year before, in words."""

from typing import Any

from sqlalchemy import Row

from dashboards.kit.charts import sentences
from dashboards.kit.formats import figure, plural


def so_far(row: Row[Any], previous_year: str | None) -> str:
    """Attendance so far beside the same weeks a year before: ``92.2%, up 0.1 ... from the same 11 weeks of ...``."""
    rate = figure(row, "attendance_rate")
    if not rate.is_shown:
        return f"not shown: {rate.word}"
    if not previous_year:
        return f"{rate.text}, with no year before to compare"
    same = figure(row, "rate_same_weeks_last_year", "same_weeks")
    weeks = f"same {plural(row.weeks_compared, 'week')}" if row.weeks_compared else "same weeks"
    if not same.is_shown:
        return f"{rate.text}; the {weeks} of {previous_year}: {same.word}"
    said = sentences.changed(rate, same, f"the {weeks} of {previous_year}")
    return f"{rate.text}, {said[:1].lower()}{said[1:]}"
