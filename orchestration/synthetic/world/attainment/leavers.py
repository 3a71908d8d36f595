"""Who has left school between two censuses, and what for."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.world.attainment.ability import draw
from orchestration.synthetic.world.attainment.results import S4, S6
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.movement import REASONS, Enrolments
from orchestration.synthetic.world.published import SPECIAL_STAGE

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

DESTINATIONS = (
    "higher_education", "further_education", "employment", "training", "personal_skills_development", "voluntary_work",
    "unemployed_seeking", "unemployed_not_seeking", "unknown",
)  # fmt: skip
POSITIVE = 6  # the first so many
# Shares of 2023/24: by how far they came (up to .25, up to .6, the rest); positive 95.7 percent in all
_POSITIVE_SHARES = np.array(
    [[0.82, 0.08, 0.08, 0.00, 0.00, 0.02], [0.42, 0.30, 0.24, 0.02, 0.01, 0.01], [0.04, 0.45, 0.36, 0.09, 0.05, 0.01]]
)
_OTHER_SHARES = np.array([0.62, 0.28, 0.10])
_OTHER_BY_QUINTILE = np.array([1.1, 1.05, 1.0, 0.95, 0.9, 1.1])
_LOST_BY_JUNE = 0.03  # of positive destinations are none nine months on


@dataclass(frozen=True)
class Before:
    """What is kept of a year until the next: its roll and spells, and characteristics of people as they were."""

    start: int
    person: Ints
    department: Ints
    stage: Ints
    enrolments: Enrolments
    last_day: date


@dataclass(frozen=True)
class Leavers:
    """Leavers of a leaver year: the day they left and destinations by position, initial and follow-up."""

    start: int
    person: Ints
    department: Ints
    stage: Ints
    leaving: Days
    initial: Ints
    follow_up: Ints


def keep(world: YearWorld) -> Before:
    """What the next year needs to know of this one."""
    roll = world.roll
    return Before(
        world.start, roll.person.copy(), roll.department.copy(), roll.stage.copy(), world.enrolments,
        world.year.open_dates[-1],
    )  # fmt: skip


def has_left(before: Before, world: YearWorld) -> NDArray[np.bool_]:
    """Who of S4 to S6 and special schools of the last census is on no roll at this one, and did not move away."""
    spells = before.enrolments
    moved = spells.person[spells.is_base & (spells.reason == REASONS.index("transfer_out"))]
    age = (np.datetime64(before.last_day, "D") - world.people.birth[before.person]).astype(np.int64) // 365
    old_enough = ((before.stage >= S4) & (before.stage <= S6)) | ((before.stage == SPECIAL_STAGE) & (age >= 16))
    gone = ~np.isin(before.person, world.roll.person) & ~np.isin(before.person, moved)
    return np.asarray(old_enough & gone)


def leavers_of(before: Before, world: YearWorld, place: Floats) -> Leavers:
    """Leavers of the year before; ``place`` is how far each pupil on its roll came (0 to 1, 1 for unknown)."""
    left = np.flatnonzero(has_left(before, world))
    who, how_far = before.person[left], place[left]
    end = np.datetime64(before.last_day, "D")
    leaving = np.full(len(who), end)
    spells = before.enrolments
    ended = np.flatnonzero(spells.is_base & ~np.isnat(spells.leaving))
    order = ended[np.argsort(spells.person[ended], kind="stable")]
    at = np.searchsorted(spells.person[order], who)
    found = (
        (at < len(order)) & (spells.person[order[np.minimum(at, max(len(order) - 1, 0))]] == who)
        if len(order)
        else at < 0
    )
    leaving[found] = np.minimum(spells.leaving[order[at[found]]], end)
    quintile = world.people.quintile[who]
    chance = (0.010 + 0.155 * how_far**4) * _OTHER_BY_QUINTILE[quintile]
    is_other = draw(world, who, before.start, "destination") < chance
    band = np.searchsorted([0.25, 0.6], how_far, side="right")
    luck = draw(world, who, before.start, "which destination")
    steps = np.cumsum(_POSITIVE_SHARES / _POSITIVE_SHARES.sum(axis=1, keepdims=True), axis=1)
    positive = (luck[:, None] > steps[band]).sum(axis=1)
    other = POSITIVE + np.searchsorted(np.cumsum(_OTHER_SHARES), luck * _OTHER_SHARES.sum(), side="right")
    initial = np.where(is_other, np.minimum(other, len(DESTINATIONS) - 1), np.minimum(positive, POSITIVE - 1))
    later = draw(world, who, before.start, "nine months on")
    follow_up = np.where((initial < POSITIVE) & (later < _LOST_BY_JUNE), POSITIVE, initial)
    follow_up = np.where((initial >= POSITIVE) & (later < 0.3), 2, follow_up)
    return Leavers(before.start, who, before.department[left], before.stage[left], leaving, initial, follow_up)
