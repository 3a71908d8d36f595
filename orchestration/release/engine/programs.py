"""How far a reader can bound hidden figures: linear programs over all columns at once, in batches (RULES 35, 46).

A reader knows that columns hold no negative number of persons, what the shown figures are, and that a hidden figure is
not empty, since empty ones are shown. A protected figure of 1 to 4 is safe if it could as well be five or more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

from orchestration.release.engine.cells import System
from orchestration.release.engine.margins import margins_of
from orchestration.release.engine.model import PLACE, BoolArray, IntArray
from orchestration.release.highs import FloatArray, Program, Table
from orchestration.release.thresholds import SMALL

TOLERANCE = 1e-6
ROUNDS = 12
"""Programs that push all figures of a block at once, before what is left is asked one by one."""
FEW = 3
"""Figures that are asked one by one at once where one that is given away ends the search."""


@dataclass(frozen=True)
class Block:
    """Columns that hang together through what is not known, and the figures over them.

    ``shown`` and ``hidden`` are rows over the block's columns; ``cells_shown`` says which cell each shown row is (-1:
    a sum of columns that holds anyway), ``amounts`` what it adds up to, ``cells_hidden`` the same of hidden rows,
    ``floor`` the least that readers know those to hold, and ``enough`` from which number on one is safe; both without
    what is known of the row from single figures. ``targets`` are positions among the hidden rows, ``places`` the place
    of each column (``AREA``: none), and ``members`` (columns x those of the system) which ones of the system it is the
    sum of.
    """

    shown: csr_array
    amounts: FloatArray
    cells_shown: IntArray
    hidden: csr_array
    cells_hidden: IntArray
    floor: FloatArray
    enough: FloatArray
    targets: IntArray
    places: IntArray
    members: csr_array

    @cached_property
    def program(self) -> Program:
        """What columns may hold as readers see it, and beside them how near each target comes to enough."""
        columns, count = self.hidden.shape[1], len(self.targets)
        enough = np.maximum(self.enough[self.targets], 0.0)
        blocks = [
            (0, 0, 1.0, csr_array(self.hidden[self.targets])),
            (0, columns, -1.0, None),
            (count, 0, 1.0, self.hidden),
            (count + len(self.floor), 0, 1.0, self.shown),
        ]
        return Program(
            Table.of(count + len(self.floor) + self.shown.shape[0], columns + count, blocks),
            np.concatenate([np.zeros(count), self.floor, self.amounts]),
            np.concatenate([np.full(count + len(self.floor), np.inf), self.amounts]),
            np.concatenate([np.full(columns, np.inf), enough]),
        )


def _fixed(rows: csr_array, amounts: FloatArray) -> tuple[csr_array, FloatArray, FloatArray]:
    """Rows without the columns that a row of one column gives, and what these hold (not a number for the others)."""
    known = np.full(rows.shape[1], np.nan)
    while True:
        single = np.flatnonzero(np.diff(rows.indptr) == 1)
        if not len(single):
            return rows, amounts, known
        columns = rows.indices[rows.indptr[single]]
        columns, first = np.unique(columns, return_index=True)
        given = amounts[single[first]] / rows.data[rows.indptr[single[first]]]
        value = np.zeros(rows.shape[1])
        value[columns] = known[columns] = given
        amounts = amounts - rows @ value
        keep = np.ones(rows.shape[1])
        keep[columns] = 0.0
        rows = csr_array(rows.multiply(keep[np.newaxis, :]))
        rows.eliminate_zeros()


def _merged(shown: csc_array, hidden: csc_array, apart: IntArray) -> tuple[IntArray, IntArray]:
    """One column of each set of columns that are in the same rows and have one number in ``apart``.

    Out also: for each column the position of its set.
    """
    seen: dict[tuple[bytes, bytes, int], int] = {}
    first: list[int] = []
    of_set: list[int] = []
    for column, number in enumerate(apart.tolist()):
        a, b = slice(*shown.indptr[column : column + 2]), slice(*hidden.indptr[column : column + 2])
        signs = shown.data[a].tobytes()
        key = (shown.indices[a].tobytes() + signs, hidden.indices[b].tobytes(), number)
        of_set.append(seen.setdefault(key, len(first)))
        if of_set[-1] == len(first):
            first.append(column)
    return np.array(first, dtype=np.int64), np.array(of_set, dtype=np.int64)


def _labels(shown: csr_array, hidden: csr_array) -> tuple[IntArray, IntArray, IntArray]:
    """The number of the part of each shown row, hidden row and column: parts have no row in common."""
    links = coo_array(vstack([shown, hidden]))
    count, columns = links.shape
    graph = coo_array(
        (np.ones(links.nnz), (links.coords[0], count + links.coords[1])), shape=(count + columns, count + columns)
    )
    _, label = connected_components(graph, directed=False)
    found = np.asarray(label, dtype=np.int64)
    return found[: shown.shape[0]], found[shown.shape[0] : count], found[count:]


def beyond_help(block: Block, targets: Sequence[int], may_differ: IntArray) -> list[int]:
    """Targets that stay below five even if the shown rows ``may_differ`` could add up to anything.

    Each place is asked by itself, without what is known of several places, so that programs are small. That asks for
    less than what a reader knows: whoever is found here is beyond help, and a few of these may not be found.
    """
    fixed = np.setdiff1d(np.arange(block.shown.shape[0]), may_differ)
    place_of_shown, place_of_hidden = _places(block.shown, block.places), _places(block.hidden, block.places)
    asked = np.array(sorted(targets), dtype=np.int64)
    found: list[int] = []
    for place in np.unique(place_of_hidden[asked]).tolist():
        if place < 0:
            continue
        rows = fixed[place_of_shown[fixed] == place]
        inside, columns = np.flatnonzero(place_of_hidden == place), np.flatnonzero(block.places == place)
        alone = Block(
            csr_array(block.shown[rows][:, columns]),
            block.amounts[rows],
            block.cells_shown[rows],
            csr_array(block.hidden[inside][:, columns]),
            block.cells_hidden[inside],
            block.floor[inside],
            block.enough[inside],
            np.flatnonzero(np.isin(inside, asked)),
            block.places[columns],
            csr_array(block.members[columns]),
        )
        found += inside[exposed(alone)].tolist()
    return sorted(found)


def _places(rows: csr_array, places: IntArray) -> IntArray:
    """The place of each row's columns; -1 where they are of several, or there is none."""
    least = np.full(rows.shape[0], np.iinfo(np.int64).max)
    most = np.full(rows.shape[0], -1)
    of_row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    np.minimum.at(least, of_row, places[rows.indices])
    np.maximum.at(most, of_row, places[rows.indices])
    return np.where(least == most, most, -1)


