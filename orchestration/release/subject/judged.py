"""One population and period of a subject, judged: its figures, what was decided, and how rows find their cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestration.errors import WarehouseError
from orchestration.release.declared.declaration import Mart
from orchestration.release.declared.figures import COUNTED, Figures
from orchestration.release.engine.cells import Cell
from orchestration.release.engine.changes import Decision
from orchestration.release.engine.memory import Memory
from orchestration.release.subject.store import Place
from orchestration.release.tables.rows import MartRows

LISTED = 5


class SubjectError(WarehouseError):
    """A subject cannot be released: the message says mart and reason, never a figure or a person."""


SHOWN, HELD, HIDDEN = "shown", "held", "hidden"


@dataclass(frozen=True)
class Judged:
    """What was decided of a population and period, and what to remember of it."""

    place: Place
    figures: Figures
    decision: Decision
    memory: Memory
    at: Mapping[Cell, int] = field(default_factory=dict)
    known: frozenset[Cell] = frozenset()
    """Cells that readers know, or nearly, from tables of other subjects."""

    @classmethod
    def of(
        cls, place: Place, figures: Figures, decision: Decision, memory: Memory, known: frozenset[Cell] = frozenset()
    ) -> "Judged":
        """With the position of each cell."""
        at = {cell: i for i, cell in enumerate(decision.system.cells)}
        return cls(place, figures, decision, memory, at, known)

    def state(self, cells: Sequence[Cell]) -> str:
        """What becomes of a measure that these cells tell: hidden if any is, held if any is, else shown."""
        decision = self.decision
        found = [self.at.get(cell) for cell in cells]
        if not found or any(at is None or not (decision.shown[at] or decision.held[at]) for at in found):
            return HIDDEN
        return HELD if any(decision.held[at] for at in found if at is not None) else SHOWN

    def number(self, cells: Sequence[Cell]) -> int | None:
        """The persons of these cells as they are now; None where a cell is in no list, or there is none."""
        found = [self.at.get(cell) for cell in cells]
        if not found or any(at is None for at in found):
            return None
        return sum(int(self.decision.system.persons[at]) for at in found if at is not None)


def text_keys(rows: MartRows, mart: Mart, figures: Figures) -> list[dict[str, str]]:
    """The key columns of each row as text."""
    keys = figures.declaration.keys(mart)
    count = len(rows)
    return [{key: str(rows.columns[key][i]) for key in keys} for i in range(count)]


def check_figures(judged: Judged, mart: Mart, rows: MartRows, positions: Sequence[int]) -> None:
    """Refuse a mart whose counts are not those of the persons behind it, or that lacks a row with persons in it.

    Raises ``SubjectError`` with the number of such rows.
    """
    wrong, missing = unlike(judged, mart, rows, positions)
    if wrong:
        raise SubjectError(
            f"{mart.name}: {wrong} figures of {judged.place.period} are not the number of persons in "
            f"{judged.figures.declaration.populations[judged.figures.population].rows}, or are of a row that no list "
            "has"
        )
    if missing:
        raise SubjectError(f"{mart.name}: {missing} rows of {judged.place.period} with persons in them are not there")


def unlike(judged: Judged, mart: Mart, rows: MartRows, positions: Sequence[int]) -> tuple[int, int]:
    """How many figures are not the number of persons behind them, and how many rows with persons are not there."""
    keys = text_keys(rows, mart, judged.figures)
    wrong = 0
    seen: set[Cell] = set()
    for position in positions:
        for measure in judged.figures.measures(mart):
            cells = judged.figures.cell(mart, measure.name, keys[position])
            seen.update(cells)
            number = judged.number(cells)
            if number is None or (measure.kind in COUNTED and _other(rows, measure.name, position, number)):
                wrong += 1
    tables = judged.figures.tables_of(mart)
    system = judged.decision.system
    missing = sum(
        1
        for cell, value, is_shown in zip(system.cells, system.values, system.is_shown, strict=True)
        if cell.table in tables and is_shown and value and cell not in seen
    )
    return wrong, missing


def _other(rows: MartRows, measure: str, position: int, number: int) -> bool:
    value: Any = rows.columns[measure][position]
    return value is None or int(value) != number
