"""One authority through its academic years: people, enrolments, and every mark of a year."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.options import year_name
from orchestration.synthetic.world.absence import absent_openings, group_shift
from orchestration.synthetic.world.calendars import SchoolYear, school_year
from orchestration.synthetic.world.characteristics import near_zones, settle
from orchestration.synthetic.world.marks import extended_leave, marks_of_year
from orchestration.synthetic.world.movement import Enrolments, roll_at_end, year_of_enrolments
from orchestration.synthetic.world.openings import (
    Establishment,
    Openings,
    establishments,
    no_openings,
    openings_of_year,
    possible_openings,
)
from orchestration.synthetic.world.people import People, Registry
from orchestration.synthetic.world.population import CensusRoll, empty_roll, next_roll
from orchestration.synthetic.world.published import (
    Authority,
    Department,
    census_date,
    departments,
    exam_window,
)
from orchestration.synthetic.world.randomness import generator
from orchestration.synthetic.world.rolls import Rolls, census_rolls

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass
class YearWorld:
    """Everything that is true of one authority in one academic year.

    Enrolments are sorted by SEED code and SCN; ``possible`` and ``leave`` have a row for each enrolment
    and a column for each half day; ``absent`` counts absences of the whole year.
    """

    authority: Authority
    start: int
    schools: tuple[Department, ...]
    units: tuple[Establishment, ...]
    unit_of: Ints
    rolls: Rolls
    roll: CensusRoll
    registry: Registry
    year: SchoolYear
    openings: Openings
    enrolments: Enrolments
    possible: Flags
    leave: Flags
    absent: Ints
    seed: int

    @property
    def people(self) -> People:
        """The people as they are this year."""
        return self.registry.people

    @property
    def academic_year(self) -> str:
        """Such as ``2025/26``."""
        return year_name(self.start)

    @property
    def seed_codes(self) -> Ints:
        """SEED code of each enrolment."""
        return np.array([school.seed_code for school in self.schools])[self.enrolments.department]

    def counted(self) -> Ints:
        """Possible openings of each enrolment in the whole year (extended leave is not counted)."""
        return np.asarray((self.possible & ~self.leave).sum(axis=1))

    def marks(self) -> NDArray[np.uint8]:
        """The mark of each enrolment at each half day; 0 where there is none."""
        sector = np.array([school.sector == "secondary" for school in self.schools])
        return marks_of_year(
            self.possible,
            self.leave,
            self.absent,
            sector[self.enrolments.department],
            self.enrolments.stage == 10,
            self.year,
            self.openings,
            generator(self.seed, self.authority.code, self.start, "marks"),
        )


def years_of_authority(
    seeds: Path, authority: Authority, starts: list[int], seed: int, unmarked: Collection[int] = ()
) -> Iterator[YearWorld]:
    """The years asked for, in order; those between them happen too, so that pupils move up.

    Each must be used before the next is asked for: people change from year to year. Those ``unmarked`` have no half
    days.
    """
    schools = departments(seeds, authority.code)
    units = establishments(schools)
    unit_of = np.zeros(len(schools), dtype=np.int64)
    for place, unit in enumerate(units):
        unit_of[list(unit.departments)] = place
    registry = Registry(seeds, authority)
    near = near_zones(seeds, authority.code, schools)
    before = empty_roll()
    for start in range(min(starts), max(starts) + 1):
        rolls = census_rolls(seeds, seed, schools, start)
        random = generator(seed, authority.code, start, "people")
        roll = next_roll(registry, schools, rolls, before, start, random)
        settle(seeds, registry.people, schools, rolls, roll, near, random)
        year = school_year(authority.code, start)
        enrolments = year_of_enrolments(
            registry, schools, roll, year, census_date(seeds, year_name(start)), near, random
        )
        before = roll_at_end(enrolments, year)
        if start not in starts:
            continue
        codes = np.array([school.seed_code for school in schools])
        order = np.lexsort((registry.people.scn[enrolments.person], codes[enrolments.department]))
        enrolments = enrolments.take(order)
        nobody_absent = np.zeros(enrolments.count, dtype=np.int64)
        if start in unmarked:
            none = np.zeros((enrolments.count, 0), dtype=bool)
            yield YearWorld(
                authority, start, schools, units, unit_of, rolls, roll, registry, year, no_openings(units), enrolments,
                none, none, nobody_absent, seed,
            )  # fmt: skip
            continue
        openings = openings_of_year(authority.code, units, year, seed)
        random = generator(seed, authority.code, start, "openings")
        possible = possible_openings(enrolments, unit_of, openings, exam_window(seeds, year_name(start)), random)
        leave = extended_leave(possible, random)
        world = YearWorld(
            authority, start, schools, units, unit_of, rolls, roll, registry, year, openings, enrolments, possible,
            leave, nobody_absent, seed,
        )  # fmt: skip
        world.absent = _absences(world)
        yield world


def _absences(world: YearWorld) -> Ints:
    people, spells = world.people, world.enrolments
    counted = world.counted()
    return absent_openings(
        spells.department,
        [school.sector for school in world.schools],
        _rates(world, counted),
        group_shift(spells.stage, people.quintile[spells.person], people.has_support_need[spells.person]),
        people.absence_rank[spells.person],
        counted,
        generator(world.seed, world.authority.code, world.start, "absence"),
    )


def _rates(world: YearWorld, counted: Ints) -> NDArray[np.float64]:
    """Attendance rates of the departments, moved so that the authority's is the mean weighted by roll.

    Weighted by openings it is another one where schools open for different hours (Highland: 0.16 points).
    """
    published = np.array([school.attendance_rate for school in world.schools])
    openings = np.bincount(world.enrolments.department, weights=counted, minlength=len(published))
    aim = np.average(published, weights=world.rolls.total)
    return np.asarray(np.minimum(published + aim - np.average(published, weights=openings), 0.999))
