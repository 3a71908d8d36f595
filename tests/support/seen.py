"""What a reader sees of an engine's system, for the attacker of releases."""

import numpy as np

from orchestration.release.attacker.released import Seen
from orchestration.release.engine.cells import System
from orchestration.release.engine.model import BoolArray, Model


def seen_of(model: Model, system: System, hidden: BoolArray) -> list[Seen]:
    """The tables of a system when these cells are hidden; breakdowns of small places are not there."""
    figures: dict[str, dict[tuple[str, ...], int | None]] = {table.name: {} for table in model.tables}
    for cell in np.flatnonzero(system.is_shown).tolist():
        found = system.cells[cell]
        figures[found.table][found.place, *found.groups] = None if hidden[cell] else int(system.values[cell])
    return [Seen(table, figures[table.name]) for table in model.tables]
