"""Authorities of a few pupils, each with something awkward about its calendar, delivered as files.

Schools have six pupils of P2 with a mark in every half day of the days they were open and something came of it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from tests.support.extracts import Extract, deliver, extract

PUPILS = 6
FIRST = date(2025, 8, 18)  # a Monday
HALVES = ("AM", "PM")
HalfDay = tuple[date, str]
SCHOOL_COLUMNS = (
    "seed_code", "establishment_name", "local_authority_code", "sector", "gaelic_medium",
    "half_day_openings_per_week", "closed_on", "mothballed_on",
)  # fmt: skip
WRITTEN = "2025-08-15T09:00:00+01:00"


def weekdays(weeks: int, first: date = FIRST) -> list[date]:
    """Mondays to Fridays of so many weeks."""
    return [first + timedelta(7 * week + day) for week in range(weeks) for day in range(5)]


def half_days(days: Iterable[date], without: Collection[HalfDay] = ()) -> list[HalfDay]:
    return [(day, half) for day in days for half in HALVES if (day, half) not in without]


@dataclass(frozen=True)
class Place:
    """A school: sector, the half days of which marks came, its calendar, and when it closed or was mothballed."""

    marked: Sequence[HalfDay]
    sector: str = "primary"
    calendar: Mapping[HalfDay, bool] | None = None
    closed_on: date | None = None
    mothballed_on: date | None = None
    stages: Sequence[str] = ("P2",) * PUPILS
    stays_away: Mapping[str, Collection[HalfDay]] = field(default_factory=dict)  # half days by stage


def seed_code(authority: str, place: int) -> str:
    """SEED code of the nth school of an authority; in no seed."""
    return f"99{authority[-2:]}{place:03d}"


def _scn(authority: str, place: int, pupil: int) -> str:
    return f"{authority[-2:]}{place:03d}{pupil:04d}"


def marks_of(authority: str, place: int, school: Place, marked: Sequence[HalfDay] | None = None) -> list[list[str]]:
    """Rows of attendance of a school, of all or some half days."""
    return [
        [_scn(authority, place, pupil), seed_code(authority, place), f"{day}", half, "10", f"{day}T16:00:00+01:00"]
        for day, half in (school.marked if marked is None else marked)
        for pupil, stage in enumerate(school.stages, start=1)
        if (day, half) not in school.stays_away.get(stage, ())
    ]


def deliver_case(landing: Path, authority: str, places: Sequence[Place], last: date | None = None) -> None:
    """Deliver an authority: schools and people on the first day, all marks on the evening of the last."""
    schools = list(enumerate(places, start=1))
    files = [
        extract("establishments", [
            [seed_code(authority, n), f"School {n}", authority, place.sector, "N", "10", f"{place.closed_on or ''}",
             f"{place.mothballed_on or ''}"]
            for n, place in schools
        ], SCHOOL_COLUMNS),
        extract("pupils", [
            [_scn(authority, n, pupil), f"P{n}{pupil:03d}", f"Forename{n}", f"Surname{pupil}", "", "2018-05-01", "F",
             "S01007466", "01", "eng", "first_language", "no", "N", "none", "none", "01", WRITTEN]
            for n, place in schools for pupil, _ in enumerate(place.stages, start=1)
        ]),
        extract("enrolments", [
            [_scn(authority, n, pupil), seed_code(authority, n), "2025-08-11", "", stage, "", "Y", "on_roll",
             "full_time", "", WRITTEN]
            for n, place in schools for pupil, stage in enumerate(place.stages, start=1)
        ]),
    ]  # fmt: skip
    if any(place.calendar for place in places):
        files.append(calendar_of(authority, places))
    rows = [row for n, place in schools for row in marks_of(authority, n, place)]
    last = last or max(day for place in places for day, _ in place.marked)
    deliver(landing, files, f"{FIRST}", authority=authority)
    deliver(landing, [extract("attendance", rows)], f"{last}", sequence=2, authority=authority)


def calendar_of(authority: str, places: Sequence[Place]) -> Extract:
    """The calendar file of an authority."""
    return extract("calendar", [
        [seed_code(authority, n), f"{day}", half, "Y" if is_open else "N", "term" if is_open else "holiday", WRITTEN]
        for n, place in enumerate(places, start=1)
        for (day, half), is_open in (place.calendar or {}).items()
    ])  # fmt: skip


def whole(days: Iterable[date]) -> dict[HalfDay, bool]:
    """A calendar that is open on these days, and reaches the end of June."""
    return dict.fromkeys(half_days([*days, date(2026, 6, 24)]), True)


def lose_file(landing: Path, authority: str, day: date, announced: Mapping[str, int] | None) -> None:
    """An attendance file that the manifest announces, with its schools or without, and that is not there."""
    rows = sum(announced.values()) if announced else 12
    file = Extract("attendance", b"-", rows, "attendance.csv", dict(announced) if announced else None, is_absent=True)
    deliver(landing, [file], f"{day}", authority=authority)
