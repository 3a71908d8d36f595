"""The establishments feed: a snapshot of the schools of a year."""

from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.synthetic.world.openings import Establishment
from orchestration.synthetic.world.published import Authority, Department

Ints = NDArray[np.int64]


def open_places(schools: tuple[Department, ...], units: tuple[Establishment, ...], roll: Ints, start: int) -> Ints:
    """Establishments of a year: those with pupils, and those that are open though nobody is on their roll."""
    first = date(start, 8, 1)
    found = []
    for place, unit in enumerate(units):
        parts = [schools[at] for at in unit.departments]
        shut = any(day is not None and day <= first for part in parts for day in (part.closed_on, part.mothballed_on))
        unopened = any(part.opened_on is not None and part.opened_on > date(start, 9, 30) for part in parts)
        if roll[list(unit.departments)].any() or not (shut or unopened):
            found.append(place)
    return np.array(found, dtype=np.int64)


def establishment_table(
    authority: Authority,
    schools: tuple[Department, ...],
    units: tuple[Establishment, ...],
    places: Ints,
    roll: Ints,
) -> pa.Table:
    """The establishments feed, one row per SEED code, with columns that are not collected."""
    rows = []
    for unit in (units[place] for place in places.tolist()):
        parts = [schools[at] for at in unit.departments]
        pupils = int(roll[list(unit.departments)].sum())
        first = parts[0]
        medium = first.medium or None
        rows.append(
            {
                "seed_code": f"{unit.seed_code:07d}",
                "establishment_name": first.name,
                "local_authority_code": authority.code,
                "sector": "+".join(part.sector for part in parts),
                "denomination": first.denomination or None,
                "gaelic_medium": "Y" if medium in ("gaelic", "both") else "N",
                "half_day_openings_per_week": str(unit.openings_per_week),
                "planning_capacity": str(10 + pupils * 6 // 5) if first.sector == "primary" else None,
                "working_capacity": str(10 + pupils * 6 // 5),
                "capacity_as_at": None,
                "condition": "ABBC"[unit.seed_code % 4],
                "suitability": "ABBBC"[unit.seed_code % 5],
                "medium_of_education": medium,
                "integrated_special_unit": "Y" if any(part.has_special_unit for part in parts) else "N",
                "opened_on": first.opened_on.isoformat() if first.opened_on else None,
                "closed_on": None,
                "mothballed_on": None,
                "head_teacher": f"Head of {first.name}",
                "email": f"school{unit.seed_code}@example.org",
                "telephone": f"01632 {unit.seed_code % 1_000_000:06d}",
            }
        )
    return pa.Table.from_pylist(rows)
