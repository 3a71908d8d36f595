"""Which figures follow from known ones by adding and subtracting: those that cannot move while what is known stays.

What is known leaves room: directions in which the unknowns can move while every known sum stays. A figure that moves
in none of these follows. A direction at random, with what the known sums fix taken out, shows it for all at once.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, csr_array, diags_array, identity
from scipy.sparse.linalg import lsmr, splu

from orchestration.release.limits import check

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
STILL = 1e-4
"""A figure that moves by less, where a person would move it by about one, stands still."""
DIRECTIONS = 2
CLOSE = 1e-9
"""A direction that moves no known sum by more has what these fix taken out."""
STEPS = 1500
"""Steps of one approach to a direction; those that take more of them are found by factors, which is exact and slow."""
RIDGE = 1e-9
"""Added to the diagonal of factors, since known sums repeat each other; taken off again by going over it."""
AGAIN = 3
"""Approaches to a direction, each starting where the last one ended."""


def _stepwise(known: csr_array, start: FloatArray) -> FloatArray | None:
    """A direction with what is known taken out; None where that takes too many steps."""
    upright = csr_array(known.T)
    direction = start
    for _ in range(AGAIN):
        check()
        taken = lsmr(upright, direction, atol=1e-14, btol=1e-14, conlim=0, maxiter=STEPS)[0]
        direction = direction - upright @ taken
        if np.abs(known @ direction).max() < CLOSE:
            return np.asarray(direction, dtype=np.float64)
    return None


def _by_factors(known: csr_array, start: FloatArray) -> FloatArray:
    check()
    solved = splu(csc_array(known @ known.T + RIDGE * identity(known.shape[0])))
    direction = start
    for _ in range(AGAIN):
        direction = direction - known.T @ solved.solve(known @ direction)
    return np.asarray(direction, dtype=np.float64)


def determined(known: csr_array, figures: csr_array) -> BoolArray:
    """For each figure (rows over unknowns) whether it follows from the known sums."""
    moves: BoolArray = np.zeros(figures.shape[0], dtype=np.bool_)
    generator = np.random.default_rng(2)
    filled = known[np.flatnonzero(np.diff(known.indptr) > 0)]
    lengths = np.sqrt(np.asarray(filled.multiply(filled).sum(axis=1)).ravel())
    even = csr_array(diags_array(1.0 / lengths) @ filled) if len(lengths) else filled
    for _ in range(DIRECTIONS):
        check()
        direction = generator.standard_normal(known.shape[1])
        if len(lengths):
            found = _stepwise(even, direction)
            direction = _by_factors(even, direction) if found is None else found
        moves |= np.abs(np.asarray(figures @ direction)) > STILL
    return ~moves
