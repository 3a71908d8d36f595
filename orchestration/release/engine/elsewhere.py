"""What other tables say of nearly the same figures as those that are decided (RULES 45)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from orchestration.release.engine.cells import Cell, System
from orchestration.release.engine.model import BoolArray
from orchestration.release.thresholds import SMALL


@dataclass(frozen=True)
class Elsewhere:
    """What other tables say of nearly the same figures: hidden there, or known from there (RULES 45).

    ``larger`` has the shown counts of a population of which these persons are some: what 1 to 4 are left out of is
    hidden, since the difference is a figure. ``told`` are known whoever stands behind them: half days of absence are
    what the shown ones leave, however few were absent.
    """

    hidden: frozenset[Cell] = frozenset()
    known: frozenset[Cell] = frozenset()
    larger: Mapping[Cell, int] = field(default_factory=dict)
    told: frozenset[Cell] = frozenset()
    left: frozenset[str] = frozenset()
    """Tables whose figures are told or not: nothing here protects them by themselves."""

    def and_hidden(self, cells: frozenset[Cell]) -> "Elsewhere":
        """The same with further cells that are hidden elsewhere."""
        return replace(self, hidden=self.hidden | cells, known=self.known - cells) if cells else self

    def flags(self, system: System) -> tuple[BoolArray, BoolArray]:
        """For each cell whether it is hidden elsewhere, and whether it is known from there."""
        left = [self.larger.get(cell, 0) - int(value) for cell, value in zip(system.cells, system.persons, strict=True)]
        few = np.array([cell in self.larger for cell in system.cells], dtype=np.bool_) & np.isin(left, range(1, SMALL))
        return (
            few | np.array([cell in self.hidden for cell in system.cells], dtype=np.bool_),
            np.array([cell in self.known for cell in system.cells], dtype=np.bool_),
        )
