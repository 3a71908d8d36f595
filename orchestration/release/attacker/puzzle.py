"""What a reader knows as a puzzle: unknown numbers, sums that are known, and hidden figures to be found out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Hidden:
    """A hidden figure: its name in words, and the least and the most that are known of it beforehand."""

    name: str
    least: float = 1.0
    most: float = float("inf")


@dataclass(frozen=True)
class Finding:
    """A hidden figure that is known to lie between two numbers, both included."""

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class Puzzle:
    """Unknowns are numbers of persons, none negative.

    Rows of ``known`` (sums x unknowns) add up to ``amounts``; each row of ``asked`` is the figure of ``hidden``.
    """

    known: csr_array
    amounts: FloatArray
    asked: csr_array
    hidden: tuple[Hidden, ...]

    def of_figures(self, figures: npt.NDArray[np.intp]) -> "Puzzle":
        """The puzzle of some figures alone, with the sums that share an unknown with what they hang together with."""
        kept = np.isin(self.part_of_figures(), self.part_of_figures()[figures])
        part = self._labels()
        sums = np.isin(part[: self.known.shape[0]], part[self.known.shape[0] :][: len(self.hidden)][figures])
        rows = np.flatnonzero(kept)
        return Puzzle(
            csr_array(self.known[np.flatnonzero(sums)]),
            self.amounts[sums],
            csr_array(self.asked[rows]),
            tuple(self.hidden[number] for number in rows),
        )

    def part_of_figures(self) -> npt.NDArray[np.int64]:
        """For each hidden figure the number of its part: figures of two parts share no unknown, through no sum."""
        sums = self.known.shape[0]
        return self._labels()[sums : sums + len(self.hidden)]

    def _labels(self) -> npt.NDArray[np.int64]:
        both = coo_array(self.known), coo_array(self.asked)
        sums, figures, unknowns = self.known.shape[0], self.asked.shape[0], self.known.shape[1]
        row = np.concatenate([both[0].coords[0], sums + both[1].coords[0]])
        column = sums + figures + np.concatenate([both[0].coords[1], both[1].coords[1]])
        size = sums + figures + unknowns
        graph = coo_array((np.ones(len(row)), (row, column)), shape=(size, size))
        return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def rows_of(lists: Sequence[Sequence[int]], width: int) -> csr_array:
    """A row of ones for each list of unknowns."""
    row = [number for number, members in enumerate(lists) for _ in members]
    column = [member for members in lists for member in members]
    return csr_array((np.ones(len(row)), (row, column)), shape=(len(lists), width))
