"""The roll that each school has at each census: by stage, sex, SIMD quintile, support need, free meals.

2023 and 2025 are as published; 2024 lies between them, with the published roll of secondaries; before
and after, the nearest census is carried on.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.world.hidden import fill_hidden, largest_remainders, number
from orchestration.synthetic.world.published import (
    QUINTILES,
    STAGES,
    STAGES_OF_SECTOR,
    Department,
    Row,
    read_seed,
)
from orchestration.synthetic.world.randomness import generator

Ints = NDArray[np.int64]
GROUPS = ("white_british", "white_other", "minority_ethnic", "ethnicity_unknown")


@dataclass(frozen=True)
class Rolls:
    """Counts by department (first axis) at one census; cells of a margin add up to the roll."""

    stage: Ints
    female: Ints
    quintile: Ints
    support_need: Ints
    free_meals: Ints  # of P6 and above
    gaelic: Ints
    ethnicity: Ints

    @property
    def total(self) -> Ints:
        """Pupils on the roll by department."""
        return np.asarray(self.stage.sum(axis=1))


def census_rolls(folder: Path, seed: int, schools: tuple[Department, ...], start: int) -> Rolls:
    """Rolls of the departments at the census of the academic year that begins in ``start``."""
    if start <= 2023:
        return published_rolls(folder, seed, schools, 2023)
    if start >= 2025:
        return published_rolls(folder, seed, schools, 2025)
    before, after = (published_rolls(folder, seed, schools, year) for year in (2023, 2025))
    return _between(folder, schools, before, after)


def published_rolls(folder: Path, seed: int, schools: tuple[Department, ...], census: int) -> Rolls:
    """Rolls at a published census, hidden cells filled; 0 for departments that are not in it."""
    rows = {
        (int(row["seed_code"]), row["sector"]): row
        for row in read_seed(folder, "school_rolls")
        if int(row["census_year"]) == census
    }
    size = len(schools)
    rolls = Rolls(
        stage=np.zeros((size, len(STAGES)), dtype=np.int64),
        female=np.zeros(size, dtype=np.int64),
        quintile=np.zeros((size, QUINTILES), dtype=np.int64),
        support_need=np.zeros(size, dtype=np.int64),
        free_meals=np.zeros(size, dtype=np.int64),
        gaelic=np.zeros(size, dtype=np.int64),
        ethnicity=np.zeros((size, len(GROUPS)), dtype=np.int64),
    )
    for position, school in enumerate(schools):
        row = rows.get((school.seed_code, school.sector))
        if row is not None and int(row["roll"]) > 0:
            _fill_row(rolls, position, school, row, generator(seed, "rolls", census, school.seed_code, school.sector))
    return rolls


def _fill_row(rolls: Rolls, at: int, school: Department, row: Row, random: np.random.Generator) -> None:
    roll = int(row["roll"])
    where = f"Roll of {school.seed_code} {school.sector}, census {row['census_year']}"
    stages = STAGES_OF_SECTOR[school.sector]
    rolls.stage[at, list(stages)] = fill_hidden(
        [number(row, STAGES[stage].lower()) for stage in stages], roll, random, where
    )
    rolls.female[at] = fill_hidden([number(row, "female"), number(row, "male")], roll, random, where)[0]
    simd = [number(row, f"simd_{n}") for n in range(1, 6)] + [number(row, "simd_unknown")]
    if all(value == 0 for value in simd):
        simd[-1] = roll  # not available at all
    rolls.quintile[at] = fill_hidden(simd, roll, random, where)
    ethnic = [number(row, group) for group in GROUPS]
    if all(value == 0 for value in ethnic):
        ethnic[-1] = roll
    rolls.ethnicity[at] = fill_hidden(ethnic, roll, random, where)
    if school.sector == "special":
        rolls.support_need[at] = roll
        rolls.free_meals[at] = roll
    else:
        rolls.support_need[at] = _count(row, "asn", roll, random)
        older = int(rolls.stage[at, 5:].sum())
        rolls.free_meals[at] = _count(row, "free_meals_p6_sp", older, random)
    rolls.gaelic[at] = _count(row, "gaelic", roll, random)


def _count(row: Row, column: str, most: int, random: np.random.Generator) -> int:
    value = number(row, column)
    # a hidden count is small itself or leaves a small rest; which of the two is not published
    return min(most, int(random.integers(1, 5)) if value is None else value)


def _between(folder: Path, schools: tuple[Department, ...], before: Rolls, after: Rolls) -> Rolls:
    trend = {
        int(row["seed_code"]): int(row["roll"])
        for row in read_seed(folder, "secondary_roll_trend")
        if row["year"] == "2024" and row["roll"]
    }
    census = date(2024, 9, 11)
    stage = np.zeros_like(before.stage)
    for at, school in enumerate(schools):
        then, later = before.stage[at], after.stage[at]
        if not then.any() or not later.any():
            opened = later.any() and school.opened_on is not None and school.opened_on <= census
            closed = [day for day in (school.closed_on, school.mothballed_on) if day is not None]
            open_still = then.any() and not (closed and min(closed) <= census)
            stage[at] = later if opened else then if open_still else 0
            continue
        cohort = _cohort_stages(school.sector, then, later)
        total = round((int(then.sum()) + int(later.sum())) / 2)
        if school.sector == "secondary":
            total = trend.get(school.seed_code, total)
        stage[at] = largest_remainders(cohort + 1e-9 * (cohort == 0), total)
    total_ = stage.sum(axis=1)
    return Rolls(
        stage=stage,
        female=_share(before.female, after.female, before, after, total_),
        quintile=_mix(before.quintile, after.quintile, total_),
        support_need=_share(before.support_need, after.support_need, before, after, total_),
        free_meals=np.minimum(
            _share(before.free_meals, after.free_meals, before, after, total_), stage[:, 5:].sum(axis=1)
        ),
        gaelic=_share(before.gaelic, after.gaelic, before, after, total_),
        ethnicity=_mix(before.ethnicity, after.ethnicity, total_),
    )


def _cohort_stages(sector: str, then: Ints, later: Ints) -> NDArray[np.float64]:
    """Stages a year after ``then`` and a year before ``later``: those who move up once, and will once more."""
    cohort = (then + later) / 2
    if sector == "special":
        return cohort
    stages = list(STAGES_OF_SECTOR[sector])
    for stage in stages[:-2] if sector == "secondary" else stages:
        came = then[stage - 1] if stage > stages[0] else later[stage + 1]
        goes = later[stage + 1] if stage < stages[-1] else then[stage - 1]
        cohort[stage] = (came + goes) / 2
    return cohort


def _share(one: Ints, two: Ints, before: Rolls, after: Rolls, total: Ints) -> Ints:
    pupils = before.total + after.total
    return np.asarray(np.rint((one + two) / np.maximum(pupils, 1) * total).astype(np.int64))


def _mix(one: Ints, two: Ints, total: Ints) -> Ints:
    mixed = np.zeros_like(one)
    for at, count in enumerate(total.tolist()):
        if count:
            mixed[at] = largest_remainders((one[at] + two[at]).astype(float), count)
    return mixed
