"""Progress as it is declared: nobody works out 1 to 4 pupils who left, came, caught up or did not get there.

The attacker has both returns, of P4 and of P7, exactly, whatever the mart hides of them; years in which few pupils
would follow from them are not told at all (``is_progress_told``).
"""

import os

import numpy as np
import pytest

from orchestration.release.attacker.bounds import bounded
from orchestration.release.attacker.released import puzzle_of
from orchestration.release.declared.figures import Figures, figures_of
from orchestration.release.declared.reading import read_declaration
from orchestration.release.engine.cells import System, system_of
from orchestration.release.engine.model import PLACE, BoolArray, Persons, coded
from orchestration.release.engine.protect import primary, protect, wanted_of
from orchestration.release.thresholds import BREAKDOWNS_FROM, SMALL
from tests.support.made_up_levels import ATTAINMENT
from tests.support.other_attacker import Figure, bounds
from tests.support.seen import seen_of

IS_LONG = os.environ.get("PROPERTIES") == "all"
UNITS = [("5000001", "primary"), ("5000002", "primary"), ("5000003", "primary"), ("5000004", "secondary")]
OUTCOMES = (
    "reached", "missed", "caught_up", "still_below", "p4_alone_achieved", "p4_alone_not_achieved", "p7_alone_achieved",
    "p7_alone_not_achieved",
)  # fmt: skip
IN_RETURN = {"p4_cohort": OUTCOMES[:6], "p7_cohort": (*OUTCOMES[:4], *OUTCOMES[6:])}
IN_RETURN["p4_achieved"] = ("reached", "missed", "p4_alone_achieved")
IN_RETURN["p7_achieved"] = ("reached", "caught_up", "p7_alone_achieved")
TOLD = {"followed": OUTCOMES[:4], "at_first_level": OUTCOMES[:2], "reached_second_level": OUTCOMES[:1]}


def world(seed: int) -> tuple[Figures, Persons, list[str]]:
    """A small council, of whose pupils few came, left, or caught up; one organiser is drawn, others are not asked."""
    figures = figures_of(read_declaration(ATTAINMENT), "followed", UNITS, BREAKDOWNS_FROM)
    generator = np.random.default_rng(seed)
    many, few = (int(generator.integers(low, high)) for low, high in ((80, 400), (0, 9)))
    reading = ["reached"]
    while not is_told(reading):
        counts = [many, many // 4, *(int(generator.integers(0, 9)) for _ in range(5)), few]
        few = int(generator.integers(0, 9))
        reading = [outcome for outcome, count in zip(OUTCOMES, counts, strict=True) for _ in range(count)]
    columns = {name: ["not_asked"] * len(reading) for name in figures.model.dimensions}
    columns |= {"reading_progress": reading, PLACE: ["|".join(UNITS[at % 3]) for at in range(len(reading))]}
    return figures, coded(figures.model, np.arange(len(reading), dtype=np.int64), columns), reading


REMAINDERS = (
    OUTCOMES[:1], OUTCOMES[1:2], OUTCOMES[4:5], OUTCOMES[5:6], ("caught_up", "p7_alone_achieved"), OUTCOMES[2:4],
    ("still_below", "p7_alone_not_achieved"), OUTCOMES[6:],
)  # fmt: skip


def is_told(reading: list[str]) -> bool:
    """Whether a year with these outcomes is in the mart: nothing that both returns and progress give is of 1 to 4."""
    return not any(0 < sum(one in inside for one in reading) < SMALL for inside in REMAINDERS)


def decided(figures: Figures, persons: Persons) -> tuple[System, BoolArray]:
    system = system_of(figures.model, persons)
    found = protect(system, wanted_of(system, primary(system)))
    assert not len(found.lost)
    return system, found.cells & system.is_shown


def shown_of(figures: Figures, system: System, hidden: BoolArray, name: str) -> int | None:
    """What the mart shows of a count of reading; None where it is hidden."""
    mart = figures.declaration.marts["progress_by_sector"]
    (cell,) = figures.cell(mart, f"reading_{name}", {"sector": "primary"})
    at = system.cells.index(cell)
    return None if hidden[at] or not system.is_shown[at] else int(system.values[at])


@pytest.mark.parametrize("seed", range(40 if IS_LONG else 8))
def test_no_few_pupils_follow_from_progress_and_both_returns(seed: int) -> None:
    """An attacker of the tests' own, over the eight outcomes: none of 1 to 4 is bounded below five."""
    figures, persons, reading = world(seed)
    system, hidden = decided(figures, persons)
    few = [one for one in OUTCOMES if 0 < reading.count(one) < SMALL]
    known = [counted(name, inside, sum(one in inside for one in reading)) for name, inside in IN_RETURN.items()]
    known += [counted(name, inside, shown_of(figures, system, hidden, name)) for name, inside in TOLD.items()]
    known += [counted(one, (one,), None) for one in few]
    found = bounds(known, [{"outcome": one} for one in OUTCOMES], few)
    assert {name: ends for name, ends in found.items() if ends[1] < SMALL - 1e-6} == {}


def counted(name: str, inside: tuple[str, ...], number: int | None) -> Figure:
    return Figure(name, lambda combination: combination["outcome"] in inside, number)


@pytest.mark.parametrize("seed", range(40 if IS_LONG else 8))
def test_the_attacker_of_releases_finds_nothing(seed: int) -> None:
    figures, persons, _ = world(seed)
    system, hidden = decided(figures, persons)
    true = {
        " ".join((cell.table, cell.place, *cell.groups)): int(value)
        for cell, value in zip(system.cells, system.values, strict=True)
    }
    given = bounded(puzzle_of(figures.model.dimensions, seen_of(figures.model, system, hidden)))
    assert [one.name for one in given if one.low != one.low or 0 < true[one.name] < SMALL] == []


def test_progress_of_an_ordinary_council_is_shown_whole() -> None:
    figures, _, _ = world(1)
    reading = [one for one, count in zip(OUTCOMES, (300, 60, 40, 80, 20, 12, 18, 9), strict=True) for _ in range(count)]
    columns = {name: ["not_asked"] * len(reading) for name in figures.model.dimensions}
    columns |= {"reading_progress": reading, PLACE: ["|".join(UNITS[at % 3]) for at in range(len(reading))]}
    system, hidden = decided(figures, coded(figures.model, np.arange(len(reading), dtype=np.int64), columns))
    assert [shown_of(figures, system, hidden, name) for name in (*IN_RETURN, *TOLD)] == [
        512, 507, 380, 358, 480, 360, 300,
    ]  # fmt: skip
