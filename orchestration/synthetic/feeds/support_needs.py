"""The feed of support needs: a snapshot of the needs of everybody on the roll."""

from datetime import date

import numpy as np
import pyarrow as pa

from orchestration.synthetic.feeds.events import Ints, codes
from orchestration.synthetic.feeds.times import moment
from orchestration.synthetic.world.attainment.needs import INTEGRATION, NATURES, NEEDS, PLANS, needs_of
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.published import SPECIAL_STAGE


def support_need_table(world: YearWorld, visible: Ints, scn: Ints) -> pa.Table:
    """The needs of pupils with a base school among the ``visible`` spells; ``scn`` is by person."""
    spells = world.enrolments
    base = visible[spells.is_base[visible]]
    who, first = np.unique(spells.person[base], return_index=True)
    needs = needs_of(world, who, spells.stage[base][first] == SPECIAL_STAGE)
    return pa.table(
        {
            "scn": [f"{number:09d}" for number in scn[needs.person].tolist()],
            "start_date": needs.since.astype(str).tolist(),
            "plan_type": codes(PLANS, needs.plan),
            "need_code": codes(NEEDS, needs.need),
            "nature_of_support": codes(NATURES, needs.nature),
            "mainstream_integration": codes(INTEGRATION, needs.integration),
            "end_date": pa.nulls(len(needs.person), pa.string()),
            "updated_at": [moment(date(world.start, 8, 1), 12, 0)] * len(needs.person),
        }
    )
