"""The split by half day of the week, and by stage and quintile: never a part that few pupils stand behind (37)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from orchestration.release.protection.memory import Memory
from orchestration.release.protection.patterns import YearPattern
from orchestration.release.protection.split_cells import determined
from orchestration.release.protection.split_half_days import PlacedHalfDays, judge_half_days
from orchestration.release.protection.splits import Shown, SplitPupils
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import MartRows
from tests.support.release_exact import contracts
from tests.support.release_runs import Releases, replace_memory
from tests.support.release_world import AUTHORITY, MONTHS, YEAR, Month, Pupil, World

OCTOBER_END, NOVEMBER_END = date(2025, 10, 31), date(2025, 11, 28)
GRID = "attendance_by_authority_stage_simd_quintile_month"
SCHOOL = "5000001|primary"
TO_DATE = Shown({}, frozenset(), [0, 0])


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ReleaseContract, ...]:
    return contracts(tmp_path_factory.mktemp("contracts"))


class HalfDays:
    """One school whose pupils' absences are given by half day: {half day: {pupil: (authorised, not authorised)}}."""

    def __init__(self, marts: tuple[ReleaseContract, ...]) -> None:
        self.contract = next(contract for contract in marts if contract.mart == "attendance_by_school_weekday")
        self.memory = Memory()

    def judge(
        self,
        absences: Mapping[int, Mapping[int, tuple[int, int]]],
        withheld: int | None = None,
        shown: Shown = TO_DATE,
        wrong: int | None = None,
    ) -> set[int]:
        columns: dict[str, list[Any]] = {column.name: [] for column in self.contract.columns}
        rows = []
        for number, by_pupil in absences.items():
            rows += [(pupil, number, *parts, 0) for pupil, parts in by_pupil.items()]
            sums = [sum(parts[part] for parts in by_pupil.values()) for part in (0, 1)]
            row = {
                "local_authority_code": AUTHORITY, "seed_code": "5000001", "sector": "primary", "academic_year": YEAR,
                "weekday": number // 10, "opening": "PM" if number % 10 else "AM", "behind_pupils": 100,
                "openings_authorised": sums[0] + (number == wrong), "openings_not_authorised": sums[1],
                "withheld": "completeness" if number == withheld else None,
            }  # fmt: skip
            for name, values in columns.items():
                values.append(row.get(name, 0))
        table = np.array(rows, dtype=np.int64)
        placed = PlacedHalfDays(
            SplitPupils(table[:, 0], table[:, 1], table[:, 2:]), [("5000001", "primary")] * len(rows)
        )
        memory = replace_memory(self.memory)
        mart = {self.contract.mart: MartRows(self.contract, columns)}
        found = judge_half_days("absence", YEAR, mart, placed, {SCHOOL: shown}, memory, YearPattern())
        self.memory.states.update(memory.new_states)
        return set(found[SCHOOL])


def _of(pupils: range) -> dict[int, tuple[int, int]]:
    return dict.fromkeys(pupils, (2, 1))


@pytest.fixture
def half_days(marts: tuple[ReleaseContract, ...]) -> HalfDays:
    return HalfDays(marts)


def test_half_days_with_five_pupils_behind_each_part_are_shown_together(half_days: HalfDays) -> None:
    assert half_days.judge({10: _of(range(5)), 11: _of(range(9)), 20: _of(range(6, 20))}) == {10, 11, 20}


def test_one_half_day_with_few_hides_all_of_them(half_days: HalfDays) -> None:
    assert half_days.judge({10: _of(range(4)), 11: _of(range(9)), 20: _of(range(6, 20))}) == set()


def test_half_days_are_shown_only_with_the_year_to_date(half_days: HalfDays) -> None:
    absences = {10: _of(range(5)), 11: _of(range(9))}
    assert half_days.judge(absences, shown=Shown({}, frozenset(), None)) == set()


def test_what_is_not_available_beside_them_has_five_pupils_too(half_days: HalfDays) -> None:
    assert half_days.judge({10: _of(range(8)), 11: _of(range(5))}, withheld=11) == {10}
    assert half_days.judge({10: _of(range(8)), 11: _of(range(4))}, withheld=11) == set()


def test_a_change_with_few_pupils_behind_it_hides_all_until_there_are_five(half_days: HalfDays) -> None:
    first = {10: _of(range(8)), 11: _of(range(8))}
    assert half_days.judge(first) == {10, 11}
    assert half_days.judge({10: _of(range(10)), 11: _of(range(20))}) == set()
    assert half_days.judge({10: _of(range(13)), 11: _of(range(20))}) == {10, 11}
    assert half_days.judge({10: _of(range(13)), 11: _of(range(20))}) == {10, 11}


def test_a_figure_that_its_pupils_do_not_add_up_to_hides_all(half_days: HalfDays) -> None:
    assert half_days.judge({10: _of(range(8)), 11: _of(range(8))}, wrong=11) == set()


def test_the_mart_shows_half_days_at_month_ends_only(marts: tuple[ReleaseContract, ...]) -> None:
    releases = Releases(marts)
    releases.release(_world(_plenty))
    symbols = {row["absence_symbol"] for row in releases.rows("attendance_by_school_weekday")}
    assert symbols == {None}
    releases.release(_world(_plenty, MONTHS[:4], date(2025, 11, 14)))
    symbols = {row["absence_symbol"] for row in releases.rows("attendance_by_school_weekday")}
    assert symbols == {"[c]"}


