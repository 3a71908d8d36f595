"""The roll at month ends and now through the door: figures that few have changed stay, and nothing is told twice."""

from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.database import connect
from orchestration.release import release_authority
from orchestration.release.door.audit import audit_released
from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.declared_world import Pupil, manifest_of_roll
from tests.support.roll_releases import build, emptied, warehouse_of_roll
from tests.support.stock_world import Council, small_roll

SEP, OCT, NOV = "2025-09-01", "2025-10-01", "2025-11-01"
ONE, TWO, THREE, FOUR = "5000001", "5000002", "5000003", "5000004"
SIZES = {(ONE, "primary"): 60, (TWO, "primary"): 80, (THREE, "primary"): 70, (FOUR, "secondary"): 90}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return manifest_of_roll(tmp_path_factory.mktemp("moments") / "manifest.json")


@pytest.fixture(scope="module")
def made(new_warehouse: NewWarehouse, manifest: Path) -> Settings:
    return warehouse_of_roll(new_warehouse, manifest)


@pytest.fixture
def empty(made: Settings) -> Settings:
    return emptied(made)


@pytest.fixture
def roll() -> list[Pupil]:
    return small_roll(3, SIZES)


def of(roll: list[Pupil], school: str) -> list[Pupil]:
    return [pupil for pupil in roll if pupil.seed_code == school]


def newcomers(count: int, school: str, first: int = 5_000) -> list[Pupil]:
    like = small_roll(3, SIZES)
    one = next(pupil for pupil in like if pupil.seed_code == school)
    return [replace(one, number=first + number) for number in range(count)]


def without(roll: list[Pupil], gone: list[Pupil]) -> list[Pupil]:
    numbers = {one.number for one in gone}
    return [pupil for pupil in roll if pupil.number not in numbers]


def council(roll: list[Pupil], as_at: str, **months: list[Pupil]) -> Council:
    by_month = {f"2025-{number[1:]}-01": tuple(pupils) for number, pupils in months.items()}
    return Council(tuple(roll), by_month, tuple([*months.values()][-1]), as_at)


def shown(settings: Settings, mart: str, *keys: str) -> dict[tuple[str, ...], tuple[int | None, str | None]]:
    with connect(settings, "releaser") as connection:
        query = f"select {', '.join(f'{key}::text' for key in keys)}, pupils, pupils_symbol from released.{mart}"
        return {tuple(row[:-2]): (row[-2], row[-1]) for row in connection.execute(query)}


def schools(settings: Settings) -> dict[tuple[str, ...], tuple[int | None, str | None]]:
    return shown(settings, "roll_by_school_month", "seed_code", "month")


def movements(settings: Settings) -> dict[tuple[str, ...], tuple[int | None, str | None]]:
    return shown(settings, "roll_movements_by_month", "movement", "month")


def released(settings: Settings, roll: list[Pupil], manifest: Path, day: str, found: Council | None = None) -> None:
    build(settings, roll, manifest, day, found)
    result = release_authority(settings, "S12000099")
    assert result.outcome in ("released", "unchanged"), result.reasons


def test_a_month_end_that_few_have_changed_is_as_the_census_showed_it(
    empty: Settings, manifest: Path, roll: list[Pupil]
) -> None:
    after = [*without(roll, of(roll, ONE)[:3]), *newcomers(9, FOUR), *newcomers(9, TWO, 6_000)]
    released(empty, roll, manifest, "2025-10-02", council(roll, "2025-10-02", m09=after))
    found = schools(empty)
    assert found[ONE, SEP] == (60, None), "three have left: held"
    assert found[FOUR, SEP] == (99, None), "nine have come"
    assert found[TWO, SEP] == (80, None), "the sector's total would tell the other"
    assert audit_released(empty)[0].given_away == ()


def test_what_was_held_is_let_go_when_five_have_changed(empty: Settings, manifest: Path, roll: list[Pupil]) -> None:
    first = [*without(roll, of(roll, ONE)[:3]), *newcomers(9, TWO)]
    second = [*without(roll, of(roll, ONE)[:8]), *newcomers(9, TWO)]
    released(empty, roll, manifest, "2025-11-03", council(roll, "2025-11-03", m09=first, m10=second))
    assert [schools(empty)[ONE, month] for month in (SEP, OCT)] == [(60, None), (52, None)]


