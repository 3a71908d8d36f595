"""Figures behind which few ever stand, and those that leave few out of a larger one, are hidden (RULES 33, 45)."""

import numpy as np

from orchestration.release.engine.cells import Cell, system_of
from orchestration.release.engine.changes import Decision, decide
from orchestration.release.engine.elsewhere import Elsewhere
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


def _reasons(rows: list[tuple[int, str, str]]) -> tuple[Model, Persons]:
    """Absences by person, school and reason; every person may have several."""
    dimensions = {
        PLACE: Dimension(PLACE, ("a",), {"authority": {"a": "all"}}),
        "reason": Dimension("reason", ("sick", "holiday", "other")),
    }
    model = Model(
        dimensions,
        (Table("school", FINEST, is_sum=True), Table("school/reason", FINEST, (("reason", FINEST),), is_sum=True)),
    )
    columns = {PLACE: [school for _, school, _ in rows], "reason": [reason for _, _, reason in rows]}
    return model, coded(model, np.array([person for person, _, _ in rows], dtype=np.int64), columns)


def _reason(name: str) -> Cell:
    return Cell("school/reason", "a", (name,))


def test_a_person_with_several_rows_counts_once() -> None:
    model, persons = _reasons([(n, "a", r) for n in range(3) for r in ("sick", "holiday", "other")])
    system = system_of(model, persons)
    found = dict(zip(system.cells, zip(system.values.tolist(), system.persons.tolist(), strict=True), strict=True))
    assert found[Cell("school", "a", ())] == (9, 3)
    assert found[_reason("sick")] == (3, 3)
    assert Cell("school", "a", ()) in _hidden(decide(model, persons, Memory())), "nine rows, and three persons"


def test_parts_of_what_is_told_of_few_are_hidden_with_their_zeros() -> None:
    model, persons = _reasons([(n, "a", "sick") for n in range(3)])
    whole = Cell("school", "a", ())
    told = Elsewhere(told=frozenset({whole}), left=frozenset({"school"}))
    hidden = _hidden(decide(model, persons, Memory(), elsewhere=told))
    assert hidden == {_reason("sick"), _reason("holiday"), _reason("other")}


def test_what_is_left_is_not_protected_and_its_parts_are() -> None:
    rows = [(n, "a", "sick") for n in range(2)] + [(n, "a", "holiday") for n in range(20)]
    model, persons = _reasons(rows)
    told = Elsewhere(told=frozenset({Cell("school", "a", ())}), left=frozenset({"school"}))
    found = decide(model, persons, Memory(), elsewhere=told)
    assert _hidden(found) == {_reason("sick"), _reason("holiday")}


def test_parts_of_what_is_hidden_elsewhere_are_hidden_with_their_zeros() -> None:
    model, persons = _reasons([(n, "a", "sick") for n in range(30)] + [(n, "a", "other") for n in range(9)])
    whole = Cell("school", "a", ())
    found = decide(model, persons, Memory(), elsewhere=Elsewhere(hidden=frozenset({whole}), left=frozenset({"school"})))
    assert _hidden(found) == {whole, _reason("sick"), _reason("holiday"), _reason("other")}