def blocks_of(
    system: System,
    is_hidden: BoolArray,
    targets: BoolArray,
    floor: IntArray | None = None,
    wide: bool = False,
    apart: IntArray | None = None,
) -> Iterator[Block]:
    """Blocks in which a target stands, when ``is_hidden`` are hidden of the cells that the system shows.

    ``targets`` are cells, hidden or never shown. ``floor`` is the least that a reader knows of a hidden cell, 1 for
    all where it is None; of cells that are never shown readers know nothing. ``wide`` keeps what is known by one
    figure alone, such as a place's total, so that a repair may hide that too; the blocks are larger then. ``apart`` is
    the number of what each column is of (None: its place); columns of different ones are never put together.
    """
    shows = system.is_shown & ~is_hidden
    empty = np.asarray(system.matrix.T @ (shows & (system.values == 0)).astype(np.float64)) > 0
    shown_cells = np.flatnonzero(shows & (system.values > 0))
    rows = csr_array(vstack([system.matrix[shown_cells], system.glue]).multiply((~empty).astype(float)[np.newaxis, :]))
    rows.eliminate_zeros()
    amounts = np.concatenate([system.values[shown_cells], np.zeros(system.glue.shape[0])]).astype(np.float64)
    names = np.concatenate([shown_cells, np.full(system.glue.shape[0], -1)])
    known = np.full(rows.shape[1], np.nan)
    if not wide:
        rows, amounts, known = _fixed(rows, amounts)
    alive = np.asarray(abs(rows).sum(axis=0)).ravel() > 0
    hidden_cells = np.flatnonzero(is_hidden | targets)
    hidden = csr_array(system.matrix[hidden_cells].multiply((~empty).astype(float)[np.newaxis, :]))
    told = np.asarray(hidden @ np.nan_to_num(known))
    hidden = csr_array(hidden.multiply(np.isnan(known).astype(float)[np.newaxis, :]))
    hidden.eliminate_zeros()
    alive |= np.asarray(hidden.sum(axis=0)).ravel() > 0
    least = np.where(system.is_shown[hidden_cells], 1 if floor is None else floor[hidden_cells], 0).astype(np.float64)
    least = np.maximum(np.minimum(least, system.values[hidden_cells]) - told, 0.0)
    of_shown, of_hidden, of_column = _labels(rows, hidden)
    whose = np.concatenate([part.codes[PLACE] for part in system.parts]) if apart is None else apart
    for block in np.unique(of_hidden[targets[hidden_cells]]).tolist():
        columns = np.flatnonzero(alive & (of_column == block))
        some_shown = np.flatnonzero((of_shown == block) & (np.diff(rows.indptr) > 0))
        some_hidden = np.flatnonzero(of_hidden == block)
        a, b = rows[some_shown][:, columns], hidden[some_hidden][:, columns]
        kept, of_set = _merged(csc_array(a), csc_array(b), whose[columns])
        given = margins_of(csr_array(vstack([a, b])[:, kept]), whose[columns[kept]])
        sets = coo_array((np.ones(len(columns)), (of_set, columns)), shape=(len(kept), system.matrix.shape[1]))
        further = given.equal.shape[0]
        yield Block(
            csr_array(vstack([given.rows[: len(some_shown)], given.equal])),
            np.concatenate([amounts[some_shown], np.zeros(further)]),
            np.concatenate([names[some_shown], np.full(further, -1)]),
            csr_array(given.rows[len(some_shown) :]),
            hidden_cells[some_hidden],
            least[some_hidden],
            SMALL - told[some_hidden],
            np.flatnonzero(targets[hidden_cells[some_hidden]]),
            given.labels,
            csr_array(given.members @ csr_array(sets)),
        )


