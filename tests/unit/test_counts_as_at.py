"""The day that counts are of: of now, or of the last change while all wait, and the same for the same data."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from orchestration.release.engine.memory import HIDDEN, SHOWN, CellState
from orchestration.release.subject.counted import Counted
from orchestration.release.thresholds import SMALL

SEPTEMBER, OCTOBER = date(2025, 9, 30), date(2025, 10, 31)
YEAR = "2025/26"


def counted(held: list[bool], changed: list[int], new: dict[str, CellState], refreshed: date) -> Counted:
    one: Any = SimpleNamespace(
        place=SimpleNamespace(period=YEAR),
        decision=SimpleNamespace(held=np.array(held), changed=np.array(changed)),
        memory=SimpleNamespace(new_cells=new),
    )
    return Counted(SimpleNamespace(), {"judged": {YEAR: one}}, {YEAR: refreshed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("held", "changed", "new", "refreshed", "day"),
    [
        ([True, False], [SMALL - 1, 9], {}, SEPTEMBER, OCTOBER),  # held for few, which waits for no date
        ([True, True], [SMALL, 9], {}, SEPTEMBER, SEPTEMBER),  # all wait
        ([True, True], [SMALL, 9], {"a": CellState(HIDDEN, 0, None)}, SEPTEMBER, SEPTEMBER),  # hidden is not changed
        ([True, False], [SMALL, 9], {"a": CellState(SHOWN, 0, 9)}, SEPTEMBER, OCTOBER),  # one waits, another changed
        ([True, False], [SMALL, 0], {}, OCTOBER, OCTOBER),  # the same data once more: that day is remembered
    ],
)
def test_the_day_of_shown_counts(
    held: list[bool], changed: list[int], new: dict[str, CellState], refreshed: date, day: date
) -> None:
    assert counted(held, changed, new, refreshed).as_at(YEAR, OCTOBER) == day
