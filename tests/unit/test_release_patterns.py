"""The pattern of hidden cells over all marts of one authority (RULES 33-36, 39, 40)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.release.protection.splits import last_closed_month
from orchestration.release.tables.contracts import ReleaseContract
from tests.support.release_exact import contracts
from tests.support.release_runs import Releases
from tests.support.release_world import MONTHS, YEAR, Month, Pupil, World, changed, random_world

ATTENDANCE = (
    "attendance_by_school_year", "attendance_by_school_month", "attendance_by_school_week",
    "attendance_by_school_weekday", "attendance_by_school_stage", "attendance_by_school_sex",
    "attendance_by_school_deprivation", "absence_reasons_by_school", "persistent_absence_by_school",
)  # fmt: skip


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ReleaseContract, ...]:
    return contracts(tmp_path_factory.mktemp("contracts"))


@pytest.fixture
def releases(marts: tuple[ReleaseContract, ...]) -> Releases:
    return Releases(marts)


def _school(
    code: str, sector: str, count: int, stage: str, first: int, months: tuple[date, ...] = MONTHS[:3]
) -> list[Pupil]:
    sexes = "FM"
    return [
        Pupil(
            first + i,
            code,
            sector,
            stage,
            sexes[i % 2],
            str(i % 5 + 1),
            {month: Month(40, 4, 2, 1) for month in months},
        )
        for i in range(count)
    ]


def _primary(*sizes: int) -> World:
    pupils: list[Pupil] = []
    for number, size in enumerate(sizes):
        pupils += _school(f"500000{number}", "primary", size, "P1", len(pupils) + 1)
    return World(tuple(pupils))


def test_a_school_with_one_to_four_pupils_is_hidden_in_every_mart(releases: Releases) -> None:
    releases.release(_primary(3, 60, 70))
    for mart in ATTENDANCE:
        for row in releases.rows(mart, seed_code="5000000"):
            symbols = {name: value for name, value in row.items() if name.endswith("_symbol")}
            assert set(symbols.values()) == {"[c]"}, mart
            measures = releases.exact[mart].contract.measures
            assert all(row[measure] is None for measure in measures), mart


def test_two_other_schools_of_the_sector_are_hidden_with_it(releases: Releases) -> None:
    """One would not do: its head knows it, and with the sector's total the three pupils."""
    releases.release(_primary(3, 60, 70))
    shown = [row["pupils"] for row in releases.rows("attendance_by_school_year")]
    assert shown == [None, None, None]
    assert releases.row("attendance_by_authority_year", sector="primary")["pupils"] == 133


def test_below_eight_is_hidden_at_first_release_and_five_shown_later(releases: Releases) -> None:
    releases.release(_primary(7, 60, 70))
    assert releases.row("attendance_by_school_year", seed_code="5000000")["pupils_symbol"] == "[c]"
    later, others = Releases(releases.contracts), (60, 70, 80, 90, 100)
    later.release(_primary(8, *others))
    assert later.row("attendance_by_school_year", seed_code="5000000")["pupils"] == 8
    later.release(_primary(6, *others))
    row = later.row("attendance_by_school_year", seed_code="5000000")
    assert row["openings_possible"] == 6 * 120
    assert row["pupils"] == 8, "two who left would be known: the number stands until five have come or gone"


def test_one_small_month_hides_all_months_and_the_year(releases: Releases) -> None:
    world = _primary(20, 60, 70)

    def left_in_september(pupil: Pupil) -> Pupil:
        if pupil.seed_code == "5000000" and pupil.token > 3:
            return replace(pupil, months={month: counts for month, counts in pupil.months.items() if month < MONTHS[2]})
        return pupil

    releases.release(changed(world, left_in_september))
    months = releases.rows("attendance_by_school_month", seed_code="5000000")
    assert [row["openings_symbol"] for row in months] == ["[c]"] * 3
    assert releases.row("attendance_by_school_year", seed_code="5000000")["pupils_symbol"] == "[c]"


def test_behind_means_expected_not_marked(releases: Releases) -> None:
    """A school that has sent marks of two pupils only is incomplete, not small; the two are not told either."""

    def silent(pupil: Pupil) -> Pupil:
        if pupil.seed_code == "5000000" and pupil.token > 2:
            return replace(pupil, months={month: Month(0, not_recorded=40) for month in pupil.months})
        return pupil

    releases.release(changed(_primary(20, 60, 70), silent))
    row = releases.row("attendance_by_school_year", seed_code="5000000")
    assert (row["pupils_symbol"], row["openings_symbol"], row["pupils"]) == ("[c]", "[x]", None)
    assert not any("5000000" in cell for cell in releases.memory.hidden.get((YEAR, "totals"), {}))


def test_hidden_stays_hidden_for_the_year(releases: Releases) -> None:
    releases.release(_primary(3, 60, 70))
    releases.release(_primary(30, 60, 70))
    row = releases.row("attendance_by_school_year", seed_code="5000000")
    assert (row["pupils"], row["pupils_symbol"]) == (None, "[c]")


def test_breakdowns_are_not_available_before_the_census_and_set_no_pattern(releases: Releases) -> None:
    world = random_world({("5000001", "primary"): 30, ("5000002", "primary"): 40})
    releases.release(replace(world, after_census=False))
    rows = releases.rows("attendance_by_school_stage")
    assert {row["pupils_symbol"] for row in rows} == {"[x]"}
    assert (YEAR, "attendance_by_school_stage") not in releases.memory.hidden
    row = releases.row("attendance_by_school_year", seed_code="5000001")
    assert (row["openings_possible"], row["pupils_symbol"]) == (30 * 120, "[x]")


