"""What a pupil can do, as one number that lasts: attainment at every stage and in every feed goes by it.

A standard normal draw of the person, moved by what published figures differ by: deprivation of the home's area,
support need, sex (literacy alone), English as an additional language, attendance, and a little by school. The sizes
of the moves were fitted to the shares of 2024/25 (with a support need 54 percent have literacy, without 85).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.characteristics import ethnicity_groups
from orchestration.synthetic.world.published import shares
from orchestration.synthetic.world.randomness import uniform_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_QUINTILE = np.array([-0.27, -0.13, 0.0, 0.13, 0.28, -0.35])  # the sixth: no data zone
_NEED, _ATTENDANCE, _LEARNER, _SCHOOL = -0.95, -0.30, -0.20, 0.20
_GIRLS = 0.17  # in literacy; boys as much lower
_SPEAKS_OTHER = 0.62  # of those of another ethnic group, as the pupils feed has it
_LEARNING = ("new", "early", "developing", "competent")


def draw(world: YearWorld, who: Ints, *purpose: str | int) -> Floats:
    """A number from 0 to 1 for each person and purpose, the same whenever it is asked for."""
    return uniform_of(who, world.seed, world.authority.code, "attainment", *purpose)


def normal(world: YearWorld, who: Ints, *purpose: str | int) -> Floats:
    """A standard normal number for each person and purpose."""
    return np.asarray(ndtri(np.clip(draw(world, who, *purpose), 1e-9, 1 - 1e-9)))


def ability(world: YearWorld, who: Ints, department: Ints) -> Floats:
    """The ability of people at the departments that they are at, in standard deviations."""
    people = world.people
    lasting = normal(world, who, "ability")
    schools = np.arange(len(world.schools))
    of_school = _SCHOOL * normal(world, schools + 10_000_000, "school")
    missed = ndtri(np.clip(people.absence_rank[who], 1e-6, 1 - 1e-6))
    return np.asarray(
        lasting
        + of_area(world, who)
        + _NEED * people.has_support_need[who]
        + _ATTENDANCE * missed
        + _LEARNER * is_learner_of_english(world, who)
        + of_school[department]
    )


def of_area(world: YearWorld, who: Ints) -> Floats:
    """What the deprivation of the home's area adds to ability or takes from it, in standard deviations."""
    return np.asarray(_QUINTILE[world.people.quintile[who]])


def by_sex(world: YearWorld, who: Ints) -> Floats:
    """What literacy adds to the ability of girls and takes from that of boys."""
    return np.where(world.people.sex[who] == 0, _GIRLS, -_GIRLS)


def is_learner_of_english(world: YearWorld, who: Ints) -> Flags:
    """Who learns English as an additional language (new to competent), by the draws of the pupils feed."""
    people, seeds = world.people, world.registry.seeds
    groups = ethnicity_groups(seeds)[np.maximum(people.ethnicity[who], 0)]
    code = world.authority.code
    speaks_other = (groups > 0) & (uniform_of(who, world.seed, code, "language") < _SPEAKS_OTHER)
    levels, weights = shares(seeds, "english_level")
    known = [(name, weight) for name, weight in zip(levels, weights, strict=True) if name in (*_LEARNING, "fluent")]
    total = sum(weight for _, weight in known)
    learning = sum(weight for name, weight in known if name in _LEARNING) / total
    return np.asarray(speaks_other & (uniform_of(who, world.seed, code, "level") < learning))