def test_a_cell_follows_from_sums_of_several_lines() -> None:
    assert determined([[0, 1, 2, 3]], [0]) == [0]
    assert determined([[0, 1], [2, 3], [0, 2], [1, 3]], [0, 1, 2, 3]) == []
    assert determined([[0, 1], [0, 2], [1, 2]], [0, 1, 2]) == [0, 1, 2]
    assert determined([], [0]) == []


Absences = Callable[[Pupil, date], Month]


def _world(absent: Absences, months: tuple[date, ...] = MONTHS[:3], as_at: date = OCTOBER_END) -> World:
    """Three primaries of sixty pupils in two stages and three quintiles, ten pupils of a school in each cell."""
    pupils = []
    for school in (1, 2, 3):
        for number in range(60):
            pupil = Pupil(
                1000 * school + number, f"500000{school}", "primary", f"P{number % 2 + 1}", "FM"[number // 2 % 2],
                str(number % 3 + 1),
            )  # fmt: skip
            pupils.append(replace(pupil, months={month: absent(pupil, month) for month in months}))
    return World(tuple(pupils), as_at)


def _plenty(pupil: Pupil, _month: date) -> Month:
    return Month(40, 4, 2, pupil.token % 3)


def _cells(releases: Releases, month: date) -> dict[tuple[str, str], object]:
    rows = releases.rows(GRID, month=month)
    return {(row["stage"], row["simd_quintile"]): row["absence_symbol"] for row in rows if row["openings_possible"]}


def test_cells_of_closed_months_are_shown(marts: tuple[ReleaseContract, ...]) -> None:
    releases = Releases(marts)
    releases.release(_world(_plenty, as_at=date(2025, 10, 20)))
    assert set(_cells(releases, MONTHS[1]).values()) == {None}
    assert set(_cells(releases, MONTHS[2]).values()) == {"[c]"}
    releases.release(_world(_plenty))
    assert set(_cells(releases, MONTHS[2]).values()) == {None}


def test_a_cell_with_few_behind_a_part_takes_others_along(marts: tuple[ReleaseContract, ...]) -> None:
    def few(pupil: Pupil, month: date) -> Month:
        is_few = (pupil.stage, pupil.quintile) == ("P1", "3") and month == MONTHS[1] and pupil.token % 1000 > 6
        return Month(40, 4, 0) if is_few else _plenty(pupil, month)

    releases = Releases(marts)
    releases.release(_world(few))
    assert set(_cells(releases, MONTHS[0]).values()) == {None}
    hidden = {cell for cell, symbol in _cells(releases, MONTHS[1]).items() if symbol == "[c]"}
    assert ("P1", "3") in hidden
    assert sum(stage == "P1" for stage, _ in hidden) >= 2
    assert sum(quintile == "3" for _, quintile in hidden) >= 2
    releases.release(_world(_plenty))
    assert hidden <= {cell for cell, symbol in _cells(releases, MONTHS[1]).items() if symbol == "[c]"}


def _corrected(*tokens: int) -> Absences:
    def absent(pupil: Pupil, month: date) -> Month:
        return Month(40, 5, 1) if pupil.token in tokens and month == MONTHS[0] else _plenty(pupil, month)

    return absent


def test_a_correction_of_one_child_takes_its_cell_out(marts: tuple[ReleaseContract, ...]) -> None:
    releases = Releases(marts)
    releases.release(_world(_plenty))
    assert _cells(releases, MONTHS[0])["P2", "2"] is None
    releases.release(_world(_corrected(1001), MONTHS[:4], NOVEMBER_END))
    found = _cells(releases, MONTHS[0])
    assert [cell for cell, symbol in found.items() if symbol == "[c]"] == [("P2", "2")]
    releases.release(_world(_corrected(*range(1001, 1060, 6)), MONTHS[:5], date(2025, 12, 31)))
    assert _cells(releases, MONTHS[0])["P2", "2"] == "[c]", "hidden stays hidden for the year"


def test_a_correction_of_five_is_shown(marts: tuple[ReleaseContract, ...]) -> None:
    releases = Releases(marts)
    releases.release(_world(_plenty))
    releases.release(_world(_corrected(*range(1001, 1060, 6)), MONTHS[:4], NOVEMBER_END))
    assert set(_cells(releases, MONTHS[0]).values()) == {None}


def test_corrections_of_few_in_one_cell_take_out_another_that_would_give_them_away(
    marts: tuple[ReleaseContract, ...],
) -> None:
    releases = Releases(marts)
    releases.release(_world(_plenty))
    many = range(1001, 1060, 6)  # P2, quintile 2
    releases.release(_world(_corrected(*many, 1003), MONTHS[:4], NOVEMBER_END))  # 1003: P2, quintile 1
    hidden = {cell for cell, symbol in _cells(releases, MONTHS[0]).items() if symbol == "[c]"}
    assert ("P2", "1") in hidden
    assert len(hidden) > 1, "the stage's sum and the other cell would tell what one child changed"
