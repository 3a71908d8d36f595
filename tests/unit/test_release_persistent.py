"""Pupils and persistent absence: bands hidden with what tells of them, changes of few held (RULES 38, 42, 44, 45)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from orchestration.release.subject.judged import SubjectError
from tests.support.release_exact import contracts
from tests.support.release_runs import Releases
from tests.support.release_world import OCTOBER_END, Month, Pupil, World

BANDS = ("pupils_absent_under_5", "pupils_absent_5_to_10", "pupils_absent_10_to_20", "pupils_absent_20_and_over")
ABSENT = {1: 0, 2: 7, 3: 15, 4: 30}
WEEK, MONTH_END = date(2025, 11, 7), date(2025, 11, 28)


@pytest.fixture
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    return Releases(contracts(tmp_path_factory.mktemp("contracts")))


def _world(schools: Mapping[str, tuple[int, int, int, int]], as_at: date = OCTOBER_END) -> World:
    """Primary schools with the given numbers of pupils in the four bands, who keep their numbers from band to band."""
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


def _bands(releases: Releases, code: str) -> list[int | None]:
    return [_school(releases, code)[band] for band in BANDS]


LARGE = {"5000001": (60, 50, 40, 30), "5000002": (60, 50, 40, 30), "5000003": (50, 40, 30, 20)}


def test_bands_with_enough_pupils_are_shown(releases: Releases) -> None:
    releases.release(_world(LARGE))
    row = _school(releases, "5000001")
    assert _bands(releases, "5000001") == [60, 50, 40, 30]
    assert (row["persistently_absent"], row["severely_absent"], row["bands_symbol"]) == (70, 0, None)


def test_one_to_four_in_a_band_hides_it_and_another(releases: Releases) -> None:
    releases.release(_world({**LARGE, "5000001": (60, 50, 40, 3)}))
    assert _bands(releases, "5000001")[3] is None
    assert _bands(releases, "5000001").count(None) >= 2
    assert _school(releases, "5000001")["bands_symbol"] == "[c]"
    others = [_school(releases, code) for code in ("5000002", "5000003")]
    assert any(row["pupils_absent_20_and_over"] is None for row in others), "the sector's total gives it away"
    assert releases.given_away == []


def test_one_to_four_outside_a_band_hides_it_too(releases: Releases) -> None:
    releases.release(_world({**LARGE, "5000001": (2, 0, 0, 60)}))
    row = _school(releases, "5000001")
    assert row["pupils_absent_20_and_over"] is None
    assert row["persistently_absent"] is None


def test_figures_stand_until_the_month_ends(releases: Releases) -> None:
    releases.release(_world(LARGE))
    changed = {**LARGE, "5000001": (50, 60, 40, 30)}
    releases.release(_world(changed, WEEK))
    assert _bands(releases, "5000001") == [60, 50, 40, 30]
    releases.release(_world(changed, MONTH_END))
    assert _bands(releases, "5000001") == [50, 60, 40, 30]


def test_a_figure_is_held_until_five_pupils_have_changed_it(releases: Releases) -> None:
    releases.release(_world(LARGE))
    releases.release(_world({**LARGE, "5000001": (58, 52, 40, 30)}, MONTH_END))
    assert _bands(releases, "5000001") == [60, 50, 40, 30]
    assert releases.given_away == []
    releases.release(_world({**LARGE, "5000001": (50, 60, 40, 30)}, date(2025, 12, 31)))
    assert _bands(releases, "5000001") == [50, 60, 40, 30]


def test_a_change_of_few_does_not_follow_from_the_authority(releases: Releases) -> None:
    releases.release(_world(LARGE))
    releases.release(_world({**LARGE, "5000001": (50, 60, 40, 30), "5000002": (58, 52, 40, 30)}, MONTH_END))
    assert _bands(releases, "5000002") == [60, 50, 40, 30]
    sector = releases.row("persistent_absence_by_authority", breakdown="sector", value="primary")
    assert sector[BANDS[0]] != 158 or _bands(releases, "5000001")[0] != 50, "two pupils of 5000002 would follow"
    assert releases.given_away == []


def test_a_band_that_was_hidden_stays_hidden(releases: Releases) -> None:
    releases.release(_world({**LARGE, "5000001": (60, 50, 40, 3)}))
    releases.release(_world({**LARGE, "5000001": (60, 49, 40, 26)}, MONTH_END))
    assert _bands(releases, "5000001")[3] is None


def test_a_band_of_few_is_hidden_where_it_was_shown(releases: Releases) -> None:
    releases.release(_world(LARGE))
    releases.release(_world({**LARGE, "5000001": (60, 50, 67, 3)}, MONTH_END))
    assert _bands(releases, "5000001")[3] is None
    assert releases.given_away == []


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


def test_pupils_of_a_school_are_one_number_in_every_mart(releases: Releases) -> None:
    """Guests and pupils of a few days would be the difference of two counts of one school."""
    world = _world({**LARGE, "5000001": (60, 50, 40, 26)})
    newcomers = [
        replace(pupil, token=pupil.token + 500, months={date(2025, 9, 1): Month(19)}) for pupil in world.pupils[:3]
    ]
    releases.release(World((*world.pupils, *newcomers), OCTOBER_END))
    year = releases.row("attendance_by_school_year", seed_code="5000001")
    assert year["openings_possible"] == 176 * 100 + 3 * 19
    assert year["pupils"] == _school(releases, "5000001")["pupils"] == 176
    stages = releases.rows("attendance_by_school_stage", seed_code="5000001")
    assert sum(row["pupils"] for row in stages) == 176


def test_a_mart_that_is_missing_shows_no_counts_in_the_others(releases: Releases) -> None:
    left = tuple(contract for contract in releases.contracts if contract.mart != "attendance_by_school_year")
    with pytest.raises(SubjectError, match="attendance_by_school_year is not there"):
        Releases(left).release(_world(LARGE))
