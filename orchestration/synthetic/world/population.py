"""Who is on the roll of which school at each census: the same people from year to year, a stage higher.

A pupil stays at the school where the published numbers leave room; others move to another school of the
authority, leave it, or come from outside. Families that move house carry the changes of the SIMD mix.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.world.calendars import first_day
from orchestration.synthetic.world.people import Days, People, Registry, age_in_february, day
from orchestration.synthetic.world.places import give, ranks, repeat_cells
from orchestration.synthetic.world.published import SPECIAL_STAGE, STAGES_OF_SECTOR, Department
from orchestration.synthetic.world.rolls import Rolls

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class CensusRoll:
    """Pupils on the roll at a census: person, department, stage and date of entry into the school."""

    person: Ints
    department: Ints
    stage: Ints
    entry: Days


def empty_roll() -> CensusRoll:
    """The roll before the first year."""
    none = np.zeros(0, dtype=np.int64)
    return CensusRoll(none, none, none, np.zeros(0, dtype="datetime64[D]"))


def next_roll(
    registry: Registry,
    schools: tuple[Department, ...],
    rolls: Rolls,
    before: CensusRoll,
    start: int,
    random: np.random.Generator,
) -> CensusRoll:
    """The roll of the next census: everyone who stays moves up, the rest is matched or added.

    Stage and sex of every department come out as in ``rolls``.
    """
    person, department, stage, entry = _moved_up(registry.people, schools, before, start)
    quota = _quotas(rolls, registry.people.sex[person], department, stage)
    sex = registry.people.sex[person]
    staying = department >= 0
    cell = np.where(staying, (department * 14 + stage) * 2 + sex, -1)
    kept = staying & (ranks(cell, random.random(len(cell))) < quota.reshape(-1)[np.maximum(cell, 0)])
    missing = quota.copy()
    np.subtract.at(missing, (department[kept], stage[kept], sex[kept]), 1)
    moved = _match_movers(
        schools, missing, person[~kept], stage[~kept], sex[~kept], before.department[_at(before, person[~kept])], random
    )
    arrived = np.asarray(day(first_day(registry.authority.code, start)))
    new_department, new_stage, new_sex = repeat_cells(missing)
    added = registry.add(start, new_stage, new_sex, random)
    new_entry = _entries(registry, new_stage, start, random, first_year=not len(before.person))
    return CensusRoll(
        np.concatenate([person[kept], moved[0], added]),
        np.concatenate([department[kept], moved[1], new_department]),
        np.concatenate([stage[kept], moved[2], new_stage]),
        np.concatenate([entry[kept], np.full(len(moved[0]), arrived), new_entry]),
    )


def _at(before: CensusRoll, person: Ints) -> Ints:
    order = np.argsort(before.person, kind="stable")
    return np.asarray(order[np.searchsorted(before.person[order], person)])


def _moved_up(
    people: People, schools: tuple[Department, ...], before: CensusRoll, start: int
) -> tuple[Ints, Ints, Ints, Days]:
    """Those who are still of school age, with the next stage; department -1 where the school has none."""
    special = before.stage == SPECIAL_STAGE
    stage = np.where(special, SPECIAL_STAGE, before.stage + 1)
    goes_on = np.where(special, age_in_february(people, before.person, start) <= 18, before.stage < 12)
    first = np.array([min(STAGES_OF_SECTOR[school.sector]) for school in schools] or [0])
    last = np.array([max(STAGES_OF_SECTOR[school.sector]) for school in schools] or [0])
    teaches = (
        (stage >= first[before.department]) & (stage <= last[before.department]) if len(stage) else stage.astype(bool)
    )
    department = np.where(teaches, before.department, -1)
    return before.person[goes_on], department[goes_on], stage[goes_on], before.entry[goes_on]


def _quotas(rolls: Rolls, sex: Ints, department: Ints, stage: Ints) -> Ints:
    """Pupils by department, stage and sex: margins as in the rolls, as close to who is there as can be."""
    size = rolls.stage.shape
    there = np.zeros((*size, 2), dtype=np.int64)
    staying = department >= 0
    np.add.at(there, (department[staying], stage[staying], sex[staying]), 1)
    quota = np.zeros((*size, 2), dtype=np.int64)
    for at in np.flatnonzero(rolls.total):
        stages = np.flatnonzero(rolls.stage[at])
        females = _females(rolls.stage[at, stages], int(rolls.female[at]), there[at, stages])
        quota[at, stages, 0] = females
        quota[at, stages, 1] = rolls.stage[at, stages] - females
    return quota


def _females(pupils: Ints, total: int, there: Ints) -> Ints:
    """Girls of each stage; nobody who is there is sent away unless the margins ask for it."""
    girls, boys = there[:, 0], there[:, 1]
    grows = pupils >= girls + boys
    low = np.where(grows, girls, np.maximum(0, pupils - boys))
    high = np.where(grows, pupils - boys, np.minimum(pupils, girls))
    females = np.clip(np.rint(pupils * (total / pupils.sum())).astype(np.int64), low, high)
    for floor, ceiling in ((low, high), (np.zeros_like(pupils), pupils)):
        lacking = total - int(females.sum())
        if lacking > 0:
            females = females + give(lacking, ceiling - females)
        elif lacking < 0:
            females = females - give(-lacking, females - floor)
    return np.asarray(females)


def _match_movers(
    schools: tuple[Department, ...],
    missing: Ints,
    person: Ints,
    stage: Ints,
    sex: Ints,
    came_from: Ints,
    random: np.random.Generator,
) -> tuple[Ints, Ints, Ints]:
    """Gives free places to pupils of that stage and sex, near school to near school; takes them off ``missing``.

    Denominational primaries feed denominational secondaries first. What is left over leaves the authority.
    """
    if not len(person):
        return person, person, person
    place = _places(schools)
    got_person, got_department, got_stage = [], [], []
    for cell in range(14 * 2):
        wanted_stage, wanted_sex = divmod(cell, 2)
        pool = np.flatnonzero((stage == wanted_stage) & (sex == wanted_sex))
        (slots,) = repeat_cells(missing[:, wanted_stage, wanted_sex])
        both = min(len(pool), len(slots))
        if not both:
            continue
        pool = random.permutation(pool)[:both]
        slots = random.permutation(slots)[:both]
        pool = pool[np.lexsort((random.random(both), place[came_from[pool]]))]
        slots = slots[np.argsort(place[slots], kind="stable")]
        got_person.append(person[pool])
        got_department.append(slots)
        got_stage.append(np.full(both, wanted_stage))
        np.subtract.at(missing[:, wanted_stage, wanted_sex], slots, 1)
    if not got_person:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    return np.concatenate(got_person), np.concatenate(got_department), np.concatenate(got_stage)


def _places(schools: tuple[Department, ...]) -> Ints:
    """Departments in the order of denomination and place (data zone codes run along the map)."""
    keys = [(school.denomination == "Roman Catholic", school.data_zone_code, school.seed_code) for school in schools]
    order = sorted(range(len(schools)), key=lambda at: keys[at])
    places = np.empty(len(schools), dtype=np.int64)
    places[order] = np.arange(len(schools))
    return places


def _entries(registry: Registry, stage: Ints, start: int, random: np.random.Generator, first_year: bool) -> Days:
    """When newcomers entered their school: this August, or in the first year generated mostly in P1 or S1."""
    authority = registry.authority.code
    latest = day(first_day(authority, start))
    if not first_year:
        return np.full(len(stage), latest)
    years_there = np.where(stage == SPECIAL_STAGE, 0, np.where(stage >= 7, stage - 7, stage))
    later = random.random(len(stage)) < 0.15
    years_there = np.where(later, (years_there * random.random(len(stage))).astype(np.int64), years_there)
    firsts = np.array([day(first_day(authority, start - back)) for back in range(8)], dtype="datetime64[D]")
    return np.asarray(firsts[years_there])
