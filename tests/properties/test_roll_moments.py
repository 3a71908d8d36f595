"""Stocks of the roll at month ends and now, with who came and left, give no 1 to 4 pupils away (RULES 44, 45).

Pupils come, leave and move; some of it is corrected after it was shown, and once a month is withdrawn and comes back.
"""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from orchestration.database import connect
from orchestration.release import release_authority
from orchestration.release.door.audit import audit_released
from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.declared_world import AUTHORITY, STAGES, Pupil, manifest_of_roll
from tests.support.roll_releases import build, emptied, warehouse_of_roll
from tests.support.stock_attacker import Attacker, Cell, figures_of
from tests.support.stock_world import ENDS, Council, moved_on, small_roll

SEEDS = range(24 if os.environ.get("PROPERTIES") == "all" else 2)
SCHOOLS = {
    ("5000001", "primary"): 31, ("5000002", "primary"): 44, ("5000003", "primary"): 23, ("5000004", "secondary"): 52,
    ("5000005", "secondary"): 38, ("5000007", "special"): 11,
}  # fmt: skip
RELEASES = ("2025-10-02", "2025-11-03", "2025-11-20", "2025-12-02", "2026-01-05")
MARTS = {"school": "roll_by_school_month", "sector": "roll_by_sector_month", "stage": "roll_by_sector_stage_month"}
Known = dict[tuple[str, Cell], set[int]]
"""Who stood behind each figure, by period and cell, when it was shown exactly."""


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return manifest_of_roll(tmp_path_factory.mktemp("moments") / "manifest.json")


@pytest.fixture(scope="module")
def made(new_warehouse: NewWarehouse, manifest: Path) -> Settings:
    return warehouse_of_roll(new_warehouse, manifest)


def histories(seed: int) -> tuple[list[Pupil], list[Council]]:
    """The census, and what each release knows of the months: later ones correct what earlier ones knew."""
    generator = np.random.default_rng(seed)
    census = small_roll(seed, SCHOOLS)
    likes = small_roll(seed + 1_000, SCHOOLS)
    number = iter(range(10_000, 20_000))

    def newcomers() -> list[Pupil]:
        picked = generator.choice(len(likes), int(generator.integers(0, 9)))
        return [replace(likes[at], number=next(number)) for at in picked]

    months: dict[str, list[Pupil]] = {}
    before = census
    for month in ENDS:
        before = months[month] = moved_on(before, generator, newcomers())
    found: list[Council] = []
    for day in RELEASES:
        if found:  # some were never there, or had never left, in all months from one on
            start = int(generator.integers(len(months)))
            wrong = {one.number for one in generator.choice(np.array(months["2025-12-01"]), int(generator.integers(4)))}
            for month in [*months][start:]:
                months[month] = [one for one in months[month] if one.number not in wrong]
        there = {month: tuple(pupils) for month, pupils in months.items() if ENDS[month] < day}
        if day == "2025-11-20":
            there.pop("2025-10-01")
        now = moved_on(there[max(there)], generator, newcomers())
        found.append(Council(tuple(census), there, tuple(now), day))
    return census, found


def lines(settings: Settings, seen: int) -> list[tuple[str, str, str, int]]:
    """Figures that releases after ``seen`` have shown exactly: population, period, cell, release."""
    with connect(settings, "releaser") as connection:
        return connection.execute(
            "select population, period, cell, release_id from control.protected_cells "
            "where status = 'shown' and release_id > %s order by release_id",
            [seen],
        ).fetchall()


def cell_of(key: str) -> Cell | None:
    table, *parts = key.split("|")
    name = {"school": "school", "sector": "sector", "sector/stage": "stage", "authority": "all"}.get(table)
    return None if name is None else ("all",) if name == "all" else (name, *parts)


@pytest.mark.parametrize("seed", SEEDS)
def test_neither_two_stocks_nor_stocks_with_movements_tell_of_few(made: Settings, manifest: Path, seed: int) -> None:
    settings = emptied(made)
    census, councils = histories(seed)
    places = sorted({(code, sector, stage) for code, sector in SCHOOLS for stage in STAGES[sector]})
    attacker = Attacker(places)
    seen = 0
    for day, council in zip(RELEASES, councils, strict=True):
        build(settings, census, manifest, day, council)
        result = release_authority(settings, AUTHORITY)
        assert result.outcome in ("released", "unchanged"), result.reasons
        days = {"2025/26": attacker.day(census)}
        days |= {month: attacker.day(pupils) for month, pupils in council.months.items()}
        now = attacker.day(council.now)
        for population, period, key, release in lines(settings, seen):
            seen = max(seen, release)
            if population == "movements":
                before = days.get(_before(period, council), days["2025/26"])
                attacker.knows_movement(before, days[period], key.split("|")[-1])
            elif (cell := cell_of(key)) is not None:
                attacker.knows(now if population == "today" else days[period], cell)
        for month in council.months:
            attacker.step(days.get(_before(month, council), days["2025/26"]), days[month])
        shown_is_true_or_held(settings, council)
    assert attacker.changes_given_away() == []
    assert attacker.bounded() == []
    assert audit_released(settings)[0].given_away == ()


def _before(month: str, council: Council) -> str:
    earlier = [one for one in council.months if one < month]
    return max(earlier, default="2025/26")


def shown_is_true_or_held(settings: Settings, council: Council) -> None:
    """Every figure that is shown was exact at some moment of the year: none is made up."""
    with connect(settings, "releaser") as connection:
        for name, mart in MARTS.items():
            keys = {"school": "seed_code, sector", "sector": "sector", "stage": "sector, stage"}[name]
            rows = connection.execute(f"select pupils, month::text, {keys} from released.{mart}").fetchall()
            exact = {
                (month, cell): len(who)
                for month, pupils in council.months.items()
                for cell, who in figures_of(pupils).items()
            }
            told = connection.execute("select distinct figure from control.protected_cells where status = 'shown'")
            known = {figure for (figure,) in told}
            for pupils, month, *cell in rows:
                assert pupils is None or pupils == exact.get((month, (name, *cell)), 0) or pupils in known
