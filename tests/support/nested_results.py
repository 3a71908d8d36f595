"""What somebody sees who thinks of reading, writing, and listening and talking together, and so of literacy.

Of each combination of the three results there is an unknown of its own. Protection judges the organisers one by one.
"""

import itertools

from orchestration.release.attacker.puzzle import Puzzle
from orchestration.release.attacker.released import Seen, puzzle_of
from orchestration.release.engine.cells import System
from orchestration.release.engine.model import BoolArray, Dimension, Model, Table
from tests.support.made_up_levels import LEVELS, result_of
from tests.support.seen import seen_of

THREE = ("reading", "writing", "listening_and_talking")
RESULTS = ("achieved", "not_achieved", "not_assessed")
NOBODY = "not_asked"


def literacy_of(results: tuple[str, ...]) -> str:
    """Achieved where all three are; not assessed where any is not."""
    return max(results, key=RESULTS.index)


def together() -> Dimension:
    """One dimension of all combinations, with each organiser, literacy, and who was judged in it, as its levels."""
    every = list(itertools.product((*LEVELS, "not_assessed"), repeat=3))
    names = ["+".join(levels) for levels in every]
    results = [tuple(map(result_of, levels)) for levels in every]
    levels: dict[str, dict[str, str]] = {}
    for number, organiser in enumerate(THREE):
        reached = [of[number] for of in every]
        levels[f"{organiser}_level"] = {**dict(zip(names, reached, strict=True)), NOBODY: NOBODY}
    for number, organiser in enumerate((*THREE, "literacy")):
        found = [of[number] if number < 3 else literacy_of(of) for of in results]
        levels[organiser] = {**dict(zip(names, found, strict=True)), NOBODY: NOBODY}
        judged = ["not judged" if result == "not_assessed" else "judged" for result in found]
        levels[f"{organiser}_judged"] = {**dict(zip(names, judged, strict=True)), NOBODY: "not judged"}
    return Dimension("together", (*names, NOBODY), levels, {}, frozenset({NOBODY, "not_assessed", "not judged"}))


def puzzle_of_all_together(model: Model, system: System, hidden: BoolArray) -> Puzzle:
    """The puzzle of what is shown of a system whose model has the organisers apart."""
    dimensions = {**model.dimensions, "together": together()}
    seen = []
    for one in seen_of(model, system, hidden):
        by = tuple(
            ("together", level or (name if name == "literacy" else f"{name}_level"))
            if name in (*THREE, "literacy")
            else (name, level)
            for name, level in one.table.by
        )
        seen.append(Seen(Table(one.table.name, one.table.place, by), one.figures))
    return puzzle_of(dimensions, seen)
