"""What changes between releases tells nothing of 1 to 4 pupils (RULES 44), on random worlds in which pupils move."""

import os
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.release.engine.cells import system_of
from orchestration.release.engine.changes import Decision, decide, key_of
from orchestration.release.engine.elsewhere import Elsewhere
from orchestration.release.engine.memory import Memory, Rows
from orchestration.release.engine.model import PLACE, IntArray, Model, Persons
from tests.support.other_attacker import bounds, combinations_of
from tests.support.small_systems import figures_of, name_of, random_world

IS_LONG = os.environ.get("PROPERTIES") == "all"
STATES = 4


def moved(model: Model, persons: Persons, generator: np.random.Generator) -> Persons:
    """The same pupils, of whom some have left, some are new, and some have another value somewhere."""
    count = len(persons)
    keep = generator.random(count) > 0.03
    codes = {name: values[keep].copy() for name, values in persons.codes.items()}
    ids = persons.ids[keep]
    for name, values in codes.items():
        change = generator.random(len(values)) < 0.03
        values[change] = generator.integers(0, len(model.dimensions[name].values), int(change.sum()))
    new = int(generator.integers(0, 7))
    ids = np.concatenate([ids, ids.max() + 1 + np.arange(new)])
    codes = {
        name: np.concatenate([values, generator.integers(0, len(model.dimensions[name].values), new)])
        for name, values in codes.items()
    }
    return Persons(ids, codes)


def _members(model: Model, persons: Persons, counts) -> set[int]:
    names = list(model.dimensions)
    values = [model.dimensions[name].values for name in names]
    return {
        int(person)
        for number, person in enumerate(persons.ids)
        if counts({n: values[i][persons.codes[n][number]] for i, n in enumerate(names)})
    }


