"""What becomes known of attainment in one academic year, from the judgements of June to the results of August."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.world.attainment.leavers import Before, Leavers, has_left, keep, leavers_of
from orchestration.synthetic.world.attainment.levels import Levels, levels_of_year
from orchestration.synthetic.world.attainment.potential import Potentials, five_awards
from orchestration.synthetic.world.attainment.results import (
    COMPLETE,
    FIVE_IN_S5,
    MAY_COMPLETE,
    S4,
    S5,
    S6,
    Results,
    joined,
    results_of,
)
from orchestration.synthetic.world.attainment.tracking import Predictions, predictions_of_year
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.places import top

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class YearOfAttainment:
    """Judgements and predictions of a year, results by the year they were taken in, entries, and who left before it.

    ``withdrawn`` are entries of the year before without a result; ``levels_before`` the judgements of that year.
    """

    start: int
    levels: Levels
    levels_before: Levels | None
    predictions: list[Predictions]
    results: dict[int, Results]
    entries: Results
    withdrawn: Results | None
    leavers: Leavers | None


@dataclass
class Attainment:
    """Goes through the years of one authority in order and remembers what lasts."""

    potentials: Potentials = field(default_factory=Potentials)
    _before: Before | None = None
    _levels: Levels | None = None
    _entries: Results | None = None

    def year(self, world: YearWorld, is_tracked: bool = True) -> YearOfAttainment:
        """What becomes known in the year; the years have to be asked for in order. Untracked: without predictions."""
        self.potentials.grow(world.people.count)
        levels = levels_of_year(world)
        results = self._history(world) if self._before is None else {self._before.start: self._last_years(world)}
        leavers = self._leavers(world)
        entries = self._entered(world)
        withdrawn = self._without_result(results) if self._before is not None else None
        predictions = predictions_of_year(world, levels) if is_tracked else []
        found = YearOfAttainment(world.start, levels, self._levels, predictions, results, entries, withdrawn, leavers)
        self._before, self._levels, self._entries = keep(world), levels, entries
        return found

    def _history(self, world: YearWorld) -> dict[int, Results]:
        """In the first year: what those who are in S5 and S6 took in the two years before."""
        roll = world.roll
        at = np.flatnonzero((roll.stage == S5) | (roll.stage == S6))
        who, department, stage = roll.person[at], roll.department[at], roll.stage[at]
        self.potentials.give(world, who, department, stage, np.zeros(len(at), dtype=bool))
        found: dict[int, list[Results]] = {}
        for now, back, then in ((S5, 1, S4), (S6, 2, S4), (S6, 1, S5)):
            chosen = stage == now
            count = int(chosen.sum())
            start = world.start - back
            place = self.potentials.of(who[chosen])
            made = results_of(world, start, who[chosen], department[chosen], np.full(count, then), place)
            found.setdefault(start, []).append(made)
        return {start: joined(parts) for start, parts in sorted(found.items())}

    def _last_years(self, world: YearWorld) -> Results:
        assert self._before is not None
        before = self._before
        at = np.flatnonzero((before.stage >= S4) & (before.stage <= S6))
        who, department, stage = before.person[at], before.department[at], before.stage[at]
        self.potentials.give(world, who, department, stage, np.isin(who, world.roll.person))
        place = self.potentials.of(who)
        completes = _completes(world, department, stage, place, has_left(before, world)[at])
        return results_of(world, before.start, who, department, stage, place, completes)

    def _leavers(self, world: YearWorld) -> Leavers | None:
        if self._before is None:
            return None
        place = self.potentials.of(self._before.person)
        return leavers_of(self._before, world, np.where(place < 0, 1.0, place))

    def _entered(self, world: YearWorld) -> Results:
        """Courses entered for in this year: those of S4 by what the school expects so far."""
        roll = world.roll
        at = np.flatnonzero((roll.stage >= S4) & (roll.stage <= S6))
        who, department, stage = roll.person[at], roll.department[at], roll.stage[at]
        expected = self.potentials.placed(world, who, department, stage, np.ones(len(at), dtype=bool))
        known = self.potentials.of(who)
        return results_of(world, world.start, who, department, stage, np.where(known < 0, expected, known))

    def _without_result(self, results: dict[int, Results]) -> Results | None:
        if self._entries is None or self._before is None:
            return None
        taken = _course(results[self._before.start])
        return self._entries.take(~np.isin(_course(self._entries), taken))


def _completes(world: YearWorld, department: Ints, stage: Ints, place: Floats, left: Flags) -> Flags:
    """Who of S6 comes to five awards at level 6: so many that the school's leavers have the published share."""
    has_five = left & (stage > S4) & (place < FIVE_IN_S5)
    could = left & (stage == S6) & (place >= FIVE_IN_S5) & (place < MAY_COMPLETE)
    size = len(world.schools)
    wanted = np.array(
        [five_awards(world.registry.seeds, school.seed_code, world.start - 1) for school in world.schools]
    )
    missing = np.rint(wanted * np.bincount(department[left], minlength=size)).astype(np.int64)
    missing = np.maximum(missing - np.bincount(department[has_five], minlength=size), 0)
    chosen = could.copy()
    chosen[could] = top(department[could], -place[could], missing)
    return np.where(left, chosen, place < COMPLETE)


def _course(results: Results) -> Ints:
    """A number for each person and course."""
    return np.asarray(((results.person * 64 + results.subject) * 16 + results.award) * 16 + results.level)
