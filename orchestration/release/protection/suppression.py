"""Which further cells must be hidden so that a hidden number of pupils cannot be had by subtraction.

Cells hold numbers of pupils; a margin says that some cells add up to a total which readers know or may know.
Pure functions over arrays: nothing here knows of schools, marts or databases (RULES 35).
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from orchestration.release.limits import check
from orchestration.release.thresholds import SMALL

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Margin:
    """Cells that add up to a total.

    ``parts`` are positions of cells; ``total`` the position of the total's cell, or -1 where it is always
    known. ``values`` are the parts' pupils in this margin where they differ from the cells' own (a month),
    and then ``total`` stands for the total of that month. ``kind`` names what may be done when no further
    part can be hidden: ``row`` withholds all parts, zeros included; ``column`` hides the total.
    ``prefer_total`` hides the total before any part, where the parts can be had from other margins.
    """

    parts: IntArray
    total: int = -1
    values: IntArray | None = None
    kind: str = "row"
    prefer_total: bool = False


@dataclass
class CellSystem:
    """Cells with their pupils, what is hidden, and the least that a reader knows a hidden cell to hold.

    ``floor`` is 1 for a hidden cell, because zeros are shown, and 0 in a row group that is withheld whole.
    """

    values: IntArray
    margins: list[Margin]
    hidden: BoolArray
    floor: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    of_cell: list[list[int]] = field(default_factory=list)
    failed: set[int] = field(default_factory=set)
    changes: int = 0
    """Cells hidden and floors taken away so far: at most twice the cells, so what counts them up comes to an end."""

    def __post_init__(self) -> None:
        if not len(self.floor):
            self.floor = np.ones(len(self.values), dtype=np.int64)
        self.of_cell = [[] for _ in range(len(self.values))]
        for number, margin in enumerate(self.margins):
            for cell in [*margin.parts.tolist(), *([margin.total] if margin.total >= 0 else [])]:
                self.of_cell[cell].append(number)

    def hide(self, cells: Iterable[int]) -> set[int]:
        """Hide cells; out: the numbers of the margins that this touches."""
        touched: set[int] = set()
        for cell in cells:
            if not self.hidden[cell]:
                self.hidden[cell] = True
                self.changes += 1
                touched.update(self.of_cell[cell])
        return touched

    def withhold(self, cells: Sequence[int] | IntArray) -> set[int]:
        """Hide a whole row group, zeros included, so that nobody knows which of its cells are empty."""
        listed = [int(cell) for cell in cells]
        self.changes += int((self.floor[listed] > 0).sum())
        self.floor[listed] = 0
        return self.hide(listed).union(*(self.of_cell[cell] for cell in listed)) if listed else set()


def need(system: CellSystem, margin: Margin, known: BoolArray | None = None) -> int | None:
    """Pupils still missing from what is hidden in a margin; None where it is safe.

    A hidden total leaves no bound once a part is hidden with it. Otherwise at least two parts must be hidden,
    and the most that one of them can hold, given the others' floors, must be at least five. ``known`` are cells that
    a reader knows though they are hidden (None: none); without any other one hidden nothing is missing to that reader.
    """
    values = system.values[margin.parts] if margin.values is None else margin.values
    hidden = system.hidden[margin.parts] & ((values > 0) | (system.floor[margin.parts] == 0))
    if known is not None:
        hidden &= ~known[margin.parts]
    count = int(hidden.sum())
    pupils = int(values[hidden].sum())
    if margin.total >= 0 and system.hidden[margin.total]:
        return None if count or known is not None or not values.any() else 1
    if count == 0 or pupils == 0:
        return None
    floors = system.floor[margin.parts][hidden]
    positive = int((values[hidden] > 0).sum())
    room = pupils - int(floors.sum()) + int(floors.min())
    if count >= 2 and positive >= 2 and room >= SMALL:
        return None
    if count >= 2 and int(floors.max()) == 0 and room >= SMALL:
        return None
    return max(SMALL - room, 1)


def candidate(system: CellSystem, margin: Margin, missing: int, known: BoolArray | None = None) -> int | None:
    """The part to hide next: in margins that hide something already, then as few pupils as will do.

    Never one of ``known``, which whoever it is to be hidden from knows anyhow.
    """
    values = system.values[margin.parts] if margin.values is None else margin.values
    best: tuple[int, int, int, int] | None = None
    for cell, value in zip(margin.parts.tolist(), values.tolist(), strict=True):
        if system.hidden[cell] or value <= 0 or (known is not None and known[cell]):
            continue
        lonely = 0
        for number in system.of_cell[cell]:
            other = system.margins[number]
            if other is not margin and not system.hidden[other.parts].any():
                lonely += 1
        short = 0 if value - 1 >= missing else 1
        score = (lonely + short, short, -value if short else value, cell)
        best = score if best is None else min(best, score)
    return None if best is None else best[3]


def _last_resort(system: CellSystem, number: int) -> set[int]:
    """What is done where no further part can be hidden: the total, or the whole group, zeros included."""
    margin = system.margins[number]
    if margin.kind == "column" and margin.total >= 0:
        return system.hide([margin.total])
    parts = margin.parts
    if bool(system.hidden[parts].all()) and not system.floor[parts].any():
        if margin.total >= 0:
            return system.hide([margin.total])
        system.failed.add(number)
        return set()
    return system.withhold(parts)


def _hide_more(system: CellSystem, number: int, missing: int) -> set[int]:
    """One step towards a safe margin: the total first where that is preferred, a part, or the last resort.

    A total that is hidden already, as one remembered from a year in which more was beside it, is no step: hidden
    stays hidden, and a part goes with it (RULES 34).
    """
    margin = system.margins[number]
    if margin.prefer_total and margin.total >= 0 and not system.hidden[margin.total]:
        return system.hide([margin.total])
    chosen = candidate(system, margin, missing)
    return system.hide([chosen]) if chosen is not None else _last_resort(system, number)


def complete(system: CellSystem, first: Iterable[int] | None = None) -> None:
    """Hide further cells, to a fixed point over all margins, until none gives a hidden cell away (RULES 35).

    Comes to an end: each step hides a cell or takes a floor away, and a margin at which no step does is left in
    ``system.failed``, as are those that cannot be made safe.
    """
    waiting = deque(range(len(system.margins)) if first is None else sorted(first))
    queued = set(waiting)
    while waiting:
        check()
        number = waiting.popleft()
        queued.discard(number)
        margin = system.margins[number]
        while number not in system.failed and (missing := need(system, margin)) is not None:
            before = system.changes
            touched = _hide_more(system, number, missing)
            if system.changes == before:
                system.failed.add(number)
            for other in sorted(touched - queued - {number}):
                waiting.append(other)
                queued.add(other)