@settings(max_examples=60 if IS_LONG else 8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_no_change_of_one_to_four_pupils_follows_from_what_is_shown(seed: int) -> None:
    generator = np.random.default_rng(seed)
    model, persons = random_world(seed)
    dimensions = {name: dimension.values for name, dimension in model.dimensions.items()}
    combinations = combinations_of(dimensions, lambda _: True)
    system = system_of(model, persons)
    figures = figures_of(model, system, np.zeros(len(system.cells), dtype=np.bool_))
    rows = np.array([[float(f.counts(c)) for c in combinations] for f in figures])
    memory = Memory()
    width, known, sensitive = len(combinations), [], []
    last: dict[int, tuple[int, set[int]]] = {}
    for state in range(STATES):
        decision = decide(model, persons, memory)
        memory.kept(state + 1)
        assert not len(decision.lost)
        shown = decision.shown[decision.system.is_shown]
        for number, figure in enumerate(figures):
            row = np.zeros(width * STATES)
            row[state * width : (state + 1) * width] = rows[number]
            now = _members(model, persons, figure.counts)
            if number in last:
                before, members = last[number]
                if 0 < len(now ^ members) < 5:
                    change = row.copy()
                    change[before * width : (before + 1) * width] = -rows[number]
                    sensitive.append((change, f"{figure.name} from {before} to {state}"))
            if shown[number]:
                known.append(row)
                last[number] = (state, now)
        persons = moved(model, persons, generator)
    rank = np.linalg.matrix_rank(np.array(known))
    for change, name in sensitive:
        assert np.linalg.matrix_rank(np.vstack([*known, change])) == rank + 1, name


def test_a_figure_that_few_have_changed_stays_as_it_was_and_more_let_it_go() -> None:
    model, persons = random_world(1)
    memory = Memory()
    first = decide(model, persons, memory)
    memory.kept(1)
    cell = next(i for i, c in enumerate(first.system.cells) if c.table == "authority")
    for count, is_held in ((3, True), (4, True), (5, False)):
        kept = Persons(persons.ids[count:], {name: values[count:] for name, values in persons.codes.items()})
        found = decide(model, kept, memory)
        assert int(found.changed[cell]) == count
        assert bool(found.held[cell]) is is_held
        assert int(found.value[cell]) == len(persons) - (0 if is_held else count)


def test_a_person_who_stays_in_a_figure_does_not_change_it() -> None:
    model, persons = random_world(1)
    memory = Memory()
    decide(model, persons, memory)
    memory.kept(1)
    sex = persons.codes["sex"].copy()
    sex[:6] = 1 - sex[:6]
    found = decide(model, Persons(persons.ids, {**persons.codes, "sex": sex}), memory)
    changed = {name_of(found.system, i) for i in np.flatnonzero(found.changed)}
    assert changed
    assert {name.split()[0] for name in changed} <= {"school_sex", "sex"}


def test_nothing_changes_when_nothing_has_changed() -> None:
    model, persons = random_world(5)
    memory = Memory()
    first = decide(model, persons, memory)
    memory.kept(1)
    again = decide(model, persons, memory)
    assert not memory.new_cells
    assert memory.new_rows is None
    assert (again.hidden == first.hidden).all()
    assert not again.held.any()


def test_figures_that_are_not_due_stay_as_they_were() -> None:
    model, persons = random_world(1)
    memory = Memory()
    decide(model, persons, memory)
    memory.kept(1)
    kept = Persons(persons.ids[9:], {name: values[9:] for name, values in persons.codes.items()})
    found = decide(model, kept, memory, due=lambda cell: cell.table != "authority")
    assert _value(found, "authority|all") == len(persons)


def _value(decision: Decision, key: str) -> int:
    return next(int(v) for c, v in zip(decision.system.cells, decision.value, strict=True) if key_of(c) == key)


def test_rows_come_back_from_their_packing_and_from_other_lists() -> None:
    model, persons = random_world(2)
    rows = Rows.of(model, persons)
    again = Rows.unpacked(rows.packed())
    assert again.names == rows.names
    assert (again.table == rows.table).all()
    other = {name: tuple(reversed(values)) for name, values in rows.names.items()}
    assert not len(rows.toggled(rows.under(other)).table)


def _ids(rows: Rows) -> IntArray:
    return np.unique(rows.table[:, 0])


def test_the_memory_tells_who_came_and_who_went_since_any_release() -> None:
    model, persons = random_world(2)
    memory = Memory()
    decide(model, persons, memory)
    memory.kept(1)
    without = Persons(persons.ids[2:], {name: values[2:] for name, values in persons.codes.items()})
    decide(model, without, memory)
    memory.kept(2)
    went, came = memory.since(1, Rows.of(model, without))
    assert _ids(went).tolist() == [0, 1]
    assert not len(came.table)
    went, came = memory.since(2, Rows.of(model, persons))
    assert not len(went.table)
    assert _ids(came).tolist() == [0, 1]
    assert PLACE in memory.last().names


@settings(max_examples=40 if IS_LONG else 6, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_who_knows_linked_figures_works_out_no_figure_of_few(seed: int) -> None:
    generator = np.random.default_rng(seed)
    model, persons = random_world(seed)
    plain = decide(model, persons, Memory())
    system = plain.system
    few = (system.values > 0) & (system.values < 5)
    opened = generator.random(len(few)) < 0.2
    known = frozenset(c for c, o, f in zip(system.cells, opened, few, strict=True) if o and not f)
    closed = frozenset(c for c, o in zip(system.cells, generator.random(len(few)) < 0.1, strict=True) if o) - known
    found = decide(model, persons, Memory(), elsewhere=Elsewhere(closed, known))
    if len(found.lost):  # the linked table gives it away by itself
        return
    hidden = found.hidden & np.array([cell not in known for cell in system.cells])
    assert not (found.shown & np.array([cell in closed for cell in system.cells]) & (system.values > 0)).any()
    dimensions = {name: dimension.values for name, dimension in model.dimensions.items()}
    ask = [name_of(system, cell) for cell in np.flatnonzero(few & system.is_shown)]
    seen = bounds(figures_of(model, system, hidden), combinations_of(dimensions, lambda _: True), ask)
    assert {name: ends for name, ends in seen.items() if ends[1] < 5 - 1e-6} == {}


def test_a_breakdown_neither_comes_nor_goes_with_one_pupil() -> None:
    model, persons = random_world(1)
    model = replace(model, fewest=20)
    place = persons.codes[PLACE]
    size = int((place == 0).sum())
    drop = np.flatnonzero(place == 0)[: max(size - 20, 0)]
    twenty = _without(persons, drop)
    nineteen = _without(twenty, np.flatnonzero(twenty.codes[PLACE] == 0)[:1])
    for before, after in ((twenty, nineteen), (nineteen, twenty)):
        memory = Memory()
        first = decide(model, before, memory)
        memory.kept(1)
        assert (decide(model, after, memory).system.is_shown == first.system.is_shown).all()


def _without(persons: Persons, rows: IntArray) -> Persons:
    stays = np.ones(len(persons), dtype=np.bool_)
    stays[rows] = False
    return Persons(persons.ids[stays], {name: values[stays] for name, values in persons.codes.items()})
