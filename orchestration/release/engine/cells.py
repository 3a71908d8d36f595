"""All figures that a model shows, and by which sums they hang together (RULES 35, 43, 45).

A *column* is a finest combination that a reader can think of: a place with one group of each dimension of a part
(``parts``). A *cell* is a figure; its row of ``matrix`` has 1 where a column is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, vstack

from orchestration.release.engine.model import FINEST, PLACE, BoolArray, IntArray, Model, ModelError, Persons, Table
from orchestration.release.engine.parts import Part, glue_of, layout, part_of, tells


@dataclass(frozen=True)
class Cell:
    """Which figure: its table, the place, and the groups in the order of the table's ``by``."""

    table: str
    place: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class System:
    """Cells and columns of one population.

    ``matrix`` is cells x columns of 0 and 1, ``values`` the rows of persons of each cell, ``counts`` those of each
    column. ``persons`` of a cell are fewer where some have several rows in it, such as one for each reason. Rows of
    ``glue`` (over columns, 1 and -1) add up to 0. ``is_shown`` has the cells that would be shown if nothing were
    hidden; the others are protected and never shown. ``is_sum`` has those of half days alone. ``of_person`` gives,
    for each row of persons, its column in each part of the columns (rows x parts); ``parts`` finds those of other rows.
    """

    cells: tuple[Cell, ...]
    matrix: csr_array
    glue: csr_array
    values: IntArray
    persons: IntArray
    counts: IntArray
    is_shown: BoolArray
    is_sum: BoolArray
    of_person: IntArray
    parts: tuple[Part, ...]

    def contributors(self, persons: Persons, cell: int) -> IntArray:
        """Pseudonyms of the persons in a cell, sorted, each once."""
        columns = self.matrix.indices[self.matrix.indptr[cell] : self.matrix.indptr[cell + 1]]
        inside = np.zeros(self.matrix.shape[1], dtype=np.bool_)
        inside[columns] = True
        return np.unique(persons.ids[inside[self.of_person].any(axis=1)])


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
        groups, of_column = part.groups(model, name, level)
        names.append(groups)
        codes.append(of_column)
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


def _part_for(model: Model, parts: Sequence[Part], table: Table) -> int:
    """The smallest part that has a table's dimensions and places."""
    wanted = {name for name, _ in table.by}
    fitting = [i for i, part in enumerate(parts) if wanted <= set(part.names) and tells(model, part, table.place)]
    return min(fitting, key=lambda number: len(parts[number].codes[PLACE]))


def _distinct(matrix: csr_array, of_person: IntArray, ids: IntArray, values: IntArray) -> IntArray:
    """How many persons stand in each cell, each once."""
    unique, person = np.unique(ids, return_inverse=True)
    if len(unique) == len(ids):
        return values
    columns = csc_array(matrix)
    pairs: list[IntArray] = []
    for number in range(of_person.shape[1]):
        found = coo_array(columns[:, of_person[:, number]])
        pairs.append(np.unique(found.coords[0].astype(np.int64) * len(unique) + person[found.coords[1]]))
    cells = np.unique(np.concatenate(pairs)) // len(unique)
    return np.bincount(cells, minlength=len(values)).astype(np.int64)


def system_of(model: Model, persons: Persons, small: BoolArray | None = None) -> System:
    """All cells of a model with their persons.

    ``small`` marks places (finest, in the order of their values) of which no breakdown is shown; as a rule those with
    fewer than ``model.fewest`` persons. Raises ``ModelError`` where persons do not fit the lists.
    """
    parts: list[Part] = []
    starts: list[int] = []
    width = 0
    specs, joins = layout(model)
    for level, names in specs:
        parts.append(part_of(model, level, names, width))
        starts.append(width)
        width += len(parts[-1].codes[PLACE])
    if small is None:
        roll = np.bincount(persons.codes[PLACE], minlength=len(model.dimensions[PLACE].values))
        small = roll < model.fewest
    sums = {table.name for table in model.tables if table.is_sum}
    cells: list[Cell] = []
    blocks, shown = [], []
    for table in model.tables:
        number = _part_for(model, parts, table)
        found, matrix, is_shown = _of_table(model, table, parts[number], small, starts[number], width)
        cells += found
        blocks.append(matrix)
        shown.append(is_shown)
    of_person = np.column_stack([_of_persons(part, persons) for part in parts])
    counts = np.bincount(of_person.ravel(), minlength=width).astype(np.int64)
    matrix = csr_array(vstack(blocks))
    values = np.asarray(matrix @ counts, dtype=np.int64)
    return System(
        tuple(cells),
        matrix,
        glue_of(model, parts, starts, joins, width),
        values,
        _distinct(matrix, of_person, persons.ids, values),
        counts,
        np.concatenate(shown),
        np.array([cell.table in sums for cell in cells], dtype=np.bool_),
        of_person,
        tuple(parts),
    )
