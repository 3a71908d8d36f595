"""The feed of leavers: initial destinations in October, and once more with the follow-up in June."""

import numpy as np
import pyarrow as pa

from orchestration.synthetic.feeds.events import Days, Events, codes, seed_codes
from orchestration.synthetic.feeds.times import moments
from orchestration.synthetic.options import year_name
from orchestration.synthetic.world.attainment.leavers import DESTINATIONS, Leavers
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.published import STAGES


def leaver_events(world: YearWorld, leavers: Leavers) -> list[Events]:
    """The leavers of the year before, as they are known in October and in June."""
    asked, asked_again = f"{world.start}-10-02", f"{world.start + 1}-04-01"
    count = len(leavers.person)
    october = np.full(count, np.datetime64(f"{world.start}-10-10"))
    june = np.full(count, np.datetime64(f"{world.start + 1}-06-04"))
    return [_events(world, leavers, asked, None, october), _events(world, leavers, asked, asked_again, june)]


def _events(world: YearWorld, leavers: Leavers, asked: str, asked_again: str | None, recorded: Days) -> Events:
    count = len(leavers.person)
    follow_up = codes(DESTINATIONS, leavers.follow_up) if asked_again else [None] * count
    table = pa.table(
        {
            "academic_year": [year_name(leavers.start)] * count,
            "seed_code": seed_codes((school.seed_code for school in world.schools), leavers.department),
            "leaving_stage": codes(STAGES, leavers.stage),
            "leaving_date": pa.array(leavers.leaving.astype(str).tolist(), pa.string()),
            "initial_destination": codes(DESTINATIONS, leavers.initial),
            "initial_as_at": [asked] * count,
            "follow_up_destination": pa.array(follow_up, pa.string()),
            "follow_up_as_at": pa.array([asked_again] * count, pa.string()),
            "recorded_at": pa.array(moments(recorded), pa.string()),
        }
    )
    return Events(table, leavers.person, recorded)
