"""No sum or difference of shown splits, over places, months and releases, tells of one to four pupils (RULES 37)."""

import csv
from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import pytest

from orchestration.release.protection.memory import Memory
from orchestration.release.protection.reasons import AUTHORISED, JOINED
from orchestration.release.protection.split_sums import known_sums, save_sums
from orchestration.release.protection.splits import SplitPupils
from orchestration.settings import PROJECT_DIR
from tests.support.release_exact import contracts
from tests.support.release_runs import Releases, replace_memory
from tests.support.release_world import MONTHS, YEAR, Month, Pupil, World

AUGUST, SEPTEMBER = 202508, 202509
ONE, TWO, THREE = "5000001|primary", "5000002|primary", "5000003|primary"
SECTOR, WHOLE = "*|primary", "*|all"
Absences = Mapping[str, Mapping[int, Mapping[int, int]]]
"""Openings by school, month and pupil."""


class Year:
    """Judgings of one year after one another."""

    def __init__(self) -> None:
        self.memory = Memory()

    def judge(self, absences: Absences, rows: list[tuple[str, list[int]]]) -> list[bool]:
        """Which of the rows, in this order, may be shown."""
        schools = {}
        for name, months in absences.items():
            found = [(pupil, month, n) for month, pupils in months.items() for pupil, n in pupils.items()]
            table = np.array(found, dtype=np.int64).reshape(-1, 3)
            schools[name] = SplitPupils(table[:, 0], table[:, 1], table[:, 2:])
        memory = replace_memory(self.memory)
        sums = known_sums("late", 1, YEAR, schools, memory)
        answers = [sums.admit(place, months) for place, months in rows]
        save_sums("late", YEAR, sums, memory)
        self.memory.states.update(memory.new_states)
        return answers


def _of(first: int, last: int, openings: int = 2) -> dict[int, int]:
    return dict.fromkeys(range(first, last), openings)


def test_a_school_of_few_takes_the_next_along() -> None:
    absences = {ONE: {AUGUST: _of(0, 3)}, TWO: {AUGUST: _of(10, 16)}, THREE: {AUGUST: _of(20, 40)}}
    rows = [(place, [AUGUST]) for place in (SECTOR, THREE, TWO, ONE)]
    assert Year().judge(absences, rows) == [True, True, False, False]


def test_several_schools_of_few_are_shown_together() -> None:
    rows = [(SECTOR, [AUGUST]), (THREE, [AUGUST])]
    absences = {ONE: {AUGUST: _of(0, 3)}, TWO: {AUGUST: _of(10, 12)}, THREE: {AUGUST: _of(20, 40)}}
    assert Year().judge(absences, rows) == [True, True]
    absences[TWO] = {AUGUST: _of(10, 11)}
    assert Year().judge(absences, rows) == [True, False]


def test_a_month_of_few_does_not_follow_from_the_year_and_the_other_months() -> None:
    absences = {ONE: {AUGUST: _of(0, 20), SEPTEMBER: _of(0, 3)}}
    assert Year().judge(absences, [(ONE, [AUGUST]), (ONE, [AUGUST, SEPTEMBER])]) == [True, False]


def test_a_child_put_right_beside_five_others_does_not_show_between_two_releases() -> None:
    """Once only the sector's own change was looked at; the child was the sector less the other school."""
    absences = {ONE: {AUGUST: _of(0, 20)}, TWO: {AUGUST: _of(30, 50)}}
    rows = [(SECTOR, [AUGUST]), (TWO, [AUGUST])]
    year = Year()
    assert year.judge(absences, [*rows, (ONE, [AUGUST])]) == [True, True, True]
    corrected = {ONE: {AUGUST: _of(1, 20)}, TWO: {AUGUST: _of(36, 50)}}
    assert year.judge(corrected, rows) == [True, False]


def test_the_authority_is_out_where_only_one_child_has_changed() -> None:
    absences = {ONE: {AUGUST: _of(0, 20)}, TWO: {AUGUST: _of(30, 50)}}
    year = Year()
    assert all(year.judge(absences, [(SECTOR, [AUGUST]), (ONE, [AUGUST])]))
    corrected = {ONE: {AUGUST: {**_of(0, 20), 0: 3}}, TWO: absences[TWO]}
    assert year.judge(corrected, [(WHOLE, [AUGUST]), (SECTOR, [AUGUST]), (TWO, [AUGUST])]) == [False, False, True]


