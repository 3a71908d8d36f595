"""Persistent absence: bands hidden within the row, rows held until five pupils have changed (RULES 38)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from orchestration.release.protection.bands import (
    band_code,
    changed_pupils,
    counts,
    held_authority,
    held_schools,
    pack,
    unpack,
)
from tests.support.release_exact import contracts
from tests.support.release_runs import Releases
from tests.support.release_world import OCTOBER_END, Month, Pupil, World

BANDS = ("pupils_absent_under_5", "pupils_absent_5_to_10", "pupils_absent_10_to_20", "pupils_absent_20_and_over")
ABSENT = {1: 0, 2: 7, 3: 15, 4: 30}


@pytest.fixture
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    return Releases(contracts(tmp_path_factory.mktemp("contracts")))


def _world(schools: Mapping[str, tuple[int, int, int, int]], as_at: date = OCTOBER_END) -> World:
    """Primary schools with the given numbers of pupils in the four bands."""
    pupils: list[Pupil] = []
    for code, bands in schools.items():
        number = 0
        for band, count in enumerate(bands, start=1):
            for _ in range(count):
                number += 1
                months = {date(2025, 9, 1): Month(100, ABSENT[band])}
                token = int(code) * 1000 + number
                pupils.append(Pupil(token, code, "primary", f"P{number % 2 + 1}", "FM"[number % 2], "1", months))
    return World(tuple(pupils), as_at)


def _school(releases: Releases, code: str) -> dict[str, Any]:
    return releases.row("persistent_absence_by_school", seed_code=code)


LARGE = {"5000001": (60, 50, 40, 30), "5000002": (60, 50, 40, 30), "5000003": (50, 40, 30, 20)}


def test_bands_with_enough_pupils_are_shown(releases: Releases) -> None:
    releases.release(_world(LARGE))
    row = _school(releases, "5000001")
    assert [row[band] for band in BANDS] == [60, 50, 40, 30]
    assert (row["persistently_absent"], row["severely_absent"], row["bands_symbol"]) == (70, 0, None)


def test_one_to_four_in_a_band_hides_it_and_another(releases: Releases) -> None:
    releases.release(_world({**LARGE, "5000001": (60, 50, 40, 3)}))
    row = _school(releases, "5000001")
    assert [row[band] is None for band in BANDS] == [False, False, True, True]
    assert (row["persistently_absent"], row["bands_symbol"]) == (43, "[c]")
    others = [_school(releases, code) for code in ("5000002", "5000003")]
    assert any(row["pupils_absent_20_and_over"] is None for row in others), "the sector's total gives it away"


def test_one_to_four_outside_a_band_hides_it_too(releases: Releases) -> None:
    releases.release(_world({**LARGE, "5000001": (2, 0, 0, 60)}))
    row = _school(releases, "5000001")
    assert row["pupils_absent_20_and_over"] is None
    assert row["persistently_absent"] is None


def test_a_row_is_held_until_five_pupils_have_changed_band(releases: Releases) -> None:
    releases.release(_world(LARGE))
    week = date(2025, 11, 7)
    releases.release(_world({**LARGE, "5000001": (58, 52, 40, 30)}, week))
    row = _school(releases, "5000001")
    assert (row["pupils_absent_under_5"], row["as_at"]) == (60, OCTOBER_END)
    releases.release(_world({**LARGE, "5000001": (50, 60, 40, 30)}, week))
    row = _school(releases, "5000001")
    assert (row["pupils_absent_under_5"], row["as_at"]) == (50, week)


def test_the_authority_is_held_while_few_changes_are_held_back(releases: Releases) -> None:
    releases.release(_world(LARGE))
    week = date(2025, 11, 7)
    releases.release(_world({**LARGE, "5000001": (50, 60, 40, 30), "5000002": (58, 52, 40, 30)}, week))
    sector = releases.row("persistent_absence_by_authority", breakdown="sector", value="primary")
    assert sector["as_at"] == OCTOBER_END
    assert _school(releases, "5000001")["as_at"] == week


def test_nothing_lifts_a_hold(releases: Releases) -> None:
    small = {**LARGE, "5000001": (60, 50, 40, 3)}
    releases.release(_world(small))
    before = _school(releases, "5000001")
    releases.release(_world({**LARGE, "5000001": (60, 49, 40, 6)}, date(2025, 11, 7)))
    row = _school(releases, "5000001")
    assert (row["pupils"], row["as_at"]) == (before["pupils"], OCTOBER_END)
    assert row["pupils_absent_20_and_over"] is None


def test_a_held_row_loses_cells_that_have_to_be_hidden_now(releases: Releases) -> None:
    releases.release(_world(LARGE))
    releases.release(_world({**LARGE, "5000001": (60, 50, 47, 3)}, date(2025, 11, 7)))
    hidden = [code for code in LARGE if _school(releases, code)["pupils_absent_20_and_over"] is None]
    assert "5000001" in hidden
    assert len(hidden) >= 2


def test_states_survive_the_database() -> None:
    code = band_code("under_5", False), band_code("20_and_over", True), band_code("3", False)
    assert code == (2, 9, 6)
    states = World(()).pupils
    assert states == ()
    import numpy as np

    states_now = np.array([(7 << 8) | 2, (9 << 8) | 9], dtype=np.int64)
    assert unpack(pack(states_now)).tolist() == sorted(states_now.tolist())
    assert counts(states_now)["severely_absent"] == 1
    later = np.array([(7 << 8) | 4, (9 << 8) | 9, (11 << 8) | 2], dtype=np.int64)
    assert changed_pupils(states_now, later) == 2


def test_holds_in_numbers() -> None:
    assert held_schools({"a|primary": 0, "b|primary": 4, "c|primary": 5, "new|primary": None}) == {
        "a|primary",
        "b|primary",
    }
    schools = {"a|primary": 3, "b|primary": 20}
    rows = {"sector=all": 23, "sector=primary": 23, "stage=P1": 23}
    assert held_authority(rows, schools, {"a|primary"}) >= {"sector=all", "sector=primary"}
    assert held_authority(rows, {**schools, "a|primary": 0}, {"a|primary"}) == set()
    stages = {"sector=all": 23, "stage=P1": 2, "stage=P2": 9, "stage=P3": 12}
    assert held_authority(stages, {}, set()) == {"stage=P1", "stage=P2"}


def test_not_available_stays_not_available_before_the_census(releases: Releases) -> None:
    releases.release(replace(_world(LARGE), after_census=False))
    assert _school(releases, "5000001")["bands_symbol"] == "[x]"
    releases.release(_world(LARGE))
    assert _school(releases, "5000001")["bands_symbol"] is None


def test_two_pupils_without_a_data_zone_do_not_hide_everybody_else(releases: Releases) -> None:
    """A row that stays exposed once took the whole mart with it: its pupils were known to a made-up column."""
    world = _world({**LARGE, "5000004": (200, 120, 90, 60)})
    unknown = {world.pupils[0].token, world.pupils[100].token}
    pupils = tuple(
        replace(pupil, quintile="unknown" if pupil.token in unknown else str(pupil.token % 5 + 1))
        for pupil in world.pupils
    )
    releases.release(World(pupils, OCTOBER_END))
    rows = releases.rows("persistent_absence_by_authority")
    assert next(row for row in rows if row["value"] == "unknown")["pupils"] is None
    assert sum(row["persistently_absent"] is not None for row in rows) >= 5
    assert all(_school(releases, code)["persistently_absent"] is not None for code in LARGE)
