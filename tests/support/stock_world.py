"""A made-up council whose pupils come, leave and move: what dbt would leave of month ends, of now and of movements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.support.declared_world import AUTHORITY, STAGES, YEAR, Pupil, random_roll

CENSUS = "2025-09-10"
ENDS = {"2025-09-01": "2025-09-30", "2025-10-01": "2025-10-31", "2025-11-01": "2025-11-30", "2025-12-01": "2025-12-31"}
"""Month ends by the first day of the month."""
MOVEMENTS = ("entry", "leaver", "move")


@dataclass(frozen=True)
class Council:
    """Who is on roll: at the census, at each month's end, and ``now``: at the latest snapshot, of the day ``as_at``."""

    census: tuple[Pupil, ...]
    months: Mapping[str, tuple[Pupil, ...]]
    now: tuple[Pupil, ...]
    as_at: str


def small_roll(seed: int, schools: Mapping[tuple[str, str], int]) -> list[Pupil]:
    """Pupils of schools of these sizes: those of the random roll, as many as are asked for."""
    generator = np.random.default_rng(seed)
    like = random_roll(seed)
    found: list[Pupil] = []
    for (seed_code, sector), size in schools.items():
        for _ in range(size):
            stage = str(generator.choice(STAGES[sector]))
            meals = "not asked" if stage in ("P1", "P2", "P3", "P4", "P5") else "not registered"
            some = like[int(generator.integers(len(like)))]
            found.append(
                replace(
                    some, number=len(found) + 1, seed_code=seed_code, sector=sector, stage=stage, free_meals=meals,
                )
            )  # fmt: skip
    return found


def moved_on(pupils: Sequence[Pupil], generator: np.random.Generator, newcomers: Sequence[Pupil]) -> list[Pupil]:
    """The same pupils some time later: a few have left or gone to another school of the sector, and newcomers came."""
    gone = set(generator.choice(len(pupils), int(generator.integers(0, 9)), replace=False).tolist())
    found = []
    places = sorted({(one.seed_code, one.sector) for one in pupils})
    movers = set(generator.choice(len(pupils), int(generator.integers(0, 7)), replace=False).tolist())
    for number, pupil in enumerate(pupils):
        if number in gone:
            continue
        others = [code for code, sector in places if sector == pupil.sector and code != pupil.seed_code]
        is_mover = number in movers and bool(others)
        found.append(replace(pupil, seed_code=str(generator.choice(others))) if is_mover else pupil)
    return [*found, *newcomers]


def _row(pupil: Pupil, **more: Any) -> dict[str, Any]:
    return {
        "local_authority_code": AUTHORITY, "academic_year": YEAR,
        "pupil_token": f"00000000-0000-0000-0000-{pupil.number:012d}", "seed_code": pupil.seed_code,
        "sector": pupil.sector, "stage": pupil.stage, **more,
    }  # fmt: skip


def movements(before: Sequence[Pupil], after: Sequence[Pupil]) -> list[tuple[Pupil, str]]:
    """Who came, left or changed school between two days."""
    old, new = ({one.number: one for one in pupils} for pupils in (before, after))
    found = [(pupil, "entry") for number, pupil in new.items() if number not in old]
    found += [(pupil, "leaver") for number, pupil in old.items() if number not in new]
    return found + [(p, "move") for n, p in new.items() if n in old and old[n].seed_code != p.seed_code]


def moments_of(council: Council) -> dict[str, list[dict[str, Any]]]:
    """Rows of all models about month ends and now, counted from the persons."""
    places = sorted({(one.seed_code, one.sector) for one in council.census})
    places = sorted({*places, *((one.seed_code, one.sector) for pupils in council.months.values() for one in pupils)})
    found: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in (
            "roll_month_pupils", "roll_movements", "roll_by_school_month", "roll_by_sector_month",
            "roll_by_authority_month",
            "roll_by_sector_stage_month", "roll_by_school_now", "roll_movements_by_month",
        )
    }  # fmt: skip
    before, from_on = council.census, CENSUS
    shared = {"local_authority_code": AUTHORITY, "academic_year": YEAR}
    for month, pupils in council.months.items():
        as_at = {**shared, "month": month, "as_at": ENDS[month]}
        own = {"month": month, "is_month_end": True, "is_latest": False, "as_at": ENDS[month]}
        found["roll_month_pupils"] += [_row(one, **own) for one in pupils]
        for seed_code, sector in places:
            count = sum((one.seed_code, one.sector) == (seed_code, sector) for one in pupils)
            found["roll_by_school_month"].append({**as_at, "seed_code": seed_code, "sector": sector, "pupils": count})
        for sector in sorted({sector for _, sector in places}):
            inside = [one for one in pupils if one.sector == sector]
            found["roll_by_sector_month"].append({**as_at, "sector": sector, "pupils": len(inside)})
            for stage in (*STAGES[sector], *(("SP", "unknown") if sector != "special" else ())):
                count = sum(one.stage == stage for one in inside)
                found["roll_by_sector_stage_month"].append({**as_at, "sector": sector, "stage": stage, "pupils": count})
        found["roll_by_authority_month"].append({**as_at, "pupils": len(pupils)})
        moves = movements(before, pupils)
        found["roll_movements"] += [_row(one, month=month, movement=kind) for one, kind in moves]
        count_of = {kind: sum(one == kind for _, one in moves) for kind in MOVEMENTS}
        pair = min((count for count in (count_of["entry"], count_of["leaver"]) if count), default=0)
        for kind, count in count_of.items():
            behind = count if kind == "move" else pair
            row = {**as_at, "from_on": from_on, "movement": kind, "pupils": count, "behind_pupils": behind}
            found["roll_movements_by_month"].append(row)
        before, from_on = pupils, ENDS[month]
    latest = {"month": None, "is_month_end": False, "is_latest": True, "as_at": council.as_at}
    found["roll_month_pupils"] += [_row(one, **latest) for one in council.now]
    for seed_code, sector in places:
        count = sum((one.seed_code, one.sector) == (seed_code, sector) for one in council.now)
        row = {**shared, "seed_code": seed_code, "sector": sector, "pupils": count, "capacity": 300}
        found["roll_by_school_now"].append({**row, "as_at": council.as_at})
    return found
