"""Whoever knows every sum that is shown anywhere cannot work out the split of a cell that few pupils stand behind."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from orchestration.release.protection.grid import GROUP_OF_QUINTILE, REST
from orchestration.release.tables.contracts import ReleaseContract
from tests.support.release_exact import contracts
from tests.support.release_runs import Releases
from tests.support.release_world import MONTHS, Month, Pupil, World, changed, random_world

GRID = "attendance_by_authority_stage_simd_quintile_month"
PARTS = ("authorised", "not_authorised")
TOLERANCE = 1e-6
FEW = settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
Cell = tuple[str, str, str]


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ReleaseContract, ...]:
    return contracts(tmp_path_factory.mktemp("contracts"))


def _world(sizes: list[int], secondary: int, absent: float, seed: int) -> World:
    schools = {(f"50{number:05d}", "primary"): size for number, size in enumerate(sizes)}
    return random_world({**schools, ("5100000", "secondary"): secondary}, seed, MONTHS[:2], absent)


WORLDS = st.builds(
    _world,
    st.lists(st.sampled_from([30, 90, 250]), min_size=2, max_size=4),
    st.sampled_from([60, 300]),
    st.sampled_from([0.02, 0.05, 0.1]),
    st.integers(0, 10_000),
)


def _cell(row: dict[str, Any]) -> Cell:
    return row["sector"], row["stage"], row["simd_quintile"]


def _behind(world: World, month: date) -> dict[Cell, list[set[int]]]:
    found: dict[Cell, list[set[int]]] = defaultdict(lambda: [set(), set()])
    for pupil in world.pupils:
        counts = pupil.months.get(month)
        for number, part in enumerate(PARTS):
            if counts is not None and getattr(counts, part):
                found[pupil.sector, pupil.stage, pupil.quintile][number].add(pupil.token)
    return found


def _truth(releases: Releases, month: date) -> dict[Cell, int]:
    columns = releases.exact[GRID].columns
    names = ("sector", "stage", "simd_quintile", "month", "openings_not_authorised")
    rows = zip(*(columns[name] for name in names), strict=True)
    return {row[:3]: row[4] for row in rows if row[3] == month}


def _lines(cells: list[dict[str, Any]]) -> dict[tuple[str, str], list[int]]:
    lines: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, row in enumerate(cells):
        lines[row["sector"], ""].append(number)
        lines[row["sector"], row["stage"]].append(number)
        lines[row["sector"], GROUP_OF_QUINTILE.get(row["simd_quintile"], REST)].append(number)
    return lines


def _attack(releases: Releases, world: World, month: date) -> list[str]:
    """Cells of a month with few pupils behind a part whose split is shown, or follows from all sums together."""
    cells = releases.rows(GRID, month=month)
    truth, behind = _truth(releases, month), _behind(world, month)
    sums, amounts = [], []
    for line in _lines(cells).values():
        joint = [set[int]().union(*(behind[_cell(cells[number])][part] for number in line)) for part in (0, 1)]
        if min(map(len, joint)) >= 5:  # otherwise no mart shows it
            sums.append([float(number in line) for number in range(len(cells))])
            amounts.append(float(sum(truth[_cell(cells[number])] for number in line)))
    bounds: list[tuple[float, float | None]] = []
    for row in cells:
        if row["openings_not_authorised"] is not None:
            bounds.append((truth[_cell(row)], truth[_cell(row)]))
        elif row["openings_possible"] is not None:
            bounds.append((0.0, float(row["openings_possible"] - row["openings_attended"])))
        else:
            bounds.append((0.0, None))
    found = []
    for number, row in enumerate(cells):
        name = _cell(row)
        if min(map(len, behind[name])) >= 5 or not any(behind[name]):
            continue
        if row["openings_not_authorised"] is not None:
            found.append(f"{name} is shown")
            continue
        ends = []
        for sign in (1.0, -1.0):
            cost = np.zeros(len(cells))
            cost[number] = sign
            outcome = linprog(cost, A_eq=sums or None, b_eq=amounts or None, bounds=bounds, method="highs")
            ends.append(-sign * np.inf if outcome.x is None else sign * float(outcome.fun))
        if ends[1] - ends[0] < TOLERANCE:
            found.append(f"{name} follows")
    return found


@FEW
@given(world=WORLDS)
def test_no_cell_with_few_pupils_behind_a_part_can_be_worked_out(
    marts: tuple[ReleaseContract, ...], world: World
) -> None:
    releases = Releases(marts)
    releases.release(world)
    for month in MONTHS[:2]:
        assert _attack(releases, world, month) == []


def _corrected(world: World, seed: int) -> World:
    """A month later, with a few marks of the first month put right."""
    generator = random.Random(seed)

    def change(pupil: Pupil) -> Pupil | None:
        months = dict(pupil.months)
        if generator.random() < 0.02:
            months[MONTHS[0]] = Month(40, generator.choice((0, 2, 6)), generator.choice((0, 1, 3)))
        months[MONTHS[2]] = Month(40, generator.choice((0, 0, 2)), generator.choice((0, 0, 1)))
        return replace(pupil, months=months)

    return replace(changed(world, change), data_as_at=date(2025, 10, 31))


@FEW
@given(world=WORLDS, seed=st.integers(0, 1000))
def test_a_cell_that_changes_has_five_pupils_behind_its_change(
    marts: tuple[ReleaseContract, ...], world: World, seed: int
) -> None:
    releases = Releases(marts)
    releases.release(world)
    before = {_cell(row): row["openings_not_authorised"] for row in releases.rows(GRID, month=MONTHS[0])}
    now = _corrected(world, seed)
    releases.release(now)
    earlier = {pupil.token: pupil.months[MONTHS[0]].not_authorised for pupil in world.pupils}
    for row in releases.rows(GRID, month=MONTHS[0]):
        cell, shown = _cell(row), row["openings_not_authorised"]
        if shown is None or shown == before[cell] or not row["openings_possible"]:
            continue
        assert before[cell] is not None, f"{cell} was hidden"
        moved = [
            pupil for pupil in now.pupils
            if (pupil.sector, pupil.stage, pupil.quintile) == cell
            and pupil.months[MONTHS[0]].not_authorised != earlier[pupil.token]
        ]  # fmt: skip
        assert len(moved) >= 5
