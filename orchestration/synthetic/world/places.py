"""Ranking and matching within groups, for whole arrays at once."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def ranks(group: Ints, order: NDArray[np.float64]) -> Ints:
    """Position of each element within its group when the group is sorted by ``order`` (from 0)."""
    sorting = np.lexsort((order, group))
    sorted_group = group[sorting]
    starts = np.flatnonzero(np.concatenate([[True], sorted_group[1:] != sorted_group[:-1]]))
    lengths = np.diff(np.concatenate([starts, [len(group)]]))
    within = np.arange(len(group)) - np.repeat(starts, lengths)
    result = np.empty(len(group), dtype=np.int64)
    result[sorting] = within
    return result


def top(group: Ints, score: NDArray[np.float64], quota: Ints) -> NDArray[np.bool_]:
    """Whether an element is among the ``quota[group]`` highest scores of its group."""
    return np.asarray(ranks(group, -score) < quota[group])


def repeat_cells(counts: Ints) -> tuple[Ints, ...]:
    """Indices of the cells of an array, each as often as its count says, in order of the cells."""
    where = np.nonzero(counts)
    times = counts[where]
    return tuple(np.repeat(axis, times) for axis in where)


def give(amount: int, room: Ints) -> Ints:
    """``amount`` (at most what there is room for) over places, in proportion to their room."""
    total = int(room.sum())
    amount = min(amount, total)
    if amount == 0:
        return np.zeros_like(room)
    exact = room * (amount / total)
    whole = np.minimum(np.floor(exact).astype(np.int64), room)
    order = np.argsort(whole - exact, kind="stable")
    order = order[room[order] > whole[order]]
    whole[order[: amount - int(whole.sum())]] += 1
    return np.asarray(whole)
