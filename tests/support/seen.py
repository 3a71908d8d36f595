"""What a reader sees of an engine's system, for the attacker of releases."""

import numpy as np

from orchestration.release.attacker.released import Seen
from orchestration.release.engine.cells import System
from orchestration.release.engine.model import BoolArray, Model


def seen_of(model: Model, system: System, hidden: BoolArray) -> list[Seen]:
    """The tables of a system when these cells are hidden; breakdowns of small places are not there.

    Figures of tables that nobody shows are asked, too, and may be empty.
    """
    figures: dict[str, dict[tuple[str, ...], int | None]] = {table.name: {} for table in model.tables}
    for cell in np.flatnonzero(system.is_shown).tolist():
        found = system.cells[cell]
        figures[found.table][found.place, *found.groups] = None if hidden[cell] else int(system.values[cell])
    unsure: dict[str, set[tuple[str, ...]]] = {table.name: set() for table in model.tables}
    unshown = {table.name for table in model.tables if not table.shows}
    for found in system.cells:
        if found.table in unshown:
            figures[found.table][found.place, *found.groups] = None
            unsure[found.table].add((found.place, *found.groups))
    return [Seen(table, figures[table.name], frozenset(unsure[table.name])) for table in model.tables]


def true_of(system: System) -> dict[str, dict[tuple[str, ...], int]]:
    """Every figure of a system as it is, by table and key."""
    found: dict[str, dict[tuple[str, ...], int]] = {}
    for cell, value in zip(system.cells, system.values, strict=True):
        found.setdefault(cell.table, {})[cell.place, *cell.groups] = int(value)
    return found
