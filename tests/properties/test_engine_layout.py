"""Parts that are glued at what they have in common tell what one table of all combinations tells, on random models."""

import itertools
import os

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.release.engine.cells import System, system_of
from orchestration.release.engine.model import FINEST, PLACE, Dimension, Model, Table, coded
from orchestration.release.engine.parts import layout, part_of
from tests.support.other_attacker import combinations_of
from tests.support.small_systems import figures_of

IS_LONG = os.environ.get("PROPERTIES") == "all"
LEVELS = (FINEST, "sector", "authority")
NAMES = ("stage", "sex", "group", "meals")


def random_model(generator: np.random.Generator) -> Model:
    """Three schools in two sectors, up to four dimensions, tables that cross one to three of them at any level."""
    places = Dimension(
        PLACE, ("a", "b", "c"), {"sector": {"a": "x", "b": "x", "c": "y"}, "authority": dict.fromkeys("abc", "all")}
    )
    dimensions = {PLACE: places}
    for name in NAMES:
        dimensions[name] = Dimension(name, ("1", "2", "3")[: int(generator.integers(2, 4))])
    if generator.random() < 0.5:
        allowed = {(PLACE, "sector"): {"x": frozenset({"1", "2"}), "y": frozenset({"2", "3"})}}
        dimensions["stage"] = Dimension("stage", ("1", "2", "3"), allowed=allowed)
    if generator.random() < 0.5:
        allowed = {("stage", FINEST): {"1": frozenset({"1"}), "2": frozenset({"1", "2"}), "3": frozenset({"2"})}}
        dimensions["meals"] = Dimension("meals", ("1", "2"), allowed=allowed)
    tables = {}
    for _ in range(int(generator.integers(2, 7))):
        level = LEVELS[int(generator.integers(3))]
        crossed = generator.choice(NAMES, int(generator.integers(0, 4)), replace=False)
        by = tuple((name, FINEST) for name in sorted(crossed.tolist()))
        name = "/".join((level or "school", *(one for one, _ in by)))
        tables[name] = Table(name, level, by)
    return Model(dimensions, tuple(tables.values()))


def _is_possible(model: Model, combination: dict[str, str]) -> bool:
    for name, dimension in model.dimensions.items():
        for (other, level), beside in dimension.allowed.items():
            of_other = model.dimensions[other]
            group = of_other.levels[level][combination[other]] if level else combination[other]
            if combination[name] not in beside[group]:
                return False
    return True


def _follows(known: np.ndarray, row: np.ndarray) -> bool:
    return bool(np.linalg.matrix_rank(np.vstack([known, row])) == np.linalg.matrix_rank(known))


def _full(model: Model, system: System, used: set[str]) -> np.ndarray:
    """A row over every possible combination for each figure."""
    dimensions = {name: one.values for name, one in model.dimensions.items() if name in used or name == PLACE}
    limited = {
        name: one
        for name, one in model.dimensions.items()
        if name in dimensions and all(o in dimensions for o, _ in one.allowed)
    }
    every = combinations_of(
        dimensions, lambda c: _is_possible(Model({**limited, PLACE: model.dimensions[PLACE]}, ()), c)
    )
    figures = figures_of(model, system, np.zeros(len(system.cells), dtype=np.bool_))
    return np.array([[float(figure.counts(one)) for one in every] for figure in figures])


@settings(max_examples=200 if IS_LONG else 25, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_parts_tell_what_all_combinations_tell(seed: int) -> None:
    generator = np.random.default_rng(seed)
    model = random_model(generator)
    nobody: dict[str, list[str]] = {name: [] for name in model.dimensions}
    system = system_of(model, coded(model, np.zeros(0, dtype=np.int64), nobody))
    used = {name for table in model.tables for name, _ in table.by}
    full = _full(model, system, used)
    parts = np.hstack([system.matrix.toarray()])
    glue = system.glue.toarray()
    for _ in range(4):
        shown = generator.random(len(system.cells)) < generator.uniform(0.3, 0.95)
        for cell in np.flatnonzero(~shown)[:6]:
            ours = _follows(np.vstack([parts[shown], glue]), parts[cell])
            assert ours == _follows(full[shown], full[cell]), (seed, system.cells[cell])


@settings(max_examples=200 if IS_LONG else 25, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_parts_form_a_tree_and_what_two_have_in_common_lies_between_them(seed: int) -> None:
    model = random_model(np.random.default_rng(seed))
    specs, joins = layout(model)
    assert specs[0] == (FINEST, ())
    assert len(joins) == len(specs) - 1
    near: dict[int, set[int]] = {number: set() for number in range(len(specs))}
    for join in joins:
        near[join.first].add(join.second)
        near[join.second].add(join.first)
    for name in NAMES:
        having = {number for number, (_, names) in enumerate(specs) if name in names}
        reached = set(itertools.islice(having, 1))
        while grown := {other for number in reached for other in near[number] & having} - reached:
            reached |= grown
        assert reached == having, name
    for table in model.tables:
        assert any({name for name, _ in table.by} <= set(names) for _, names in specs)


def test_a_table_of_the_authority_takes_no_columns_of_schools() -> None:
    model = random_model(np.random.default_rng(0))
    tables = (Table("school", FINEST), Table("authority/sex/stage", "authority", (("sex", FINEST), ("stage", FINEST))))
    dimensions = {name: Dimension(name, one.values, one.levels) for name, one in model.dimensions.items()}
    small = Model(dimensions, tables)
    specs, _ = layout(small)
    assert specs == [(FINEST, ()), ("authority", ("stage", "sex"))]
    sizes = [len(part_of(small, level, names, 0).codes[PLACE]) for level, names in specs]
    assert sizes == [3, len(dimensions["stage"].values) * len(dimensions["sex"].values)]
