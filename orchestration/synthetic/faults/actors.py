"""The pupils and marks that planted cases need: who has a wrong check digit, two base schools, a new SCN ..."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.feeds.attendance import UNMAPPED
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.identifiers import seed_check_digit

Ints = NDArray[np.int64]
_UNMAPPED_MARKS = 5


@dataclass(frozen=True)
class Actors:
    """Places of enrolments (of this year) that play a part, each a different pupil."""

    reissued: int
    shared: int
    two_bases: int
    elsewhere: int
    leaver: int | None
    unknown_scns: Ints

    def persons(self, world: YearWorld) -> list[int]:
        """Who plays a part."""
        rows = [self.reissued, self.shared, self.two_bases, self.elsewhere, *filter(None, [self.leaver])]
        return [int(person) for person in world.enrolments.person[rows]]


@dataclass(frozen=True)
class Lent:
    """A pupil, in a delivery, whose SCN the next authority gives to somebody born on another day."""

    delivery: str
    person: int
    scn: int
    birth: np.datetime64
    stage: int


def choose_actors(world: YearWorld, until: date, random: np.random.Generator) -> Actors:
    """Pupils who are at one school all year, and one who leaves before ``until`` and comes once more."""
    spells = world.enrolments
    _, place, times = np.unique(spells.person, return_inverse=True, return_counts=True)
    begun = spells.entry <= world.openings.days[0]
    # stages below the last of a school, so that nobody of them leaves at the end of the year
    steady = (times[place] == 1) & begun & np.isnat(spells.leaving) & (spells.stage < 12) & ~spells.is_part_time
    reissued, shared, two_bases, elsewhere = random.choice(np.flatnonzero(steady), size=4, replace=False).tolist()
    gone = (times[place] == 1) & (spells.leaving < np.datetime64(until) - 5) & begun
    leavers = np.flatnonzero(gone & (spells.leaving > world.openings.days[0]))
    leaver = int(random.choice(leavers)) if len(leavers) else None
    strangers = world.registry.new_scns(np.array([world.start - 3] * 2))
    return Actors(reissued, shared, two_bases, elsewhere, leaver, strangers)


def _there(world: YearWorld) -> NDArray[np.bool_]:
    """Enrolments at a base school, all year, of pupils who are young enough to stay for the next one."""
    spells = world.enrolments
    begun = spells.entry <= world.openings.days[0]
    return np.asarray((spells.stage < 5) & spells.is_base & begun & np.isnat(spells.leaving))


def lend_scn(world: YearWorld, delivery: str, taken: tuple[int, ...], random: np.random.Generator) -> Lent:
    """The pupil whose SCN the next authority uses too."""
    spells = world.enrolments
    row = int(random.choice(np.flatnonzero(_there(world) & ~np.isin(spells.person, taken))))
    person = int(spells.person[row])
    return Lent(delivery, person, int(world.people.scn[person]), world.people.birth[person], int(spells.stage[row]))


def borrow_scn(world: YearWorld, lent: Lent, taken: tuple[int, ...]) -> bool:
    """Gives that SCN to a pupil of the same stage, born on another day; whether there is one."""
    spells = world.enrolments
    other = world.people.birth[spells.person] != lent.birth
    found = np.flatnonzero(_there(world) & other & (spells.stage == lent.stage) & ~np.isin(spells.person, taken))
    if len(found):
        world.people.scn[spells.person[found[0]]] = lent.scn
    return bool(len(found))


def closed_school(world: YearWorld) -> dict[str, str]:
    """A school that is closed and has nobody, whose SEED code has a wrong check digit: its columns that differ."""
    head = 990_000 + world.authority.scotxed_code
    closed = f"{world.start - 1}-06-30"
    return {
        "seed_code": f"{head}{(seed_check_digit(head) + 1) % 10}",
        "establishment_name": "Imaginary School",
        "opened_on": "",
        "closed_on": closed,
    }


def plant_odd_scns(world: YearWorld, random: np.random.Generator) -> tuple[int, int]:
    """Gives one pupil an SCN with a wrong check digit and another one of a year to come; who they are."""
    people = world.people
    wrong, late = random.choice(np.unique(world.enrolments.person[_there(world)]), size=2, replace=False).tolist()
    scn = int(people.scn[wrong])
    people.scn[wrong] = scn - scn % 10 + (scn + 5) % 10
    people.scn[late] = world.registry.new_scns(np.array([world.start + 20]))[0]
    return wrong, late


def plant_unmapped(world: YearWorld, marks: NDArray[np.uint8], last_column: int, random: np.random.Generator) -> Ints:
    """Turns a few marks of different schools into a code that no mapping knows; their half days."""
    spells = world.enrolments
    big = np.flatnonzero(np.bincount(spells.department, minlength=len(world.schools)) >= 30)
    columns = []
    for department in random.permutation(big)[:_UNMAPPED_MARKS].tolist():
        rows = np.flatnonzero(spells.department == department)
        row = int(random.choice(rows))
        there = np.flatnonzero(marks[row, :last_column] >= 10)
        if len(there):
            column = int(random.choice(there))
            marks[row, column] = UNMAPPED
            columns.append(column)
    return np.array(columns, dtype=np.int64)


def other_school(world: YearWorld, row: int) -> int:
    """Department of the same sector, at another establishment, with the largest roll."""
    spells = world.enrolments
    own = int(spells.department[row])
    size = np.bincount(spells.department, minlength=len(world.schools))
    candidates = [
        at
        for at, school in enumerate(world.schools)
        if school.sector == world.schools[own].sector and world.unit_of[at] != world.unit_of[own] and size[at]
    ]
    return max(candidates, key=lambda at: int(size[at])) if candidates else own
