"""Which figures follow from known ones by adding and subtracting: those that cannot move while what is known stays.

What is known leaves room: directions in which the unknowns can move while every known sum stays. A figure that moves
in none of these follows. A direction at random, with what the known sums fix taken out, shows it for all at once.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, csr_array, identity
from scipy.sparse.linalg import splu

from orchestration.release.limits import check

BoolArray = npt.NDArray[np.bool_]
STILL = 1e-4
"""A figure that moves by less, where a person would move it by about one, stands still."""
DIRECTIONS = 2
RIDGE = 1e-9
"""Added to the diagonal, since known sums repeat each other; taken off again by going over it three times."""
AGAIN = 3


def determined(known: csr_array, figures: csr_array) -> BoolArray:
    """For each figure (rows over unknowns) whether it follows from the known sums."""
    moves: BoolArray = np.zeros(figures.shape[0], dtype=np.bool_)
    generator = np.random.default_rng(2)
    filled = known[np.flatnonzero(np.diff(known.indptr) > 0)]
    solved = None
    if filled.shape[0]:
        check()
        solved = splu(csc_array(filled @ filled.T + RIDGE * identity(filled.shape[0])))
    for _ in range(DIRECTIONS):
        check()
        direction = generator.standard_normal(known.shape[1])
        for _ in range(AGAIN if solved is not None else 0):
            assert solved is not None
            direction = direction - filled.T @ solved.solve(filled @ direction)
        moves |= np.abs(np.asarray(figures @ direction)) > STILL
    return ~moves
