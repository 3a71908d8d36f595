"""The feed of levels: judgements before the return, a few of them revised, and a few that come after it has closed."""

from datetime import timedelta

import numpy as np
import pyarrow as pa

from orchestration.synthetic.feeds.events import Days, Events, codes, days_after, seed_codes
from orchestration.synthetic.feeds.times import moments
from orchestration.synthetic.options import year_name
from orchestration.synthetic.world.attainment.ability import draw
from orchestration.synthetic.world.attainment.levels import LANGUAGES, LEVELS, Levels, return_days
from orchestration.synthetic.world.attainment.published_levels import ORGANISERS
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.published import STAGES

_REVISED, _AFTER_THE_RETURN = 0.01, 0.004  # of judgements
_JUDGED_BEFORE, _SPREAD = timedelta(21), 18  # before the day of the return; days over which schools judge


def level_events(world: YearWorld, levels: Levels) -> list[Events]:
    """The judgements of a year: the ones that stand, and before some of them another one."""
    if not len(levels.person):
        return []
    on, _, _ = return_days(world)
    judged = days_after(on - _JUDGED_BEFORE, levels.department, levels.stage, _SPREAD)
    standing = _events(world, world.start, levels, judged, judged)
    chance = draw(world, levels.person * 8 + levels.organiser + 4 * levels.language, world.start, "revised")
    revised = np.flatnonzero((chance < _REVISED) & (levels.level >= 1) & (levels.level <= 5))
    first = levels.take(revised)
    first.level[:] = first.level - 1
    earlier = judged[revised] - np.timedelta64(5, "D")
    return [_events(world, world.start, first, earlier, earlier), standing]


def late_level_events(world: YearWorld, levels: Levels) -> list[Events]:
    """Judgements of the year before that are changed once its return has closed: they change nothing returned."""
    chance = draw(world, levels.person * 8 + levels.organiser + 4 * levels.language, world.start, "after the return")
    places = np.flatnonzero((chance < _AFTER_THE_RETURN) & (levels.level <= 4))
    late = levels.take(places)
    late.level[:] = late.level + 1
    assessed = np.full(len(places), np.datetime64(f"{world.start}-06-20"))
    recorded = np.full(len(places), np.datetime64(f"{world.start}-09-08"))
    return [_events(world, world.start - 1, late, assessed, recorded)]


def _events(world: YearWorld, start: int, levels: Levels, assessed: Days, recorded: Days) -> Events:
    table = pa.table(
        {
            "academic_year": [year_name(start)] * len(levels.person),
            "organiser": codes(ORGANISERS, levels.organiser),
            "language": codes(LANGUAGES, levels.language),
            "seed_code": seed_codes((school.seed_code for school in world.schools), levels.department),
            "stage": codes(STAGES, levels.stage),
            "level_achieved": codes(LEVELS, levels.level),
            "assessed_on": pa.array(assessed.astype(str).tolist(), pa.string()),
            "recorded_at": pa.array(moments(recorded), pa.string()),
        }
    )
    return Events(table, levels.person, recorded)
