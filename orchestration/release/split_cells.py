"""The split of the authority's cells by stage and quintile, month by month (37).

Known beside them are, at each month's end, the split of the sector and, from the schools' breakdowns, that of each
stage and deprivation group. So in each of these lines what is hidden together has five pupils behind each part, and
no hidden cell that has fewer follows from several lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from orchestration.release.grid import GROUP_OF_QUINTILE, REST
from orchestration.release.memory import Memory, State
from orchestration.release.patterns import ALL, YearPattern
from orchestration.release.rows import MartRows
from orchestration.release.sources import PlacedSplit
from orchestration.release.splits import (
    PARTS,
    SplitPupils,
    changed_behind,
    enough,
    month_number,
    nobody,
    none_or_enough,
    pack,
    unpack,
)

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
    """The cells of one sector and month: pupils, sums, and whether each may be shown by itself."""

    cells: list[Cell]
    pupils: list[SplitPupils]
    sums: list[list[int]]
    may_show: list[bool]
    shown: set[int] = field(default_factory=set)

    def lines(self) -> list[list[int]]:
        """Cells whose sum can be known: of the sector, of each stage, of each deprivation group.

        A sum with fewer than five pupils behind a part is shown nowhere.
        """
        by_line: dict[str, list[int]] = {}
        for position, (_, stage, quintile) in enumerate(self.cells):
            for line in ("", f"stage {stage}", f"group {GROUP_OF_QUINTILE.get(quintile, REST)}"):
                by_line.setdefault(line, []).append(position)
        return [line for line in by_line.values() if enough(self.together(line).behind())]

    def hidden(self, line: Iterable[int]) -> list[int]:
        """Hidden cells of a line in which anything can be hidden."""
        return [position for position in line if position not in self.shown and len(self.pupils[position].pupil)]

    def together(self, positions: Sequence[int]) -> SplitPupils:
        """The pupils of several cells."""
        found = nobody(self.pupils[0].parts.shape[1])
        for position in positions:
            found = found.joined(self.pupils[position])
        return found

    def hide_one(self, positions: Iterable[int]) -> bool:
        """Hide the shown cell with the fewest pupils behind a part; False where none is left."""
        left = [position for position in positions if position in self.shown]
        if left:
            self.shown.discard(min(left, key=lambda i: (int(self.pupils[i].behind().min()), self.cells[i])))
        return bool(left)


def determined(lines: Sequence[Sequence[int]], hidden: Sequence[int]) -> list[int]:
    """Hidden cells whose figure follows from the sums of the lines, however many of them it takes."""
    if not hidden or not lines:
        return []
    matrix = np.array([[float(cell in line) for cell in hidden] for line in lines])
    _, singular, right = np.linalg.svd(matrix)
    free = right[int((singular > TOLERANCE).sum()) :]
    weights = np.abs(free).sum(axis=0) if len(free) else np.zeros(len(hidden))
    return [cell for cell, weight in zip(hidden, weights.tolist(), strict=True) if weight < TOLERANCE]


def choose(month: _Month) -> None:
    """Which cells are shown when a month is first judged, into ``month.shown``."""
    month.shown = {position for position, may_show in enumerate(month.may_show) if may_show}
    lines = month.lines()
    is_settled = False
    while not is_settled:
        is_settled = True
        for line in lines:
            while (hidden := month.hidden(line)) and not enough(month.together(hidden).behind()):
                if not month.hide_one(line):
                    break
                is_settled = False
        for position in determined(lines, month.hidden(range(len(month.cells)))):
            if enough(month.pupils[position].behind()):
                continue
            own = sorted({cell for line in lines if position in line for cell in line})
            if month.hide_one(own) or month.hide_one(range(len(month.cells))):
                is_settled = False
                break


class CellJudge:
    """Judges one group of one year at a month's end."""

    def __init__(self, group: str, year: str, rows: MartRows, split: PlacedSplit, memory: Memory) -> None:
        self.group, self.year, self.rows, self.memory = group, year, rows, memory
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

    def _months(self, closed: Sequence[int], pattern: YearPattern) -> dict[tuple[str, int], _Month]:
        found: dict[tuple[str, int], _Month] = {}
        for position in np.flatnonzero(self.rows.flags("academic_year", self.year)).tolist():
            number = month_number(self.rows.columns["month"][position])
            sector, stage, quintile = cell_name(self.rows, position).split("|")
            if number not in closed or sector == ALL:
                continue
            month = found.setdefault((sector, number), _Month([], [], [], []))
            cell = (sector, stage, quintile)
            own = self.pupils.where(np.array(self.index.get((cell, number), []), dtype=np.int64))
            exact = [self.rows.numbers_at(f"openings_{part}", position) for part in PARTS[self.group]]
            is_open = (
                self.rows.columns["withheld"][position] is None
                and sector not in pattern.sectors
                and cell not in pattern.grid
                and own.sums() == exact
            )
            month.cells.append(cell)
            month.pupils.append(own)
            month.sums.append(exact)
            month.may_show.append(is_open and enough(own.behind()))
        return found

    def judge(self, closed: Sequence[int], pattern: YearPattern) -> dict[str, Months]:
        """What is shown of each cell, by month; noted in ``memory``."""
        known = {
            name: ({int(month): sums for month, sums in state.shown.items()}, unpack(state.packed, self.width))
            for (of_year, mart, name), state in self.memory.states.items()
            if (of_year, mart) == (self.year, _place(self.group))
        }
        shown: dict[str, dict[int, list[int]]] = {name: dict(months) for name, (months, _) in known.items()}
        states: dict[str, list[SplitPupils]] = {name: [packed] for name, (_, packed) in known.items()}
        for (_, number), month in sorted(self._months(closed, pattern).items()):
            names = ["|".join(cell) for cell in month.cells]
            if not any(number in known[name][0] for name in names if name in known):
                choose(month)
            elif not self._may_follow(month, names, number, known):
                continue
            for position, name in enumerate(names):
                # an empty list: judged, and hidden for the year
                shown.setdefault(name, {})[number] = month.sums[position] if position in month.shown else []
                others = [state.where(state.month != number) for state in states.get(name, [])]
                states[name] = [*others, month.pupils[position]]
        for name, months in shown.items():
            state = nobody(self.width)
            for part in states[name]:
                state = state.joined(part)
            by_month = {str(month): sums for month, sums in sorted(months.items())}
            self.memory.new_states[self.year, _place(self.group), name] = State(by_month, pack(state))
        return {name: {month: sums for month, sums in months.items() if sums} for name, months in shown.items()}

    def _may_follow(
        self,
        month: _Month,
        names: Sequence[str],
        number: int,
        known: Mapping[str, tuple[Months, SplitPupils]],
    ) -> bool:
        """Whether corrections of a month can be shown: nobody or five pupils behind each part of each change.

        Of the cells that are shown, and of what is hidden together in each line. Otherwise the cells that have
        changed are out, because they are no longer what was judged.
        """
        nothing: tuple[Months, SplitPupils] = ({}, nobody(self.width))
        before = [known.get(name, nothing)[1].of_months([number]) for name in names]
        month.shown = {
            position
            for position, name in enumerate(names)
            if known.get(name, nothing)[0].get(number) and month.may_show[position]
        }
        changes = [changed_behind(month.pupils[i], before[i]) for i in sorted(month.shown)]
        for line in month.lines():
            hidden = [position for position in line if position not in month.shown]
            then = nobody(self.width)
            for position in hidden:
                then = then.joined(before[position])
            changes.append(changed_behind(month.together(hidden), then))
            left = month.hidden(line)
            if left and not enough(month.together(left).behind()):
                return False
        return all(none_or_enough(change) for change in changes)


def judge_cells(
    group: str,
    year: str,
    marts: Mapping[str, MartRows],
    split: PlacedSplit,
    closed: Sequence[int],
    memory: Memory,
    pattern: YearPattern,
) -> dict[str, Months]:
    """Judge one group of one year at a month's end. Out: what is shown, by cell and month; notes it in ``memory``."""
    rows = of_cells(marts, group)
    return CellJudge(group, year, rows, split, memory).judge(closed, pattern) if rows is not None else {}
