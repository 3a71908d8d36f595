"""Columns of a crossing: a place with one value of each of its dimensions, but for what is impossible (RULES 43).

A crossing of a level of places has one column for each group of them; the first finest place of a group stands for it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from orchestration.release.engine.crossings import LEVELS, Crossing, is_place
from orchestration.release.engine.model import PLACE, BoolArray, IntArray, Model, ModelError

LARGEST = 3_000_000
"""Columns beyond which a model is refused: its tables cross more dimensions than anybody can judge."""


@dataclass(frozen=True)
class Part:
    """Columns of some dimensions together with the places.

    ``names`` are the dimensions (places first) and ``sizes`` how many values each has; ``stands_for`` is for each
    finest place the number of the group that it is in. ``position`` is the column of each combination of group and
    values, -1 where it is impossible (and last, for what is in no list); ``codes`` the values of each column.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    stands_for: IntArray
    position: IntArray
    codes: dict[str, IntArray]

    def columns(self, codes: Mapping[str, IntArray]) -> IntArray:
        """The column of each row of values (positions in the lists); -1 where a value is -1, or the row impossible."""
        values = [codes[name] for name in self.names]
        known = np.all([value >= 0 for value in values], axis=0)
        flat = np.full(len(known), len(self.position) - 1, dtype=np.int64)
        if known.any():
            groups = self.stands_for[values[0][known]]
            sizes = (int(self.stands_for.max()) + 1, *self.sizes[1:])
            flat[known] = np.ravel_multi_index([groups, *(value[known] for value in values[1:])], sizes)
        return self.position[flat]


def groups_of_places(model: Model, levels: Collection[str]) -> IntArray:
    """For each finest place the number of its group: places that agree on all these levels (names in a crossing)."""
    places = model.dimensions[PLACE]
    if PLACE in levels:
        return np.arange(len(places.values))
    codes = [places.groups(name.removeprefix(LEVELS))[1] for name in sorted(levels)]
    if not codes:
        return np.zeros(len(places.values), dtype=np.int64)
    _, group = np.unique(np.column_stack(codes), axis=0, return_inverse=True)
    return np.asarray(group, dtype=np.int64).ravel()


def _is_allowed(model: Model, names: Sequence[str], codes: dict[str, IntArray]) -> BoolArray:
    kept: BoolArray = np.ones(len(codes[PLACE]), dtype=np.bool_)
    for name in names:
        dimension = model.dimensions[name]
        for (other, level), beside in dimension.allowed.items():
            if other not in codes:
                continue
            groups, of_value = model.dimensions[other].groups(level)
            fits = np.array([[value in beside.get(group, ()) for value in dimension.values] for group in groups])
            kept &= fits[of_value[codes[other]], codes[name]]
    return kept


def part_of(model: Model, crossing: Crossing, start: int) -> Part:
    """The columns of a crossing, numbered from ``start``. Raises ``ModelError`` where they are too many."""
    names = tuple(name for name in model.dimensions if name in crossing.names and name != PLACE)
    stands_for = groups_of_places(model, [name for name in crossing.names if is_place(name)])
    _, first = np.unique(stands_for, return_index=True)
    every = (PLACE, *names)
    sizes = tuple(len(model.dimensions[name].values) for name in every)
    grid_of = (len(first), *sizes[1:])
    size = int(np.prod(grid_of, dtype=np.float64))
    if size > LARGEST:
        raise ModelError(f"tables cross {', '.join(names)}: {size} combinations are more than {LARGEST}")
    grid = np.unravel_index(np.arange(size), grid_of)
    codes = {name: np.asarray(values, dtype=np.int64) for name, values in zip(every, grid, strict=True)}
    codes[PLACE] = np.asarray(first[codes[PLACE]], dtype=np.int64)
    kept = _is_allowed(model, names, codes)
    position = np.full(size + 1, -1, dtype=np.int64)
    position[np.flatnonzero(kept)] = start + np.arange(int(kept.sum()))
    return Part(every, sizes, stands_for, position, {name: values[kept] for name, values in codes.items()})
