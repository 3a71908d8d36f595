"""Weeks, half days and sexes of schools and of the authority, and the same weeks last year (RULES 20, 33-36, 40)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from orchestration.release.protection.audit import audit
from orchestration.release.protection.same_weeks import same_weeks_decisions
from orchestration.release.tables.contracts import Column, ReleaseContract
from orchestration.release.tables.rows import Decision, MartRows, released_rows
from tests.support.release_exact import contracts
from tests.support.release_runs import Releases
from tests.support.release_world import MONTHS, Month, Pupil, World, changed, random_world

SIZES = {("5000000", "primary"): 20, ("5000001", "primary"): 60, ("5000002", "primary"): 70}


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ReleaseContract, ...]:
    return contracts(tmp_path_factory.mktemp("contracts"))


@pytest.fixture
def releases(marts: tuple[ReleaseContract, ...]) -> Releases:
    return Releases(marts)


def _few_in_some_weeks(pupil: Pupil) -> Pupil:
    """Most of the smallest school are there in the last week of September only: a quarter of 3 openings is none."""
    if pupil.seed_code == "5000000" and pupil.token > 3:
        return replace(pupil, months={**pupil.months, MONTHS[1]: Month(3)})
    return pupil


def test_one_small_week_hides_all_weeks_of_a_school_and_no_month(releases: Releases) -> None:
    releases.release(changed(random_world(SIZES), _few_in_some_weeks))
    weeks = releases.rows("attendance_by_school_week", seed_code="5000000")
    assert {row["openings_symbol"] for row in weeks} == {"[c]"}
    assert releases.row("attendance_by_school_year", seed_code="5000000")["pupils"] == 20
    months = releases.rows("attendance_by_school_month", seed_code="5000000")
    assert {row["openings_symbol"] for row in months} == {None}


def test_two_other_schools_are_hidden_in_weeks_with_it(releases: Releases) -> None:
    """One would not do: its head knows it, and with the sector's weeks the few pupils."""
    released = releases.release(changed(random_world(SIZES), _few_in_some_weeks))
    hidden = {row["seed_code"] for row in releases.rows("attendance_by_school_week") if row["openings_symbol"]}
    assert hidden == {"5000000", "5000001", "5000002"}
    assert all(row["openings_possible"] for row in releases.rows("attendance_by_authority_week"))
    assert audit(released) == []


def test_a_school_hidden_in_totals_is_hidden_in_weeks(releases: Releases) -> None:
    releases.release(random_world({**SIZES, ("5000003", "primary"): 3}))
    for mart in ("attendance_by_school_week", "attendance_by_school_weekday"):
        rows = releases.rows(mart, seed_code="5000003")
        assert {row["openings_symbol"] for row in rows} == {"[c]"}, mart


def test_a_week_hidden_once_stays_hidden(releases: Releases) -> None:
    world = random_world(SIZES)
    releases.release(changed(world, _few_in_some_weeks))
    releases.release(world)
    weeks = releases.rows("attendance_by_school_week", seed_code="5000000")
    assert {row["openings_symbol"] for row in weeks} == {"[c]"}


@pytest.mark.parametrize("mart", ["week", "sex", "weekday"])
def test_a_sector_of_one_small_school_is_hidden_with_the_sum_of_all(releases: Releases, mart: str) -> None:
    releases.release(random_world({**SIZES, ("5200000", "special"): 3}))
    rows = releases.rows(f"attendance_by_authority_{mart}")
    symbols = {(row["sector"], row["openings_symbol"]) for row in rows if row.get("sex") != "unknown"}
    assert symbols == {("special", "[c]"), ("all", "[c]"), ("primary", None)}


def test_few_girls_of_a_single_school_hide_the_boys_and_the_sums_of_both(releases: Releases) -> None:
    """The only special school has 3 girls: its sector's row would be hers, and the sum of all less the others'."""
    world = random_world({**SIZES, ("5200000", "special"): 30})
    special = [pupil for pupil in world.pupils if pupil.sector == "special"]
    girls = {pupil.token for pupil in special[:3]}

    def few_girls(pupil: Pupil) -> Pupil:
        return replace(pupil, sex="F" if pupil.token in girls else "M") if pupil in special else pupil

    released = releases.release(changed(world, few_girls))
    shown = {
        (row["sector"], row["sex"])
        for row in releases.rows("attendance_by_authority_sex")
        if row["pupils"] is not None and row["sex"] != "unknown"
    }
    assert shown == {("primary", "F"), ("primary", "M")}
    assert releases.row("attendance_by_authority_year", sector="special")["pupils"] == 30
    assert audit(released) == []


