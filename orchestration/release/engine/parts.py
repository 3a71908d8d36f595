"""How columns are laid out: small tables of dimensions that hang together, instead of one of all of them.

Dimensions that tables cross, or of which one limits another, belong together in a *part*, at the finest level of places
at which they are crossed. Where such sets form no tree, edges are added until they do (a chordal graph has a junction
tree), and two parts are glued at what they have in common. Numbers that agree there come from one table of everything,
so nothing that a reader could work out is lost.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack

from orchestration.release.engine.model import FINEST, PLACE, BoolArray, IntArray, Model, ModelError

LARGEST = 3_000_000
"""Columns beyond which a model is refused: its tables cross more dimensions than anybody can judge."""
Vertex = tuple[bool, str]
"""A level of places (true, its name) or a dimension (false, its name)."""


@dataclass(frozen=True)
class Part:
    """Columns of some dimensions together with the places of one level.

    ``names`` are the dimensions (places first) and ``sizes`` how many values each has; ``level`` is the level of
    places and ``of_place`` the group of each finest one. ``position`` is the column of each combination, -1 where it
    is impossible (and last, for what is in no list); ``codes`` the values of each column.
    """

    level: str
    names: tuple[str, ...]
    sizes: tuple[int, ...]
    of_place: IntArray
    position: IntArray
    codes: dict[str, IntArray]

    @property
    def lengths(self) -> dict[str, int]:
        """How many finest values each dimension has."""
        return dict(zip(self.names, self.sizes, strict=True)) | {PLACE: len(self.of_place)}

    def columns(self, codes: Mapping[str, IntArray]) -> IntArray:
        """The column of each row of finest values (positions in the lists); -1 where one is -1, or it is impossible."""
        values = [codes[name] for name in self.names]
        known = np.all([value >= 0 for value in values], axis=0)
        flat = np.full(len(known), len(self.position) - 1, dtype=np.int64)
        if known.any():
            there = [self.of_place[values[0][known]], *(value[known] for value in values[1:])]
            flat[known] = np.ravel_multi_index(there, self.sizes)
        return self.position[flat]

    def groups(self, model: Model, name: str, level: str) -> tuple[list[str], IntArray]:
        """The groups of a dimension's level, and for each column the position of its group."""
        names, of_value = model.dimensions[name].groups(level)
        if name != PLACE:
            return names, of_value[self.codes[name]]
        of_group = np.zeros(self.sizes[0], dtype=np.int64)
        of_group[self.of_place] = of_value
        return names, of_group[self.codes[PLACE]]


@dataclass(frozen=True)
class Join:
    """Two parts, by number, and what they have in common: a level of places and dimensions."""

    first: int
    second: int
    level: str
    names: tuple[str, ...]


def _levels(model: Model) -> list[str]:
    """Levels of places of tables and limits, the finest first; only that where some are not within each other."""
    used = {FINEST, *(table.place for table in model.tables)}
    used |= {level for one in model.dimensions.values() for other, level in one.allowed if other == PLACE}
    place = model.dimensions[PLACE]
    found = sorted(used, key=lambda level: (-len(place.groups(level)[0]), level != FINEST, level))
    for finer, coarser in itertools.pairwise(found):
        pairs = set(zip(place.groups(finer)[1].tolist(), place.groups(coarser)[1].tolist(), strict=True))
        if len(pairs) > len(place.groups(finer)[0]):
            return [FINEST]
    return found


def _together(model: Model, levels: Sequence[str]) -> Iterator[frozenset[Vertex]]:
    """Sets of levels and dimensions that a part has to have."""

    def from_level(level: str, names: Set[str]) -> frozenset[Vertex]:
        start = levels.index(level) if level in levels else 0
        return frozenset({(True, one) for one in levels[start:]} | {(False, name) for name in names})

    used = {name for table in model.tables for name, _ in table.by}
    yield from_level(FINEST, set())
    for table in model.tables:
        yield from_level(table.place, {name for name, _ in table.by})
    for name in used:
        for other, level in model.dimensions[name].allowed:
            if other == PLACE:
                yield from_level(level, {name})
            elif other in used:
                yield frozenset({(False, name), (False, other)})


def _cliques(sets: Sequence[frozenset[Vertex]], weight: Mapping[Vertex, int]) -> list[frozenset[Vertex]]:
    """The largest sets that hang together once the graph is chordal, by eliminating what asks for the least."""
    near: dict[Vertex, set[Vertex]] = {vertex: set() for vertex in weight}
    for found in sets:
        for vertex in found:
            near[vertex] |= found - {vertex}
    cliques: list[frozenset[Vertex]] = []

    def missing(vertex: Vertex) -> tuple[int, int, Vertex]:
        pairs = itertools.combinations(sorted(near[vertex]), 2)
        size = int(np.prod([weight[one] for one in (vertex, *near[vertex])], dtype=np.float64))
        return sum(b not in near[a] for a, b in pairs), size, vertex

    while near:
        _, _, vertex = min(missing(one) for one in near)
        around = near.pop(vertex)
        cliques.append(frozenset({vertex, *around}))
        for other in around:
            near[other] = (near[other] | around) - {vertex, other}
    return [one for one in cliques if not any(one < other for other in cliques)]


