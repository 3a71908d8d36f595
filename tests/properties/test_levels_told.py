"""Who subtracts what was predicted from a cohort does not learn of the few of whom it was not, in one release or two.

Cohorts stand in one table and what is told of them in another; pupils are those of the published rolls, and between the
releases some results are corrected. Subtraction is done here anew: decisions are taken for what readers see.
"""

import os

import numpy as np
import pytest

from orchestration.release.attacker.bounds import bounded
from orchestration.release.attacker.released import Key, Seen, puzzle_of
from orchestration.release.declared.declaration import Declaration
from orchestration.release.declared.figures import ALL, Figures, figures_of
from orchestration.release.declared.reading import read_declaration
from orchestration.release.engine.cells import Cell
from orchestration.release.engine.changes import Decision, decide
from orchestration.release.engine.elsewhere import Elsewhere
from orchestration.release.engine.memory import Memory
from orchestration.release.engine.model import Persons
from orchestration.release.subject.judged import Judged
from orchestration.release.subject.store import Place
from orchestration.release.subject.told import row_of, tellers_to_hide
from orchestration.release.thresholds import BREAKDOWNS_FROM, SMALL
from tests.support.made_up_levels import ATTAINMENT, Unit, corrected, levels_columns, persons_of

IS_LONG = os.environ.get("PROPERTIES") == "all"
COUNCILS = ("Orkney", "Clackmannanshire", "Highland") if IS_LONG else ("Orkney",)
TOLD = ("foreseen",)
"""Populations that no mart shows, told by measures of the pupils of the return."""
Columns = dict[str, list[str]]
World = tuple[Declaration, list[Unit]]


class Releases:
    """A council's returns, released one after the other, with the memories that release keeps."""

    def __init__(self, council: str, told: str, is_protected: bool = True) -> None:
        self.declaration = read_declaration(ATTAINMENT)
        self.units, self.columns = levels_columns(council)
        self.told = figures_of(self.declaration, told, self.units, BREAKDOWNS_FROM)
        self.returned = figures_of(self.declaration, "returned", self.units, BREAKDOWNS_FROM)
        self.is_protected = is_protected
        self.memories = (Memory(), Memory())
        self.releases = 0

    def release(self, columns: Columns) -> tuple[Decision, Decision]:
        """What is decided of those told, and of the pupils of the return."""
        hide: frozenset[Cell] = frozenset()
        told = decide(self.told.model, persons_of(self.told.model, columns), self.memories[0])
        if self.is_protected:
            assert not len(told.lost)
            place = Place("S12000000", "attainment", self.told.population, "2024/25")
            hide = tellers_to_hide(Judged.of(place, self.told, told, Memory()), self.units).get("returned", frozenset())
            self.memories[0].keep_hidden_alone()
        persons = persons_of(self.returned.model, columns)
        returned = decide(self.returned.model, persons, self.memories[1], elsewhere=Elsewhere().and_hidden(hide))
        assert not len(returned.lost)
        self.releases += 1
        for memory in self.memories:
            memory.kept(self.releases)
        return told, returned


def known_of(made: Releases, told: Decision, returned: Decision) -> tuple[list[Seen], dict[str, int]]:
    """Every figure of those told as readers have it from the tables of the return, and all of them as they are."""
    at = {cell: number for number, cell in enumerate(returned.system.cells)}
    tellers: dict[str, list[tuple[str, str]]] = {}
    for (mart, measure), parts in made.told.tables.items():
        for _, table in parts:
            if measure != ALL:
                tellers.setdefault(table.name, []).append((mart, measure))
    figures: dict[str, dict[Key, int | None]] = {table.name: {} for table in made.told.model.tables}
    old: dict[str, set[Key]] = {table.name: set() for table in made.told.model.tables}
    true = {}
    for number, cell in enumerate(told.system.cells):
        key: Key = (cell.place, *cell.groups)
        true[" ".join((cell.table, *key))] = int(told.system.values[number])
        states = [_state(made.returned, returned, at, teller, row_of(made.told, cell), cell)
                  for teller in tellers.get(cell.table, ())]  # fmt: skip
        figures[cell.table][key] = int(told.system.values[number]) if "shown" in states else None
        if "held" in states and "shown" not in states:
            old[cell.table].add(key)
    seen = [
        Seen(table, figures[table.name], frozenset(key for key, one in figures[table.name].items() if one is None),
             frozenset(old[table.name]))
        for table in made.told.model.tables
    ]  # fmt: skip
    return seen, true


def _state(
    figures: Figures, returned: Decision, at: dict[Cell, int], teller: tuple[str, str], row: dict[str, str], told: Cell
) -> str:
    mart, measure = teller
    table = next(one for one in figures.model.tables if one.name == figures.tables[teller][0][1].name)
    group = next(iter(next(iter(table.only.values()))))
    if measure.endswith("_cohort") != any(part in ("asked", "judged") for part in told.groups):
        return "no teller"
    if not measure.endswith("_cohort") and group not in told.groups:
        return "no teller"
    keys = set(figures.declaration.keys(figures.declaration.marts[mart]))
    if not {key for key in row if key in ("seed_code", "sector", "stage", "simd_quintile")} <= keys:
        return "no teller"
    cells = figures.cell(figures.declaration.marts[mart], measure, row)
    if any(cell not in at for cell in cells):
        return "hidden"
    return (
        "shown" if all(returned.shown[at[cell]] for cell in cells)
        else "held" if all(returned.shown[at[cell]] or returned.held[at[cell]] for cell in cells) else "hidden"
    )  # fmt: skip


def found_by_subtraction(made: Releases, told: Decision, returned: Decision) -> list[str]:
    """Figures of 1 to 4 pupils that follow, or are bounded below five."""
    seen, true = known_of(made, told, returned)
    found = bounded(puzzle_of(made.told.model.dimensions, seen))
    return [one.name for one in found if one.low != one.low or 0 < true[one.name] < SMALL]


@pytest.mark.parametrize("told", TOLD)
@pytest.mark.parametrize("council", COUNCILS)
def test_few_of_a_cohort_cannot_be_had_by_subtraction_in_two_releases(council: str, told: str) -> None:
    made = Releases(council, told)
    first = made.release(made.columns)
    assert first[1].shown.any()
    assert found_by_subtraction(made, *first) == []
    later = corrected(made.columns, seed=2)
    second = made.release(later)
    assert found_by_subtraction(made, *second) == []
    changed = changed_by_few(made, first[1], second[1], later)
    assert changed == []


def changed_by_few(made: Releases, first: Decision, second: Decision, later: Columns) -> list[Cell]:
    """Figures of the return that are shown twice, anew, and differ by 1 to 4 pupils."""
    before, after = (persons_of(made.returned.model, columns) for columns in (made.columns, later))
    at = {cell: number for number, cell in enumerate(second.system.cells)}
    return [
        cell
        for number, cell in enumerate(first.system.cells)
        if first.shown[number] and cell in at and second.shown[at[cell]]
        and 0 < len(_members(first, before, number) ^ _members(second, after, at[cell])) < SMALL
    ]  # fmt: skip


def _members(decision: Decision, persons: Persons, cell: int) -> set[int]:
    return set(np.asarray(decision.system.contributors(persons, cell)).tolist())


@pytest.mark.parametrize("told", TOLD)
def test_without_the_declared_population_they_can(told: str) -> None:
    made = Releases("Clackmannanshire", told, is_protected=False)
    assert found_by_subtraction(made, *made.release(made.columns))
