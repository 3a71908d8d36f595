"""Columns of a crossing: a place with one value of each of its dimensions, but for what is impossible (RULES 43)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from orchestration.release.engine.model import PLACE, BoolArray, IntArray, Model, ModelError

LARGEST = 3_000_000
"""Columns beyond which a model is refused: its tables cross more dimensions than anybody can judge."""


@dataclass(frozen=True)
class Part:
    """Columns of some dimensions together with the places.

    ``names`` are the dimensions (places first) and ``sizes`` how many values each has; ``position`` is the column of
    each combination, -1 where it is impossible (and last, for what is in no list); ``codes`` the values of each column.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    position: IntArray
    codes: dict[str, IntArray]

    def columns(self, codes: Mapping[str, IntArray]) -> IntArray:
        """The column of each row of values (positions in the lists); -1 where a value is -1, or the row impossible."""
        values = [codes[name] for name in self.names]
        known = np.all([value >= 0 for value in values], axis=0)
        flat = np.full(len(known), len(self.position) - 1, dtype=np.int64)
        if known.any():
            flat[known] = np.ravel_multi_index([value[known] for value in values], self.sizes)
        return self.position[flat]


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


def part_of(model: Model, names: tuple[str, ...], start: int) -> Part:
    """The columns of a crossing, numbered from ``start``. Raises ``ModelError`` where they are too many."""
    every = (PLACE, *names)
    sizes = tuple(len(model.dimensions[name].values) for name in every)
    size = int(np.prod(sizes, dtype=np.float64))
    if size > LARGEST:
        raise ModelError(f"tables cross {', '.join(names)}: {size} combinations are more than {LARGEST}")
    grid = np.unravel_index(np.arange(size), sizes)
    codes = {name: np.asarray(values, dtype=np.int64) for name, values in zip(every, grid, strict=True)}
    kept = _is_allowed(model, names, codes)
    position = np.full(size + 1, -1, dtype=np.int64)
    position[np.flatnonzero(kept)] = start + np.arange(int(kept.sum()))
    return Part(every, sizes, position, {name: values[kept] for name, values in codes.items()})