def test_a_month_end_is_set_against_every_one_before_it(empty: Settings, manifest: Path, roll: list[Pupil]) -> None:
    """Six come and five of these go again: five have changed since October, and one since the census."""
    six = newcomers(6, ONE)
    others, more = newcomers(20, TWO, 7_000), newcomers(8, TWO, 8_000)
    released(
        empty, roll, manifest, "2025-12-02",
        council(roll, "2025-12-02", m09=[*roll, *six], m10=[*roll, *six[:1], *others], m11=[*roll, *others, *more]),
    )  # fmt: skip
    found = schools(empty)
    assert [found[ONE, month][0] for month in (SEP, OCT, NOV)] == [66, 66, 60]


def test_what_is_corrected_later_leaves_month_ends_as_they_were_shown(
    empty: Settings, manifest: Path, roll: list[Pupil]
) -> None:
    september = [*roll, *newcomers(12, TWO)]
    released(empty, roll, manifest, "2025-10-02", council(roll, "2025-10-02", m09=september))
    before, of_movement = schools(empty), movements(empty)
    corrected = without(september, of(roll, TWO)[:30])
    november = without(corrected, of(roll, THREE)[:10])
    released(empty, roll, manifest, "2025-11-03", council(roll, "2025-11-03", m09=corrected, m10=november))
    now = schools(empty)
    assert {key: value for key, value in now.items() if key[1] == SEP} == before
    assert {key: value for key, value in movements(empty).items() if key[1] == SEP} == of_movement
    assert now[TWO, OCT] == (62, None)
    assert now[THREE, OCT] == (60, None)


def test_movements_are_shown_from_five_on_and_entries_and_leavers_together(
    empty: Settings, manifest: Path, roll: list[Pupil]
) -> None:
    september = [*without(roll, of(roll, ONE)[:7]), *newcomers(9, TWO)]
    october = [*without(september, of(september, TWO)[:3]), *newcomers(11, THREE, 6_000)]
    released(empty, roll, manifest, "2025-11-03", council(roll, "2025-11-03", m09=september, m10=october))
    found = movements(empty)
    assert [found[kind, SEP] for kind in ("entry", "leaver", "move")] == [(9, None), (7, None), (0, None)]
    assert [found[kind, OCT] for kind in ("entry", "leaver", "move")] == [(None, "[c]"), (None, "[c]"), (0, None)]


def test_movements_that_would_tell_a_corrected_total_are_hidden(
    empty: Settings, manifest: Path, roll: list[Pupil]
) -> None:
    september = [*roll, *newcomers(12, TWO)]
    released(empty, roll, manifest, "2025-10-02", council(roll, "2025-10-02", m09=september))
    corrected = without(september, of(roll, FOUR)[:2])
    november = [*without(corrected, of(roll, THREE)[:10]), *newcomers(8, ONE, 6_000)]
    released(empty, roll, manifest, "2025-11-03", council(roll, "2025-11-03", m09=corrected, m10=november))
    assert {movements(empty)[kind, OCT] for kind in ("entry", "leaver")} == {(None, "[c]")}


def test_now_changes_at_its_dates_and_not_for_few(empty: Settings, manifest: Path, roll: list[Pupil]) -> None:
    september = [*roll, *newcomers(9, TWO)]
    released(empty, roll, manifest, "2025-10-02", council(roll, "2025-10-02", m09=september))

    def now() -> dict[tuple[str, ...], tuple[int | None, str | None]]:
        return shown(empty, "roll_by_school_now", "seed_code")

    assert now()[TWO,] == (89, None)
    later = [*september, *newcomers(6, ONE, 6_000), *newcomers(2, THREE, 7_000)]
    for day, one in (("2025-10-06", 60), ("2025-10-16", 66)):
        released(empty, roll, manifest, day, replace(council(roll, day, m09=september), now=tuple(later)))
        assert now()[ONE,] == (one, None)
        assert now()[THREE,] == (70, None), "two have come: held"


def test_a_school_that_opens_in_the_year_has_rows_from_then_on(
    empty: Settings, manifest: Path, roll: list[Pupil]
) -> None:
    new = [replace(one, seed_code="5000009") for one in newcomers(22, TWO)]
    released(empty, roll, manifest, "2025-10-02", council(roll, "2025-10-02", m09=roll))
    released(empty, roll, manifest, "2025-11-03", council(roll, "2025-11-03", m09=roll, m10=[*roll, *new]))
    found = schools(empty)
    assert found["5000009", OCT] == (22, None)
    assert movements(empty)["entry", OCT] == (22, None)