def test_sexes_before_the_census_are_not_available(releases: Releases) -> None:
    releases.release(replace(random_world(SIZES), after_census=False))
    assert {row["pupils_symbol"] for row in releases.rows("attendance_by_authority_sex")} == {"[x]"}
    assert {row["openings_symbol"] for row in releases.rows("attendance_by_authority_week")} == {None}


def _contract(mart: str, keys: tuple[str, ...], groups: dict[str, tuple[str, ...]]) -> ReleaseContract:
    names = [*keys, *(name for measures in groups.values() for name in measures), "withheld"]
    columns = tuple(Column(name, "text", "") for name in names)
    return ReleaseContract(mart, "school", keys, groups, columns, ("withheld",), "", f"aggregated_exact.{mart}")


YEAR_KEYS = ("local_authority_code", "seed_code", "sector", "academic_year")


def _two_years(
    withheld: str | None = None, rate: Decimal | None = Decimal("0.9")
) -> tuple[dict[str, MartRows], dict[str, Decision]]:
    """A school's rows and weeks of two years."""
    year = _contract(
        "attendance_by_school_year", YEAR_KEYS, {"same_weeks": ("rate_same_weeks_last_year", "weeks_compared")}
    )
    week = _contract("attendance_by_school_week", (*YEAR_KEYS, "week"), {"pupils": ("pupils",)})
    base = {"local_authority_code": ["S1", "S1"], "seed_code": ["5", "5"], "sector": ["primary", "primary"]}
    years = {**base, "academic_year": ["2024/25", "2025/26"]}
    rows = {
        year.mart: MartRows(
            year,
            {
                **years,
                "rate_same_weeks_last_year": [None, rate],
                "weeks_compared": [None, 5 if rate else None],
                "withheld": [withheld, None],
            },
        ),
        week.mart: MartRows(
            week,
            {**years, "week": [date(2024, 8, 19), date(2025, 8, 18)], "pupils": [9, 9], "withheld": [None, None]},
        ),
    }
    return rows, {mart: Decision.nothing(2) for mart in rows}


def _this_year(rows: dict[str, MartRows], decisions: dict[str, Decision]) -> tuple[object, object]:
    same_weeks_decisions(rows, decisions)
    mart = rows["attendance_by_school_year"]
    names = [column.name for column in mart.contract.released_columns]
    row = dict(zip(names, list(released_rows(mart, decisions[mart.contract.mart]).values())[1], strict=True))
    assert (row["rate_same_weeks_last_year"] is None) == (row["weeks_compared"] is None)
    return row["rate_same_weeks_last_year"], row["same_weeks_symbol"]


def test_the_same_weeks_are_shown_where_both_years_are() -> None:
    assert _this_year(*_two_years()) == (Decimal("0.9"), None)


def test_the_same_weeks_are_hidden_where_last_years_row_or_weeks_are() -> None:
    for mart in ("attendance_by_school_year", "attendance_by_school_week"):
        rows, decisions = _two_years()
        decisions[mart].rows = np.array([True, False])
        assert _this_year(rows, decisions) == (None, "[c]"), mart


def test_the_same_weeks_are_hidden_where_this_years_row_is() -> None:
    rows, decisions = _two_years()
    decisions["attendance_by_school_year"].rows = np.array([False, True])
    assert _this_year(rows, decisions) == (None, "[c]")


def test_the_same_weeks_are_not_available_where_last_year_is_not() -> None:
    assert _this_year(*_two_years(withheld="completeness")) == (None, "[x]")
    assert _this_year(*_two_years(rate=None)) == (None, "[x]")


def test_without_a_year_before_the_same_weeks_do_not_apply(releases: Releases) -> None:
    releases.release(random_world(SIZES))
    row = releases.row("attendance_by_school_year", seed_code="5000000")
    assert (row["rate_same_weeks_last_year"], row["same_weeks_symbol"]) == (None, "[z]")


def test_a_world_of_two_small_schools_gives_nothing_away(releases: Releases) -> None:
    released = releases.release(
        World(random_world({("5000000", "primary"): 9, ("5000001", "primary"): 4, ("5200000", "special"): 7}).pupils)
    )
    assert audit(released) == []
