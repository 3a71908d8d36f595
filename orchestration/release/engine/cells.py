"""All figures that a model shows, and by which sums they hang together (RULES 35, 43, 45).

A *column* is a finest combination that a reader can think of: a place with one group of each dimension. Dimensions
that no table crosses keep columns of their own, glued at the place's total, which loses nothing: what two such groups
of tables have in common is the total alone. A *cell* is a figure; its row of ``matrix`` has 1 where a column is in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack

from orchestration.release.engine.model import FINEST, PLACE, BoolArray, IntArray, Model, ModelError, Persons, Table

LARGEST = 3_000_000
"""Columns beyond which a model is refused: its tables cross more dimensions than anybody can judge."""


@dataclass(frozen=True)
class Cell:
    """Which figure: its table, the place, and the groups in the order of the table's ``by``."""

    table: str
    place: str
    groups: tuple[str, ...]


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


@dataclass(frozen=True)
class System:
    """Cells and columns of one population.

    ``matrix`` is cells x columns of 0 and 1, ``values`` the persons of each cell, ``counts`` those of each column.
    Rows of ``glue`` (over columns, 1 and -1) add up to 0. ``is_shown`` has the cells that would be shown if nothing
    were hidden; the others are protected and never shown. ``of_person`` gives, for each row of persons, its column
    in each part of the columns (rows x parts); ``parts`` finds those of other rows.
    """

    cells: tuple[Cell, ...]
    matrix: csr_array
    glue: csr_array
    values: IntArray
    counts: IntArray
    is_shown: BoolArray
    of_person: IntArray
    parts: tuple[Part, ...]

    def contributors(self, persons: Persons, cell: int) -> IntArray:
        """Pseudonyms of the persons in a cell, sorted, each once."""
        columns = self.matrix.indices[self.matrix.indptr[cell] : self.matrix.indptr[cell + 1]]
        inside = np.zeros(self.matrix.shape[1], dtype=np.bool_)
        inside[columns] = True
        return np.unique(persons.ids[inside[self.of_person].any(axis=1)])


def _parts(model: Model) -> list[tuple[str, ...]]:
    """Dimensions that tables cross, or that limit each other, together; places apart. The first part is the total's."""
    names = [name for name in model.dimensions if name != PLACE]
    used = {name for table in model.tables for name, _ in table.by}
    group = {name: {name} for name in names if name in used}
    links = [[name for name, _ in table.by] for table in model.tables]
    links += [
        [name, other]
        for name in names
        for other, _ in model.dimensions[name].allowed
        if other != PLACE and name in used and other in used
    ]
    for linked in links:
        merged: set[str] = set().union(*(group[name] for name in linked)) if linked else set()
        for name in merged:
            group[name] = merged
    found = {tuple(name for name in names if name in members) for members in group.values()}
    return [(), *sorted(found)]


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


def _part(model: Model, names: tuple[str, ...], start: int) -> Part:
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


def _of_persons(part: Part, persons: Persons) -> IntArray:
    found = part.columns(persons.codes)
    if wrong := int((found < 0).sum()):
        named = " and ".join(part.names[1:])
        raise ModelError(f"{wrong} rows of persons have a {named} that the lists call impossible there")
    return found


def _is_asked(model: Model, table: Table, part: Part) -> BoolArray:
    """Columns but for those of groups that only say that a question does not arise."""
    kept: BoolArray = np.ones(len(part.codes[PLACE]), dtype=np.bool_)
    for name, _ in table.by:
        dimension = model.dimensions[name]
        asked = np.array([value not in dimension.not_asked for value in dimension.values])
        kept &= asked[part.codes[name]]
    return kept


def _of_table(
    model: Model, table: Table, part: Part, small: BoolArray, start: int, width: int
) -> tuple[list[Cell], csr_array, BoolArray]:
    """Cells of a table, their rows over all ``width`` columns, and which of them are shown."""
    keys = [(PLACE, table.place), *table.by]
    names, codes = [], []
    for name, level in keys:
        groups, of_value = model.dimensions[name].groups(level)
        names.append(groups)
        codes.append(of_value[part.codes[name]])
    sizes = [len(groups) for groups in names]
    flat = np.ravel_multi_index(codes, sizes)
    kept = _is_asked(model, table, part)
    found, row = np.unique(flat[kept], return_inverse=True)
    at = np.unravel_index(found, sizes)
    cells = [
        Cell(table.name, names[0][where[0]], tuple(names[i][where[i]] for i in range(1, len(keys))))
        for where in zip(*at, strict=True)
    ]
    shown = np.full(len(cells), table.shows)
    for number, (name, _) in enumerate(keys):
        if name in table.only:
            shown &= np.array([names[number][i] in table.only[name] for i in at[number]])
    if table.is_breakdown and table.place == FINEST:
        shown &= ~small[at[0]]
    columns = start + np.flatnonzero(kept)
    matrix = csr_array((np.ones(len(columns)), (row, columns)), shape=(len(cells), width))
    return cells, matrix, shown


def _glue(parts: Sequence[Part], starts: Sequence[int], width: int) -> csr_array:
    """For each further part and place: the place's total less the columns of that part there is 0."""
    rows = []
    places = len(parts[0].codes[PLACE])
    for part, start in list(zip(parts, starts, strict=True))[1:]:
        of_place = part.codes[PLACE]
        row = np.concatenate([np.arange(places), of_place])
        column = np.concatenate([np.arange(places), start + np.arange(len(of_place))])
        sign = np.concatenate([np.ones(places), -np.ones(len(of_place))])
        rows.append(csr_array((sign, (row, column)), shape=(places, width)))
    return csr_array(vstack(rows)) if rows else csr_array((0, width))


def system_of(model: Model, persons: Persons, small: BoolArray | None = None) -> System:
    """All cells of a model with their persons.

    ``small`` marks places (finest, in the order of their values) of which no breakdown is shown; as a rule those with
    fewer than ``model.fewest`` persons. Raises ``ModelError`` where persons do not fit the lists.
    """
    parts: list[Part] = []
    starts: list[int] = []
    width = 0
    for names in _parts(model):
        parts.append(_part(model, names, width))
        starts.append(width)
        width += len(parts[-1].codes[PLACE])
    if small is None:
        roll = np.bincount(persons.codes[PLACE], minlength=len(model.dimensions[PLACE].values))
        small = roll < model.fewest
    cells: list[Cell] = []
    blocks, shown = [], []
    for table in model.tables:
        wanted = {name for name, _ in table.by}
        number = next(i for i, part in enumerate(parts) if wanted <= set(part.names))
        found, matrix, is_shown = _of_table(model, table, parts[number], small, starts[number], width)
        cells += found
        blocks.append(matrix)
        shown.append(is_shown)
    of_person = np.column_stack([_of_persons(part, persons) for part in parts])
    counts = np.bincount(of_person.ravel(), minlength=width).astype(np.int64)
    matrix = csr_array(vstack(blocks))
    return System(
        tuple(cells),
        matrix,
        _glue(parts, starts, width),
        np.asarray(matrix @ counts, dtype=np.int64),
        counts,
        np.concatenate(shown),
        of_person,
        tuple(parts),
    )
