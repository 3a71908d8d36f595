"""What happens between the censuses: late starts, transfers, leavers, newcomers, guests, part-time pupils."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.world.calendars import SchoolYear
from orchestration.synthetic.world.characteristics import pick_zones
from orchestration.synthetic.world.people import Days, Registry, day
from orchestration.synthetic.world.population import CensusRoll
from orchestration.synthetic.world.published import Department

Ints = NDArray[np.int64]
NEVER = np.datetime64("NaT", "D")

# Shares of the roll. Movement of that kind is not published; these give about 360 openings per pupil
# in a year of 380, as the 252.7 million openings of 2020/21 for 702,197 pupils do.
_LATE_START, _LEFT_EARLY, _OUT, _IN, _WITHIN = 0.004, 0.003, 0.012, 0.010, 0.008
_GUEST, _PART_TIME, _WINTER_LEAVER = 0.003, 0.002, 0.03
_S4, _S5 = 10, 11

STATUSES = ("on_roll", "guest")
REASONS = ("", "transfer_within", "transfer_out", "left_school")


@dataclass(frozen=True)
class Enrolments:
    """Spells of people at departments in one academic year; ``leaving`` is NaT where there is no end."""

    person: Ints
    department: Ints
    stage: Ints
    entry: Days
    leaving: Days
    is_base: NDArray[np.bool_]
    is_part_time: NDArray[np.bool_]
    reason: Ints  # position in REASONS

    @property
    def count(self) -> int:
        """How many spells there are."""
        return len(self.person)

    def take(self, places: Ints) -> "Enrolments":
        """The same with only these spells, in this order."""
        return Enrolments(*(getattr(self, name)[places] for name in self.__dataclass_fields__))

    def joined(self, other: "Enrolments") -> "Enrolments":
        """The same with the spells of another."""
        return Enrolments(*(np.concatenate([getattr(self, n), getattr(other, n)]) for n in self.__dataclass_fields__))


def year_of_enrolments(
    registry: Registry,
    schools: tuple[Department, ...],
    roll: CensusRoll,
    year: SchoolYear,
    census: date,
    near: Ints,
    random: np.random.Generator,
) -> Enrolments:
    """All enrolments of a year; at the census exactly those of the roll are on the roll of a base school."""
    days = np.array(year.open_dates, dtype="datetime64[D]")
    # pupils begin on the first school day of a week: the day of the week's snapshots, so that everybody who is
    # marked is known by then
    starts = days[np.flatnonzero(np.diff((days.astype(np.int64) + 3) // 7, prepend=-1))]
    before = days[(days > days[0]) & (days < day(census))]
    after = days[days > day(census)][5:-5]
    entry = roll.entry.copy()
    late = _chosen(roll, _LATE_START, random)
    late &= entry == days[0]
    entry[late] = random.choice(before[np.isin(before, starts)], size=int(late.sum()))
    base = _spells(roll.person, roll.department, roll.stage, np.minimum(entry, day(census)))
    base = replace(base, is_part_time=_chosen(roll, _PART_TIME, random) & (roll.stage < 13))
    base = _with_leavers(base, after, year, random)
    base = base.joined(_transfers(base, schools, days, starts[np.isin(starts, after)], random))
    for share, first, last in ((_LEFT_EARLY, days[:1], before), (_IN, starts[np.isin(starts, after)], None)):
        base = base.joined(_outsiders(registry, roll, share, first, last, year, near, random))
    return base.joined(_guests(base, schools, starts[1:12], random))


def roll_at_end(enrolments: Enrolments, year: SchoolYear) -> CensusRoll:
    """Those who are at a base school on the last day of term, for the next year to start from."""
    end = day(year.open_dates[-1])
    stays = enrolments.is_base & (np.isnat(enrolments.leaving) | (enrolments.leaving >= end))
    places = np.flatnonzero(stays)
    return CensusRoll(
        enrolments.person[places],
        enrolments.department[places],
        enrolments.stage[places],
        enrolments.entry[places],
    )


def _spells(person: Ints, department: Ints, stage: Ints, entry: Days) -> Enrolments:
    count = len(person)
    return Enrolments(
        person,
        department,
        stage,
        entry,
        np.full(count, NEVER),
        np.ones(count, dtype=bool),
        np.zeros(count, dtype=bool),
        np.zeros(count, dtype=np.int64),
    )


def _chosen(roll: CensusRoll, share: float, random: np.random.Generator) -> NDArray[np.bool_]:
    return np.asarray(random.random(len(roll.person)) < share)


def _with_leavers(base: Enrolments, after: Days, year: SchoolYear, random: np.random.Generator) -> Enrolments:
    leaving, reason = base.leaving.copy(), base.reason.copy()
    end = day(year.open_dates[-1])
    ends_here = np.isin(base.stage, (6, 12))  # P7 goes on to a secondary, S6 leaves
    leaving[ends_here] = end
    reason[ends_here] = np.where(base.stage[ends_here] == 6, 1, 3)
    out = random.random(base.count) < _OUT
    leaving[out] = random.choice(after, size=int(out.sum()))
    reason[out] = 2
    winter = np.isin(base.stage, (_S4, _S5)) & (random.random(base.count) < _WINTER_LEAVER)
    leaving[winter] = max(d for d in year.open_dates if d.year == year.start)
    reason[winter] = 3
    return replace(base, leaving=leaving, reason=reason)


def _transfers(
    base: Enrolments, schools: tuple[Department, ...], days: Days, starts: Days, random: np.random.Generator
) -> Enrolments:
    """Moves in mid-year to another school of the sector; ends the old spells in place and gives the new ones."""
    used = np.unique(base.department)
    sector = np.array([school.sector for school in schools])
    moving = np.flatnonzero((random.random(base.count) < _WITHIN) & np.isnat(base.leaving))
    target = base.department[moving].copy()
    for name in np.unique(sector):
        pool = used[sector[used] == name]
        if len(pool) > 1:
            of_sector = np.flatnonzero(sector[base.department[moving]] == name)
            place = np.searchsorted(pool, base.department[moving[of_sector]])
            step = random.integers(1, len(pool), size=len(of_sector))
            target[of_sector] = pool[(place + step) % len(pool)]
    seeds = np.array([school.seed_code for school in schools])
    moves = seeds[target] != seeds[base.department[moving]]
    moving, target = moving[moves], target[moves]
    begins = random.choice(starts, size=len(moving))
    base.leaving[moving] = days[np.searchsorted(days, begins) - 1]
    base.reason[moving] = 1
    fresh = _spells(base.person[moving], target, base.stage[moving], begins)
    return replace(fresh, is_part_time=base.is_part_time[moving])


def _outsiders(
    registry: Registry,
    roll: CensusRoll,
    share: float,
    entries: Days,
    leavings: Days | None,
    year: SchoolYear,
    near: Ints,
    random: np.random.Generator,
) -> Enrolments:
    """People who are not at the census: those who left before it, or came after it."""
    like = np.flatnonzero(_chosen(roll, share, random))
    people = registry.people
    sex = people.sex[roll.person[like]]
    numbers = registry.add(year.start, roll.stage[like], sex, random)
    people = registry.people
    people.quintile[numbers] = people.quintile[roll.person[like]]
    people.zone[numbers] = pick_zones(near, roll.department[like], people.quintile[numbers], random)
    for name in ("ethnicity", "has_support_need", "is_meal_registered", "is_taught_in_gaelic"):
        getattr(people, name)[numbers] = getattr(people, name)[roll.person[like]]
    spells = _spells(numbers, roll.department[like], roll.stage[like], random.choice(entries, size=len(like)))
    if leavings is None:
        return spells
    return replace(
        spells, leaving=random.choice(leavings, size=len(like)), reason=np.full(len(like), 2, dtype=np.int64)
    )


def _guests(base: Enrolments, schools: tuple[Department, ...], days: Days, random: np.random.Generator) -> Enrolments:
    """A few pupils who go to another school for part of the week, and stay on the roll of their own."""
    used = np.unique(base.department)
    sector = np.array([school.sector for school in schools])
    seeds = np.array([school.seed_code for school in schools])
    chosen = np.flatnonzero((random.random(base.count) < _GUEST) & np.isnat(base.leaving) & (base.entry <= days[0]))
    target = random.choice(used, size=len(chosen))
    own = base.department[chosen]
    fits = (seeds[target] != seeds[own]) & ((sector[target] == sector[own]) | (sector[target] == "special"))
    chosen, target = chosen[fits], target[fits]
    guests = _spells(base.person[chosen], target, base.stage[chosen], random.choice(days, size=len(chosen)))
    return replace(guests, is_base=np.zeros(len(chosen), dtype=bool))
