"""Promises of disclosure control over random authorities: an attacker gets nothing, and hidden stays hidden."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from orchestration.release.door.attack import true_figures
from orchestration.release.protection.audit import audit
from orchestration.release.protection.bounds import exposed_cells, repair, unknowns_of
from orchestration.release.protection.suppression import CellSystem, Margin, complete
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import MartRows
from tests.support.release_exact import contracts
from tests.support.release_runs import Releases
from tests.support.release_world import MONTHS, Month, Pupil, World, changed, random_world

NO_SHRINKING = (Phase.explicit, Phase.generate)  # shrinking a whole authority takes minutes
FEW = settings(
    max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=NO_SHRINKING
)
MANY = settings(max_examples=60, deadline=None, derandomize=True, phases=NO_SHRINKING)
SIZES = st.lists(st.sampled_from([1, 3, 6, 8, 9, 15, 30, 60]), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ReleaseContract, ...]:
    return contracts(tmp_path_factory.mktemp("contracts"))


def _world(primary: list[int], secondary: list[int], special: list[int], seed: int) -> World:
    sizes = {}
    for first, sector, listed in ((50, "primary", primary), (51, "secondary", secondary), (52, "special", special)):
        sizes.update({(f"{first}{number:05d}", sector): size for number, size in enumerate(listed)})
    return random_world(sizes, seed, MONTHS[:2])


WORLDS = st.builds(
    _world,
    SIZES,
    st.lists(st.sampled_from([9, 40, 100]), max_size=2),
    st.lists(st.sampled_from([2, 7, 12, 30]), max_size=2),
    st.integers(0, 10_000),
)


@FEW
@given(world=WORLDS)
def test_no_hidden_count_can_be_worked_out(marts: tuple[ReleaseContract, ...], world: World) -> None:
    releases = Releases(marts)
    assert audit(releases.release(world)) == []
    assert releases.given_away == []


@FEW
@given(world=WORLDS, seed=st.integers(0, 1000), share=st.sampled_from([0.3, 0.9]))
def test_no_week_of_few_pupils_can_be_worked_out(
    marts: tuple[ReleaseContract, ...], world: World, seed: int, share: float
) -> None:
    """Many pupils have their openings of September in its last week, so that few stand behind the other three."""
    generator = random.Random(seed)

    def in_the_last_week(pupil: Pupil) -> Pupil:
        is_so = generator.random() < share
        return replace(pupil, months={**pupil.months, MONTHS[1]: Month(3, 1)}) if is_so else pupil

    assert audit(Releases(marts).release(changed(world, in_the_last_week))) == []


def _pairs(exact: MartRows, released: MartRows) -> Iterable[tuple[dict[str, Any], dict[str, Any]]]:
    for position in range(len(exact)):
        yield (
            {name: values[position] for name, values in exact.columns.items()},
            {name: values[position] for name, values in released.columns.items()},
        )


def _check_cells(exact: MartRows, released: MartRows) -> None:
    contract = exact.contract
    for inside, shown in _pairs(exact, released):
        for group, measures in contract.groups.items():
            for measure in measures:
                if shown[measure] is None:
                    assert shown[f"{group}_symbol"] in {"[c]", "[x]", "[z]", "[low]"}, (contract.mart, measure)
                elif measure == "completeness":
                    assert shown[measure] == round(Decimal(inside[measure]), 2) or shown[measure] is not None
                else:
                    assert shown[measure] == inside[measure], (contract.mart, measure)
        if "pupils" in contract.groups and contract.kind != "authority":
            assert shown["pupils"] is None or shown["pupils"] == 0 or shown["pupils"] >= 5


@FEW
@given(world=WORLDS)
def test_released_is_exact_or_null_with_a_symbol(marts: tuple[ReleaseContract, ...], world: World) -> None:
    releases = Releases(marts)
    released = releases.release(world)
    for mart, exact in releases.exact.items():
        _check_cells(exact, released[mart])


def _next_month(world: World, seed: int) -> World:
    """Some pupils leave, some arrive in September, some are absent more."""
    generator = random.Random(seed)

    def change(pupil: Pupil) -> Pupil | None:
        if generator.random() < 0.05:
            return replace(pupil, months={month: counts for month, counts in pupil.months.items() if month < MONTHS[1]})
        if generator.random() < 0.3:
            return replace(pupil, months={**pupil.months, MONTHS[1]: Month(44, 10, 2, 1)})
        return pupil

    return replace(changed(world, change), data_as_at=world.data_as_at + timedelta(days=31))


def _hidden(releases: Releases) -> set[tuple[Any, ...]]:
    found: set[tuple[Any, ...]] = set()
    for mart, rows in releases.released.items():
        keys = rows.keys(rows.contract.keys)
        for group in {"pupils", "openings"} & rows.contract.groups.keys():
            symbols = zip(keys, rows.columns[f"{group}_symbol"], strict=True)
            found |= {(mart, group, key) for key, symbol in symbols if symbol == "[c]"}
    return found


@FEW
@given(world=WORLDS, seed=st.integers(0, 1000))
@example(world=_world([30, 1, 6, 30], [40], [], 693), seed=383)  # a band that was hidden is empty two months later
def test_hidden_stays_hidden_and_safe_over_successive_releases(
    marts: tuple[ReleaseContract, ...], world: World, seed: int
) -> None:
    releases = Releases(marts)
    releases.release(world)
    hidden = _hidden(releases)
    for number in range(2):
        world = _next_month(world, seed + number)
        released = releases.release(world)
        now = _hidden(releases)
        assert hidden <= now
        assert audit(released, true_figures(releases.exact)) == []
        assert releases.given_away == []
        hidden = now


@MANY
@given(
    shape=st.tuples(st.integers(3, 6), st.integers(3, 6)),
    values=st.lists(st.integers(0, 40), min_size=36, max_size=36),
)
def test_complement_and_repair_leave_no_cell_exposed(shape: tuple[int, int], values: list[int]) -> None:
    table = np.array(values[: shape[0] * shape[1]], dtype=np.int64).reshape(shape)
    grid = np.arange(table.size).reshape(table.shape)
    margins = [Margin(row) for row in grid] + [Margin(column) for column in grid.T]
    system = CellSystem(table.ravel(), margins, ((table > 0) & (table < 5)).ravel())
    complete(system)
    exposed = [] if system.failed else repair(system, np.ones(table.size, dtype=np.bool_))
    if system.failed or exposed:
        return
    for _, unknowns in unknowns_of(system, system.values, system.margins):
        assert exposed_cells(unknowns) == []
