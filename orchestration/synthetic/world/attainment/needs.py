"""Recorded support needs: every pupil who has one in the world has one or more rows, under a plan or none."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.world.attainment.ability import draw
from orchestration.synthetic.world.authority import YearWorld

Ints = NDArray[np.int64]

PLANS = ("coordinated_support_plan", "individualised_educational_programme", "child_plan", "other", "none")
_PLAN_SHARES = np.array([0.006, 0.13, 0.20, 0.60, 0.064])
NEEDS = (
    "other_moderate_learning", "dyslexia", "social_emotional_behavioural", "autism", "language_speech",
    "english_additional_language", "family_issues", "mental_health", "physical_health", "interrupted_learning", "other",
    "not_recorded",
)  # fmt: skip
_NEED_SHARES = np.array([0.16, 0.12, 0.22, 0.11, 0.06, 0.11, 0.08, 0.04, 0.03, 0.03, 0.03, 0.01])
NATURES = (
    "classroom_teacher",
    "specialist_teaching",
    "specialist_non_teaching",
    "classroom_teacher|health",
    "social_work",
)
_NATURE_SHARES = np.array([0.55, 0.2, 0.12, 0.08, 0.05])
INTEGRATION = ("all", "three_quarters", "half", "quarter", "under_quarter", "none")
_SECOND = 0.25  # of pupils with a need have another one


@dataclass(frozen=True)
class Needs:
    """Rows of recorded needs: person, first day, plan, need, nature and integration by their positions."""

    person: Ints
    since: NDArray[np.datetime64]
    plan: Ints
    need: Ints
    nature: Ints
    integration: Ints


def needs_of(world: YearWorld, who: Ints, is_special: NDArray[np.bool_]) -> Needs:
    """The needs of those of these people who have any; each person once in ``who``."""
    has = world.people.has_support_need[who]
    who, is_special = who[has], is_special[has]
    first = _rows(world, who, is_special, 0)
    second = draw(world, who, "second need") < _SECOND
    more = _rows(world, who[second], is_special[second], 1)
    joined = {name: np.concatenate([getattr(first, name), getattr(more, name)]) for name in Needs.__dataclass_fields__}
    order = np.lexsort((joined["need"], joined["plan"], joined["person"]))
    return Needs(**{name: values[order] for name, values in joined.items()})


def _rows(world: YearWorld, who: Ints, is_special: NDArray[np.bool_], number: int) -> Needs:
    since = world.people.first_start[who] - (3 * draw(world, who, "since", number)).astype(np.int64)
    months = (12 * (since - 1970) + 7 - (8 * draw(world, who, "month", number)).astype(np.int64)).astype(
        "datetime64[M]"
    )
    plan = _pick(world, who, _PLAN_SHARES, "plan", number)
    need = _pick(world, who, _NEED_SHARES, "need", number)
    # the second need is another one
    need = (need + number * (1 + (3 * draw(world, who, "other need")).astype(np.int64))) % len(NEEDS)
    integration = np.where(is_special, len(INTEGRATION) - 1, np.where(draw(world, who, "mainstream") < 0.95, 0, 1))
    return Needs(
        who,
        months.astype("datetime64[D]"),
        plan,
        need,
        _pick(world, who, _NATURE_SHARES, "nature", number),
        integration,
    )


def _pick(world: YearWorld, who: Ints, weights: NDArray[np.float64], purpose: str, number: int) -> Ints:
    steps = np.cumsum(weights)[:-1] / weights.sum()
    return np.searchsorted(steps, draw(world, who, purpose, number), side="right")
