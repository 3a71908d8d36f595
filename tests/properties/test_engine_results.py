"""Results that cross a shared dimension are kept apart by the engine; an attacker with all of them joint finds nothing.

The long run is `PROPERTIES=all`; otherwise a few worlds are tried.
"""

import os
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.release.attacker.bounds import bounded
from orchestration.release.attacker.released import puzzle_of
from orchestration.release.declared.figures import figures_of
from orchestration.release.declared.reading import read_declaration
from orchestration.release.engine.cells import System, system_of
from orchestration.release.engine.model import FINEST, PLACE, BoolArray, Dimension, Model, Persons, Table, coded
from orchestration.release.engine.protect import primary, protect, wanted_of
from orchestration.release.thresholds import SMALL
from tests.support.made_up_levels import ATTAINMENT, levels_columns, persons_of
from tests.support.nested_results import puzzle_of_all_together
from tests.support.other_attacker import bounds, combinations_of
from tests.support.seen import seen_of
from tests.support.small_systems import figures_of as shown_figures
from tests.support.small_systems import name_of

IS_LONG = os.environ.get("PROPERTIES") == "all"
RESULTS = ("reading", "writing")
COUNCILS = ("Orkney", "Clackmannanshire", "Highland", "Glasgow") if IS_LONG else ("Orkney",)


def world(seed: int) -> tuple[Model, Persons]:
    """Three or four schools with two stages and two results by stage; sums of the authority by stage and group, too."""
    generator = np.random.default_rng(seed)
    schools = tuple(f"s{number}" for number in range(int(generator.integers(3, 5))))
    dimensions = {
        PLACE: Dimension(PLACE, schools, {"authority": dict.fromkeys(schools, "all")}),
        "stage": Dimension("stage", ("P1", "P4")),
        "group": Dimension("group", ("1", "rest")),
        **{name: Dimension(name, ("yes", "no", "none"), not_asked=frozenset({"none"})) for name in RESULTS},
    }
    tables = []
    for name in RESULTS:
        yes = {name: frozenset({"yes"})}
        both = {name: frozenset({"yes", "no"})}
        tables += [
            Table(f"school {name}", FINEST, (("stage", FINEST), (name, FINEST)), both),
            Table(f"all {name}", "authority", (("stage", FINEST), (name, FINEST)), yes),
            Table(f"group {name}", "authority", (("stage", FINEST), ("group", FINEST), (name, FINEST)), both),
        ]
    model = Model(dimensions, tuple(tables))
    count = int(generator.integers(60, 140))
    columns = {
        PLACE: generator.choice(schools, count).tolist(),
        "stage": generator.choice(["P1", "P4"], count).tolist(),
        "group": generator.choice(["1", "rest"], count, p=[0.3, 0.7]).tolist(),
        **{name: generator.choice(["yes", "no", "none"], count, p=[0.7, 0.25, 0.05]).tolist() for name in RESULTS},
    }
    return model, coded(model, np.arange(count, dtype=np.int64), columns)


@settings(max_examples=60 if IS_LONG else 6, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_no_hidden_figure_of_one_to_four_can_be_worked_out_of_all_results_together(seed: int) -> None:
    model, persons = world(seed)
    system = system_of(model, persons)
    assert [set(part.names) - {PLACE} for part in system.parts] == [
        set(), {"stage", "reading", "writing"}, {"stage", "reading", "writing", "group"},
    ]  # fmt: skip
    assert len(system.parts[2].codes[PLACE]) < len(system.parts[1].codes[PLACE])
    first = primary(system)
    found = protect(system, wanted_of(system, first))
    assert not len(found.lost)
    hidden = found.cells & system.is_shown
    ask = [name_of(system, cell) for cell in np.flatnonzero(first & system.is_shown)]
    dimensions = {name: dimension.values for name, dimension in model.dimensions.items()}
    seen = bounds(shown_figures(model, system, hidden), combinations_of(dimensions, lambda _: True), ask)
    assert {name: found for name, found in seen.items() if found[1] < SMALL - 1e-6} == {}
    assert bounded(puzzle_of(model.dimensions, seen_of(model, system, hidden))) == []


def declared_world(council: str, at_most: int | None = None, seed: int = 1) -> tuple[Model, Persons]:
    """Pupils of the stages of the return in the published rolls of a council, with made-up results that nest."""
    units, columns = levels_columns(council, at_most, seed)
    model = figures_of(read_declaration(ATTAINMENT), "returned", units, 20).model
    return model, persons_of(model, columns)


def hidden_by_mart(model: Model, system: System, hidden: BoolArray) -> tuple[Counter[str], Counter[str]]:
    """By mart how many figures have 1 to 4 behind them or what is left of them, and how many are hidden."""
    of_table = {table.name: [name for name, _ in table.by] for table in model.tables}
    keys = ("stage", "deprivation")
    rows: dict[tuple[str, ...], list[int]] = {}
    for number, cell in enumerate(system.cells):
        groups = [g for name, g in zip(of_table[cell.table], cell.groups, strict=True) if name in keys]
        rows.setdefault((cell.table, cell.place, *groups), []).append(number)
    primaries: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    for (table, *_), cells in rows.items():
        mart = "/".join([table.partition("/")[0], *(name for name in of_table[table] if name in keys)])
        everybody = sum(int(system.values[cell]) for cell in cells)
        shown = [cell for cell in cells if system.is_shown[cell]]
        of_few = [
            cell
            for cell in shown
            if min(v for v in (system.values[cell], everybody - system.values[cell], SMALL) if v) < SMALL
        ]
        primaries[mart] += len(of_few)
        gone[mart] += sum(int(hidden[cell]) for cell in shown)
    return primaries, gone


@pytest.mark.parametrize("council", COUNCILS)
def test_attainment_as_it_is_declared_gives_nothing_away_and_hides_little(council: str) -> None:
    model, persons = declared_world(council)
    system = system_of(model, persons)
    first = primary(system)
    found = protect(system, wanted_of(system, first))
    assert not len(found.lost)
    hidden = found.cells & system.is_shown
    primaries, gone = hidden_by_mart(model, system, hidden)
    many = [mart for mart, count in primaries.items() if count >= 20]
    assert sum(gone[mart] for mart in many) <= 1.7 * sum(primaries[mart] for mart in many)
    assert bounded(puzzle_of(model.dimensions, seen_of(model, system, hidden))) == []


@pytest.mark.parametrize("seed", range(8 if IS_LONG else 1))
def test_who_thinks_of_all_organisers_together_finds_no_more(seed: int) -> None:
    """Who achieved literacy achieved all three, so the figures of one bound those of the others."""
    council, at_most = ("Clackmannanshire", None) if IS_LONG else ("Orkney", 6)
    model, persons = declared_world(council, at_most, seed)
    system = system_of(model, persons)
    found = protect(system, wanted_of(system, primary(system)))
    hidden = found.cells & system.is_shown
    true = {
        " ".join((cell.table, cell.place, *cell.groups)): int(value)
        for cell, value in zip(system.cells, system.values, strict=True)
    }
    given = bounded(puzzle_of_all_together(model, system, hidden))
    assert hidden.any()
    assert [one for one in given if one.low != one.low or 0 < true[one.name] < SMALL] == []
