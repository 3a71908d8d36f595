"""Pupils of the stages of the return in the published rolls of a council, with made-up results and predictions.

Levels follow one ability, so that organisers nest; predictions are those results, rosier at some schools than at
others. A few stages of schools made no predictions.
"""

import numpy as np

from orchestration.release.engine.model import PLACE, Model, Persons, coded
from orchestration.settings import PROJECT_DIR
from tests.support.made_up_rolls import published_roll

ATTAINMENT = PROJECT_DIR / "dbt_project" / "models" / "aggregated" / "attainment" / "release.yml"
NEEDED = (("reading", -0.8), ("writing", -0.65), ("listening_and_talking", -1.1), ("numeracy", -0.85))
STAGES = ("P1", "P4", "P7", "S3")
LEVELS = ("further_below", "one_below", "expected", "above")
APART = {"P1": (9.0, 2.4), "P4": (1.2, 2.6), "P7": (1.2, 2.6), "S3": (1.1, 0.3)}
"""By stage how far ability is below what is needed for the expected level where a pupil is further below than one
level, and how far above it where one is above: nobody in P1 is further below, half of S3 is above."""
ATTENDANCE = ("over_95", "over_90_to_95", "over_80_to_90", "80_or_less", "unknown")
LOOKED_AFTER = ("looked_after", "others", "unknown")
FORESEEN = ("literacy", "numeracy")
WITHOUT = 0.1
"""Share of stages of schools without predictions."""

THREE = ("reading", "writing", "listening_and_talking")
Unit = tuple[str, ...]


def levels_columns(council: str, at_most: int | None = None, seed: int = 1) -> tuple[list[Unit], dict[str, list[str]]]:
    """Schools of a council (a name of ``made_up_rolls``) and its pupils by column."""
    roll = published_roll(council, at_most=at_most)
    units = sorted({tuple(school.split("|")) for school in roll.schools if not school.endswith("special")})
    asked = [number for number, stage in enumerate(roll.columns["stage"]) if stage in STAGES]
    generator = np.random.default_rng(seed)
    count = len(asked)
    columns = {
        PLACE: [roll.columns[PLACE][number] for number in asked],
        "stage": [roll.columns["stage"][number] for number in asked],
        "deprivation": [roll.columns["quintile"][number] for number in asked],
    }
    ability = generator.normal(size=count)
    for name, needed in NEEDED:
        over = ability + 0.4 * generator.normal(size=count) - needed
        far, near = np.array([APART[stage] for stage in columns["stage"]]).T
        levels = np.array(LEVELS)[(over > -far).astype(int) + (over > 0) + (over > near)].astype(object)
        levels[generator.random(count) < 0.007] = "not_assessed"
        columns[name] = levels.tolist()
    every = zip(*(map(result_of, columns[name]) for name in THREE), strict=True)
    order = ("not_assessed", "not_achieved", "achieved")
    columns["literacy"] = [min(three, key=order.index) for three in every]
    for measure in FORESEEN:
        columns[f"{measure}_predicted"] = _predicted(columns, measure, generator)
    both = [{"not_assessed"} & {columns["literacy"][at], columns["numeracy"][at]} for at in range(count)]
    for measure in FORESEEN:
        told = zip(map(result_of, columns[measure]), both, strict=True)
        columns[f"{measure}_of_both"] = ["not_asked" if missing else one for one, missing in told]
    columns["attendance"] = generator.choice(ATTENDANCE, count, p=(0.46, 0.26, 0.2, 0.06, 0.02)).tolist()
    columns["looked_after"] = generator.choice(LOOKED_AFTER, count, p=(0.02, 0.97, 0.01)).tolist()
    return units, columns


def result_of(level: str) -> str:
    """Whether who is at a level has achieved the expected one; who was not assessed has neither."""
    return "achieved" if level in LEVELS[2:] else "not_achieved" if level in LEVELS else level


def _predicted(columns: dict[str, list[str]], measure: str, generator: np.random.Generator) -> list[str]:
    homes = list(zip(columns[PLACE], columns["stage"], strict=True))
    rosy = {home: 0.7 * generator.random() for home in sorted(set(homes))}
    without = {home for home in rosy if generator.random() < WITHOUT}
    found = []
    for home, result in zip(homes, map(result_of, columns[measure]), strict=True):
        chance = generator.random()
        is_predicted = chance > 0.005 if result == "achieved" else chance < rosy[home]
        said = "predicted" if is_predicted and home not in without else "not_predicted"
        found.append("not_asked" if result == "not_assessed" else said)
    return found


def corrected(columns: dict[str, list[str]], seed: int, share: float = 0.02) -> dict[str, list[str]]:
    """The same pupils after some results were corrected, and some predictions: of so many in each."""
    generator = np.random.default_rng(seed)
    found = {name: list(values) for name, values in columns.items()}
    swaps = {
        **{f"{name}_predicted": {"predicted": "not_predicted", "not_predicted": "predicted"} for name in FORESEEN},
        **{name: {"expected": "one_below", "one_below": "expected"} for name in dict(NEEDED)},
        "literacy": {"achieved": "not_achieved", "not_achieved": "achieved"},
    }
    for name, swap in swaps.items():
        for number in np.flatnonzero(generator.random(len(found[name])) < share).tolist():
            found[name][number] = swap.get(found[name][number], found[name][number])
    return found


def persons_of(model: Model, columns: dict[str, list[str]]) -> Persons:
    """The pupils under the dimensions of a model; a column that is not there is asked of nobody."""
    count = len(columns[PLACE])
    known = {name: columns.get(name, ["not_asked"] * count) for name in (PLACE, *model.dimensions)}
    return coded(model, np.arange(count, dtype=np.int64), known)
