"""Which figures follow from others by adding and subtracting: elimination modulo a prime.

Readers know the shown figures and how figures add up, so they know every linear combination of shown ones. Whether a
protected figure is among these is asked exactly: in whole numbers modulo a large prime, where nothing is rounded (a
false answer needs a determinant that the prime divides). Rows are mappings of position to number, since few are set.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.sparse import csr_array, vstack

from orchestration.release.engine.cells import System
from orchestration.release.engine.model import BoolArray
from orchestration.release.limits import check

PRIME = 2_147_483_647
Row = dict[int, int]


def subtract(row: Row, other: Row, factor: int) -> tuple[list[int], list[int]]:
    """``row - factor * other`` in place. Out: positions that came into the row, and those that went out of it."""
    came, went = [], []
    for position, number in other.items():
        old = row.get(position, 0)
        new = (old - factor * number) % PRIME
        if new:
            row[position] = new
            if not old:
                came.append(position)
        elif old:
            del row[position]
            went.append(position)
    return came, went


def inverse(number: int) -> int:
    """The number by which ``number`` is 1 modulo the prime."""
    return pow(number, -1, PRIME)


class Rows:
    """Rows of which each position knows the rows that it is set in."""

    def __init__(self, rows: Mapping[int, Row]) -> None:
        self.rows = dict(rows)
        self.of_position: dict[int, set[int]] = {}
        for name, row in rows.items():
            for position in row:
                self.of_position.setdefault(position, set()).add(name)

    def remove(self, name: int) -> Row:
        """Take a row out."""
        row = self.rows.pop(name)
        for position in row:
            self.of_position[position].discard(name)
        return row

    def forget(self, position: int) -> None:
        """Set a position to 0 in every row: what it stands for is known."""
        for name in self.of_position.pop(position, ()):
            del self.rows[name][position]

    def clear(self, position: int, by: Row) -> list[int]:
        """Take a position out of every row, by a multiple of the row ``by``. Out: positions that were touched."""
        factor = inverse(by[position])
        touched: set[int] = set()
        for name in list(self.of_position.get(position, ())):
            row = self.rows[name]
            came, went = subtract(row, by, row[position] * factor % PRIME)
            for other in came:
                self.of_position.setdefault(other, set()).add(name)
            for other in went:
                self.of_position[other].discard(name)
            touched.update(came)
            touched.update(went)
        return list(touched)


def known_sums(system: System, matters: BoolArray, is_zero: BoolArray) -> list[Row]:
    """Sums that hold between the cells that matter, whatever columns and other cells are: cells with their signs.

    ``is_zero`` are cells that readers know to be empty; their columns are empty too. Columns are eliminated, those
    in the fewest sums first; what is left over has none in it.
    """
    empty = np.asarray(system.matrix.T @ is_zero.astype(np.float64)) > 0
    sums = csr_array(vstack([system.matrix, system.glue]))
    cells = len(system.cells)
    rows: dict[int, Row] = {}
    for number in range(sums.shape[0]):
        at = slice(sums.indptr[number], sums.indptr[number + 1])
        row = {
            int(column): int(sign) % PRIME
            for column, sign in zip(sums.indices[at], sums.data[at], strict=True)
            if not empty[column]
        }
        if number < cells:
            if is_zero[number] or not matters[number]:
                continue
            row[-1 - number] = PRIME - 1
        if row:
            rows[number] = row
    table = Rows(rows)
    waiting = [(len(names), column) for column, names in table.of_position.items() if column >= 0]
    heapq.heapify(waiting)
    while waiting:
        count, column = heapq.heappop(waiting)
        names = table.of_position.get(column)
        if not names:
            continue
        if len(names) != count:
            heapq.heappush(waiting, (len(names), column))
            continue
        check()
        pivot = min(names, key=lambda name: (len(table.rows[name]), name))
        by = table.remove(pivot)
        for other in table.clear(column, by):
            if other >= 0:
                heapq.heappush(waiting, (len(table.of_position[other]), other))
    return [{-1 - position: number for position, number in row.items()} for row in table.rows.values() if row]


def expressed(sums: Iterable[Row], rank: Sequence[int]) -> dict[int, Row]:
    """Cells of which each sum gives one through the others, fully reduced: cell to row over free cells.

    The cell given is the one with the highest ``rank``, so that free cells are the ones decided first.
    """
    table = Rows({})
    given: dict[int, Row] = {}
    for number, sum_ in enumerate(sorted(sums, key=len)):
        row = dict(sum_)
        for cell in [cell for cell in row if cell in given]:
            factor = row.pop(cell)
            subtract(row, given[cell], PRIME - factor)
        if not row:
            continue
        check()
        pivot = max(row, key=lambda cell: rank[cell])
        scale = PRIME - inverse(row.pop(pivot))
        row = {cell: value * scale % PRIME for cell, value in row.items()}
        for name in list(table.of_position.get(pivot, ())):
            other = table.rows[name]
            factor = other.pop(pivot)
            table.of_position[pivot].discard(name)
            came, went = subtract(other, row, PRIME - factor)
            for cell in came:
                table.of_position.setdefault(cell, set()).add(name)
            for cell in went:
                table.of_position[cell].discard(name)
        table.rows[number] = row
        for cell in row:
            table.of_position.setdefault(cell, set()).add(number)
        given[pivot] = row
    return given
