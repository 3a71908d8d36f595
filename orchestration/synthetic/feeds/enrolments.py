"""The enrolments feed: a snapshot of spells at schools, as they are known at an extract."""

from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.synthetic.feeds.times import moments
from orchestration.synthetic.world.movement import REASONS, Enrolments
from orchestration.synthetic.world.people import Days
from orchestration.synthetic.world.published import STAGES, Department

Ints = NDArray[np.int64]

_CLASS_SIZE = 25


def enrolment_table(
    enrolments: Enrolments, visible: Ints, scn: Ints, schools: tuple[Department, ...], at: date, year_start: date
) -> pa.Table:
    """The enrolments feed: the spells ``visible`` as known on the extract date ``at``."""
    one = enrolments.take(visible)
    known_end = ~np.isnat(one.leaving) & (one.leaving <= np.datetime64(at))
    reason = np.array([name or None for name in REASONS], dtype=object)[np.where(known_end, one.reason, 0)]
    letters = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), dtype=object)
    stages = np.array(STAGES, dtype=object)
    group = one.department * 14 + one.stage
    count = np.bincount(group, minlength=1)
    classes = np.maximum(1, -(-count // _CLASS_SIZE))[group] if len(group) else group
    letter = letters[one.person % classes % 26]
    return pa.table(
        {
            "scn": [f"{number:09d}" for number in scn[visible].tolist()],
            "seed_code": [f"{schools[place].seed_code:07d}" for place in one.department.tolist()],
            "entry_date": one.entry.astype(str).tolist(),
            "leaving_date": [str(day) if known else None for day, known in zip(one.leaving, known_end, strict=True)],
            "stage": stages[one.stage].tolist(),
            "registration_class": (stages[one.stage] + letter).tolist(),
            "is_base_school": np.where(one.is_base, "Y", "N").tolist(),
            "status": np.where(one.is_base, "on_roll", "guest").tolist(),
            "mode_of_attendance": np.where(one.is_part_time | ~one.is_base, "part_time", "full_time").tolist(),
            "leaving_reason": reason.tolist(),
            "updated_at": moments(updated_on(one, at, year_start)),
        }
    )


def updated_on(enrolments: Enrolments, at: date, year_start: date) -> Days:
    """When each spell was last changed, as known on ``at``: its start in this year, or its end."""
    first = np.maximum(enrolments.entry, np.datetime64(year_start))
    known_end = ~np.isnat(enrolments.leaving) & (enrolments.leaving <= np.datetime64(at))
    return np.asarray(np.minimum(np.where(known_end, enrolments.leaving, first), np.datetime64(at)))


def visible_at(enrolments: Enrolments, at: date) -> Ints:
    """Places of the spells that have begun by the extract date."""
    return np.flatnonzero(enrolments.entry <= np.datetime64(at))
