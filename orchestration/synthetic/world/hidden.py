"""Fills hidden cells of published tables with whole numbers that meet every margin."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


def fill_hidden(
    published: Sequence[int | None], total: int, random: np.random.Generator, where: str = "row"
) -> NDArray[np.int64]:
    """Cells that add up to ``total``: published ones as they are, hidden (``None``) ones filled.

    Hidden cells are 1 to 4 each where the total allows it; where it does not (the published tables have
    both), some are 0 or as few as possible are above 4. Raises ``ValueError`` when no filling exists.
    """
    cells = np.array([-1 if value is None else value for value in published], dtype=np.int64)
    places = np.flatnonzero(cells < 0)
    rest = total - int(cells[cells >= 0].sum())
    if rest < 0 or (rest > 0 and not len(places)):
        raise ValueError(f"{where}: published cells add up to {total - rest}, which leaves {rest} of {total}.")
    cells[places] = spread(rest, len(places), random)
    return cells


def spread(rest: int, count: int, random: np.random.Generator) -> NDArray[np.int64]:
    """``rest`` over ``count`` cells: 1 to 4 each where possible, else 0 or 1, else the surplus on one cell."""
    filled = np.zeros(count, dtype=np.int64)
    if count == 0:
        return filled
    if rest <= count:
        filled[random.permutation(count)[:rest]] = 1
        return filled
    if rest > 4 * count:
        filled[:] = 4
        filled[random.integers(count)] += rest - 4 * count
        return filled
    filled[:] = 1
    rooms = np.repeat(np.arange(count), 3)
    chosen = random.permutation(rooms)[: rest - count]
    return filled + np.bincount(chosen, minlength=count)


def number(row: Mapping[str, str], column: str) -> int | None:
    """A cell of the rolls seed; ``None`` where it is hidden, 0 where nothing applies."""
    if row[column]:
        return int(row[column])
    return None if column in row["hidden"].split() else 0


def largest_remainders(weights: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Whole numbers in proportion to the weights that add up to ``total``."""
    if total == 0:
        return np.zeros(len(weights), dtype=np.int64)
    exact = weights / weights.sum() * total
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return np.asarray(whole)
