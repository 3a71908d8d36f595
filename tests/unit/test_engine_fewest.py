"""Figures behind which few ever stand, and those that leave few out of a larger one, are hidden (RULES 33, 45)."""

import numpy as np

from orchestration.release.engine.cells import Cell
from orchestration.release.engine.changes import Decision, Elsewhere, decide
from orchestration.release.engine.memory import Memory
from orchestration.release.engine.model import FINEST, PLACE, Dimension, Model, Persons, Table, coded
from orchestration.release.thresholds import BUFFER

SIZES = {"P1": 20, "P2": 7, "P3": 30, "P4": 25}
STAGES = tuple(SIZES)


def _world(sizes: dict[str, int]) -> tuple[Model, Persons]:
    dimensions = {
        PLACE: Dimension(PLACE, ("a", "b"), {"authority": {"a": "all", "b": "all"}}),
        "stage": Dimension("stage", STAGES),
    }
    by_stage = (("stage", FINEST),)
    model = Model(dimensions, (Table("school", FINEST), Table("school/stage", FINEST, by_stage)))
    stages = [stage for stage, count in sizes.items() for _ in range(count)]
    columns = {PLACE: ["a"] * len(stages) + ["b"] * 40, "stage": stages + ["P1", "P2", "P3", "P4"] * 10}
    return model, coded(model, np.arange(len(stages) + 40, dtype=np.int64), columns)


def _hidden(found: Decision) -> set[Cell]:
    assert not len(found.lost)
    return {cell for cell, is_hidden in zip(found.system.cells, found.hidden, strict=True) if is_hidden}


def cell(stage: str) -> Cell:
    return Cell("school/stage", "a", (stage,))


def test_a_figure_behind_which_few_stand_in_one_month_is_hidden_with_another() -> None:
    model, persons = _world(SIZES)
    assert _hidden(decide(model, persons, Memory())) == set()
    found = _hidden(decide(model, persons, Memory(), fewest={cell("P3"): 3}))
    assert found == {cell("P2"), cell("P3")}


def test_the_fewest_of_an_empty_figure_hide_it_too() -> None:
    model, persons = _world(SIZES | {"P4": 0})
    assert cell("P4") in _hidden(decide(model, persons, Memory(), fewest={cell("P4"): 2}))
    assert cell("P4") not in _hidden(decide(model, persons, Memory(), fewest={cell("P4"): 0}))


def test_more_persons_are_asked_of_a_figure_that_was_never_shown() -> None:
    model, persons = _world(SIZES)
    memory = Memory()
    assert cell("P2") in _hidden(decide(model, persons, memory, buffer=BUFFER))
    shown = Memory()
    assert cell("P2") not in _hidden(decide(model, persons, shown))
    shown.kept(1)
    assert cell("P2") not in _hidden(decide(model, persons, shown, buffer=BUFFER))


def test_a_count_that_leaves_out_few_of_a_larger_one_is_hidden() -> None:
    model, persons = _world(SIZES)
    larger = {Cell("school", "a", ()): sum(SIZES.values()) + 4, cell("P1"): SIZES["P1"] + 5, cell("P3"): SIZES["P3"]}
    found = _hidden(decide(model, persons, Memory(), elsewhere=Elsewhere(larger=larger)))
    assert Cell("school", "a", ()) in found
    assert not {cell("P1"), cell("P3")} & found, "five are no few, and nobody is left out"


def test_a_figure_that_was_shown_is_hidden_once_few_stand_behind_one_of_a_new_month() -> None:
    model, persons = _world(SIZES)
    memory = Memory()
    decide(model, persons, memory)
    memory.kept(1)
    found = decide(model, persons, memory, fewest={cell("P3"): 3})
    is_lost = {found.system.cells[number] for number in found.lost.tolist()}
    assert cell("P3") in is_lost | _hidden_of(found), "it is hidden, or nothing is released"


def _hidden_of(found: Decision) -> set[Cell]:
    return {one for one, is_hidden in zip(found.system.cells, found.hidden, strict=True) if is_hidden}
