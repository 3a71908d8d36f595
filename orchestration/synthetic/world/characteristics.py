"""Data zone, support needs, free meals, Gaelic and ethnicity of the pupils on a roll, as published by school."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.world.people import People
from orchestration.synthetic.world.places import ranks, repeat_cells, top
from orchestration.synthetic.world.population import CensusRoll
from orchestration.synthetic.world.published import (
    QUINTILES,
    SPECIAL_STAGE,
    Department,
    data_zones,
    read_seed,
    shares,
)
from orchestration.synthetic.world.rolls import GROUPS, Rolls

Ints = NDArray[np.int64]

# Share with a support need falls from 44% in decile 1 to 25% in decile 10; meals are steeper still.
_NEED_WEIGHT = np.array([1.35, 1.15, 1.0, 0.85, 0.7, 1.3])
_MEAL_WEIGHT = np.array([3.0, 1.8, 1.0, 0.5, 0.25, 1.0])
_NEAR = 8  # data zones of a quintile that a school's pupils come from


def near_zones(seeds: Path, authority: str, schools: tuple[Department, ...]) -> Ints:
    """For each department and quintile the nearest data zones of the authority, by order of their codes.

    Where the authority has no zone of a quintile, the nearest of Scotland: some live across the border.
    """
    zones = data_zones(seeds)
    own = np.flatnonzero(zones.authority == authority)
    position = {code: at for at, code in enumerate(zones.codes)}
    middle = int(own[len(own) // 2])
    near = np.zeros((len(schools), QUINTILES - 1, _NEAR), dtype=np.int64)
    for quintile in range(QUINTILES - 1):
        candidates = own[zones.quintile[own] == quintile]
        if not len(candidates):
            candidates = np.flatnonzero(zones.quintile == quintile)
        for at, school in enumerate(schools):
            distance = np.abs(candidates - position.get(school.data_zone_code, middle))
            nearest = candidates[np.argsort(distance, kind="stable")[:_NEAR]]
            near[at, quintile] = np.resize(nearest, _NEAR)
    return near


def settle(
    seeds: Path,
    people: People,
    schools: tuple[Department, ...],
    rolls: Rolls,
    roll: CensusRoll,
    near: Ints,
    random: np.random.Generator,
) -> None:
    """Gives everybody on the roll the characteristics of the year; margins come out as in ``rolls``."""
    _quintiles(people, rolls, roll, near, random)
    who, where = roll.person, roll.department
    draw = random.random(len(who))
    need = np.log(np.maximum(draw, 1e-12)) / (
        _NEED_WEIGHT[people.quintile[who]] * np.where(people.sex[who] == 1, 1.28, 1.0)
    )
    people.has_support_need[who] = top(where, np.where(people.has_support_need[who], 1.0, need), rolls.support_need)
    older = (roll.stage >= 5) & (roll.stage < SPECIAL_STAGE)
    draw = random.random(len(who))
    meals = np.log(np.maximum(draw, 1e-12)) / _MEAL_WEIGHT[people.quintile[who]]
    # P1 to P5 and special schools are all registered, so what they are says nothing about P6
    had = people.is_meal_registered[who] & (roll.stage != 5)
    chosen = top(np.where(older, where, len(schools)), np.where(had, 1.0, meals), np.append(rolls.free_meals, 0))
    people.is_meal_registered[who] = np.where(older, chosen, True)
    gaelic = np.where(people.is_taught_in_gaelic[who], 1.0, random.random(len(who)) - 1)
    people.is_taught_in_gaelic[who] = top(where, gaelic, rolls.gaelic)
    _ethnicities(seeds, people, rolls, roll, random)


def _quintiles(people: People, rolls: Rolls, roll: CensusRoll, near: Ints, random: np.random.Generator) -> None:
    who, where = roll.person, roll.department
    now = people.quintile[who]
    decided = now >= 0
    cell = np.where(decided, where * QUINTILES + now, -1)
    stays = decided & (ranks(cell, random.random(len(who))) < rolls.quintile.reshape(-1)[np.maximum(cell, 0)])
    missing = rolls.quintile.copy()
    np.subtract.at(missing, (where[stays], now[stays]), 1)
    movers = np.flatnonzero(~stays)
    movers = movers[np.lexsort((random.random(len(movers)), where[movers]))]
    slot_department, slot_quintile = repeat_cells(missing)
    if not np.array_equal(slot_department, where[movers]):
        raise ValueError("The SIMD mix of a school does not add up to its roll.")
    slot_quintile = slot_quintile[np.lexsort((random.random(len(movers)), slot_department))]
    people.quintile[who[movers]] = slot_quintile
    people.zone[who[movers]] = pick_zones(near, slot_department, slot_quintile, random)


def pick_zones(near: Ints, department: Ints, quintile: Ints, random: np.random.Generator) -> Ints:
    """A data zone near the school for each quintile; -1 where there is none to be held."""
    chosen = near[department, np.minimum(quintile, QUINTILES - 2), random.integers(0, _NEAR, size=len(department))]
    return np.where(quintile == QUINTILES - 1, -1, chosen)


def _ethnicities(seeds: Path, people: People, rolls: Rolls, roll: CensusRoll, random: np.random.Generator) -> None:
    """Newcomers fill the published groups of their school; within a group, codes as in the whole country."""
    fresh = np.flatnonzero(people.ethnicity[roll.person] < 0)
    group_of = ethnicity_groups(seeds)
    _, weights = shares(seeds, "ethnicity", "female")
    there = np.zeros((rolls.ethnicity.shape[0], len(GROUPS)), dtype=np.int64)
    known = np.flatnonzero(people.ethnicity[roll.person] >= 0)
    np.add.at(there, (roll.department[known], group_of[people.ethnicity[roll.person[known]]]), 1)
    missing = np.maximum(rolls.ethnicity - there, 0).astype(float) + 1e-6
    steps = np.cumsum(missing / missing.sum(axis=1, keepdims=True), axis=1)
    # within a department the draws are evenly spread, so that the groups come out as published
    where = roll.department[fresh]
    size = np.bincount(where, minlength=len(steps))
    draw = (ranks(where, random.random(len(fresh))) + 0.5) / size[where]
    group = np.minimum((draw[:, None] > steps[where]).sum(axis=1), len(GROUPS) - 1)
    for value in range(len(GROUPS)):
        chosen = fresh[group == value]
        of_group = np.flatnonzero(group_of == value)
        p = weights[of_group] / weights[of_group].sum()
        people.ethnicity[roll.person[chosen]] = of_group[random.choice(len(of_group), size=len(chosen), p=p)]


def ethnicity_groups(seeds: Path) -> Ints:
    """Position in ``GROUPS`` of each ethnicity code, in the order of the census shares."""
    names = {
        "White - British": 0,
        "White - Other": 1,
        "Minority ethnic": 2,
    }
    group = {row["ethnicity_code"]: row["ethnicity_group"] for row in read_seed(seeds, "ethnicity_groups")}
    codes, _ = shares(seeds, "ethnicity", "female")
    return np.array([names.get(group[code], 3) for code in codes])
