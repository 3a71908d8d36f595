"""Courses and results of a year of the senior phase, by how far a pupil will come.

What leavers have is published for the whole country (National Qualifications and All SCQF); the limits below are
those shares of 2023/24: a pupil at place .40 is among the 57.4 percent with a Higher at A to C.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.world.attainment.ability import draw
from orchestration.synthetic.world.authority import YearWorld

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

S4, S5, S6 = 10, 11, 12
GRADES = ("A", "B", "C", "D", "pass", "no_award")
A, B, C, D, PASS, NO_AWARD = range(6)
TYPES = (
    "national_3", "national_4", "national_5", "higher", "advanced_higher", "skills_for_work",
    "national_progression_award", "foundation_apprenticeship", "national_unit", "baccalaureate",
)  # fmt: skip
N3, N4, N5, HIGHER, ADVANCED, SKILLS, NPA, APPRENTICE, UNIT, BACCALAUREATE = range(10)
LEVEL_OF = np.array([3, 4, 5, 6, 7, 5, 4, 6, 3, 7])  # of each type here
SUBJECTS = (
    "English", "Mathematics", "Biology", "Chemistry", "Physics", "Geography", "History", "Modern Studies", "French",
    "Spanish", "Art and Design", "Music", "Physical Education", "Business Management", "Computing Science",
    "Administration and IT", "Hospitality", "Practical Woodworking", "Applications of Mathematics", "Engineering",
    "Social Services",
)  # fmt: skip
GROUPS = {"Applications of Mathematics": "Mathematics"}
_CHOSEN = 18  # subjects that a pupil chooses among; English and mathematics are everybody's
_MATHEMATICS, _APPLICATIONS, _OTHER_AWARDS = 1, 18, (19, 20)
_COURSES_S4 = 7

# Places up to which a pupil has so many courses; the last number is for everybody after.
_N5_IN_S4 = ((0.35, 7), (0.50, 6), (0.60, 5), (0.666, 4), (0.72, 3), (0.78, 2), (0.835, 1))
_N4_IN_S4 = ((0.841, 4), (0.88, 3), (0.905, 3), (0.93, 2), (0.952, 1))
_HIGHERS_IN_S5 = ((0.22, 5), (0.43, 4), (0.48, 3), (0.53, 2), (0.574, 1))
_N5_IN_S5 = ((0.43, 0), (0.835, 1))
FIVE_IN_S5, COMPLETE, MAY_COMPLETE = 0.22, 0.43, 0.574
"""Places up to which there are five Highers by S5, as a rule by S6, and perhaps by S6."""
_ONE_D_AT_5, _OTHER_AT_4, _ONE_D_AT_6, _OTHER_AT_6 = (0.835, 0.874), (0.952, 0.958), (0.574, 0.62), (0.62, 0.665)
_N3_UP_TO, _OTHER_AT_3 = 0.976, 0.978
_IN_VAIN = {N5: 0.28, HIGHER: 0.32, ADVANCED: 0.30}
"""Courses without an award for each with one: about a fifth to a quarter of entries end so, or with a D."""


@dataclass(frozen=True)
class Results:
    """Courses of people: subject, kind of award, level, final grade and who awards, by their positions."""

    person: Ints
    department: Ints
    stage: Ints
    subject: Ints
    award: Ints
    level: Ints
    grade: Ints
    is_other_provider: NDArray[np.bool_]

    def take(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> "Results":
        """The same with only these courses."""
        return Results(*(getattr(self, name)[places] for name in self.__dataclass_fields__))


def joined(parts: list[Results]) -> Results:
    """Several as one, in the order of person, subject and level; a course that is there twice is taken once."""
    names = Results.__dataclass_fields__
    found = Results(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    order = np.lexsort((found.award, found.level, found.subject, found.person))
    found = found.take(order)
    key = np.stack([found.person, found.subject, found.level, found.award])
    fresh = np.concatenate([[True], (np.diff(key, axis=1) != 0).any(axis=0)]) if len(order) else np.zeros(0, dtype=bool)
    return found.take(fresh)


def results_of(
    world: YearWorld,
    start: int,
    who: Ints,
    department: Ints,
    stage: Ints,
    place: Floats,
    completes: Flags | None = None,
) -> Results:
    """All courses that people of S4 to S6 take in the academic year that begins in ``start``, with final grades.

    ``completes`` says who of S6 comes to five awards at level 6 in that year; without it, those up to ``COMPLETE``.
    """
    completes = place < COMPLETE if completes is None else completes
    maker = _Maker(world, start, who, department, stage, place, completes, _subjects(world, who))
    maker.s4()
    maker.s5()
    maker.s6()
    return joined(maker.parts)


def _subjects(world: YearWorld, who: Ints) -> Ints:
    """Each person's subjects in order of preference: English, mathematics, then the others by a draw that lasts."""
    order = np.stack([draw(world, who, "subject", number) for number in range(_CHOSEN)], axis=1)
    order[:, 0], order[:, 1] = -2.0, -1.0
    return np.argsort(order, axis=1, kind="stable")


def _steps(place: Floats, steps: tuple[tuple[float, int], ...]) -> Ints:
    return np.asarray(np.select([place < limit for limit, _ in steps], [count for _, count in steps], 0))


