"""The feed of predictions: one file's worth for each collection of the year."""

import numpy as np
import pyarrow as pa

from orchestration.synthetic.feeds.events import Events, codes, days_after, seed_codes
from orchestration.synthetic.feeds.times import moments
from orchestration.synthetic.options import year_name
from orchestration.synthetic.world.attainment.levels import LANGUAGES, LEVELS
from orchestration.synthetic.world.attainment.published_levels import ORGANISERS
from orchestration.synthetic.world.attainment.tracking import NO_PREDICTION, ON_TRACK, PROGRESS, Predictions
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.published import STAGES

_SPREAD = 5  # days over which schools record a collection


def tracking_events(world: YearWorld, predictions: list[Predictions]) -> list[Events]:
    """The predictions of a year."""
    return [_events(world, one) for one in predictions if len(one.person)]


def _events(world: YearWorld, one: Predictions) -> Events:
    recorded = days_after(one.made_on, one.department, one.stage, _SPREAD)
    levels = np.where(one.level == NO_PREDICTION, len(LEVELS), one.level)
    table = pa.table(
        {
            "academic_year": [year_name(world.start)] * len(one.person),
            "collection": [str(one.collection)] * len(one.person),
            "organiser": codes(ORGANISERS, one.organiser),
            "language": codes(LANGUAGES, one.language),
            "seed_code": seed_codes((school.seed_code for school in world.schools), one.department),
            "stage": codes(STAGES, one.stage),
            "predicted_level": pa.array(codes((*LEVELS, None), levels), pa.string()),
            "on_track": codes(ON_TRACK, one.on_track),
            "progress": codes(PROGRESS, one.progress),
            "recorded_at": moments(recorded),
        }
    )
    return Events(table, one.person, recorded)
