"""How far a pupil of the senior phase will come: a place from 0 (furthest) to 1 among the S4 roll of the school.

It goes by ability and by who stays on, is given once, and is read on the scale of the whole country by the school's
own published share of leavers with five or more awards at SCQF level 6.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from orchestration.synthetic.options import year_name
from orchestration.synthetic.world.attainment.ability import ability, of_area
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.places import ranks
from orchestration.synthetic.world.published import STAGES, read_seed

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FIVE_AWARDS = 0.392  # of leavers have five or more at level 6: the mean of the published schools
_STAYS_ON = 1.6  # standard deviations that those who stay on for S5 are ahead
_LEAVE_IN_S4 = 0.10  # of an S4 roll; who is seen first in S5 or S6 is one of the others
_MORE_DEPRIVATION = 1.0  # as much again as in a judgement: gaps of leavers are wider
_UNKNOWN = -1.0
S5, S6 = STAGES.index("S5"), STAGES.index("S6")


@dataclass
class Potentials:
    """What is known of each person so far, on the scale of the country; -1 for who has none yet."""

    of_person: Floats = field(default_factory=lambda: np.zeros(0))

    def grow(self, count: int) -> None:
        """Make room for people who came since."""
        more = count - len(self.of_person)
        self.of_person = np.concatenate([self.of_person, np.full(max(more, 0), _UNKNOWN)])

    def of(self, who: Ints) -> Floats:
        """The potential of people who have one."""
        return np.asarray(self.of_person[who])

    def give(self, world: YearWorld, who: Ints, department: Ints, stage: Ints, stays: NDArray[np.bool_]) -> None:
        """Give one to those who have none: by rank within school and stage, once and for all."""
        self.grow(world.people.count)
        place = self.placed(world, who, department, stage, stays)
        new = self.of_person[who] < 0
        self.of_person[who[new]] = place[new]

    @staticmethod
    def placed(world: YearWorld, who: Ints, department: Ints, stage: Ints, stays: NDArray[np.bool_]) -> Floats:
        """The place that people would be given, beside those who are there."""
        score = ability(world, who, department) + _STAYS_ON * stays + _MORE_DEPRIVATION * of_area(world, who)
        cell = department * 14 + stage
        size = np.bincount(cell, minlength=1)[cell] if len(cell) else cell
        share = (ranks(cell, -score) + 0.5) / np.maximum(size, 1)
        stayed = (1 - _LEAVE_IN_S4) * share + _LEAVE_IN_S4 * ndtr(ndtri(share) - _STAYS_ON)
        share = np.clip(np.where((stage == S5) | (stage == S6), stayed, share), 1e-4, 1 - 1e-4)
        own = np.array([five_awards(world.registry.seeds, school.seed_code, world.start) for school in world.schools])[
            department
        ]
        logit = np.log(share / (1 - share)) - np.log(own / (1 - own)) + np.log(FIVE_AWARDS / (1 - FIVE_AWARDS))
        return np.asarray(1 / (1 + np.exp(-logit)))


def five_awards(seeds: Path, seed_code: int, start: int) -> float:
    """Published share of a school's leavers with five or more awards at level 6: of the year, or the newest before."""
    known = _published(seeds).get(seed_code, {})
    for name in (year_name(start), *sorted(known, reverse=True)):
        if name in known:
            return min(max(known[name], 0.04), 0.95)
    return FIVE_AWARDS


@lru_cache(maxsize=2)
def _published(seeds: Path) -> dict[int, dict[str, float]]:
    found: dict[int, dict[str, float]] = {}
    for row in read_seed(seeds, "school_five_awards"):
        if row["percent_of_leavers"][0].isdigit():
            found.setdefault(int(row["seed_code"]), {})[row["academic_year"]] = float(row["percent_of_leavers"]) / 100
    return found
