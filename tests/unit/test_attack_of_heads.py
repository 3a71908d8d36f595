"""The attacker who also knows one school exactly, or the two of a shared headship (RULES 47)."""

from itertools import combinations

import pytest

from orchestration.release.attacker.bounds import bounded
from orchestration.release.attacker.knowing import knowing
from orchestration.release.attacker.released import Seen, puzzle_of
from orchestration.release.door.knowing import knowers
from orchestration.release.engine.cells import system_of
from orchestration.release.engine.model import PLACE, Dimension, Table
from orchestration.release.engine.protect import primary, protect, wanted_of
from orchestration.release.protection.knowing import alone, school_of, together, true_of
from orchestration.release.thresholds import SMALL
from tests.support.made_up_leavers import leavers_world
from tests.support.release_exact import contracts
from tests.support.release_runs import Releases
from tests.support.release_world import MONTHS, random_world
from tests.support.seen import seen_of

SCHOOLS = ("a", "b", "c")
DIMENSIONS = {
    PLACE: Dimension(PLACE, SCHOOLS, {"sector": dict.fromkeys(SCHOOLS, "all")}),
    "stage": Dimension("stage", ("P1", "P2")),
}
BY_STAGE = Table("school", "", (("stage", ""),))
OF_SECTOR = Table("sector", "sector", (("stage", ""),))
TRUE = {"school": {("a", "P1"): 3, ("b", "P1"): 6, ("c", "P1"): 20, ("a", "P2"): 9, ("b", "P2"): 8, ("c", "P2"): 30}}
SIZES = {("5000001", "primary"): 60, ("5000002", "primary"): 90, ("5000003", "primary"): 30, ("5000004", "primary"): 45,
         ("5000007", "primary"): 9, ("5000008", "secondary"): 120, ("5000009", "secondary"): 80,
         ("5000010", "special"): 24, ("5000011", "special"): 31}  # fmt: skip


def seen() -> list[Seen]:
    """P1 of a (3) is hidden, and of b (6) beside it; everything else is shown, and the sums are."""
    figures = {**TRUE["school"], ("a", "P1"): None, ("b", "P1"): None}
    return [Seen(BY_STAGE, figures), Seen(OF_SECTOR, {("all", "P1"): 29, ("all", "P2"): 47})]


def named(tables: list[Seen]) -> dict[str, tuple[float, float]]:
    return {one.name: (one.low, one.high) for one in bounded(puzzle_of(DIMENSIONS, tables))}


def test_who_knows_the_complement_knows_the_hidden_one() -> None:
    assert named(seen()) == {}
    assert named(knowing(seen(), TRUE, {"b"})) == {"school a P1": (3.0, 3.0)}
    assert named(knowing(seen(), TRUE, {"c"})) == {}
    assert named(knowing(seen(), TRUE, {"a"})) == {}, "of the own school nothing is given away to its head"


def test_a_figure_that_is_held_is_known_as_it_is_now() -> None:
    (schools, sector) = seen()
    held = Seen(BY_STAGE, {**schools.figures, ("c", "P2"): 25}, frozenset({("a", "P1")}), frozenset({("c", "P2")}))
    (known, _) = knowing([held, sector], TRUE, {"a", "c"})
    assert known.figures["c", "P2"] == 30
    assert known.old == known.unsure == frozenset()


def test_every_school_is_known_in_turn_and_then_those_of_one_head() -> None:
    assert list(knowers(["b", "a"], [("a", "b")], in_pairs=False)) == [("a",), ("b",), ("a", "b")]
    assert list(knowers("abc", [], in_pairs=True))[3:] == [("a", "b"), ("a", "c"), ("b", "c")]


@pytest.mark.parametrize(("name", "school"), [
    ("pupils stage 5000001|primary|P4", "5000001|primary"),
    ("pupils_absent_under_5 5000001|primary", "5000001|primary"),
    ("openings_possible week 5000001|primary|2025-08-18", "5000001|primary"),
    ("pupils sector primary", ""), ("openings grid primary|P4|1 2025-10-01", ""), ("slack 12", ""),
])  # fmt: skip
def test_whose_a_figure_is(name: str, school: str) -> None:
    assert school_of(name) == school


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """Attendance of a small council, released."""
    found = Releases(contracts(tmp_path_factory.mktemp("contracts")))
    found.release(random_world(SIZES, 4, MONTHS[:1]))
    return found


def test_no_head_alone_and_no_two_schools_of_one_head_tell_of_others(council: Releases) -> None:
    """As the database gives it: own rows exactly, others' not at all, totals that rest on two schools more."""
    truth = true_of(council.exact)
    schools = sorted("|".join(school) for school in SIZES)
    shared = [pair for pair in combinations(schools, 2) if pair[0].endswith("primary") and pair[1].endswith("primary")]
    for known in [(school,) for school in schools] + shared[:3]:
        assert alone(council.released, truth, known) == [], known


def test_what_head_and_officer_find_together_is_of_others_and_true(council: Releases) -> None:
    """No promise that there is nothing: a complement may be one school's. It names what there is, and no own figure."""
    truth = true_of(council.exact)
    for school in ("|".join(school) for school in sorted(SIZES)):
        for said in together(council.released, truth, (school,)):
            what, _, rest = said.partition(" of ")
            name, _, year = rest.rpartition(" (")
            assert school_of(name) != school
            if what != "openings":
                assert 0 < truth[year.rstrip(")"), name] < SMALL


def test_leavers_of_one_school_tell_nothing_of_another() -> None:
    model, persons = leavers_world("Clackmannanshire")
    system = system_of(model, persons)
    found = protect(system, wanted_of(system, primary(system)))
    true: dict[str, dict[tuple[str, ...], int]] = {}
    for cell, value in zip(system.cells, system.values, strict=True):
        true.setdefault(cell.table, {})[cell.place, *cell.groups] = int(value)
    seen = seen_of(model, system, found.cells & system.is_shown)
    for school in model.dimensions[PLACE].values:
        given = bounded(puzzle_of(model.dimensions, knowing(seen, true, {school})))
        few = [one.name for one in given if one.low == one.low
               and 0 < next(table[tuple(key)] for name, table in true.items() for key in table
                            if " ".join((name, *key)) == one.name) < SMALL]  # fmt: skip
        assert few == [], school
