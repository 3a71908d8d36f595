"""What the engine hides of small tables that one can check by hand (RULES 33-35, 42, 43)."""

import numpy as np
import pytest

from orchestration.release.engine.cells import System, system_of
from orchestration.release.engine.model import FINEST, PLACE, Dimension, Model, ModelError, Persons, Table, coded
from orchestration.release.engine.protect import primary, protect, wanted_of

STAGES = ("P1", "P2", "P3", "P4")


def _model(schools: tuple[str, ...], *further: Table, fewest: int = 0) -> Model:
    dimensions = {
        PLACE: Dimension(PLACE, schools, {"authority": dict.fromkeys(schools, "all")}),
        "stage": Dimension("stage", STAGES),
        "meals": Dimension("meals", ("yes", "no")),
    }
    return Model(dimensions, (Table("school", FINEST), *further), fewest)


BY_STAGE = Table("school_stage", FINEST, (("stage", FINEST),))
ALL_STAGES = Table("stage", "authority", (("stage", FINEST),))
AUTHORITY = Table("authority", "authority")
MEALS = Table("school_meals", FINEST, (("meals", FINEST),), {"meals": frozenset({"yes"})})


def _persons(model: Model, rows: dict[tuple[str, str, str], int]) -> Persons:
    columns: dict[str, list[str]] = {PLACE: [], "stage": [], "meals": []}
    for (school, stage, meals), count in rows.items():
        columns[PLACE] += [school] * count
        columns["stage"] += [stage] * count
        columns["meals"] += [meals] * count
    return coded(model, np.arange(len(columns[PLACE]), dtype=np.int64), columns)


def _hidden(system: System, **how: object) -> set[str]:
    wanted = wanted_of(system, primary(system), **how)  # type: ignore[arg-type]
    found = protect(system, wanted)
    assert not len(found.lost)
    return {
        " ".join((system.cells[i].table, system.cells[i].place, *system.cells[i].groups))
        for i in np.flatnonzero(found.cells & system.is_shown)
    }


def test_one_to_four_pupils_are_hidden_and_one_more_goes_with_them() -> None:
    model = _model(("a",), BY_STAGE)
    system = system_of(model, _persons(model, {("a", "P1", "no"): 3, ("a", "P2", "no"): 9, ("a", "P3", "no"): 30}))
    assert _hidden(system) == {"school_stage a P1", "school_stage a P2"}


def test_a_zero_is_shown_and_helps_nobody() -> None:
    model = _model(("a",), BY_STAGE)
    system = system_of(model, _persons(model, {("a", "P1", "no"): 3, ("a", "P3", "no"): 30}))
    assert _hidden(system) == {"school_stage a P1", "school_stage a P3"}


def test_two_hidden_figures_that_leave_a_bound_below_five_take_a_third_along() -> None:
    # 2 and 3 hidden make 5, and neither is empty, so each would be 4 at most
    model = _model(("a",), BY_STAGE)
    rows = {("a", "P1", "no"): 2, ("a", "P2", "no"): 3, ("a", "P3", "no"): 12, ("a", "P4", "no"): 40}
    assert _hidden(system_of(model, _persons(model, rows))) == {
        "school_stage a P1", "school_stage a P2", "school_stage a P3",
    }  # fmt: skip


def test_a_part_is_hidden_where_one_to_four_are_left_beside_it() -> None:
    model = _model(("a",), MEALS)
    system = system_of(model, _persons(model, {("a", "P1", "yes"): 37, ("a", "P1", "no"): 3}))
    assert _hidden(system) == {"school_meals a yes"}
    system = system_of(model, _persons(model, {("a", "P1", "yes"): 30, ("a", "P1", "no"): 10}))
    assert _hidden(system) == set()


def test_what_one_table_hides_another_does_not_give_away() -> None:
    model = _model(("a", "b"), AUTHORITY, BY_STAGE, ALL_STAGES)
    rows = {(school, stage, "no"): 20 for school in "ab" for stage in STAGES} | {("a", "P1", "no"): 2}
    found = _hidden(system_of(model, _persons(model, rows)))
    assert "school_stage a P1" in found
    assert len(found) == 4 or any(name.startswith("stage") for name in found)


def test_small_schools_have_no_breakdown_and_absent_rows_are_zeros() -> None:
    model = _model(("a", "b"), BY_STAGE, fewest=20)
    system = system_of(model, _persons(model, {("a", "P1", "no"): 10, ("a", "P2", "no"): 9, ("b", "P1", "no"): 20}))
    shown = {
        (cell.place, *cell.groups): int(value)
        for cell, value, is_shown in zip(system.cells, system.values, system.is_shown, strict=True)
        if is_shown and cell.table == "school_stage"
    }
    assert shown == {("b", "P1"): 20, ("b", "P2"): 0, ("b", "P3"): 0, ("b", "P4"): 0}


def test_hidden_stays_hidden() -> None:
    model = _model(("a",), BY_STAGE)
    rows = {("a", "P1", "no"): 9, ("a", "P2", "no"): 9, ("a", "P3", "no"): 30}
    system = system_of(model, _persons(model, rows))
    before = np.array([cell.groups == ("P1",) for cell in system.cells])
    assert _hidden(system, was_hidden=before) == {"school_stage a P1"}


def test_the_buffer_is_for_figures_that_were_never_shown() -> None:
    model = _model(("a",), BY_STAGE)
    system = system_of(model, _persons(model, {("a", "P1", "no"): 6, ("a", "P2", "no"): 40, ("a", "P3", "no"): 3}))
    never = np.zeros(len(system.cells), dtype=np.bool_)
    named = [cell.groups for cell in system.cells]
    assert {named[i] for i in np.flatnonzero(primary(system, never, 8))} == {("P1",), ("P3",)}
    assert {named[i] for i in np.flatnonzero(primary(system, ~never, 8))} == {("P3",)}


def test_persons_who_fit_no_list_stop_everything_and_nobody_is_named() -> None:
    model = _model(("a",), BY_STAGE)
    with pytest.raises(ModelError, match="1 rows of persons have a stage that is in none of its 4 values"):
        coded(model, np.array([7]), {PLACE: ["a"], "stage": ["P9"], "meals": ["no"]})


def test_combinations_that_the_lists_call_impossible_stop_everything() -> None:
    stage = Dimension("stage", ("P1", "S1"), allowed={(PLACE, FINEST): {"a": frozenset({"P1"})}})
    model = Model({PLACE: Dimension(PLACE, ("a",)), "stage": stage}, (BY_STAGE,))
    with pytest.raises(ModelError, match="1 rows of persons have a stage that the lists call impossible there"):
        system_of(model, coded(model, np.array([7]), {PLACE: ["a"], "stage": ["S1"]}))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (Table("t", "council"), "no level council"),
        (Table("t", FINEST, (("sexes", FINEST),)), "is by sexes"),
        (Table("t", FINEST, (("stage", FINEST),), {"stage": frozenset({"P8"})}), "shows only groups of stage"),
        (Table("school", FINEST), "two tables have one name"),
    ],
)
def test_a_model_that_is_not_understood_is_refused(table: Table, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        _model(("a",), table)
