"""Which half days each school opens, and which of them are possible for each enrolment."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.world.calendars import SchoolYear
from orchestration.synthetic.world.movement import Enrolments
from orchestration.synthetic.world.people import Days
from orchestration.synthetic.world.published import Department
from orchestration.synthetic.world.randomness import generator, steady_hash

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_CLOSURE = 10  # one school in so many is closed for a day (heating, snow)
_STUDY_LEAVE_DAYS = 12
_UNMARKED = 0.003  # registers that were never taken


@dataclass(frozen=True)
class Establishment:
    """One SEED code with its departments."""

    seed_code: int
    departments: tuple[int, ...]
    openings_per_week: int


@dataclass(frozen=True)
class Openings:
    """Half days of a year: columns are AM and PM of each open day of the authority, in order."""

    days: Days  # one per open day; column c is day c // 2, AM where c is even
    is_open: Flags  # by establishment and column
    closed_on: Ints  # by establishment: the day of an unplanned closure, or -1

    @property
    def columns(self) -> int:
        """How many half days there are."""
        return 2 * len(self.days)


def establishments(schools: tuple[Department, ...]) -> tuple[Establishment, ...]:
    """SEED codes in order, each with the positions of its departments."""
    found: dict[int, list[int]] = {}
    for at, school in enumerate(schools):
        found.setdefault(school.seed_code, []).append(at)
    return tuple(
        Establishment(seed, tuple(places), min(schools[at].openings_per_week for at in places))
        for seed, places in sorted(found.items())
    )


def short_weekday(authority: str) -> int:
    """The weekday (0 = Monday) whose afternoon is closed where a school opens for 9 half days or fewer."""
    return 2 if steady_hash(authority, "short day") % 4 == 0 else 4


def openings_of_year(authority: str, schools: tuple[Establishment, ...], year: SchoolYear, seed: int) -> Openings:
    """The half days that each school opens, unplanned closures taken off."""
    days = np.array(year.open_dates, dtype="datetime64[D]")
    weekday = np.array([one.weekday() for one in year.open_dates])
    is_open = np.ones((len(schools), 2 * len(days)), dtype=bool)
    closed_on = np.full(len(schools), -1, dtype=np.int64)
    for at, school in enumerate(schools):
        for short in [short_weekday(authority), 3][: max(0, 10 - school.openings_per_week)]:
            is_open[at, 1::2] &= weekday != short
        random = generator(seed, authority, year.start, "closure", school.seed_code)
        if random.integers(_CLOSURE) == 0:
            closed = int(random.integers(40, len(days) - 20))
            is_open[at, 2 * closed : 2 * closed + 2] = False
            closed_on[at] = closed
    return Openings(days, is_open, closed_on)


def no_openings(schools: tuple[Establishment, ...]) -> Openings:
    """A year of which no half day is known."""
    days = np.zeros(0, dtype="datetime64[D]")
    return Openings(days, np.zeros((len(schools), 0), dtype=bool), np.full(len(schools), -1, dtype=np.int64))


def possible_openings(
    enrolments: Enrolments,
    establishment_of: Ints,
    openings: Openings,
    exam_window: tuple[date, date],
    random: np.random.Generator,
) -> Flags:
    """Openings of each enrolment that get a mark: open, enrolled, register taken, not on study leave."""
    days = openings.days
    leaving = np.where(np.isnat(enrolments.leaving), days[-1], enrolments.leaving)
    first = np.searchsorted(days, enrolments.entry)
    last = np.searchsorted(days, leaving, side="right")
    column_day = np.arange(openings.columns) // 2
    possible = openings.is_open[establishment_of[enrolments.department]]
    possible &= (column_day >= first[:, None]) & (column_day < last[:, None])
    _drop_unmarked(possible, enrolments, random)
    _drop_study_leave(possible, enrolments, establishment_of, days, exam_window, random)
    _drop_part_time(possible, enrolments, days)
    return possible


def _drop_unmarked(possible: Flags, enrolments: Enrolments, random: np.random.Generator) -> None:
    classes = enrolments.department * 14 + enrolments.stage
    names, of_class = np.unique(classes, return_inverse=True)
    missed = random.random((len(names), possible.shape[1]), dtype=np.float32) < _UNMARKED
    possible &= ~missed[of_class]


def _drop_study_leave(
    possible: Flags,
    enrolments: Enrolments,
    establishment_of: Ints,
    days: Days,
    exam_window: tuple[date, date],
    random: np.random.Generator,
) -> None:
    """At every second secondary S4 to S6 are on study leave: under a tenth of them have a mark."""
    inside = np.flatnonzero((days >= np.datetime64(exam_window[0])) & (days <= np.datetime64(exam_window[1])))
    columns = np.flatnonzero(np.isin(np.arange(possible.shape[1]) // 2, inside[2 : 2 + _STUDY_LEAVE_DAYS]))
    away = np.flatnonzero(
        (enrolments.stage >= 10) & (enrolments.stage <= 12) & (establishment_of[enrolments.department] % 2 == 0)
    )
    if len(away) and len(columns):
        sits_exam = random.random((len(away), len(columns)), dtype=np.float32) < 0.05
        possible[np.ix_(away, columns)] &= sits_exam


def _drop_part_time(possible: Flags, enrolments: Enrolments, days: Days) -> None:
    """Part-time pupils come in the mornings; guests on Wednesdays, when their own school does not see them."""
    column = np.arange(possible.shape[1])
    wednesday = ((days.astype(np.int64) + 3) % 7 == 2)[column // 2]
    possible[enrolments.is_part_time] &= column % 2 == 0
    guest = ~enrolments.is_base
    possible[guest] &= wednesday
    for at in np.flatnonzero(guest).tolist():
        same = np.flatnonzero((enrolments.person == enrolments.person[at]) & enrolments.is_base)
        begins = 2 * int(np.searchsorted(days, enrolments.entry[at]))
        possible[np.ix_(same, np.flatnonzero(wednesday & (column >= begins)))] = False
