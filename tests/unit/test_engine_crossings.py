"""Which dimensions are thought of together, by engine and attacker, and results of small cohorts (RULES 35, 42)."""

import numpy as np
import pytest

from orchestration.release.attacker.joined import branches_of
from orchestration.release.attacker.lists import linked
from orchestration.release.attacker.released import Seen, puzzle_of
from orchestration.release.engine.cells import System, system_of
from orchestration.release.engine.crossings import crossings_in, crossings_of
from orchestration.release.engine.model import FINEST, PLACE, Dimension, Model, Table, coded
from orchestration.release.engine.protect import primary, protect, wanted_of

STAGE = Table("stage", FINEST, (("stage", FINEST),))


def _sets(*words: str) -> list[frozenset[str]]:
    return [frozenset(word) for word in words]


def test_what_crosses_one_dimension_is_glued_along_it() -> None:
    found = crossings_of(_sets("s", "sd", "sdr", "sdw", "sdn", "x"))
    names = {"".join(sorted(one.names)): "".join(sorted(one.shared)) for one in found}
    assert names.pop("") == ""
    assert sorted(names) == ["dns", "drs", "dsw", "x"]
    assert sorted(names.values()) == ["", "", "ds", "ds"]
    assert all(one.shared <= found[one.parent].names for one in found[1:] if one.shared)
    assert all(one.parent < number for number, one in enumerate(found))


def test_what_forms_a_loop_stays_together() -> None:
    found = crossings_of(_sets("ab", "bc", "ca", "cd"))
    assert sorted("".join(sorted(one.names)) for one in found) == ["", "abc", "cd"]
    assert [one.names for one in branches_of(_sets("ab", "bc", "ca"))] == [("a", "b", "c")]


def test_a_long_loop_is_filled_up_where_that_is_cheapest() -> None:
    loop = _sets("ab", "bc", "cd", "da")
    sizes = {"a": 9, "b": 3, "c": 9, "d": 3}
    assert sorted("".join(sorted(one.names)) for one in crossings_of(loop, frozenset(), sizes)) == ["", "abd", "bcd"]
    found = branches_of(loop, frozenset(), sizes)
    assert sorted(("".join(one.names), "".join(one.common)) for one in found) == [("abd", ""), ("bcd", "bd")]


AREAS = {
    PLACE: Dimension(
        PLACE,
        ("a", "b", "c", "d"),
        {"sector": {"a": "1", "b": "1", "c": "2", "d": "2"}, "all": dict.fromkeys("abcd", "all")},
    ),
    "band": Dimension("band", ("low", "high")),
    "stage": Dimension("stage", ("P1", "P2", "P3")),
    "sex": Dimension("sex", ("F", "M")),
}


def _areas(*tables: tuple[str, str]) -> Model:
    """Tables by place and first letters of dimensions."""
    names = {"b": "band", "s": "stage", "x": "sex"}
    return Model(
        AREAS,
        tuple(Table(f"{place}/{by}", place, tuple((names[one], FINEST) for one in by)) for place, by in tables),
    )


def test_what_only_whole_areas_show_needs_no_school() -> None:
    model = _areas((FINEST, ""), (FINEST, "b"), ("sector", "bs"), ("all", "bx"))
    columns = {
        PLACE: ["a", "b", "c", "d", "d"],
        "band": ["low", "high", "low", "low", "high"],
        "stage": ["P1", "P2", "P3", "P1", "P2"],
        "sex": ["F", "M", "F", "M", "F"],
    }
    system = system_of(model, coded(model, np.arange(5), columns))
    # four places, two bands of each; two sectors by band and stage; the whole by band and sex
    assert [len(part.codes[PLACE]) for part in system.parts] == [4, 8, 12, 4]
    assert not np.any(system.glue @ system.counts)
    at = {(cell.table, cell.place, cell.groups): number for number, cell in enumerate(system.cells)}
    assert system.values[at["sector/bs", "2", ("low", "P1")]] == 1
    assert system.values[at["all/bx", "all", ("high", "F")]] == 1
    assert len(linked(model.dimensions, model.tables)) == 4


def test_a_loop_through_schools_is_thought_of_together() -> None:
    model = _areas((FINEST, "b"), (FINEST, "s"), ("sector", "bs"))
    assert {"band", "stage", PLACE} <= crossings_in(model)[1].names
    assert {"band", "stage", PLACE} <= set(linked(model.dimensions, model.tables)[1].names)


def test_levels_of_places_that_are_not_nested_are_told_by_schools() -> None:
    places = Dimension(
        PLACE, ("a", "b", "c"), {"x": {"a": "1", "b": "1", "c": "2"}, "y": {"a": "1", "b": "2", "c": "2"}}
    )
    model = Model(
        {**AREAS, PLACE: places}, (Table("x", "x", (("band", FINEST),)), Table("y", "y", (("band", FINEST),)))
    )
    assert all(PLACE in one.names for one in crossings_in(model))
    assert all(PLACE in one.names for one in linked(model.dimensions, model.tables))


def test_nothing_crossed_is_the_place_alone() -> None:
    assert [one.names for one in crossings_of([frozenset()])] == [frozenset()]
    assert [one.names for one in branches_of([frozenset()])] == [()]


def test_the_attacker_keeps_the_same_apart() -> None:
    found = branches_of(_sets("s", "sd", "sdr", "sdw", "x"))
    assert sorted((one.names, one.common) for one in found if one.at < 0) == [(("d", "s", "w"), ()), (("x",), ())]
    assert [(one.names, one.at, one.common) for one in found if one.at >= 0] == [(("d", "r", "s"), 0, ("d", "s"))]


