"""An attacker for tests that shares nothing with the engine: every combination of all groups is an unknown of its own.

For small worlds: it writes down the whole product of places and groups, and asks one program for each bound.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

Combination = Mapping[str, str]


@dataclass(frozen=True)
class Figure:
    """What a reader sees: which combinations it counts, and its number; None where it is hidden."""

    name: str
    counts: Callable[[Combination], bool]
    number: int | None


def combinations_of(dimensions: Mapping[str, Sequence[str]], is_possible: Callable[[Combination], bool]) -> list[dict]:
    """All combinations of values that readers do not know to be impossible."""
    names = list(dimensions)
    every = (dict(zip(names, values, strict=True)) for values in itertools.product(*dimensions.values()))
    return [combination for combination in every if is_possible(combination)]


def bounds(figures: Sequence[Figure], combinations: Sequence[Combination], ask: Sequence[str]) -> dict[str, tuple]:
    """Least and most that each figure in ``ask`` can be; hidden figures are not empty, since empty ones are shown."""
    rows = {f.name: np.array([float(f.counts(c)) for c in combinations]) for f in figures}
    equal = [(rows[f.name], f.number) for f in figures if f.number is not None]
    least = [rows[f.name] for f in figures if f.number is None]
    found = {}
    for name in ask:
        ends = []
        for sign in (1.0, -1.0):
            outcome = linprog(
                sign * rows[name],
                A_eq=np.array([row for row, _ in equal]) if equal else None,
                b_eq=np.array([number for _, number in equal]) if equal else None,
                A_ub=-np.array(least) if least else None,
                b_ub=-np.ones(len(least)) if least else None,
                method="highs",
            )
            ends.append(sign * float(outcome.fun) if outcome.status == 0 else np.inf)
        found[name] = (ends[0], ends[1])
    return found
