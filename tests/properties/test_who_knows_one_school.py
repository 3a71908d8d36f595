"""Who knows any one school exactly works out no 1 to 4 pupils of another, nor a change by so few (RULES 35, 44, 47).

Random councils of several sectors, two of which have but one or two schools, over two releases between which pupils
come, leave and are corrected. The attacker writes down every combination of all groups and knows each school's own in
turn, in both states. The long run is `PROPERTIES=all`; otherwise a few councils are tried.
"""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.release.attacker.bounds import bounded
from orchestration.release.attacker.knowing import knowing
from orchestration.release.attacker.released import puzzle_of
from orchestration.release.engine.cells import System, system_of
from orchestration.release.engine.changes import Decision, decide
from orchestration.release.engine.memory import Memory
from orchestration.release.engine.model import PLACE, Model, Persons
from orchestration.release.engine.protect import primary, protect, wanted_of
from orchestration.release.thresholds import SMALL
from tests.properties.test_engine_changes import moved
from tests.properties.test_engine_results import declared_world
from tests.support.made_up_leavers import leavers_world
from tests.support.made_up_rolls import persons_of, published_roll, roll_model
from tests.support.other_attacker import Combination, Figure, bounds, combinations_of
from tests.support.seen import seen_of, true_of
from tests.support.small_systems import figures_of, name_of, random_world

IS_LONG = os.environ.get("PROPERTIES") == "all"
COUNCILS = ("Orkney", "Clackmannanshire", "Highland") if IS_LONG else ("Clackmannanshire",)
MOST = 25
"""Schools of a council that are known in turn."""


def combinations(model: Model) -> list[dict[str, str]]:
    return combinations_of({name: one.values for name, one in model.dimensions.items()}, lambda _: True)


def own_figures(model: Model, persons: Persons, school: str) -> list[Figure]:
    """What the head of a school knows: how many of its pupils there are of each combination."""
    names = list(model.dimensions)
    values = [model.dimensions[name].values for name in names]
    rows = [tuple(values[i][persons.codes[n][at]] for i, n in enumerate(names)) for at in range(len(persons))]

    def is_it(own: tuple[str, ...]):
        return lambda combination: tuple(combination[name] for name in names) == own

    found = []
    for combination in combinations(model):
        if combination[PLACE] == school:
            own = tuple(combination[name] for name in names)
            found.append(Figure(f"own {own}", is_it(own), rows.count(own)))
    return found


def members(model: Model, persons: Persons, figure: Figure, without: str = "") -> set[int]:
    """Pupils behind a figure who are not of a school."""
    names = list(model.dimensions)
    found = set()
    for number, person in enumerate(persons.ids):
        one: Combination = {name: model.dimensions[name].values[persons.codes[name][number]] for name in names}
        if one[PLACE] != without and figure.counts(one):
            found.add(int(person))
    return found


def bounded_below_five(
    model: Model, persons: Persons, decision: Decision, school: str, before: Decision | None = None
) -> list[str]:
    """Figures of 1 to 4 pupils, some of other schools, that have to be fewer than five to who knows the school.

    But for those that follow from what was shown ``before`` and has not changed, when pupils went from one school to
    another behind it: that stays known, whatever is hidden now.
    """
    system: System = decision.system
    every = combinations(model)
    few = (system.values > 0) & (system.values < SMALL) & decision.hidden
    asked = {name_of(system, cell) for cell in np.flatnonzero(few)}
    own = own_figures(model, persons, school)

    def found(off: np.ndarray) -> list[str]:
        shown = figures_of(model, system, off)
        ask = [one.name for one in shown if one.name in asked and members(model, persons, one, school)]
        return [name for name, ends in bounds([*shown, *own], every, ask).items() if ends[1] < SMALL - 1e-6]

    given_away = found(~decision.shown)
    if given_away and before is not None:
        stood = {name_of(before.system, cell) for cell in np.flatnonzero(before.shown)}
        stays = np.array([name_of(system, cell) in stood for cell in range(len(system.cells))])
        beyond_help = found(~(decision.shown & stays & (decision.changed == 0)))
        return sorted(set(given_away) - set(beyond_help))
    return given_away


