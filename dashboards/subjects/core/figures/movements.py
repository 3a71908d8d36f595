"""How schools have moved: against the same weeks last year, their own weeks before, and persistent absence by month."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from dashboards.kit.formats import Figure, change, date, figure, month
from dashboards.subjects.core.figures import attention, checks
from dashboards.subjects.core.figures.attention import Comparison, School, SchoolKey, Week
from dashboards.subjects.core.figures.checks import Audience, Check, Wording
from dashboards.subjects.core.figures.thresholds import ATTENTION

AUTHORITY = ("", "all")
Schools = Mapping[SchoolKey, School]


def same_weeks(
    audience: Audience, years: Sequence[Row[Any]], schools: Schools, previous_year: str | None, academic_year: str
) -> Check:
    """The year so far beside the same weeks of the year before; ``years`` are rows of ``attendance_by_school_year``."""
    every = [
        Comparison(
            schools[row.seed_code, row.sector],
            figure(row, "attendance_rate"),
            figure(row, "rate_same_weeks_last_year", "same_weeks"),
        )
        for row in years
    ]
    before = f"the same weeks of {previous_year}" if previous_year else "the same weeks of the year before"
    words = Wording(
        id="same-weeks",
        title="Falls since last year",
        subject="Attendance in the year so far",
        before=before,
        now_heading=academic_year,
        before_heading=f"Same weeks of {previous_year}" if previous_year else "Year before",
        at_least=str(ATTENTION.fall_from_last_year),
        verb="fallen",
        caption=f"Schools whose attendance has fallen since {before}",
    )
    return checks.compared(audience, words, every, attention.falls(every, ATTENTION.fall_from_last_year))


def weeks_before(audience: Audience, weeks: Mapping[School, Sequence[Week]], last: dt.date | None) -> Check:
    """The last whole week beside the school's own weeks before it."""
    pairs = [attention.with_weeks_before(school, rows, last) for school, rows in weeks.items()] if last else []
    every = [pair for pair in pairs if pair is not None]
    week = f"the week of {date(last)}" if last else "the last whole week"
    words = Wording(
        id="last-week",
        title="Falls in the last whole week",
        subject=f"Attendance in {week}",
        before=f"the {ATTENTION.weeks_before} weeks before it",
        now_heading="Last whole week",
        before_heading=f"{ATTENTION.weeks_before} weeks before",
        at_least=str(ATTENTION.fall_from_weeks_before),
        verb="fallen",
        caption=f"Schools whose attendance fell in {week}",
    )
    return checks.compared(audience, words, every, attention.falls(every, ATTENTION.fall_from_weeks_before))


def persistent(audience: Audience, months: Sequence[Row[Any]], schools: Schools) -> Check:
    """Persistent absence at the last month on record beside the month before; beyond what the authority has risen by.

    ``months`` are rows of ``persistent_absence_by_month`` of schools and of the authority over all sectors.
    """
    known = sorted({row.month for row in months})
    at = {(row.seed_code, row.sector, row.month): figure(row, "persistent_absence_rate", "bands") for row in months}
    now, before = (known[-1], known[-2]) if len(known) > 1 else (None, None)

    def moved(school: School) -> Comparison:
        found = (at.get((*school.key, at_month), Figure(None)) for at_month in (now, before))
        return Comparison(school, *found)

    every = [moved(school) for school in schools.values()] if now else []
    whole = at.get((*AUTHORITY, now), Figure(None)).minus(at.get((*AUTHORITY, before), Figure(None)))
    of = "whole authority"
    if not whole.is_shown and (middle := attention.middle_change(every)) is not None:
        whole, of = middle, "middle one of these schools"
    rose = whole.value is not None and whole.value > 0
    earlier = month(before) if before else "a month before"
    words = Wording(
        id="persistent-absence",
        title="Rises of persistent absence",
        subject="Persistent absence",
        before=earlier,
        now_heading=month(now) if now else "Now",
        before_heading=month(before) if before else "Month before",
        at_least=str(ATTENTION.rise_of_persistent_absence),
        verb="risen",
        caption=f"Schools whose persistent absence has risen since {earlier}",
        more_than=f" beyond the rise of the {of} ({change(whole).removeprefix('up ')})" if rose else "",
    )
    pointed_out = attention.rises(every, ATTENTION.rise_of_persistent_absence, whole)
    return checks.compared(audience, words, every, pointed_out)
