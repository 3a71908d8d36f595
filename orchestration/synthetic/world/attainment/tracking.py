"""Teachers' predictions during the year: the level of June as it will be, but rosier at some schools than at others."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.world.attainment.ability import ability, draw, normal
from orchestration.synthetic.world.attainment.levels import EXPECTED, NUMERACY, Levels, Roll, roll_on
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.published import STAGES

Ints = NDArray[np.int64]

ON_TRACK = ("ahead", "on_track", "not_yet", "unknown")
PROGRESS = ("emerging", "enhancing", "extending")
NO_PREDICTION = -1
COLLECTIONS = ((1, 10, 24), (2, 3, 6))  # number, month and day by which it is made
_ROSIEST = 0.7  # the rosiest school predicts the expected level for so many of those who miss it by one
_DOUBTED = 0.005  # of those who reach it
_MISSING = 0.02  # of predictions are not made
_TRACKED = tuple(STAGES[:10])


@dataclass(frozen=True)
class Predictions:
    """Predictions of one collection by positions in the code lists; ``level`` is -1 where none is asked for."""

    collection: int
    made_on: date
    person: Ints
    department: Ints
    stage: Ints
    organiser: Ints
    language: Ints
    level: Ints
    on_track: Ints
    progress: Ints


def predictions_of_year(world: YearWorld, levels: Levels) -> list[Predictions]:
    """The collections of a year, earliest first; ``levels`` are the judgements that it will end with."""
    return [_collection(world, levels, *one) for one in COLLECTIONS]


def _collection(world: YearWorld, levels: Levels, number: int, month: int, day: int) -> Predictions:
    made_on = date(world.start + (month < 8), month, day)
    roll = roll_on(world, made_on)
    predicted = _predicted(world, levels, roll, number)
    others = _others(world, roll.take(roll.stage < len(_TRACKED)), number)
    joined = {name: np.concatenate([predicted[name], others[name]]) for name in predicted}
    kept = draw(world, joined["person"], world.start, number, "made") >= _MISSING
    order = np.lexsort((joined["language"], joined["organiser"], joined["person"]))
    order = order[kept[order]]
    return Predictions(number, made_on, **{name: values[order] for name, values in joined.items()})


def _predicted(world: YearWorld, levels: Levels, roll: Roll, number: int) -> dict[str, Ints]:
    """Predictions of levels for those who are there and will be judged by June."""
    ordinary = levels.level <= 5
    known = np.isin(levels.person, roll.person) & ordinary & np.isin(levels.stage, list(EXPECTED))
    one = levels.take(known)
    place = np.searchsorted(roll.person, one.person)
    department = roll.department[place]
    expected = np.array([EXPECTED.get(stage, 0) for stage in range(len(STAGES))])[one.stage]
    schools = np.arange(len(world.schools))
    rosy = _ROSIEST * draw(world, schools + 20_000_000, "rosy")
    chance = draw(world, one.person, world.start, number, "predicted")
    reached = one.level >= expected
    near = one.level == expected - 1
    level = np.where(~reached & near & (chance < rosy[department]), expected, one.level)
    level = np.where(reached & (chance < _DOUBTED), expected - 1, level)
    ahead = level > expected
    on_track = np.where(ahead, 0, np.where(level >= expected, 1, 2))
    return {
        "person": one.person, "department": department, "stage": one.stage, "organiser": one.organiser,
        "language": one.language, "level": level, "on_track": on_track,
        "progress": _progress(world, one.person, number),
    }  # fmt: skip


def _others(world: YearWorld, roll: Roll, number: int) -> dict[str, Ints]:
    """The stages without a level to predict: on track or not, in the two organisers that schools follow."""
    roll = roll.take(~np.isin(roll.stage, list(EXPECTED)))
    parts = []
    for organiser in (0, NUMERACY):
        score = ability(world, roll.person, roll.department) + 0.5 * normal(world, roll.person, world.start, organiser)
        on_track = np.select([score > 1.6, score > -0.95], [0, 1], 2)
        on_track = np.where(draw(world, roll.person, number, organiser, "known") < 0.01, 3, on_track)
        count = len(roll.person)
        parts.append(
            {
                "person": roll.person, "department": roll.department, "stage": roll.stage,
                "organiser": np.full(count, organiser), "language": np.zeros(count, dtype=np.int64),
                "level": np.full(count, NO_PREDICTION), "on_track": on_track,
                "progress": _progress(world, roll.person, number),
            }
        )  # fmt: skip
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _progress(world: YearWorld, who: Ints, number: int) -> Ints:
    return np.asarray((3 * draw(world, who, world.start, number, "progress")).astype(np.int64))
