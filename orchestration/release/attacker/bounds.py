"""Least and most of hidden figures by linear programs: all pushed at once, what is left one of each part at a time."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, identity, vstack

from orchestration.release.attacker.puzzle import Finding, FloatArray, Puzzle
from orchestration.release.limits import check, seconds_left
from orchestration.release.thresholds import SMALL

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
NEAR = 1e-6
LONGEST = 60.0
ROUNDS = 40
"""Programs with weights at random, at most, before figures are asked by themselves."""


@dataclass
class _Programs:
    puzzle: Puzzle
    at_most: csr_array = field(init=False)
    limits: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        hidden = self.puzzle.hidden
        capped = [i for i, figure in enumerate(hidden) if figure.most < np.inf]
        self.at_most = csr_array(vstack([-self.puzzle.asked, self.puzzle.asked[capped]]))
        self.limits = np.array([*(-figure.least for figure in hidden), *(hidden[i].most for i in capped)])

    def best(self, weights: FloatArray) -> FloatArray | None:
        """The figures in a solution in which their weighted sum is as large as it can be.

        Figures are capped where they are of no further interest, so that there is always a largest.
        """
        check()
        asked = self.puzzle.asked
        equal = self.puzzle.known if self.puzzle.known.shape[0] else None
        outcome = linprog(
            -(asked.T @ weights),
            A_ub=self.at_most,
            b_ub=self.limits,
            A_eq=equal,
            b_eq=self.puzzle.amounts if equal is not None else None,
            bounds=(0, 1e5),
            method="highs",
            options={"time_limit": seconds_left(LONGEST)},
        )
        return None if outcome.x is None or outcome.status != 0 else np.asarray(asked @ outcome.x)

    def pushed(self, numbers: IntArray, weights: FloatArray) -> FloatArray | None:
        """The figures in a solution in which as many of some figures as can be are five or more at once.

        What a figure has beyond five counts for nothing, so no figure takes what others need.
        """
        check()
        asked, count = self.puzzle.asked, len(numbers)
        unknowns, sums = asked.shape[1], self.puzzle.known.shape[0]
        below = csr_array(hstack([-asked[numbers], csr_array(identity(count))]))
        limits = csr_array(hstack([self.at_most, csr_array((self.at_most.shape[0], count))]))
        outcome = linprog(
            np.concatenate([np.zeros(unknowns), -weights]),
            A_ub=csr_array(vstack([limits, below])),
            b_ub=np.concatenate([self.limits, np.zeros(count)]),
            A_eq=csr_array(hstack([self.puzzle.known, csr_array((sums, count))])) if sums else None,
            b_eq=self.puzzle.amounts if sums else None,
            bounds=np.column_stack(
                [np.zeros(unknowns + count), np.concatenate([np.full(unknowns, 1e5), np.full(count, float(SMALL))])]
            ),
            method="highs",
            options={"time_limit": seconds_left(LONGEST)},
        )
        return None if outcome.x is None or outcome.status != 0 else np.asarray(asked @ outcome.x[:unknowns])


def contradicting(puzzle: Puzzle) -> BoolArray:
    """Figures in parts in which no numbers fit what is known: figures of different dates, or published in error."""
    sums, unknowns = puzzle.known.shape
    figures = len(puzzle.hidden)
    none = csr_array((figures, 2 * sums))
    slack = csr_array(identity(sums))
    outcome = linprog(
        np.concatenate([np.zeros(unknowns), np.ones(2 * sums)]),
        A_ub=csr_array(hstack([-puzzle.asked, none])),
        b_ub=-np.array([figure.least for figure in puzzle.hidden]),
        A_eq=csr_array(hstack([puzzle.known, slack, -slack])),
        b_eq=puzzle.amounts,
        method="highs",
        options={"time_limit": seconds_left(LONGEST)},
    )
    part = puzzle.part_of_figures()
    if outcome.x is None or outcome.status != 0:
        return np.ones(figures, dtype=np.bool_)
    off = (outcome.x[unknowns : unknowns + sums] + outcome.x[unknowns + sums :]) > NEAR
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
