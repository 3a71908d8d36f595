"""Rules 7 to 10 and 12 in plain Python, over the whole of a small made-up authority, to compare the layers with.

Half days are (day, half). Everybody is at one base school, on roll and full time, from before the year's first day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

HalfDay = tuple[date, str]
HALVES = ("AM", "PM")


@dataclass(frozen=True)
class School:
    """A school as delivered. ``calendar``: half days with a row, and whether they are open; None without a calendar."""

    sector: str
    calendar: Mapping[HalfDay, bool] | None = None
    closed_on: date | None = None
    mothballed_on: date | None = None


@dataclass(frozen=True)
class Pupil:
    school: int
    stage: str


@dataclass
class Authority:
    """One authority in one academic year, from ``first`` to ``last`` day.

    ``lost``: days of files that did not land, and the schools they announced rows of (None: it is not said).
    ``closures``: entries of the list of closed days in the order of their making.
    """

    first: date
    last: date
    schools: dict[int, School]
    pupils: dict[int, Pupil]
    marks: set[tuple[int, date, str]]
    lost: list[tuple[date, frozenset[int] | None]] = field(default_factory=list)
    closures: list[tuple[int | None, date, date, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.marked: dict[int, set[HalfDay]] = {school: set() for school in self.schools}
        self.marked_pupils: dict[HalfDay, set[int]] = {}
        for pupil, day, half in self.marks:
            self.marked[self.pupils[pupil].school].add((day, half))
            self.marked_pupils.setdefault((day, half), set()).add(pupil)
        self.days = [self.first + timedelta(n) for n in range((self.last - self.first).days + 1)]
        self._by_test: dict[tuple[int, HalfDay], bool] = {}

    # what closes a school whatever else is said

    def is_gone(self, school: int, day: date) -> bool:
        """After closing day, or mothballed."""
        found = self.schools[school]
        return bool((found.closed_on and day > found.closed_on) or (found.mothballed_on and day >= found.mothballed_on))

    def is_shut(self, school: int, day: date) -> bool:
        """Gone, or closed by the authority's list, whose last entry counts."""
        said = [
            closed for which, first, last, closed in self.closures if which in (None, school) and first <= day <= last
        ]
        return self.is_gone(school, day) or bool(said and said[-1])

    # rule 7

    def covered_to(self, school: int) -> date:
        calendar = self.schools[school].calendar
        return max(day for day, _ in calendar) if calendar else date.min

    def by_calendar(self, school: int, half_day: HalfDay) -> bool:
        calendar = self.schools[school].calendar or {}
        return calendar.get(half_day, False) and not self.is_shut(school, half_day[0])

    # rule 8, first test

    def by_test(self, school: int, half_day: HalfDay) -> bool:
        """Open by marks, on a day that no calendar covers."""
        key = (school, half_day)
        if key not in self._by_test:
            self._by_test[key] = (
                half_day[0] > self.covered_to(school)
                and not self.is_shut(school, half_day[0])
                and self._half_has_marks(school, half_day)
            )
        return self._by_test[key]

    def _half_has_marks(self, school: int, half_day: HalfDay) -> bool:
        present = self.marked_pupils.get(half_day, set())
        stages: dict[str, list[bool]] = {}
        for number, pupil in self.pupils.items():
            if pupil.school == school:
                stages.setdefault(pupil.stage, []).append(number in present)
        large = [marks for marks in stages.values() if len(marks) >= 5]
        if large:
            return any(2 * sum(marks) >= len(marks) for marks in large)
        together = [mark for marks in stages.values() for mark in marks]
        return bool(together) and 2 * sum(together) >= len(together)

    def known_open(self, school: int, half_day: HalfDay) -> bool:
        """Open by marks: by the first test, or where a calendar has it open and there is a mark."""
        if half_day[0] > self.covered_to(school):
            return self.by_test(school, half_day)
        return self.by_calendar(school, half_day) and half_day in self.marked[school]

    # rule 8, second test

    def others(self, school: int, of_sector: bool) -> list[int]:
        sectors = set(self.schools[school].sector.split("+"))
        return [
            other
            for other, found in self.schools.items()
            if other != school
            and any(pupil.school == other for pupil in self.pupils.values())
            and (not of_sector or sectors & set(found.sector.split("+")))
        ]

    def like_others(self, school: int, half_day: HalfDay) -> bool:
        others = self.others(school, of_sector=True)
        if len(others) < 3:
            others = self.others(school, of_sector=False)
        others_then = [other for other in others if not self.is_gone(other, half_day[0])]
        is_open = [other for other in others if self.by_calendar(other, half_day) or self.by_test(other, half_day)]
        if not is_open or 2 * len(is_open) < len(others_then):
            return False
        own = [known for known in self._all_half_days() if self._is_own(school, known)]
        weeks = {day.isocalendar()[:2] for day, _ in own}
        usual = {d.isocalendar()[:2] for d, half in own if (d.weekday(), half) == (half_day[0].weekday(), half_day[1])}
        return bool(usual) and 2 * len(usual) >= len(weeks)

    def _is_own(self, school: int, half_day: HalfDay) -> bool:
        return self.by_test(school, half_day) or self.by_calendar(school, half_day)

    def _all_half_days(self) -> list[HalfDay]:
        return [(day, half) for day in self.days for half in HALVES]

    # rule 8, a lost day is not a holiday

    def is_lost(self, school: int, half_day: HalfDay) -> bool:
        day, half = half_day
        marked_days = [marked for marked, _ in self.marked[school]]
        if not marked_days or not min(marked_days) <= day <= max(marked_days) or day.weekday() > 4:
            return False
        weeks = {d.isocalendar()[:2] for d, h in self._all_half_days() if self.known_open(school, (d, h))}
        ever = any(self.known_open(school, (d, half)) for d in self.days if d.weekday() == day.weekday())
        if not ever and len(weeks) >= 3:
            return False
        day_is_known = any(self.known_open(school, (day, other)) for other in HALVES)
        others = self.others(school, of_sector=True)
        others_then = [other for other in others if not self.is_gone(other, day)]
        compared = (half,) if day_is_known else HALVES
        open_then = [other for other in others if any(self.known_open(other, (day, h)) for h in compared)]
        if open_then and 4 * len(open_then) >= len(others_then):
            return True
        if day_is_known:
            return False
        announced = any(lost == day and (which is None or school in which) for lost, which in self.lost)
        return announced or self._in_short_gap(day)

    def _in_short_gap(self, day: date) -> bool:
        if self._is_active(day) or self._said_closed(day):
            return False
        around = []
        for step in (-1, 1):
            at = day
            while self.days[0] <= at <= self.days[-1] and not (at.weekday() < 5 and self._is_active(at)):
                around.append(at)
                at += step * timedelta(1)
            if not self.days[0] <= at <= self.days[-1]:
                return False
        return len({found for found in around if found.weekday() < 5}) <= 3

    def _is_active(self, day: date) -> bool:
        return any(self.known_open(school, (day, half)) for school in self.schools for half in HALVES)

    def _said_closed(self, day: date) -> bool:
        said = [
            self.by_calendar(school, (day, half))
            for school, found in self.schools.items()
            for half in HALVES
            if (day, half) in (found.calendar or {}) and not self.is_gone(school, day)
        ]
        return bool(said) and not any(said)

    # the calendar, and what follows from it

    def is_open(self, school: int, half_day: HalfDay) -> bool:
        day = half_day[0]
        if day <= self.covered_to(school):
            return self.by_calendar(school, half_day)
        if self.is_shut(school, day):
            return False
        return self.by_test(school, half_day) or self.like_others(school, half_day) or self.is_lost(school, half_day)

    def open_half_days(self) -> set[tuple[int, date, str]]:
        return {
            (school, day, half)
            for school in self.schools
            for day, half in self._all_half_days()
            if self.is_open(school, (day, half))
        }

    def data_as_at(self, opened: Iterable[tuple[int, date, str]]) -> HalfDay | None:
        """Rule 9: the last half day that is marked at half or more of the schools open then."""
        schools: dict[HalfDay, list[int]] = {}
        for school, day, half in opened:
            schools.setdefault((day, half), []).append(school)
        good = [
            half_day
            for half_day, found in schools.items()
            if 2 * sum(half_day in self.marked[school] for school in found) >= len(found)
        ]
        return max(good, default=None)

    def expected(self) -> dict[int, set[HalfDay]]:
        """Half days that are expected of each pupil."""
        opened = self.open_half_days()
        until = self.data_as_at(opened)
        found: dict[int, set[HalfDay]] = {number: set() for number in self.pupils}
        if until is None:
            return found
        for number, pupil in self.pupils.items():
            mine = {(day, half) for school, day, half in opened if school == pupil.school and (day, half) <= until}
            found[number] = {half_day for half_day in mine if not self._comes_in_the_mornings(pupil, half_day, opened)}
        return found

    def _comes_in_the_mornings(self, pupil: Pupil, half_day: HalfDay, opened: set[tuple[int, date, str]]) -> bool:
        """Afternoons of P1 in the first four open weeks, with marks of less than a tenth of it but of others."""
        if pupil.stage != "P1" or half_day[1] == "AM" or half_day not in self.marked[pupil.school]:
            return False
        weeks = sorted({day.isocalendar()[:2] for school, day, _ in opened if school == pupil.school})
        if half_day[0].isocalendar()[:2] not in weeks[:4]:
            return False
        stage = {number for number, other in self.pupils.items() if other == pupil}
        return 10 * len(stage & self.marked_pupils.get(half_day, set())) < len(stage)

    def recorded_and_expected(self) -> dict[int, tuple[int, int]]:
        """Rule 10, by school: openings with a mark, and these together with what is expected and has none."""
        found = {}
        expected = self.expected()
        for school in self.schools:
            here = [number for number, pupil in self.pupils.items() if pupil.school == school]
            marked = {number: {(d, h) for p, d, h in self.marks if p == number} for number in here}
            recorded = sum(len(marked[number]) for number in here)
            missing = sum(len(expected[number] - marked[number]) for number in here)
            if recorded + missing:
                found[school] = (recorded, recorded + missing)
        return found
