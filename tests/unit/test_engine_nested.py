"""Parts that lie within each other: who is in one and not in the next is protected as a figure is (RULES 42, 45)."""

import numpy as np

from orchestration.release.attacker.bounds import bounded
from orchestration.release.attacker.released import puzzle_of
from orchestration.release.declared.nested import INSIDE, with_differences
from orchestration.release.engine.cells import System, system_of
from orchestration.release.engine.model import FINEST, PLACE, BoolArray, Dimension, Model, Persons, Table, coded
from orchestration.release.engine.protect import primary, protect, wanted_of
from tests.support.seen import seen_of

BEST = ("below_4", "4", "5", "6", "not_asked")
REACHED = {"at_4": {"4", "5", "6"}, "at_5": {"5", "6"}, "at_6": {"6"}}
LEVELS = {
    name: {value: "not_asked" if value == "not_asked" else "yes" if value in of else "no" for value in BEST}
    for name, of in REACHED.items()
}


def plain() -> tuple[dict[str, Dimension], tuple[Table, ...]]:
    dimensions = {
        PLACE: Dimension(PLACE, ("a", "b"), {"authority": {"a": "all", "b": "all"}}),
        "best": Dimension("best", BEST, LEVELS, not_asked=frozenset({"not_asked"})),
    }
    tables = [Table("school", FINEST)]
    tables += [
        Table(f"{place or 'school'}/best.{level}=yes", place, (("best", level),), {"best": frozenset({"yes"})})
        for place in (FINEST, "authority")
        for level in LEVELS
    ]
    return dimensions, tuple(tables)


def judged(sizes: dict[str, dict[str, int]], nests: bool) -> tuple[Model, System, BoolArray]:
    """The model, its figures and those hidden; ``sizes`` has by school how many came how far."""
    model = Model(*with_differences(*plain(), {"best"} if nests else set()))
    places = [place for place, of in sizes.items() for count in of.values() for _ in range(count)]
    best = [value for of in sizes.values() for value, count in of.items() for _ in range(count)]
    persons: Persons = coded(model, np.arange(len(best), dtype=np.int64), {PLACE: places, "best": best})
    system = system_of(model, persons)
    found = protect(system, wanted_of(system, primary(system)))
    assert not len(found.lost)
    return model, system, found.cells & system.is_shown


FEW_AT_4 = {"a": {"below_4": 10, "4": 3, "5": 40, "6": 30}, "b": {"below_4": 9, "4": 20, "5": 40, "6": 30}}


def test_of_two_figures_that_three_lie_between_one_is_hidden_and_no_more_than_the_council_asks_for() -> None:
    assert not judged(FEW_AT_4, nests=False)[2].any()
    _, system, hidden = judged(FEW_AT_4, nests=True)
    gone = {(cell.table, cell.place) for cell, off in zip(system.cells, hidden, strict=True) if off}
    assert any((place == "a" and "at_4" in table) or "at_5" in table for table, place in gone)
    assert 2 <= len(gone) <= 3


def test_the_attacker_asks_what_lies_between() -> None:
    """Without protection it finds the three; with it nothing."""
    model, system, hidden = judged(FEW_AT_4, nests=True)
    assert bounded(puzzle_of(model.dimensions, seen_of(model, system, hidden))) == []
    found = bounded(puzzle_of(model.dimensions, seen_of(model, system, np.zeros_like(hidden))))
    assert any(INSIDE in one.name and one.name.startswith("school/best.4 a") for one in found)


def test_where_nobody_lies_between_all_is_shown() -> None:
    sizes = {place: {**of, "4": 0} for place, of in FEW_AT_4.items()}
    assert not judged(sizes, nests=True)[2].any()


def test_those_who_are_not_asked_lie_between_nothing() -> None:
    sizes = {place: {**of, "4": 0, "not_asked": 3} for place, of in FEW_AT_4.items()}
    _, system, hidden = judged(sizes, nests=True)
    assert not hidden.any()
    assert not any("not_asked" in cell.groups for cell in system.cells)


def test_a_difference_that_a_table_has_anyway_is_no_table_of_its_own() -> None:
    """Of all asked less those at a level are those below it: the complement, which is protected as it is."""
    dimensions, tables = plain()
    everybody = {value: "no" if value == "not_asked" else "yes" for value in BEST}
    best = dimensions["best"]
    dimensions["best"] = Dimension("best", BEST, {**LEVELS, "asked": everybody}, not_asked=best.not_asked)
    asked = Table("school/best.asked=yes", FINEST, (("best", "asked"),), {"best": frozenset({"yes"})})
    _, found = with_differences(dimensions, (*tables, asked), {"best"})
    names = {table.name for table in found} - {table.name for table in (*tables, asked)}
    assert names == {f"{place}/best.{level}" for place in ("school", "authority") for level in ("4", "4+5", "5")}
    assert not any(table.shows for table in found if table.name in names)