RESULT = Dimension(
    "result", ("yes", "no", "none"), {"judged": {"yes": "in", "no": "in", "none": "out"}}, {}, frozenset({"none"}), 21
)
COHORT = Table("cohort", FINEST, (("stage", FINEST), ("result", "judged")), {"result": frozenset({"in"})})
ACHIEVED = Table("achieved", FINEST, (("stage", FINEST), ("result", FINEST)), {"result": frozenset({"yes"})})


def _system(*cohorts: tuple[str, int, int, int]) -> System:
    """Of each stage how many have the result, have it not, and are not asked."""
    stages = tuple(stage for stage, *_ in cohorts)
    model = Model(
        {PLACE: Dimension(PLACE, ("a",)), "stage": Dimension("stage", stages), "result": RESULT}, (COHORT, ACHIEVED)
    )
    rows = [
        (s, r) for s, *counts in cohorts for r, n in zip(("yes", "no", "none"), counts, strict=True) for _ in range(n)
    ]
    columns = {PLACE: ["a"] * len(rows), "stage": [s for s, _ in rows], "result": [r for _, r in rows]}
    return system_of(model, coded(model, np.arange(len(rows), dtype=np.int64), columns))


def _shown(system: System) -> dict[tuple[str, str], int]:
    found = protect(system, wanted_of(system, primary(system)))
    assert not len(found.lost)
    return {
        (cell.table, cell.groups[0]): int(system.values[number])
        for number, cell in enumerate(system.cells)
        if system.is_shown[number] and not found.cells[number]
    }


@pytest.mark.parametrize(
    ("cohort", "shown"),
    [
        ((16, 5, 9), {("cohort", "P1"): 21, ("achieved", "P1"): 16}),  # who is not asked is no figure
        ((15, 5, 9), {}),  # 20 are a small cohort
        ((21, 0, 0), {("cohort", "P1"): 21, ("achieved", "P1"): 21}),
        ((0, 0, 12), {("cohort", "P1"): 0, ("achieved", "P1"): 0}),
    ],
)
def test_results_of_twenty_or_fewer_are_not_shown(cohort: tuple[int, int, int], shown: dict) -> None:
    assert _shown(_system(("P1", *cohort))) == shown


def test_one_to_four_who_have_not_achieved_hide_who_has_or_the_cohort() -> None:
    assert len(_shown(_system(("P1", 27, 3, 0)))) == 1


def test_that_all_of_a_small_cohort_have_achieved_is_protected() -> None:
    system = _system(("P1", 12, 0, 0), ("P4", 30, 10, 0))
    named = {(system.cells[i].table, *system.cells[i].groups) for i in np.flatnonzero(primary(system))}
    assert named == {("achieved", "P1", "yes"), ("achieved", "P1", "no")}


def test_glue_is_kept_where_somebody_knows_how_many_there_are() -> None:
    both = {name: Dimension(name, RESULT.values, RESULT.levels, {}, RESULT.not_asked) for name in ("r", "w")}
    dimensions = {PLACE: Dimension(PLACE, ("a",)), "stage": Dimension("stage", ("P1",)), **both}
    tables = tuple(Table(name, FINEST, (("stage", FINEST), (name, FINEST))) for name in both)
    columns = {PLACE: ["a"] * 9, "stage": ["P1"] * 9, "r": ["yes"] * 9, "w": ["none"] * 9}
    for further, rows in ((), 0), ((Table("roll", FINEST),), 2), ((STAGE,), 1):  # of a place no figure is told there
        model = Model(dimensions, (*tables, *further))
        assert system_of(model, coded(model, np.arange(9, dtype=np.int64), columns)).glue.shape[0] == rows


def test_the_attacker_glues_sets_only_where_somebody_knows_how_many_there_are() -> None:
    """Who was asked in one and not in the other is nobody's figure: both could be filled up to any number."""
    both = {name: Dimension(name, RESULT.values, RESULT.levels, {}, RESULT.not_asked) for name in ("r", "w")}
    dimensions = {PLACE: Dimension(PLACE, ("a",)), "stage": Dimension("stage", ("P1",)), **both}
    seen = [
        Seen(Table(name, FINEST, (("stage", FINEST), (name, FINEST))), {("a", "P1", "yes"): 9, ("a", "P1", "no"): 8})
        for name in both
    ]
    assert puzzle_of(dimensions, seen).known.shape[0] == 4
    assert puzzle_of(dimensions, [*seen, Seen(STAGE, {("a", "P1"): 30})]).known.shape[0] == 7


def _of_schools(count: int) -> System:
    """Thirty pupils of each of three areas in every one of so many schools, shown for all schools together."""
    schools = tuple(f"s{number}" for number in range(count))
    area = Dimension("area", ("1", "2", "3"), of_few_places=frozenset({"1", "2"}))
    model = Model(
        {PLACE: Dimension(PLACE, schools, {"all": dict.fromkeys(schools, "all")}), "area": area},
        (Table("areas", "all", (("area", FINEST),)), Table("all", "all")),
    )
    rows = [(school, value) for school in schools for value in area.values for _ in range(30)]
    columns = {PLACE: [school for school, _ in rows], "area": [value for _, value in rows]}
    return system_of(model, coded(model, np.arange(len(rows), dtype=np.int64), columns))


@pytest.mark.parametrize(("count", "shown"), [(2, ["1", "2"]), (3, ["1", "2", "3"])])
def test_fewer_than_three_schools_are_shown_as_one_school_is(count: int, shown: list[str]) -> None:
    """Two secondaries: what is of one is known to the other (rule 40)."""
    system = _of_schools(count)
    cells = zip(system.cells, system.is_shown.tolist(), strict=True)
    assert [cell.groups[0] for cell, is_shown in cells if cell.table == "areas" and is_shown] == shown
