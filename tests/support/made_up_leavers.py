"""Leavers of the published rolls of a council, with made-up awards and destinations that follow one ability."""

import numpy as np

from orchestration.release.declared.figures import figures_of
from orchestration.release.declared.reading import read_declaration
from orchestration.release.engine.model import PLACE, Model, Persons, coded
from orchestration.release.thresholds import BREAKDOWNS_FROM
from orchestration.settings import PROJECT_DIR
from tests.support.made_up_rolls import published_roll

SENIOR_PHASE = PROJECT_DIR / "dbt_project" / "models" / "aggregated" / "senior_phase" / "release.yml"
LEAVE = {"S4": 0.12, "S5": 0.25, "S6": 1.0}
ONE_BELOW = (0.05, 0.16, 0.42)
"""Shares of leavers without one award in National Qualifications at levels 4, 5 and 6, as published of 2023/24."""
BELOW = {4: {3: 0.09, 5: 0.16}, 5: {1: 0.16, 3: 0.24, 5: 0.33}, 6: {1: 0.42, 3: 0.51, 5: 0.61}, 7: {1: 0.79}}
"""Of All SCQF, by level, the share of leavers without so many awards at it or better."""
POSITIVE = ("higher_education", "further_education", "employment", "other_positive")

IN = ("neither", "one", "both")
"""In how many sets of awards a level is reached."""


def _steps(place: np.ndarray, below: tuple[float, ...], names: tuple[str, ...]) -> np.ndarray:
    return np.array(names)[np.searchsorted(below, place, side="right")]


def _all_scqf(one: np.ndarray, more: np.ndarray) -> np.ndarray:
    """How many awards at levels 4 to 7 or better (leavers x 4), by places for one award and for more of them."""
    found: list[np.ndarray] = []
    for level, below in BELOW.items():
        reached = np.zeros(len(one), dtype=np.int64)
        for number, share in below.items():
            reached[(one if number == 1 else more) >= share] = number
        # nobody has more awards at a level than below it; of level 4 fewer than three are 0
        found.append(np.minimum(reached, np.maximum(found[-1], level == 5)) if found else reached)
    return np.column_stack(found)


def leavers_world(council: str, seed: int = 1, at_most: int | None = None) -> tuple[Model, Persons]:
    """The model of leavers as it is declared, and persons of a council (a name of ``made_up_rolls``)."""
    units, columns = leavers_columns(council, seed, at_most)
    model = figures_of(read_declaration(SENIOR_PHASE), "leavers", units, BREAKDOWNS_FROM).model
    return model, persons_of(model, columns)


def persons_of(model: Model, columns: dict[str, list[str]]) -> Persons:
    """The leavers under the dimensions of a model."""
    names = (PLACE, *model.dimensions)
    return coded(model, np.arange(len(columns[PLACE]), dtype=np.int64), {name: columns[name] for name in names})


def leavers_columns(
    council: str, seed: int = 1, at_most: int | None = None
) -> tuple[list[tuple[str, ...]], dict[str, list[str]]]:
    """Schools of a council, and its leavers by column."""
    roll = published_roll(council, at_most=at_most)
    units = sorted({tuple(school.split("|")) for school in roll.schools if school.endswith("secondary")})
    generator = np.random.default_rng(seed)
    chance = np.array([LEAVE.get(stage, 0.0) for stage in roll.columns["stage"]])
    known = np.array([school.endswith("secondary") for school in roll.columns[PLACE]])
    who = np.flatnonzero(known & (generator.random(len(roll)) < chance))
    quintile = [roll.columns["quintile"][at] for at in who]
    ability = generator.normal(size=len(who)) + [0.25 * (int(q) - 3) if q != "unknown" else 0.0 for q in quintile]
    place = np.argsort(np.argsort(ability)) / max(len(who), 1)
    near = np.clip(place + 0.02 * generator.normal(size=len(who)) + 0.03, 0, 1)
    steps = _all_scqf(near, np.minimum(near, place + 0.02))
    positive = generator.choice(POSITIVE, len(who), p=[0.4, 0.28, 0.24, 0.08])
    is_positive = generator.random(len(who)) > 0.01 + 0.12 * (1 - place) ** 2
    later = np.where(generator.random(len(who)) < 0.97, positive, "not_positive")
    columns = {
        PLACE: [roll.columns[PLACE][at] for at in who],
        "deprivation": quintile,
        "national": _steps(place, ONE_BELOW, ("below_4", "4", "5", "6")).tolist(),
        "all_scqf": ["".join(map(str, step)) for step in steps.tolist()],
        "initial": np.where(is_positive, positive, "not_positive").tolist(),
        "follow_up": np.where(is_positive, later, "not_positive").tolist(),
    }
    for level, reached in ((5, ("5", "6")), (6, ("6",))):
        sets = zip(columns["national"], steps[:, level - 4].tolist(), strict=True)
        columns[f"reached_1_at_{level}"] = [IN[(one in reached) + (other >= 1)] for one, other in sets]
    return units, columns
