"""What faults see of a year that is being written: its world, its plan, and what has been delivered of it."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.synthetic.feeds.attendance import RowMaker
from orchestration.synthetic.plan import Correction, PlannedDelivery
from orchestration.synthetic.world.authority import YearWorld


class YearInWriting(Protocol):
    """One year on its way into files: marks by enrolment and half day, and those of them sent so far."""

    world: YearWorld
    marks: NDArray[np.uint8]
    delivered: NDArray[np.uint8]
    scn: NDArray[np.int64]
    maker: RowMaker

    @property
    def planned(self) -> Sequence[PlannedDelivery]:
        """The year's deliveries in order."""

    @property
    def corrections(self) -> Sequence[Correction]:
        """What each delivery puts right."""

    def snapshot(self, feed: str, at: date) -> pa.Table:
        """A snapshot feed as it is known on a date."""
