"""Who knows any one school exactly works out no half days of 1 to 4 pupils of another (RULES 35, 47).

Random councils over two releases, between which pupils come, leave and are corrected; each school is known in turn. The
long run is `PROPERTIES=all`; otherwise a few councils are tried.
"""

import os
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from orchestration.release.protection import patterns
from orchestration.release.protection.heads import Together
from orchestration.release.protection.memory import Memory
from orchestration.release.protection.protect import protect
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import MartRows, released_rows
from tests.support.half_day_attacker import Attacker
from tests.support.release_exact import contracts
from tests.support.release_runs import WorldPupils, mart_rows, replace_memory, settled
from tests.support.release_world import MONTHS, Month, Pupil, World, changed, random_world

IS_LONG = os.environ.get("PROPERTIES") == "all"
SEEDS = range(60 if IS_LONG else 3)
SIZES = (1, 3, 6, 8, 9, 15, 24, 30, 45, 60)


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ReleaseContract, ...]:
    return contracts(tmp_path_factory.mktemp("contracts"))


def world_of(seed: int) -> World:
    """Some primary schools, two or three secondary ones, none to two special ones, and one with two departments."""
    generator = random.Random(seed)
    sizes = {(f"50{number:05d}", "primary"): generator.choice(SIZES) for number in range(generator.randint(2, 7))}
    sizes |= {(f"51{number:05d}", "secondary"): generator.choice((40, 80, 120)) for number in range(seed % 2 + 2)}
    sizes |= {(f"52{number:05d}", "special"): generator.choice((3, 7, 12, 30)) for number in range(seed % 3)}
    sizes["5000000", "secondary"] = 60
    return random_world(sizes, seed, MONTHS[:2])


def corrected(world: World, seed: int) -> World:
    """A month later: some pupils have left, some are corrected, some count in other groups."""
    generator = random.Random(seed)

    def change(pupil: Pupil) -> Pupil | None:
        drawn = generator.random()
        if drawn < 0.03:
            return None
        if drawn < 0.06:
            return replace(pupil, sex="M" if pupil.sex == "F" else "F")
        if drawn < 0.2:
            return replace(pupil, months={**pupil.months, MONTHS[1]: Month(44, 10, 2, 1)})
        return pupil

    return replace(changed(world, change), data_as_at=world.data_as_at + timedelta(days=31))


class HalfDays:
    """Releases of half days alone, one after another, and who is told what of each."""

    def __init__(self, marts: tuple[ReleaseContract, ...], together: Together = ()) -> None:
        self.marts, self.together, self.memory = marts, together, Memory()

    def told(self, world: World) -> list[str]:
        """Release a world. Out: rows of few pupils that come out to who knows a school, or those of one head."""
        exact, memory = mart_rows(world, self.marts), replace_memory(self.memory)
        decided = protect(exact, memory, WorldPupils(world), world.data_as_at, None, together=self.together)
        self.memory = settled(memory)
        released = {}
        for mart, rows in exact.items():
            names = [column.name for column in rows.contract.released_columns]
            columns = list(zip(*released_rows(rows, decided.decisions[mart]).values(), strict=True))
            found = {name: list(values) for name, values in zip(names, columns, strict=True)}
            released[mart] = MartRows(rows.contract, found or {name: [] for name in names})
        attacker = Attacker(exact, released, world)
        known = [{school} for school in sorted({pupil.seed_code for pupil in world.pupils})]
        known += [{place.partition("|")[0] for place in places} for places in self.together]
        return [f"{name} to {sorted(schools)}" for schools in known for name in attacker.told(schools)]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_half_days_of_few_come_out_to_who_knows_one_school(marts: tuple[ReleaseContract, ...], seed: int) -> None:
    releases, world = HalfDays(marts), world_of(seed)
    assert releases.told(world) == []
    assert releases.told(corrected(world, seed)) == []


@pytest.mark.parametrize("seed", SEEDS[:20] if IS_LONG else SEEDS[1:])
def test_nor_to_who_has_two_schools_together(marts: tuple[ReleaseContract, ...], seed: int) -> None:
    pair = frozenset({"5000000|primary", "5000001|primary"})
    assert HalfDays(marts, [pair]).told(world_of(seed)) == []


def test_without_the_rule_some_come_out(marts: tuple[ReleaseContract, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "keep_from_heads", lambda *of: None)
    assert any(HalfDays(marts).told(world_of(seed)) for seed in range(4))