def solve(
    cost: FloatArray, at_least: csr_array, limits: FloatArray, equal: csr_array, amounts: FloatArray
) -> FloatArray | None:
    """The columns (none negative) of least cost; None where there is no answer in time.

    ``at_least`` may be of the first columns alone.
    """
    rows = at_least.shape[0]
    program = Program(
        Table.of(rows + equal.shape[0], len(cost), [(0, 0, 1.0, at_least), (rows, 0, 1.0, equal)]),
        np.concatenate([limits, amounts]),
        np.concatenate([np.full(len(limits), np.inf), amounts]),
        np.full(len(cost), np.inf),
    )
    return program.cheapest(cost)


def _push(block: Block, wanted: IntArray) -> FloatArray | None:
    """Hidden figures in a solution in which the wanted targets are as near to enough as they can be, all at once."""
    columns = block.hidden.shape[1]
    cost = np.concatenate([np.zeros(columns), -np.isin(block.targets, wanted).astype(np.float64)])
    found = block.program.cheapest(cost)
    return None if found is None else np.asarray(block.hidden @ found[:columns])


def most_of(block: Block, target: int) -> float:
    """The most that a hidden figure can hold, at most enough; not a number where there is no answer."""
    found = _push(block, np.array([target]))
    return float("nan") if found is None else float(found[target])


def suspicious(block: Block) -> list[int]:
    """Targets (positions among the block's hidden figures) that programs over all of them at once do not clear."""
    left = [int(target) for target in block.targets]
    for _ in range(ROUNDS):
        if not left:
            return []
        found = _push(block, np.array(left, dtype=np.int64))
        if found is None:
            break
        still = [target for target in left if found[target] < block.enough[target] - TOLERANCE]
        if len(still) == len(left):
            break
        left = still
    return left


def gives_away(block: Block) -> bool:
    """Whether a reader can bound any target below five: the first that is found ends the search."""
    left = [int(target) for target in block.targets]
    enough = block.enough - TOLERANCE
    while left:
        found = _push(block, np.array(left, dtype=np.int64))
        still = left if found is None else [target for target in left if found[target] < enough[target]]
        if len(still) == len(left) or len(still) <= FEW:
            return any(not most_of(block, target) >= enough[target] for target in still)
        left = still
    return False


def exposed(block: Block) -> list[int]:
    """Targets that a reader can bound below five, each asked by itself where programs over all do not clear it."""
    return [target for target in suspicious(block) if not most_of(block, target) >= block.enough[target] - TOLERANCE]
