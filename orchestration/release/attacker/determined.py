"""Which figures follow from known ones by adding and subtracting: those that cannot move while what is known stays.

What is known leaves room: directions in which the unknowns can move while every known sum stays. A figure that moves
in none of these follows. A direction at random, with what the known sums fix taken out, shows it for all at once.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.linalg import lsmr

from orchestration.release.limits import check

BoolArray = npt.NDArray[np.bool_]
STILL = 1e-5
"""A figure that moves by less, where a person would move it by about one, stands still."""
DIRECTIONS = 2
STEPS = 20_000


def determined(known: csr_array, figures: csr_array) -> BoolArray:
    """For each figure (rows over unknowns) whether it follows from the known sums; ``known`` has no empty figures."""
    moves: BoolArray = np.zeros(figures.shape[0], dtype=np.bool_)
    generator = np.random.default_rng(2)
    for _ in range(DIRECTIONS):
        check()
        direction = generator.standard_normal(known.shape[1])
        if known.shape[0]:
            fixed = lsmr(known, known @ direction, atol=1e-13, btol=1e-13, conlim=0, maxiter=STEPS)[0]
            direction = direction - fixed
        moves |= np.abs(np.asarray(figures @ direction)) > STILL
    return ~moves
