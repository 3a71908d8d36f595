"""Which further figures are hidden so that no protected one follows from those that stay (RULES 35).

Figures are taken the largest first; one is hidden where, with what is shown already, a protected figure would become a
combination of shown ones, as in GaussSuppression (Langsrud, Statistics Norway). So the small ones carry the loss.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from orchestration.release.engine.cells import System
from orchestration.release.engine.linear import PRIME, Row, Rows, expressed, inverse, known_sums
from orchestration.release.engine.model import BoolArray, IntArray
from orchestration.release.limits import check


@dataclass(frozen=True)
class Wanted:
    """What is asked of each cell.

    ``is_protected``: no reader may work it out. ``is_hidden``: hidden from the first, as one that was hidden before.
    ``is_known``: readers know it whatever is decided, as one shown before from the same persons. ``is_zero``: shown,
    and empty, so its columns are empty too. The rest may be shown or not. ``first`` are taken before others of
    their size: the more persons, the sooner (None: the persons of the cell).
    """

    is_protected: BoolArray
    is_hidden: BoolArray
    is_known: BoolArray
    is_zero: BoolArray
    first: IntArray | None = None


@dataclass(frozen=True)
class Suppressed:
    """What subtraction makes of a system.

    ``hidden`` beside those hidden from the first; ``lost``: protected cells that follow from what is known anyhow,
    which hiding cannot help; ``derived``: cells that nobody shows and that follow from shown ones.
    """

    hidden: IntArray
    lost: IntArray
    derived: IntArray


def show_order(system: System, wanted: Wanted) -> list[int]:
    """Cells that may be shown: those known anyhow, then the largest first; ties by their place in the system."""
    weight = system.values if wanted.first is None else wanted.first
    open_ = system.is_shown & ~wanted.is_hidden & ~wanted.is_zero
    order = np.lexsort((np.arange(len(system.values)), -weight, ~wanted.is_known))
    return [int(cell) for cell in order if open_[cell] or (wanted.is_known[cell] and not wanted.is_zero[cell])]


def _is_multiple(row: Row, other: Row) -> bool:
    if len(row) != len(other):
        return False
    ratio = 0
    for position, number in row.items():
        against = other.get(position)
        if against is None:
            return False
        if not ratio:
            ratio = number * inverse(against) % PRIME
        elif number != against * ratio % PRIME:
            return False
    return True


@dataclass
class Shown:
    """What is known so far, and each cell that is not as a row over cells that are free to take any value."""

    table: Rows
    protected: set[int]

    def gives_away(self, row: Row) -> list[int]:
        """Protected cells that would follow if a figure with this row were known."""
        rarest = min(row, key=lambda position: len(self.table.of_position.get(position, ())))
        near = self.table.of_position.get(rarest, set()) & self.protected
        return [cell for cell in near if _is_multiple(row, self.table.rows[cell])]

    def know(self, row: Row) -> None:
        """Take the figure with this row as known."""
        if len(row) == 1:
            self.table.forget(next(iter(row)))
            return
        pivot = min(row, key=lambda position: len(self.table.of_position.get(position, ())))
        self.table.clear(pivot, row)


def start(
    system: System, wanted: Wanted, order: Sequence[int], watches: bool, sums: Sequence[Row] | None = None
) -> Shown:
    """Nothing known but zeros and sums: each cell as a row over free cells, those that come first in ``order``.

    ``watches`` also follows cells that are neither protected nor may be shown. ``sums`` are those that hold between
    these cells and perhaps further ones (None: found here).
    """
    count = len(system.cells)
    rank = [count + 1] * count
    for number, cell in enumerate(order):
        rank[cell] = number
    matters: BoolArray = wanted.is_protected.copy()
    matters[np.array(order, dtype=np.int64)] = True
    matters |= watches & ~wanted.is_zero
    given = expressed(known_sums(system, matters, wanted.is_zero) if sums is None else sums, rank)
    rows: dict[int, Row] = {
        cell: dict(given.get(cell, {cell: 1})) for cell in np.flatnonzero(matters & ~wanted.is_zero).tolist()
    }
    return Shown(Rows(rows), set(np.flatnonzero(wanted.is_protected).tolist()))


def suppressed(system: System, wanted: Wanted, watches: bool = False, sums: Sequence[Row] | None = None) -> Suppressed:
    """Hide the smallest cells that subtraction asks for. ``watches`` says also what follows of cells nobody shows."""
    order = show_order(system, wanted)
    shown = start(system, wanted, order, watches, sums)
    hidden: list[int] = []
    lost: set[int] = {cell for cell in shown.protected if cell in shown.table.rows and not shown.table.rows[cell]}
    for cell in order:
        check()
        row = shown.table.rows.get(cell)
        if row is None:
            continue
        if not row:
            shown.table.remove(cell)
            continue
        found = shown.gives_away(row)
        if found and not wanted.is_known[cell]:
            hidden.append(cell)
            if cell not in shown.protected:
                shown.table.remove(cell)
            continue
        lost.update(found)
        shown.protected.difference_update(found)
        if cell not in shown.protected:
            row = shown.table.remove(cell)
        shown.know(row)
    derived = [cell for cell, row in shown.table.rows.items() if not row and not system.is_shown[cell]]
    return Suppressed(*(np.array(sorted(found), dtype=np.int64) for found in (hidden, lost, derived)))


def sums_of_all(system: System, wanted: Wanted) -> list[Row]:
    """Sums that hold between protected cells and those that may be shown, whichever are."""
    return known_sums(system, wanted.is_protected | system.is_shown | wanted.is_known, wanted.is_zero)


def follows(system: System, wanted: Wanted, hidden: BoolArray, sums: Sequence[Row] | None = None) -> list[int]:
    """Protected cells that follow from what is shown when ``hidden`` are hidden and the others are not.

    ``sums`` are those between all cells (``sums_of_all``), for who asks again and again.
    """
    every = system.is_shown & ~hidden & ~wanted.is_zero
    asked = Wanted(wanted.is_protected, hidden & system.is_shown, every | wanted.is_known, wanted.is_zero)
    return [int(cell) for cell in suppressed(system, asked, sums=sums).lost]
