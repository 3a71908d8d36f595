"""An attacker of stocks that shares nothing with the engine: what follows from all moments, releases and movements.

Unknowns are the pupils of each school and stage on each day as each release knew it; days of which nothing was
corrected between two releases have the same unknowns. It is told which figures are exact, which no reader is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from scipy.optimize import linprog

from tests.support.declared_world import Pupil
from tests.support.stock_world import movements

Day = frozenset[Pupil]
Cell = tuple[str, ...]
CLOSE = 1e-6


def figures_of(pupils: Sequence[Pupil] | Day) -> dict[Cell, set[int]]:
    """Who stands behind each figure: of a school, a sector, a stage of a sector, and of all."""
    found: dict[Cell, set[int]] = {}
    for one in pupils:
        for cell in (
            ("school", one.seed_code, one.sector), ("sector", one.sector), ("stage", one.sector, one.stage), ("all",)
        ):  # fmt: skip
            found.setdefault(cell, set()).add(one.number)
    return found


@dataclass
class Attacker:
    """What is known, as equations over pupils by school and stage on each day, and over movements between two days."""

    places: Sequence[tuple[str, str, str]]
    days: list[Day] = field(default_factory=list)
    steps: list[tuple[int, int, str]] = field(default_factory=list)
    equations: list[tuple[dict[tuple[object, ...], float], float]] = field(default_factory=list)

    def day(self, pupils: Sequence[Pupil]) -> int:
        """The number of a day: the same one for the same pupils."""
        one = frozenset(pupils)
        if one not in self.days:
            self.days.append(one)
        return self.days.index(one)

    def row(self, day: int, cell: Cell) -> dict[tuple[object, ...], float]:
        """A figure as a sum of unknowns."""
        has: Callable[[tuple[str, str, str]], bool] = {
            "school": lambda place: place[:2] == cell[1:], "sector": lambda place: place[1:2] == cell[1:],
            "stage": lambda place: place[1:] == cell[1:], "all": lambda place: True,
        }[cell[0]]  # fmt: skip
        return {(day, place): 1.0 for place in self.places if has(place)}

    def knows(self, day: int, cell: Cell) -> None:
        """A figure of a day is exact."""
        self.equations.append((self.row(day, cell), float(len(figures_of(self.days[day]).get(cell, ())))))

    def knows_movement(self, before: int, after: int, kind: str) -> None:
        """How many came, left or moved between two days."""
        count = sum(one == kind for _, one in movements(tuple(self.days[before]), tuple(self.days[after])))
        self.step(before, after)
        self.equations.append(({(before, after, kind): 1.0}, float(count)))

    def step(self, before: int, after: int) -> None:
        """Entries less leavers are what a day has more than the one before it: everybody knows that."""
        for kind in ("entry", "leaver"):
            if (before, after, kind) not in self.steps:
                self.steps.append((before, after, kind))
        row = {key: -value for key, value in self.row(before, ("all",)).items()} | self.row(after, ("all",))
        row |= {(before, after, "entry"): -1.0, (before, after, "leaver"): 1.0}
        if before != after and (row, 0.0) not in self.equations:
            self.equations.append((row, 0.0))

    def _matrix(self) -> tuple[dict[tuple[object, ...], int], np.ndarray, np.ndarray]:
        at: dict[tuple[object, ...], int] = {}
        for day in range(len(self.days)):
            for place in self.places:
                at[day, place] = len(at)
        for row, _ in self.equations:
            for key in row:
                at.setdefault(key, len(at))
        matrix = np.zeros((len(self.equations), len(at)))
        for number, (row, _) in enumerate(self.equations):
            for key, value in row.items():
                matrix[number, at[key]] += value
        return at, matrix, np.array([value for _, value in self.equations])

    def changes_given_away(self) -> list[str]:
        """Figures of two days of which 1 to 4 pupils make the difference, where that difference follows."""
        at, matrix, _ = self._matrix()
        _, sizes, right = np.linalg.svd(matrix, full_matrices=False)
        basis = right[sizes > CLOSE]
        found = []
        for one, other in combinations(range(len(self.days)), 2):
            old, new = figures_of(self.days[one]), figures_of(self.days[other])
            for cell in sorted(old.keys() | new.keys()):
                if 0 < len(old.get(cell, set()) ^ new.get(cell, set())) < 5:
                    vector = np.zeros(len(at))
                    for key, value in self.row(other, cell).items():
                        vector[at[key]] += value
                    for key, value in self.row(one, cell).items():
                        vector[at[key]] -= value
                    if np.linalg.norm(vector - basis.T @ (basis @ vector)) < CLOSE:
                        found.append(f"{' '.join(cell)} between days {one} and {other}")
        return found

    def bounded(self) -> list[str]:
        """Figures of 1 to 4 pupils, and movements of so many, that have to be fewer than five."""
        at, matrix, values = self._matrix()
        found = []
        asked: list[tuple[str, Mapping[tuple[object, ...], float]]] = []
        for day, pupils in enumerate(self.days):
            few = {cell: who for cell, who in figures_of(pupils).items() if 0 < len(who) < 5}
            asked += [(f"{' '.join(cell)} on day {day}", self.row(day, cell)) for cell in sorted(few)]
        for before, after, kind in self.steps:
            count = sum(one == kind for _, one in movements(tuple(self.days[before]), tuple(self.days[after])))
            if 0 < count < 5:
                asked.append((f"{kind} from day {before} to {after}", {(before, after, kind): 1.0}))
        for name, row in asked:
            cost = np.zeros(len(at))
            for key, value in row.items():
                cost[at[key]] -= value
            outcome = linprog(cost, A_eq=matrix, b_eq=values, method="highs")
            if outcome.status == 0 and -outcome.fun < 5 - CLOSE:
                found.append(name)
        return found