def changes_that_follow(
    model: Model, states: list[Persons], shown: list[np.ndarray], figures: list[Figure], school: str
) -> list[str]:
    """Changes of shown figures by 1 to 4 pupils that follow from both states and own figures.

    Some of these pupils have to be others': who has left the own school for another is known to its head.
    """
    place = model.dimensions[PLACE].values.index(school)
    of_school = {int(one) for persons in states for one in persons.ids[persons.codes[PLACE] == place]}
    every = combinations(model)
    width = len(every)
    rows = np.array([[float(figure.counts(one)) for one in every] for figure in figures])
    own = np.eye(width)[[number for number, one in enumerate(every) if one[PLACE] == school]]
    known = [np.hstack([own, np.zeros_like(own)]), np.hstack([np.zeros_like(own), own])]
    known += [np.hstack([rows[shown[0]], np.zeros((int(shown[0].sum()), width))])]
    known += [np.hstack([np.zeros((int(shown[1].sum()), width)), rows[shown[1]]])]
    _, sizes, right = np.linalg.svd(np.vstack(known), full_matrices=False)
    basis = right[sizes > 1e-8]
    found = []
    for number in np.flatnonzero(shown[0]):
        before, now = (members(model, persons, figures[number]) for persons in states)
        if len(before ^ now) in range(1, SMALL) and (before ^ now) - of_school:
            change = np.concatenate([-rows[number], rows[number]])
            if np.linalg.norm(change - basis.T @ (basis @ change)) < 1e-6:
                found.append(figures[number].name)
    return found


@settings(max_examples=100 if IS_LONG else 3, deadline=None, derandomize=not IS_LONG)
@given(seed=st.integers(0, 10_000))
def test_neither_figures_nor_changes_of_few_come_out_to_who_knows_one_school(seed: int) -> None:
    assert_nothing_of_few_comes_out(seed)


def test_nor_what_is_beyond_help_only_while_two_schools_are_known() -> None:
    """Two pupils of a stage and fifth of a sector: told by one of its two schools, to the other's head they are all."""
    assert_nothing_of_few_comes_out(100)


def test_nor_a_total_of_which_all_other_schools_are_shown() -> None:
    """Four girls more or less of the authority: told to the head of the one school whose girls are held."""
    assert_nothing_of_few_comes_out(10_000)


def assert_nothing_of_few_comes_out(seed: int) -> None:
    generator = np.random.default_rng(seed)
    model, first = random_world(seed)
    states = [first, moved(model, first, generator)]
    memory, shown = Memory(), []
    figures: list[Figure] = []
    decision: Decision | None = None
    for number, persons in enumerate(states, start=1):
        before, decision = decision, decide(model, persons, memory)
        if len(decision.lost):  # as a release does: all that was shown waits
            memory.forget_new()
            decision = decide(model, persons, memory, due=lambda _: False)
        memory.kept(number)
        assert not len(decision.lost)
        for school in model.dimensions[PLACE].values:
            assert bounded_below_five(model, persons, decision, school, before) == [], school
        figures = figures or figures_of(model, decision.system, ~decision.shown)
        shown.append(decision.shown[decision.system.is_shown])
    for school in model.dimensions[PLACE].values:
        assert changes_that_follow(model, states, shown, figures, school) == [], school


@pytest.mark.parametrize("council", COUNCILS)
@pytest.mark.parametrize("subject", ["roll", "results", "leavers"])
def test_no_head_of_a_council_like_a_real_one_works_out_a_figure_of_another_school(council: str, subject: str) -> None:
    model, persons = world(council, subject)
    system = system_of(model, persons)
    hidden = protect(system, wanted_of(system, primary(system))).cells & system.is_shown
    seen, true = seen_of(model, system, hidden), true_of(system)
    values = {f"{table} {' '.join(key)}": value for table, keys in true.items() for key, value in keys.items()}
    for school in sorted({system.cells[cell].place for cell in np.flatnonzero(hidden)} & set(system.places))[:MOST]:
        found = bounded(puzzle_of(model.dimensions, knowing(seen, true, {school})))
        few = [one.name for one in found if one.low != one.low or values[one.name] in range(1, SMALL)]
        assert few == [], school


def world(council: str, subject: str) -> tuple[Model, Persons]:
    """The roll of a council at the census, its results or its leavers of a year; made up."""
    if subject == "roll":
        roll = published_roll(council)
        return roll_model(roll.schools), persons_of(roll_model(roll.schools), roll)
    return declared_world(council) if subject == "results" else leavers_world(council)


@pytest.mark.parametrize("seed", range(2))
def test_what_is_hidden_for_heads_is_needed_by_the_attack(seed: int) -> None:
    """Shown again, one of the figures hidden beside small ones gives some of these away: the attack is one."""
    model, persons = random_world(seed)
    decision = decide(model, persons, Memory())
    extra = np.flatnonzero(decision.hidden & (decision.system.values >= SMALL))
    found = []
    for cell in extra.tolist():
        shown = decision.shown.copy()
        shown[cell] = True
        opened = Decision(
            decision.system, shown, decision.held, ~shown & decision.hidden, decision.value, decision.changed,
            decision.lost,
        )  # fmt: skip
        found += [bounded_below_five(model, persons, opened, school) for school in model.dimensions[PLACE].values]
    assert not len(extra) or any(found)