def test_hidden_and_not_available_is_hidden(releases: Releases) -> None:
    def silent(pupil: Pupil) -> Pupil:
        if pupil.seed_code == "5000000":
            return replace(pupil, months={month: Month(10, not_recorded=30) for month in pupil.months})
        return pupil

    releases.release(changed(_primary(3, 60, 70), silent))
    row = releases.row("attendance_by_school_year", seed_code="5000000")
    assert (row["pupils_symbol"], row["openings_symbol"]) == ("[c]", "[c]")


def test_cells_of_a_breakdown_are_hidden_in_every_measure_alike(releases: Releases) -> None:
    pupils = _school("5000001", "primary", 3, "P1", 1) + _school("5000001", "primary", 30, "P2", 10)
    pupils += _school("5000001", "primary", 40, "P3", 50) + _school("5000002", "primary", 90, "P1", 100)
    pupils += _school("5000002", "primary", 90, "P2", 200) + _school("5000002", "primary", 90, "P3", 300)
    releases.release(World(tuple(pupils)))
    row = releases.row("attendance_by_school_stage", seed_code="5000001", stage="P1")
    assert all(row[name] is None for name in ("pupils", "openings_possible", "attendance_rate", "openings_late"))
    hidden = [
        r["stage"] for r in releases.rows("attendance_by_school_stage", seed_code="5000001") if r["pupils"] is None
    ]
    assert len(hidden) == 2
    assert [r for r in releases.rows("attendance_by_school_stage", seed_code="5000002") if r["pupils"] is None]


def test_zeros_are_shown(releases: Releases) -> None:
    releases.release(_primary(50, 60))
    row = releases.row("attendance_by_school_stage", seed_code="5000000", stage="P7")
    assert (row["pupils"], row["pupils_symbol"], row["openings_possible"]) == (0, None, 0)
    assert (row["attendance_rate"], row["openings_symbol"]) == (None, "[z]")


def test_a_single_small_school_of_a_sector_hides_the_sector_and_the_authority_total(releases: Releases) -> None:
    pupils = [*_primary(60, 70).pupils, *_school("5200000", "special", 3, "SP", 1000)]
    releases.release(World(tuple(pupils)))
    symbols = {row["sector"]: row["pupils_symbol"] for row in releases.rows("attendance_by_authority_year")}
    assert symbols == {"all": "[c]", "primary": None, "special": "[c]"}
    grid = releases.rows("attendance_by_authority_stage_simd_quintile_month", sector="special")
    assert {row["openings_symbol"] for row in grid} == {"[c]"}
    assert releases.row("persistent_absence_by_authority", breakdown="stage", value="SP")["pupils"] is None


def test_a_cell_on_fewer_than_three_schools_shows_no_more_than_three_groups(releases: Releases) -> None:
    pupils = [*_primary(200, 200, 200).pupils, *_school("5200000", "special", 100, "SP", 1000)]
    releases.release(World(tuple(pupils)))
    rows = releases.rows("attendance_by_authority_stage_simd_quintile_month", sector="special", month=MONTHS[0])
    shown = {row["simd_quintile"] for row in rows if row["openings_possible"]}
    assert shown <= {"1", "2"}


def test_completeness_is_shown_in_whole_percent(releases: Releases) -> None:
    def nearly(pupil: Pupil) -> Pupil:
        return replace(pupil, months={month: Month(40, 4, 2, 1, not_recorded=1) for month in pupil.months})

    releases.release(changed(_primary(50, 60, 70), nearly))
    row = releases.row("attendance_by_school_year", seed_code="5000000")
    assert row["completeness"] == Decimal("0.98")
    assert "openings_not_recorded" not in row
    assert "behind_pupils" not in row


def test_openings_of_a_month_are_over_when_its_last_weekday_is_in() -> None:
    assert last_closed_month(date(2025, 10, 31), None) == 202510
    assert last_closed_month(date(2025, 10, 30), None) == 202509
    assert last_closed_month(date(2025, 10, 10), date(2025, 11, 3)) == 202510
    assert last_closed_month(date(2025, 11, 28), None) == 202511
    assert last_closed_month(None, None) == 0


def test_the_same_state_gives_the_same_release(marts: tuple[ReleaseContract, ...], tmp_path: Path) -> None:
    world = random_world({("5000001", "primary"): 40, ("5000002", "primary"): 90, ("5000003", "primary"): 25})
    first, second = Releases(marts), Releases(marts)
    once = {mart: rows.columns for mart, rows in first.release(world).items()}
    assert {mart: rows.columns for mart, rows in second.release(world).items()} == once
    again = {mart: rows.columns for mart, rows in first.release(world).items()}
    assert again == once


def test_a_pupil_who_comes_into_an_empty_group_hides_the_whole_row_group(releases: Releases) -> None:
    """One more pupil in all, others of the year never fewer: with one complement the group was known to have one."""
    world = _primary(60, 70, 80)
    pupils = tuple(replace(pupil, quintile="1") if pupil.seed_code == "5000000" else pupil for pupil in world.pupils)
    releases.release(replace(world, pupils=pupils))
    rows = releases.rows("attendance_by_school_deprivation", seed_code="5000000")
    assert {row["pupils"] for row in rows} == {60, 0}
    newcomer = replace(pupils[0], token=9999, quintile="5")
    releases.release(replace(world, pupils=(*pupils, newcomer)))
    rows = releases.rows("attendance_by_school_deprivation", seed_code="5000000")
    assert {row["pupils_symbol"] for row in rows} == {"[c]"}
    row = releases.row("attendance_by_school_year", seed_code="5000000")
    assert (row["openings_possible"], row["pupils"]) == (61 * 120, 60)
