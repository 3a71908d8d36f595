"""All figures that a model shows, and by which sums they hang together (RULES 35, 43, 45).

A *column* is a finest combination that a reader can think of: a place with one group of each dimension. Dimensions
that no table crosses keep columns of their own, glued by what their tables have in common: the place's total, or a
dimension that both cross, and those that only tables of whole areas cross need no school (``engine.crossings`` says why
nothing is lost). A *cell* is a figure; its row of ``matrix``
has 1 where a column is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack

from orchestration.release.engine.crossings import crossings_in, places_of
from orchestration.release.engine.glue import glue_of, says_nothing, without_totals_of_nobody
from orchestration.release.engine.model import FINEST, PLACE, BoolArray, IntArray, Model, ModelError, Persons, Table
from orchestration.release.engine.parts import Part, part_of
from orchestration.release.thresholds import FEW_SCHOOLS


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
    column. ``persons`` of a cell are fewer where some have several rows in it, such as one for each reason; ``is_sum``
    has the cells of half days alone.
    Rows of ``glue`` (over columns, 1 and -1) add up to 0. ``is_shown`` has the cells that would be shown if nothing
    were hidden; the others are protected and never shown. ``tells_all`` has those that say of a small cohort that
    all its persons, or none, have a result (``Dimension.fewest``). ``of_person`` gives, for each row of persons, its
    column in each part of the columns (rows x parts); ``parts`` finds those of other rows. ``places`` are the finest;
    ``together`` are those of schools that one head knows.
    """

    cells: tuple[Cell, ...]
    matrix: csr_array
    glue: csr_array
    values: IntArray
    persons: IntArray
    counts: IntArray
    is_shown: BoolArray
    is_sum: BoolArray
    tells_all: BoolArray
    of_person: IntArray
    parts: tuple[Part, ...]
    places: tuple[str, ...] = ()
    together: tuple[frozenset[str], ...] = ()

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
    for name, level in table.by:
        dimension = model.dimensions[name]
        groups, of_value = dimension.groups(level)
        asked = np.array([value not in dimension.not_asked for value in dimension.values])
        asked &= np.array([group not in dimension.not_asked for group in groups])[of_value]
        kept &= asked[part.codes[name]]
    return kept


def _of_table(
    model: Model, table: Table, part: Part, small: BoolArray, roll: IntArray, counts: IntArray, start: int, width: int
) -> tuple[list[Cell], csr_array, BoolArray, BoolArray]:
    """Cells of a table, their rows over all ``width`` columns, which are shown, and which tell of all alike.

    ``counts`` are the rows of persons of the part's columns, ``roll`` those of each finest place.
    """
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
    if table.place != FINEST:
        shown &= ~_of_few_places(model, table, roll, cells)
    alike: BoolArray = np.zeros(len(cells), dtype=np.bool_)
    values = np.bincount(row, weights=counts[kept], minlength=len(cells))
    shown &= (values == 0) | (values >= table.fewest)
    for number, (name, _) in enumerate(keys):
        if not table.shows or not (fewest := model.dimensions[name].fewest):
            continue
        beside = [axis for n, axis in enumerate(at) if n != number]
        _, cohort_of = np.unique(np.column_stack(beside), axis=0, return_inverse=True)
        cohort = np.bincount(cohort_of.ravel(), weights=values)[cohort_of.ravel()]
        few = (cohort > 0) & (cohort < fewest)
        shown &= ~few
        if len(np.unique(at[number])) > 1:
            alike |= few & ((values == 0) | (values == cohort))
    columns = start + np.flatnonzero(kept)
    matrix = csr_array((np.ones(len(columns)), (row, columns)), shape=(len(cells), width))
    return cells, matrix, shown, alike


def _of_few_places(model: Model, table: Table, roll: IntArray, cells: Sequence[Cell]) -> BoolArray:
    """Cells that are not shown since their place has persons in too few schools, one of which could tell the other."""
    limits = {
        number: model.dimensions[name].of_few_places
        for number, (name, level) in enumerate(table.by)
        if level == FINEST and model.dimensions[name].of_few_places
    }
    if not limits:
        return np.zeros(len(cells), dtype=np.bool_)
    groups, of_place = model.dimensions[PLACE].groups(table.place)
    schools = np.bincount(of_place[roll > 0], minlength=len(groups))
    few = {group for group, number in zip(groups, schools.tolist(), strict=True) if number < FEW_SCHOOLS}
    return np.array(
        [cell.place in few and any(cell.groups[at] not in shown for at, shown in limits.items()) for cell in cells],
        dtype=np.bool_,
    )


def _distinct(matrix: csr_array, of_person: IntArray, ids: IntArray, values: IntArray) -> IntArray:
    """How many persons stand in each cell, each once."""
    unique, person = np.unique(ids, return_inverse=True)
    if len(unique) == len(ids):
        return values
    rows = of_person.astype(np.int64)
    stands = csr_array(
        (np.ones(rows.size, dtype=np.int32), (rows.ravel(), np.repeat(person, rows.shape[1]))),
        shape=(matrix.shape[1], len(unique)),
    )
    found: IntArray = np.diff(csr_array(matrix.astype(np.int32) @ stands).indptr).astype(np.int64)
    return found


def system_of(model: Model, persons: Persons, small: BoolArray | None = None) -> System:
    """All cells of a model with their persons.

    ``small`` marks places (finest, in the order of their values) of which no breakdown is shown; as a rule those with
    fewer than ``model.fewest`` persons. Raises ``ModelError`` where persons do not fit the lists.
    """
    parts: list[Part] = []
    starts: list[int] = []
    width = 0
    crossings = crossings_in(model)
    for crossing in crossings:
        parts.append(part_of(model, crossing, width))
        starts.append(width)
        width += len(parts[-1].codes[PLACE])
    roll = np.bincount(persons.codes[PLACE], minlength=len(model.dimensions[PLACE].values))
    if small is None:
        small = roll < model.fewest
    of_person = np.column_stack([_of_persons(part, persons) for part in parts])
    counts = np.bincount(of_person.ravel(), minlength=width).astype(np.int64)
    cells: list[Cell] = []
    blocks: list[csr_array] = []
    shown: list[BoolArray] = []
    alike: list[BoolArray] = []
    for table in model.tables:
        wanted = places_of(model.dimensions[PLACE], table.place) | {name for name, _ in table.by}
        number = next(i for i, crossing in enumerate(crossings) if wanted <= crossing.names)
        start, end = starts[number], starts[number] + len(parts[number].codes[PLACE])
        found, block, is_shown, tells = _of_table(
            model, table, parts[number], small, roll, counts[start:end], start, width
        )
        cells += found
        blocks.append(block)
        shown.append(is_shown)
        alike.append(tells)
    matrix = csr_array(vstack(blocks))
    values = np.asarray(matrix @ counts, dtype=np.int64)
    sums = {table.name for table in model.tables if table.is_sum}
    free = np.bincount(matrix.indices, minlength=width) == 0
    is_free = np.split(free, starts[1:])
    glue = without_totals_of_nobody(glue_of(model, crossings, parts, starts, width), free)
    return System(
        tuple(cells),
        matrix,
        csr_array((0, width)) if says_nothing(model, crossings, parts, is_free) else glue,
        values,
        _distinct(matrix, of_person, persons.ids, values),
        counts,
        np.concatenate(shown),
        np.array([cell.table in sums for cell in cells], dtype=np.bool_),
        np.concatenate(alike),
        of_person,
        tuple(parts),
        model.dimensions[PLACE].values,
        model.together,
    )