def test_a_correction_does_not_follow_from_a_year_to_date_that_was_not_shown_before() -> None:
    """August's correction would be the year to date, less September, less August as it was."""
    year = Year()
    assert year.judge({ONE: {AUGUST: _of(0, 20)}}, [(ONE, [AUGUST])]) == [True]
    now = {ONE: {AUGUST: _of(2, 20), SEPTEMBER: _of(0, 20)}}
    assert year.judge(now, [(ONE, [SEPTEMBER]), (ONE, [AUGUST, SEPTEMBER])]) == [True, False]


def test_what_has_not_changed_can_always_be_shown_again() -> None:
    absences = {ONE: {AUGUST: _of(0, 20)}, TWO: {AUGUST: _of(30, 50)}}
    rows = [(place, [AUGUST]) for place in (ONE, SECTOR, TWO)]
    year = Year()
    assert year.judge(absences, rows) == year.judge(absences, rows) == [True, True, True]


OCTOBER_END = date(2025, 10, 31)
BY_SEX, BY_HALF_DAY = "attendance_by_authority_sex", "attendance_by_authority_weekday"


@pytest.fixture
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    return Releases(contracts(tmp_path_factory.mktemp("contracts")))


def _world(absent: Callable[[str, int], Month], months: int = 3, as_at: date = OCTOBER_END) -> World:
    """Three primaries of forty, every other pupil a girl."""
    pupils = tuple(
        Pupil(
            1000 * school + number, f"500000{school}", "primary", "P1", "FM"[number % 2], "1",
            {month: absent(f"500000{school}", number) for month in MONTHS[:months]},
        )
        for school in (1, 2, 3)
        for number in range(40)
    )  # fmt: skip
    return World(pupils, as_at)


def _symbols(releases: Releases, mart: str, symbol: str = "absence_symbol") -> set[object]:
    return {row[symbol] for row in releases.rows(mart, sector="primary") if row["openings_possible"]}


def test_the_authority_by_sex_and_half_day_is_shown_where_nothing_of_few_follows(releases: Releases) -> None:
    releases.release(_world(lambda _school, number: Month(40, 4, 4 * (number % 3 > 0))))
    assert _symbols(releases, BY_SEX) == _symbols(releases, BY_HALF_DAY) == {None}
    releases.release(_world(lambda _school, _number: Month(40, 4, 4), 4, date(2025, 11, 14)))
    assert _symbols(releases, BY_SEX) == _symbols(releases, BY_HALF_DAY) == {"[c]"}, "the month is open"


def test_girls_of_one_school_do_not_follow_from_those_of_the_authority(releases: Releases) -> None:
    def few_girls(school: str, number: int) -> Month:
        is_girl_of_one = school == "5000001" and number % 2 == 0
        return Month(40, 4, 4 if not is_girl_of_one or number < 6 else 0)

    releases.release(_world(few_girls))
    assert releases.row("attendance_by_school_year", seed_code="5000001")["absence_symbol"] is None
    girls = releases.row("attendance_by_school_sex", seed_code="5000001", sex="F")
    assert girls["absence_symbol"] == "[c]"
    assert _symbols(releases, BY_SEX) == {"[c]"}
    assert _symbols(releases, BY_HALF_DAY) == {None}


def test_late_arrivals_of_the_authority_are_judged_apart(releases: Releases) -> None:
    releases.release(_world(lambda school, number: Month(40, 4, 4, int(school == "5000002" and number < 3))))
    assert _symbols(releases, BY_SEX) == {None}
    assert _symbols(releases, BY_SEX, "late_symbol") == {"[c]"}


def test_reasons_belong_to_the_part_of_the_split_that_the_code_list_says() -> None:
    codes = list(csv.DictReader((PROJECT_DIR / "seeds" / "attendance_codes.csv").open()))
    assert {row["reason"] for row in codes if row["category"] == "authorised_absence"} == set(AUTHORISED)
    assert {row["reason"] for row in codes if row["category"] in ("exclusion", "unknown_reason")} == set(JOINED[1:])
