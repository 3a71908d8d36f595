"""Least and most of hidden figures by linear programs: all pushed at once, what is left one of each part at a time."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, eye_array

from orchestration.release.attacker.puzzle import Finding, FloatArray, Puzzle
from orchestration.release.highs import Program, Table
from orchestration.release.thresholds import SMALL

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
NEAR = 1e-6
LARGEST = 1e5
"""Figures are capped where they are of no further interest, so that there is always a largest."""
ROUNDS = 40
"""Programs with weights at random, at most, before figures are asked by themselves."""


@dataclass
class _Programs:
    """What the unknowns may be, and beside each hidden figure how near it comes to five."""

    puzzle: Puzzle
    program: Program = field(init=False)

    def __post_init__(self) -> None:
        known, asked, hidden = self.puzzle.known, self.puzzle.asked, self.puzzle.hidden
        count, unknowns = asked.shape
        sums = known.shape[0]
        blocks = [(0, 0, 1.0, asked), (count, 0, 1.0, known), (count + sums, 0, -1.0, asked),
                  (count + sums, unknowns, 1.0, None)]  # fmt: skip
        least = np.array([figure.least for figure in hidden])
        most = np.array([figure.most for figure in hidden])
        self.program = Program(
            Table.of(2 * count + sums, unknowns + count, blocks),
            np.concatenate([least, self.puzzle.amounts, np.full(count, -np.inf)]),
            np.concatenate([most, self.puzzle.amounts, np.zeros(count)]),
            np.concatenate([np.full(unknowns, LARGEST), np.full(count, float(SMALL))]),
        )

    def _figures(self, cost: FloatArray) -> FloatArray | None:
        found = self.program.cheapest(cost)
        asked = self.puzzle.asked
        return None if found is None else np.asarray(asked @ found[: asked.shape[1]])

    def best(self, weights: FloatArray) -> FloatArray | None:
        """The figures in a solution in which their weighted sum is as large as it can be."""
        asked = self.puzzle.asked
        return self._figures(np.concatenate([-(asked.T @ weights), np.zeros(asked.shape[0])]))

    def pushed(self, numbers: IntArray, weights: FloatArray) -> FloatArray | None:
        """The figures in a solution in which as many of some figures as can be are five or more at once.

        What a figure has beyond five counts for nothing, so no figure takes what others need.
        """
        count, unknowns = self.puzzle.asked.shape
        cost = np.zeros(unknowns + count)
        cost[unknowns + numbers] = -weights
        return self._figures(cost)


def contradicting(puzzle: Puzzle) -> BoolArray:
    """Figures in parts in which no numbers fit what is known: figures of different dates, or published in error."""
    sums, unknowns = puzzle.known.shape
    figures = len(puzzle.hidden)
    slack = csr_array(eye_array(sums))
    blocks = [(0, 0, 1.0, puzzle.asked), (figures, 0, 1.0, puzzle.known), (figures, unknowns, 1.0, slack),
              (figures, unknowns + sums, -1.0, slack)]  # fmt: skip
    program = Program(
        Table.of(figures + sums, unknowns + 2 * sums, blocks),
        np.concatenate([[figure.least for figure in puzzle.hidden], puzzle.amounts]),
        np.concatenate([np.full(figures, np.inf), puzzle.amounts]),
        np.full(unknowns + 2 * sums, np.inf),
    )
    found = program.cheapest(np.concatenate([np.zeros(unknowns), np.ones(2 * sums)]))
    part = puzzle.part_of_figures()
    if found is None:
        return np.ones(figures, dtype=np.bool_)
    off = (found[unknowns : unknowns + sums] + found[unknowns + sums :]) > NEAR
    touched = np.asarray(abs(puzzle.known).T @ off.astype(np.float64)) > 0
    # a part reaches further than the sum that is off: whatever shares its number goes with it
    near = np.asarray(puzzle.asked @ touched.astype(np.float64)) > 0
    return np.isin(part, part[near])


def bounded(puzzle: Puzzle) -> list[Finding]:
    """Hidden figures known to lie between 1 and 4; parts that contradict themselves come as findings without numbers.

    Figures of parts that share nothing do not stand in each other's way, so one program asks one figure of each part.
    """
    if not puzzle.hidden:
        return []
    wrong = contradicting(puzzle)
    left = puzzle.of_figures(np.flatnonzero(~wrong)) if wrong.any() else puzzle
    off = [Finding(puzzle.hidden[number].name, np.nan, np.nan) for number in np.flatnonzero(wrong).tolist()]
    return off + (_bounded(left) if left.hidden else [])


def _bounded(puzzle: Puzzle) -> list[Finding]:
    count = len(puzzle.hidden)
    programs = _Programs(puzzle)
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    part = puzzle.part_of_figures()

    def open_() -> BoolArray:
        return np.asarray((low > NEAR) & (high < SMALL - NEAR))

    generator = np.random.default_rng(1)
    for _ in range(ROUNDS):
        numbers = np.flatnonzero(open_()).astype(np.int64)
        if not len(numbers):
            return []
        found = programs.pushed(numbers, generator.uniform(0.2, 1.0, len(numbers)))
        if found is None:
            break
        low, high = np.minimum(low, found), np.maximum(high, found)
        if int(open_().sum()) == len(numbers):
            break
    findings = []
    left = set(np.flatnonzero(open_()).tolist())
    while left:
        chosen = {int(part[number]): number for number in sorted(left, reverse=True)}
        numbers = np.array(sorted(chosen.values()), dtype=np.int64)
        weights = np.zeros(count)
        weights[numbers] = 1.0
        most, least = programs.best(weights), programs.best(-weights)
        left -= set(numbers.tolist())
        if most is None or least is None:
            findings += [Finding(puzzle.hidden[number].name, np.nan, np.nan) for number in numbers.tolist()]
            continue
        low, high = np.minimum(low, np.minimum(most, least)), np.maximum(high, np.maximum(most, least))
        for number in numbers.tolist():
            if most[number] < SMALL - NEAR and least[number] > NEAR:
                findings.append(Finding(puzzle.hidden[number].name, float(least[number]), float(most[number])))
        left = {number for number in left if open_()[number]}
    return findings