def _spec(found: frozenset[Vertex], levels: Sequence[str], order: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The finest level and the dimensions of a set."""
    level = next((one for one in levels if (True, one) in found), levels[-1])
    return level, tuple(name for name in order if (False, name) in found)


def layout(model: Model) -> tuple[list[tuple[str, tuple[str, ...]]], list[Join]]:
    """Level and dimensions of each part, that of the places alone first, and how they are joined: a tree."""
    levels = _levels(model)
    order = [name for name in model.dimensions if name != PLACE]
    sets = list(_together(model, levels))
    place = model.dimensions[PLACE]
    weight = {vertex: len(model.dimensions[vertex[1]].values) for one in sets for vertex in one if not vertex[0]}
    # of levels within each other only the finest one counts
    weight |= {(True, level): len(place.groups(level)[0]) if level == FINEST else 1 for level in levels}
    base = sets[0]
    cliques = [base, *sorted((one for one in _cliques(sets, weight) if one != base), key=sorted)]
    joins: list[Join] = []
    joined = {0}
    while len(joined) < len(cliques):
        first, second = max(
            ((a, b) for a in joined for b in range(len(cliques)) if b not in joined),
            key=lambda pair: (len(cliques[pair[0]] & cliques[pair[1]]), -pair[1], -pair[0]),
        )
        level, names = _spec(cliques[first] & cliques[second], levels, order)
        joins.append(Join(first, second, level, names))
        joined.add(second)
    return [_spec(one, levels, order) for one in cliques], joins


def _is_allowed(model: Model, part: Part) -> BoolArray:
    kept: BoolArray = np.ones(len(part.codes[PLACE]), dtype=np.bool_)
    for name in part.names[1:]:
        dimension = model.dimensions[name]
        for (other, level), beside in dimension.allowed.items():
            if other not in part.codes or (other == PLACE and not tells(model, part, level)):
                continue
            groups, of_column = part.groups(model, other, level)
            fits = np.array([[value in beside.get(group, ()) for value in dimension.values] for group in groups])
            kept &= fits[of_column, part.codes[name]]
    return kept


def tells(model: Model, part: Part, level: str) -> bool:
    """Whether the places of a part are each in one group of a level."""
    groups = model.dimensions[PLACE].groups(level)[1]
    return len(set(zip(part.of_place.tolist(), groups.tolist(), strict=True))) == part.sizes[0]


def part_of(model: Model, level: str, names: tuple[str, ...], start: int) -> Part:
    """The columns of a part, numbered from ``start``. Raises ``ModelError`` where they are too many."""
    places, of_place = model.dimensions[PLACE].groups(level)
    every = (PLACE, *names)
    sizes = (len(places), *(len(model.dimensions[name].values) for name in names))
    size = int(np.prod(sizes, dtype=np.float64))
    if size > LARGEST:
        raise ModelError(f"tables cross {', '.join(names)}: {size} combinations are more than {LARGEST}")
    grid = np.unravel_index(np.arange(size), sizes)
    codes = {name: np.asarray(values, dtype=np.int64) for name, values in zip(every, grid, strict=True)}
    position = np.full(size + 1, -1, dtype=np.int64)
    kept = _is_allowed(model, Part(level, every, sizes, of_place, position, codes))
    position[np.flatnonzero(kept)] = start + np.arange(int(kept.sum()))
    return Part(level, every, sizes, of_place, position, {name: values[kept] for name, values in codes.items()})


def glue_of(model: Model, parts: Sequence[Part], starts: Sequence[int], joins: Sequence[Join], width: int) -> csr_array:
    """For each join and combination of what is common: the columns of one part less those of the other are 0."""
    blocks = [csr_array((0, width))]
    for join in joins:
        rows, columns, signs = [], [], []
        for number, sign in ((join.first, 1.0), (join.second, -1.0)):
            part = parts[number]
            places, of_column = part.groups(model, PLACE, join.level)
            sizes = [len(places), *(len(model.dimensions[name].values) for name in join.names)]
            found = [of_column, *(part.codes[name] for name in join.names)]
            rows.append(np.ravel_multi_index(found, sizes))
            columns.append(starts[number] + np.arange(len(of_column)))
            signs.append(np.full(len(of_column), sign))
        used, row = np.unique(np.concatenate(rows), return_inverse=True)
        blocks.append(csr_array((np.concatenate(signs), (row, np.concatenate(columns))), shape=(len(used), width)))
    return csr_array(vstack(blocks))