def _between(place: Floats, limits: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((place >= limits[0]) & (place < limits[1]))


@dataclass
class _Maker:
    world: YearWorld
    start: int
    who: Ints
    department: Ints
    stage: Ints
    place: Floats
    completes: Flags
    subjects: Ints

    def __post_init__(self) -> None:
        self.parts: list[Results] = []

    def s4(self) -> None:
        """National 5 for most, National 4 and 3 for the others; who misses a course has no award in it."""
        at = self.stage == S4
        five = np.where(at, _steps(self.place, _N5_IN_S4), 0)
        four = np.where(at & (self.place >= 0.666), np.minimum(5, _COURSES_S4 - five), 0)
        four = np.where(at & (self.place >= _ONE_D_AT_5[0]), _steps(self.place, _N4_IN_S4), four)
        four = np.where(at & (self.place >= 0.35) & (self.place < 0.666), _COURSES_S4 - five, four)
        one_d = at & _between(self.place, _ONE_D_AT_5)
        self._add(0, five, N5)
        self._add(five, one_d.astype(np.int64), N5, np.full(len(self.who), D))
        four = np.where(one_d, np.minimum(four, 4), four)
        self._add(five + one_d, four, N4)
        three = np.where(at & (self.place >= 0.841) & (self.place < _N3_UP_TO), np.maximum(5 - four - one_d, 1), 0)
        self._add(five + one_d + four, three, N3)
        self._other(at & _between(self.place, _OTHER_AT_4), NPA, 4)
        self._other(at & _between(self.place, (_N3_UP_TO, _OTHER_AT_3)), NPA, 3)
        missed = at & (self.place > 0.3) & (draw(self.world, self.who, self.start, "missed") < 0.25)
        self._add(five + one_d + four + three, missed.astype(np.int64), N4, np.full(len(self.who), NO_AWARD))
        self._add(0, (at & (self.place > 0.9)).astype(np.int64), UNIT, np.full(len(self.who), PASS))
        self._in_vain(five + one_d + four + three + missed, five, N5)

    def s5(self) -> None:
        """Highers in the subjects of S4, and National 5 in one more."""
        at = self.stage == S5
        highers = np.where(at, _steps(self.place, _HIGHERS_IN_S5), 0)
        self._add(0, highers, HIGHER)
        self._add(0, (at & _between(self.place, _ONE_D_AT_6)).astype(np.int64), HIGHER, np.full(len(self.who), D))
        self._other(at & _between(self.place, _OTHER_AT_6), APPRENTICE, 6)
        self._add(7, np.where(at, _steps(self.place, _N5_IN_S5), 0), N5)
        self._in_vain(highers + 1, highers, HIGHER)
        skills = at & (self.place >= 0.666) & (self.place < 0.835)
        self._add(8, (skills & (draw(self.world, self.who, "skills") < 0.2)).astype(np.int64), SKILLS)

    def s6(self) -> None:
        """Advanced Highers and further Highers."""
        at = self.stage == S6
        advanced = np.where(at, _steps(self.place, ((0.03, 3), (0.10, 2), (0.30, 1))), 0)
        self._add(0, advanced, ADVANCED)
        before = _steps(self.place, _HIGHERS_IN_S5)
        more = np.where(self.completes, 5 - before, np.clip(4 - before, 0, 1))
        more = np.where(self.place < FIVE_IN_S5, (self.place >= 0.10).astype(np.int64), more)
        more = np.where(at & (self.place < MAY_COMPLETE), more, 0)
        self._add(5, more, HIGHER)
        self._in_vain(advanced, advanced, ADVANCED)
        excellent = at & (self.place < 0.02)
        self._add(0, excellent.astype(np.int64), BACCALAUREATE, np.full(len(self.who), PASS))

    def _in_vain(self, first: Ints, awarded: Ints, award: int) -> None:
        """Courses of a kind that come to nothing, beside those with an award; they are in no measure of awards."""
        luck = draw(self.world, self.who * 16 + award, self.start, "in vain")
        count = np.floor(awarded * _IN_VAIN[award] + luck * (awarded > 0)).astype(np.int64)
        self._add(first, count, award, np.full(len(self.who), NO_AWARD))

    def _other(self, which: NDArray[np.bool_], award: int, level: int) -> None:
        """An award of another provider, in a subject that nobody takes otherwise."""
        count = which.astype(np.int64)
        self._add(0, count, award, np.full(len(self.who), PASS), level, _OTHER_AWARDS[award == APPRENTICE])

    def _add(
        self, first: Ints | int, count: Ints, award: int, grade: Ints | None = None, level: int | None = None,
        subject: int | None = None,
    ) -> None:  # fmt: skip
        """So many courses of a kind for each person, from their ``first`` subject on."""
        row = np.repeat(np.arange(len(self.who)), count)
        if not len(row):
            return
        step = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        choice = np.broadcast_to(first, count.shape)[row] + step
        chosen = self.subjects[row, np.minimum(choice, _CHOSEN - 1)] if subject is None else np.full(len(row), subject)
        if award in (N4, N5) and subject is None:
            easier = (chosen == _MATHEMATICS) & (self.place[row] > 0.5)
            chosen = np.where(easier & (draw(self.world, self.who[row], "mathematics") < 0.5), _APPLICATIONS, chosen)
        if grade is not None:
            grades = grade[row]
        elif award in (N3, N4, SKILLS):
            grades = np.full(len(row), PASS)
        else:
            luck = draw(self.world, self.who[row] * 32 + chosen, self.start, "grade")
            grades = np.select([luck < 0.75 - self.place[row], luck < 1.15 - self.place[row]], [A, B], C)
        levels = np.full(len(row), LEVEL_OF[award] if level is None else level)
        self.parts.append(
            Results(
                self.who[row], self.department[row], self.stage[row], chosen, np.full(len(row), award), levels,
                grades, np.full(len(row), award in (NPA, APPRENTICE)),
            )
        )  # fmt: skip
