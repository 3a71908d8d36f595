"""What can be worked out about hidden cells from the margins that readers know, by linear programming."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array, eye_array

from orchestration.release.highs import FloatArray, Program, Table
from orchestration.release.limits import check
from orchestration.release.protection.suppression import BoolArray, CellSystem, IntArray, Margin, complete
from orchestration.release.thresholds import SMALL

TOLERANCE = 1e-6
LARGEST = 1e8
"""More than any cell holds, so that every program has an end."""


@dataclass(frozen=True)
class Unknowns:
    """Linear equations that readers know to hold between hidden cells: ``matrix @ cells = sums``."""

    matrix: csr_array
    sums: FloatArray
    floor: FloatArray
    values: FloatArray

    @cached_property
    def program(self) -> Program:
        """What the cells may hold, and beside each how near it comes to five."""
        count, sums = len(self.values), self.matrix.shape[0]
        blocks = [(0, 0, 1.0, self.matrix), (sums, count, 1.0, None), (sums, 0, -1.0, csr_array(eye_array(count)))]
        return Program(
            Table.of(sums + count, 2 * count, blocks),
            np.concatenate([self.sums, np.full(count, -np.inf)]),
            np.concatenate([self.sums, np.zeros(count)]),
            np.concatenate([np.full(count, LARGEST), np.full(count, float(SMALL))]),
            np.concatenate([self.floor, np.zeros(count)]),
        )


def _solve(unknowns: Unknowns, cost: FloatArray) -> FloatArray | None:
    """The cells of least cost; None where there is no answer in time, and the cells count as exposed."""
    count = len(cost)
    found = unknowns.program.cheapest(np.concatenate([cost, np.zeros(count)]))
    return None if found is None else found[:count]


def bounds_of(unknowns: Unknowns, cell: int) -> tuple[float, float]:
    """Least and most that a hidden cell can hold; (nan, nan) where the equations contradict each other."""
    cost = np.zeros(len(unknowns.values))
    cost[cell] = 1.0
    low, high = _solve(unknowns, cost), _solve(unknowns, -cost)
    if low is None or high is None:
        return float("nan"), float("nan")
    return float(low[cell]), float(high[cell])


def _reach(unknowns: Unknowns, wanted: IntArray) -> FloatArray | None:
    """A solution in which as many as possible of the wanted cells hold at least five, in one program."""
    cells = len(unknowns.values)
    cost = np.zeros(2 * cells)
    cost[cells + wanted] = -1.0
    found = unknowns.program.cheapest(cost)
    return None if found is None else found[:cells]


def suspicious_cells(unknowns: Unknowns, asked: BoolArray | None = None) -> list[int]:
    """Cells, not empty, that a few programs over all of them at once do not clear; of those ``asked`` (None: all).

    Most are cleared (measured: three programs for 212 hidden cells, against 424 one by one).
    """
    values = unknowns.values
    small = values > 0 if asked is None else (values > 0) & asked
    wide = small & (values >= SMALL)
    loose = ~small
    for _ in range(6):
        wanted = np.flatnonzero(small & ~wide).astype(np.int64)
        if not len(wanted):
            break
        found = _reach(unknowns, wanted)
        if found is None:
            break
        before = int(wide.sum())
        wide |= found >= SMALL - TOLERANCE
        loose |= np.abs(found - values) > TOLERANCE
        if int(wide.sum()) == before:
            break
    generator = np.random.default_rng(0)
    for _ in range(4):
        if loose.all():
            break
        weights = generator.uniform(0.5, 1.5, len(values)) * np.where(loose, 0.0, 1.0)
        weights *= generator.choice([-1.0, 1.0], len(values))
        found = _solve(unknowns, weights)
        if found is None:
            break
        loose |= np.abs(found - values) > TOLERANCE
    return [int(cell) for cell in np.flatnonzero(small & ~(wide & loose))]


def exposed_cells(unknowns: Unknowns, asked: BoolArray | None = None) -> list[int]:
    """Cells that can be shown to be 1 to 4, or worked out exactly, though they are not empty; of those ``asked``."""
    exposed = []
    for cell in suspicious_cells(unknowns, asked):
        low, high = bounds_of(unknowns, cell)
        if not (high >= SMALL - TOLERANCE and high - low >= TOLERANCE):  # not a number: no answer, so not safe
            exposed.append(cell)
    return exposed


def _components(cells: Sequence[int], margins: Sequence[Margin], position: dict[int, int]) -> list[list[int]]:
    parent = list(range(len(cells)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for margin in margins:
        members = [position[cell] for cell in margin.parts.tolist() if cell in position]
        if margin.total in position:
            members.append(position[margin.total])
        for member in members[1:]:
            parent[root(member)] = root(members[0])
    groups: dict[int, list[int]] = {}
    for item in range(len(cells)):
        groups.setdefault(root(item), []).append(item)
    return list(groups.values())


def unknowns_of(
    system: CellSystem, values: IntArray, margins: Sequence[Margin], known: BoolArray | None = None
) -> list[tuple[list[int], Unknowns]]:
    """The hidden cells of a system and the equations between them, one set for each part that hangs together.

    ``known`` are cells that a reader knows though they are hidden (None: none); who knows all hidden parts of a total
    knows the total.
    """
    hidden = [int(cell) for cell in np.flatnonzero(system.hidden if known is None else system.hidden & ~known)]
    position = {cell: number for number, cell in enumerate(hidden)}
    found: list[tuple[list[int], Unknowns]] = []
    for group in _components(hidden, margins, position):
        inside = {hidden[item]: number for number, item in enumerate(group)}
        rows: list[int] = []
        columns: list[int] = []
        signs: list[float] = []
        count = 0
        for margin in margins:
            parts = [cell for cell in margin.parts.tolist() if cell in inside]
            total = margin.total in inside
            if not parts and not total:
                continue
            if not parts and (known is None or not margin.parts.size):
                continue
            rows += [count] * (len(parts) + total)
            columns += [inside[cell] for cell in parts] + ([inside[margin.total]] if total else [])
            signs += [1.0] * len(parts) + ([-1.0] if total else [])
            count += 1
        cells = [hidden[item] for item in group]
        true = values[cells].astype(np.float64)
        matrix = csr_array((signs, (rows, columns)), shape=(count, len(cells)))
        floor = np.minimum(system.floor[cells].astype(np.float64), true)
        found.append((cells, Unknowns(matrix, matrix @ true, floor, true)))
    return found


def repair(
    system: CellSystem,
    protected: BoolArray,
    attempts: int = 40,
    loosen: Callable[[CellSystem], None] | None = None,
) -> list[int]:
    """Hide more until no cell among ``protected`` can be bounded too tightly from all margins at once.

    Comes to an end: each attempt hides something, or is the last.
    ``loosen`` marks as hidden what nobody releases and nobody can know any more once others are hidden.
    Out: cells that could not be protected; the caller withholds what they belong to.
    """
    margins = [margin for margin in system.margins if margin.values is None]
    stuck: list[int] = []
    for _ in range(attempts):
        check()
        if loosen is not None:
            loosen(system)
        exposed = [
            cells[item]
            for cells, unknowns in unknowns_of(system, system.values, margins)
            for item in exposed_cells(unknowns)
            if protected[cells[item]]
        ]
        if not exposed:
            return []
        stuck = exposed
        before = system.changes
        touched: set[int] = set()
        for cell in exposed:
            touched |= _widen(system, cell)
        if system.changes == before:
            return exposed
        complete(system, touched)
    return stuck


def _shown_parts(system: CellSystem, number: int) -> list[int]:
    parts = system.margins[number].parts.tolist()
    return [part for part in parts if not system.hidden[part] and system.values[part] > 0]


def _smallest(system: CellSystem, cells: Iterable[int]) -> list[int]:
    found = sorted(set(cells), key=lambda part: (int(system.values[part]), part))
    return found[:1]


def _widen(system: CellSystem, cell: int) -> set[int]:
    """Hide one more part in each margin of an exposed cell; where there is none, one in the margins beside them."""
    touched: set[int] = set()
    for number in system.of_cell[cell]:
        margin = system.margins[number]
        if shown := _shown_parts(system, number):
            touched |= system.hide(_smallest(system, shown))
        elif margin.kind == "row" and system.floor[margin.parts].any():
            touched |= system.withhold(margin.parts)
        elif margin.kind == "column" and margin.total >= 0 and not system.hidden[margin.total]:
            touched |= system.hide([margin.total])
    if touched:
        return touched
    beside = {
        further
        for number in system.of_cell[cell]
        for part in system.margins[number].parts.tolist()
        for further in system.of_cell[part]
    }
    return system.hide(_smallest(system, (part for number in beside for part in _shown_parts(system, number))))
