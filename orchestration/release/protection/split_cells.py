"""The split of the authority's cells by stage and quintile, month by month (37).

Known beside them are, at each month's end, the split of the sector and, from the schools' breakdowns, that of each
stage and deprivation group. So in each of these lines what is hidden together has five pupils behind each part, and
no hidden cell that has fewer follows from several lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from orchestration.release.limits import check
from orchestration.release.protection.grid import GROUP_OF_QUINTILE, REST
from orchestration.release.protection.memory import Memory, State
from orchestration.release.protection.patterns import ALL, YearPattern
from orchestration.release.protection.sources import PlacedSplit
from orchestration.release.protection.splits import (
    NOTHING,
    PARTS,
    Shown,
    SplitPupils,
    changed_behind,
    enough,
    month_number,
    nobody,
    none_or_enough,
    pack,
    unpack,
)
from orchestration.release.tables.rows import MartRows

TOLERANCE = 1e-9
Cell = tuple[str, str, str]
"""Sector, stage and quintile."""
Months = dict[int, list[int]]


def of_cells(marts: Mapping[str, MartRows], group: str) -> MartRows | None:
    """The mart of the authority by stage and quintile."""
    found = (
        rows
        for rows in marts.values()
        if {"stage", "simd_quintile", "month"} <= set(rows.contract.keys) and group in rows.contract.groups
    )
    return next(found, None)


def _place(group: str) -> str:
    return f"split.{group}.cells"


def cell_name(rows: MartRows, position: int) -> str:
    """``primary|P1|3``."""
    return "|".join(str(rows.columns[key][position]) for key in ("sector", "stage", "simd_quintile"))


def remembered_cells(year: str, group: str, memory: Memory) -> dict[str, Months]:
    """What was judged at the last month end, by cell."""
    return {
        name: {int(month): sums for month, sums in state.shown.items() if sums}
        for (of_year, mart, name), state in memory.states.items()
        if (of_year, mart) == (year, _place(group))
    }


@dataclass
class _Month:
    """The cells of one sector and month: pupils as last judged and now, sums, and which are shown."""

    cells: list[Cell] = field(default_factory=list)
    before: list[SplitPupils] = field(default_factory=list)
    pupils: list[SplitPupils] = field(default_factory=list)
    sums: list[list[int]] = field(default_factory=list)
    shown: set[int] = field(default_factory=set)

    def is_safe(self, positions: Sequence[int]) -> bool:
        """Five pupils behind each part of several cells together, and nobody or five behind each part of the change."""
        now, before = _joined([self.pupils[i] for i in positions]), _joined([self.before[i] for i in positions])
        return enough(now.behind()) and none_or_enough(changed_behind(now, before))

    def lines(self) -> list[list[int]]:
        """Cells whose sum can be known: of the sector, of each stage, of each deprivation group.

        A sum with few pupils behind a part or its change is shown nowhere.
        """
        by_line: dict[str, list[int]] = {}
        for position, (_, stage, quintile) in enumerate(self.cells):
            for line in ("", f"stage {stage}", f"group {GROUP_OF_QUINTILE.get(quintile, REST)}"):
                by_line.setdefault(line, []).append(position)
        return [line for line in by_line.values() if self.is_safe(line)]

    def hidden(self, line: Iterable[int]) -> list[int]:
        """Hidden cells of a line in which anything is or was hidden."""
        return [i for i in line if i not in self.shown and (len(self.pupils[i].pupil) or len(self.before[i].pupil))]

    def hide_one(self, positions: Iterable[int]) -> bool:
        """Hide the shown cell with the fewest pupils behind a part; False where none is left."""
        left = [position for position in positions if position in self.shown]
        if left:
            self.shown.discard(min(left, key=lambda i: (int(self.pupils[i].behind().min()), self.cells[i])))
        return bool(left)


def _joined(states: Sequence[SplitPupils]) -> SplitPupils:
    found = states[0]
    for state in states[1:]:
        found = found.joined(state)
    return found


def determined(lines: Sequence[Sequence[int]], hidden: Sequence[int]) -> list[int]:
    """Hidden cells whose figure follows from the sums of the lines, however many of them it takes."""
    if not hidden or not lines:
        return []
    matrix = np.array([[float(cell in line) for cell in hidden] for line in lines])
    _, singular, right = np.linalg.svd(matrix)
    free = right[int((singular > TOLERANCE).sum()) :]
    weights = np.abs(free).sum(axis=0) if len(free) else np.zeros(len(hidden))
    return [cell for cell, weight in zip(hidden, weights.tolist(), strict=True) if weight < TOLERANCE]


def hide_beside(month: _Month) -> None:
    """Hide further cells until nothing is known of few pupils, or of few that changed, in any line or several."""
    lines = month.lines()
    is_settled = False
    while not is_settled:  # only a cell that was hidden keeps it going
        check()
        is_settled = True
        for line in lines:
            while (hidden := month.hidden(line)) and not month.is_safe(hidden):
                if not month.hide_one(line):
                    break
                is_settled = False
        for position in determined(lines, month.hidden(range(len(month.cells)))):
            if month.is_safe([position]):
                continue
            own = sorted({cell for line in lines if position in line for cell in line})
            if month.hide_one(own) or month.hide_one(range(len(month.cells))):
                is_settled = False
                break


class CellJudge:
    """Judges one group of one year at a month's end."""

    def __init__(
        self, group: str, year: str, rows: MartRows, split: PlacedSplit, places: Mapping[str, Shown], memory: Memory
    ) -> None:
        self.group, self.year, self.rows, self.places, self.memory = group, year, rows, places, memory
        self.width = len(PARTS[group])
        columns = [("authorised", "not_authorised", "late").index(part) for part in PARTS[group]]
        parts = split.pupils.parts[:, columns]
        any_part = parts.any(axis=1)
        self.pupils = SplitPupils(split.pupils.pupil, split.pupils.month, parts)
        self.index: dict[tuple[Cell, int], list[int]] = {}
        months = split.pupils.month.tolist()
        for position in np.flatnonzero(any_part).tolist():
            cell = (split.unit[position][1], split.stage[position], split.quintile[position])
            self.index.setdefault((cell, months[position]), []).append(position)

    def _months(
        self, closed: Sequence[int], pattern: YearPattern, known: Mapping[str, tuple[Months, SplitPupils]]
    ) -> dict[tuple[str, int], _Month]:
        """The cells by sector and month; shown are those that can be by themselves and are not hidden for the year."""
        found: dict[tuple[str, int], _Month] = {}
        judged = {(name.split("|")[0], month) for name, (months, _) in known.items() for month in months}
        for position in np.flatnonzero(self.rows.flags("academic_year", self.year)).tolist():
            number = month_number(self.rows.columns["month"][position])
            name = cell_name(self.rows, position)
            sector, stage, quintile = name.split("|")
            if number not in closed or sector == ALL:
                continue
            month = found.setdefault((sector, number), _Month())
            cell = (sector, stage, quintile)
            months, states = known.get(name, ({}, nobody(self.width)))
            month.cells.append(cell)
            month.before.append(states.of_months([number]))
            month.pupils.append(self.pupils.where(np.array(self.index.get((cell, number), []), dtype=np.int64)))
            month.sums.append([self.rows.numbers_at(f"openings_{part}", position) for part in PARTS[self.group]])
            own = len(month.cells) - 1
            is_open = (
                self.rows.columns["withheld"][position] is None
                and sector not in pattern.sectors
                and cell not in pattern.grid
                and (bool(months.get(number)) or (sector, number) not in judged)
                and month.pupils[own].sums() == month.sums[own]
            )
            # cells add up to the sector, so they tell something new only where the sector's month is shown
            is_told = number in self.places.get(f"*|{sector}", NOTHING).months
            is_same = bool(months.get(number)) and not changed_behind(month.pupils[own], month.before[own]).any()
            if is_open and (is_told or is_same) and month.is_safe([own]):
                month.shown.add(own)
        return found

    def judge(self, closed: Sequence[int], pattern: YearPattern) -> dict[str, Months]:
        """What is shown of each cell, by month; noted in ``memory``. A month of a cell that was hidden stays hidden."""
        known = {
            name: ({int(month): sums for month, sums in state.shown.items()}, unpack(state.packed, self.width))
            for (of_year, mart, name), state in self.memory.states.items()
            if (of_year, mart) == (self.year, _place(self.group))
        }
        shown: dict[str, Months] = {name: dict(months) for name, (months, _) in known.items()}
        states: dict[str, list[SplitPupils]] = {name: [packed] for name, (_, packed) in known.items()}
        for (_, number), month in sorted(self._months(closed, pattern, known).items()):
            hide_beside(month)
            for position, cell in enumerate(month.cells):
                name = "|".join(cell)
                # an empty list: judged, and hidden for the year
                shown.setdefault(name, {})[number] = month.sums[position] if position in month.shown else []
                others = [state.where(state.month != number) for state in states.get(name, [])]
                states[name] = [*others, month.pupils[position]]
        for name, months in shown.items():
            by_month = {str(month): sums for month, sums in sorted(months.items())}
            self.memory.new_states[self.year, _place(self.group), name] = State(by_month, pack(_joined(states[name])))
        return {name: {month: sums for month, sums in months.items() if sums} for name, months in shown.items()}


def judge_cells(
    group: str,
    year: str,
    marts: Mapping[str, MartRows],
    split: PlacedSplit,
    closed: Sequence[int],
    places: Mapping[str, Shown],
    memory: Memory,
    pattern: YearPattern,
) -> dict[str, Months]:
    """Judge one group of one year at a month's end. Out: what is shown, by cell and month; notes it in ``memory``.

    ``places`` is what is shown of sectors.
    """
    rows = of_cells(marts, group)
    return CellJudge(group, year, rows, split, places, memory).judge(closed, pattern) if rows is not None else {}
