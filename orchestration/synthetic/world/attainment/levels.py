"""The level that teachers judge each pupil to have achieved by the day of the return.

Within a quintile of a stage pupils are ranked by ability. As many as are published achieve literacy; beside them, as
many as are published achieve single organisers, never all three. So organisers nest, literacy comes out as published
and lies below the lowest organiser.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.options import year_name
from orchestration.synthetic.world.attainment.ability import ability, by_sex, draw, normal
from orchestration.synthetic.world.attainment.published_levels import (
    ORGANISERS,
    Aim,
    aims,
    gaelic_aims,
    published_year,
    special_levels,
)
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.places import ranks
from orchestration.synthetic.world.published import QUINTILES, SPECIAL_STAGE, STAGES, read_seed

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEVELS = (
    "not_yet_early", "early", "first", "second", "third", "fourth", "individual_milestones",
    "beyond_broad_general_education", "not_assessed",
)  # fmt: skip
LANGUAGES = ("english", "gaelic")
LITERACY, NUMERACY = (0, 1, 2), 3
MILESTONES, NOT_ASSESSED = LEVELS.index("individual_milestones"), LEVELS.index("not_assessed")
EXPECTED = {STAGES.index("P1"): 1, STAGES.index("P4"): 2, STAGES.index("P7"): 3, STAGES.index("S3"): 4}
S3 = STAGES.index("S3")
_ABOVE = {0: 0.015, 3: 0.04, 6: 0.06}  # of a stage's pupils, achieve the level after the expected one
_LOWER = (0.80, 0.97)  # of those below: one level down up to the first, two up to the second, else three
_NOBODY_JUDGES, _NO_CELL, _MILESTONES = 0.004, 0.003, 0.35
_NOISE = 0.35  # of a year, beside the lasting ability


@dataclass(frozen=True)
class Levels:
    """Judgements: person, department and stage on the day, organiser, language and level by their positions."""

    person: Ints
    department: Ints
    stage: Ints
    organiser: Ints
    language: Ints
    level: Ints

    def take(self, places: NDArray[np.int64] | Flags) -> "Levels":
        """The same with only these judgements."""
        return Levels(*(getattr(self, name)[places] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Roll:
    """Pupils at their base school on a day: person, department and stage, each person once."""

    person: Ints
    department: Ints
    stage: Ints

    def take(self, places: NDArray[np.int64] | Flags) -> "Roll":
        """The same with only these pupils."""
        return Roll(self.person[places], self.department[places], self.stage[places])


def return_days(world: YearWorld) -> tuple[date, date, str]:
    """Day of the return of the year, the day it closes, and who is in it: ``all``, ``primary`` or ``none``."""
    for row in read_seed(world.registry.seeds, "attainment_returns"):
        if row["academic_year"] == year_name(world.start):
            on, closes = date.fromisoformat(row["levels_on"]), date.fromisoformat(row["levels_close_on"])
            return on, closes, row["levels_collected"]
    raise ValueError(f"Academic year {world.academic_year} is not in seeds/attainment_returns.csv; add it there.")


def roll_on(world: YearWorld, when: date) -> Roll:
    """Who is on the roll of a base school on a day."""
    spells, day = world.enrolments, np.datetime64(when, "D")
    there = spells.is_base & (spells.entry <= day) & (np.isnat(spells.leaving) | (spells.leaving >= day))
    places = np.flatnonzero(there)
    _, first = np.unique(spells.person[places], return_index=True)
    places = places[first]
    return Roll(spells.person[places], spells.department[places], spells.stage[places])


def in_gaelic_medium(world: YearWorld, roll: Roll) -> Flags:
    """Who is in Gaelic medium education: so many of each stage as the published cohorts of P4 differ by.

    They are pupils taught in Gaelic at schools that teach through it, the same ones from year to year.
    """
    teaches = np.array([school.medium in ("gaelic", "both") for school in world.schools])
    could = world.people.is_taught_in_gaelic[roll.person] & teaches[roll.department]
    found = aims(world.registry.seeds, world.authority.code, world.start, "P4") or aims(
        world.registry.seeds, world.authority.code, published_year(world.start + 1) or 0, "P4"
    )
    numeracy, reading = found["numeracy"].cohort, found["reading"].cohort
    share = max(numeracy - reading, 0) / max(numeracy, 1)
    chosen = np.zeros(len(roll.person), dtype=bool)
    order = draw(world, roll.person, "gaelic medium")
    for stage in range(SPECIAL_STAGE):
        here = np.flatnonzero(roll.stage == stage)
        wanted = round(share * len(here))
        candidates = here[could[here]]
        chosen[candidates[np.argsort(order[candidates], kind="stable")][:wanted]] = True
    return chosen


def levels_of_year(world: YearWorld) -> Levels:
    """Every judgement of the year's return, in the order of person, organiser and language.

    Nothing where levels were not collected. A few cells are empty and have no row, a few pupils are not assessed.
    """
    on, _, collected = return_days(world)
    roll = roll_on(world, on)
    gaelic = in_gaelic_medium(world, roll)
    parts = []
    stages = [stage for stage in EXPECTED if collected == "all" or (collected == "primary" and stage < 7)]
    for stage in stages:
        here = np.flatnonzero(roll.stage == stage)
        if len(here):
            parts.extend(_of_stage(world, roll.take(here), gaelic[here], stage))
    if collected == "all" and (roll.stage == SPECIAL_STAGE).any():
        parts.extend(_special(world, roll.take(roll.stage == SPECIAL_STAGE)))
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Levels(none, none, none, none, none, none)
    found = Levels(*(np.concatenate([getattr(part, name) for part in parts]) for name in Levels.__dataclass_fields__))
    return found.take(np.lexsort((found.language, found.organiser, found.person)))


def _of_stage(world: YearWorld, roll: Roll, gaelic: Flags, stage: int) -> list[Levels]:
    """Judgements of one stage: English, and Gaelic of those who are taught through it."""
    english_too = stage >= STAGES.index("P7")
    in_english = ~gaelic | english_too
    in_numeracy = ~gaelic if stage == 0 else np.ones(len(gaelic), dtype=bool)
    parts = _in_language(world, roll.take(in_english), stage, 0, LITERACY)
    parts += _in_language(world, roll.take(in_numeracy), stage, 0, (NUMERACY,))
    if gaelic.any():
        parts += _in_language(world, roll.take(gaelic), stage, 1, LITERACY)
    return parts


def _in_language(world: YearWorld, roll: Roll, stage: int, language: int, organisers: tuple[int, ...]) -> list[Levels]:
    kind = "numeracy" if organisers == (NUMERACY,) else f"literacy {LANGUAGES[language]}"
    cell = draw(world, roll.person, world.start, kind, "judged")
    judged = cell >= _NOBODY_JUDGES
    score = ability(world, roll.person, roll.department) + _NOISE * normal(world, roll.person, world.start, kind)
    if organisers != (NUMERACY,):
        score = score + by_sex(world, roll.person)
    assessed = roll.take(judged)
    achieved = _achieved(
        world, assessed, score[judged], STAGES[stage] if stage != S3 else "S3_third", language, organisers
    )
    fourth = None
    if stage == S3:
        fourth = _achieved(world, assessed, score[judged], "S3_fourth", language, organisers) & achieved
    position = _positions(world, stage, score[judged], achieved, fourth)
    lowest = ~achieved.any(axis=1) & world.people.has_support_need[assessed.person]
    lowest &= draw(world, assessed.person, "milestones") < _MILESTONES
    lowest &= position.max(axis=1, initial=0) <= max(0, EXPECTED[stage] - 2)
    parts = []
    for place, organiser in enumerate(organisers):
        level = np.full(len(roll.person), NOT_ASSESSED)
        level[judged] = np.where(lowest, MILESTONES, position[:, place])
        there = draw(world, roll.person, world.start, kind, organiser, "cell") >= _NO_CELL
        parts.append(_rows(roll.take(there), organiser, language, level[there]))
    return parts


def _rows(roll: Roll, organiser: int, language: int, level: Ints) -> Levels:
    count = len(roll.person)
    return Levels(roll.person, roll.department, roll.stage, np.full(count, organiser), np.full(count, language), level)


def _achieved(
    world: YearWorld, roll: Roll, score: Floats, published: str, language: int, organisers: tuple[int, ...]
) -> Flags:
    """Whether each pupil achieves each organiser: one row per pupil, one column per organiser."""
    quintile = world.people.quintile[roll.person]
    if language:
        # too few in Gaelic medium education for quintiles: one group
        group = np.zeros(len(quintile), dtype=np.int64)
        shares = gaelic_aims(world.registry.seeds, published, LANGUAGES[language])
        found = {name: Aim(share, np.full(QUINTILES, np.clip(share, 0.03, 0.985)), 0) for name, share in shares.items()}
    else:
        group = quintile
        found = aims(world.registry.seeds, world.authority.code, world.start, published)
    size = np.bincount(group, minlength=QUINTILES)
    place = ranks(group, -score)
    if organisers == (NUMERACY,):
        return np.asarray(place < found["numeracy"].counts(size)[group])[:, None]
    counts = [found[ORGANISERS[organiser]].counts(size) for organiser in organisers]
    literate = np.minimum(found["literacy"].counts(size), np.minimum.reduce(counts))
    return _nested(place - literate[group], [np.minimum(count, size) - literate for count in counts], group)


def _nested(after: Ints, further: list[Ints], group: Ints) -> Flags:
    """Everything for those before 0; after them reading and listening to the next ones, writing to who lacks one."""
    reading, writing, listening = (count[group] for count in further)
    has_reading, has_listening = after < reading, after < listening
    both = np.minimum(reading, listening)
    has_writing = (after < 0) | ((after >= both) & (after < both + writing))
    return np.stack([has_reading | (after < 0), has_writing, has_listening | (after < 0)], axis=1)


def _positions(world: YearWorld, stage: int, score: Floats, achieved: Flags, fourth: Flags | None) -> Ints:
    """Position of the level: expected or above for who achieves it, one to three below for the others, by rank."""
    expected = EXPECTED[stage]
    everybody = np.zeros(len(score), dtype=np.int64)
    share = (ranks(everybody, -score) + 0.5) / max(len(score), 1)
    position = np.zeros(achieved.shape, dtype=np.int64)
    for column in range(achieved.shape[1]):
        reached = achieved[:, column]
        missing = ~reached
        below = ranks(everybody[missing], -score[missing]) / max(int(missing.sum()), 1)
        position[reached, column] = expected + (share[reached] < _ABOVE.get(stage, 0.0))
        down = 1 + (below >= _LOWER[0]).astype(np.int64) + (below >= _LOWER[1])
        position[missing, column] = np.maximum(expected - down, 0)
        if fourth is not None:
            position[fourth[:, column], column] = expected + 1
    return position


def _special(world: YearWorld, roll: Roll) -> list[Levels]:
    """Judgements of special education, by the published distribution: milestones to the least able, and upwards."""
    score = ability(world, roll.person, roll.department) + _NOISE * normal(world, roll.person, world.start, "special")
    order = ("individual_milestones", *LEVELS[:6], "beyond_broad_general_education")
    share = (ranks(np.zeros(len(score), dtype=np.int64), score) + 0.5) / len(score)
    judged = draw(world, roll.person, world.start, "special judged") >= 0.01
    parts = []
    for organiser, name in enumerate(ORGANISERS):
        shares = special_levels(world.registry.seeds, name)
        steps = np.cumsum([shares[level] for level in order])
        place = np.searchsorted(steps / steps[-1], share, side="right")
        level = np.array([LEVELS.index(known) for known in order])[np.minimum(place, len(order) - 1)]
        parts.append(_rows(roll, organiser, 0, np.where(judged, level, NOT_ASSESSED)))
    return parts
