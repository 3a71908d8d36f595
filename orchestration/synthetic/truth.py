"""``truth.json``: exactly what was generated, and what must become of every planted fault."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from orchestration.synthetic.deliveries import YearWriter
from orchestration.synthetic.faults.planted import Fault
from orchestration.synthetic.options import SynthOptions
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.published import QUINTILES, STAGES


def year_truth(writer: YearWriter) -> dict[str, Any]:
    """Counts of one authority and year: marks by school, stage and code; the census by school."""
    world = writer.world
    counts = writer.counts()
    return {
        "deliveries": list(writer.keys),
        "attendance_columns": ["seed_code", "stage", "attendance_code", "openings"],
        "attendance": [[seed, STAGES[stage], f"{code:02d}", count] for seed, stage, code, count in counts],
        "openings": sum(count for _, _, _, count in counts),
        **census_truth(world),
    }


def census_truth(world: YearWorld) -> dict[str, Any]:
    """Who is on the roll of a base school at the census, by stage, sex, quintile, need, meals."""
    people, roll = world.people, world.roll
    size = len(world.schools)
    stage = _cells(size, len(STAGES), roll.department, roll.stage)
    quintile = _cells(size, QUINTILES, roll.department, people.quintile[roll.person])
    sex = _cells(size, 2, roll.department, people.sex[roll.person])
    need = np.bincount(roll.department, weights=people.has_support_need[roll.person], minlength=size)
    meals = np.bincount(roll.department, weights=people.is_meal_registered[roll.person], minlength=size)
    return {
        "census": [
            {
                "seed_code": f"{school.seed_code:07d}",
                "sector": school.sector,
                "roll": int(stage[at].sum()),
                "stages": {STAGES[s]: int(stage[at, s]) for s in np.flatnonzero(stage[at]).tolist()},
                "sex": {"F": int(sex[at, 0]), "M": int(sex[at, 1])},
                "simd_quintiles": {
                    "unknown" if q == QUINTILES - 1 else str(q + 1): int(quintile[at, q]) for q in range(QUINTILES)
                },
                "support_need": int(need[at]),
                "free_meal_registered": int(meals[at]),
            }
            for at, school in enumerate(world.schools)
            if stage[at].any()
        ]
    }


def _cells(rows: int, columns: int, row: Any, column: Any) -> Any:
    return np.bincount(row * columns + column, minlength=rows * columns).reshape(rows, columns)


def write_truth(
    options: SynthOptions,
    years: dict[str, dict[str, Any]],
    faults: Iterable[Fault],
    attainment: dict[str, dict[str, Any]] | None = None,
) -> Path:
    """Writes ``truth.json`` into the landing folder, beside the authorities' folders; its path.

    ``faults`` show when everything lands; ``faults_later`` only once their ``folder`` is put over the delivery.
    """
    told = list(faults)
    truth = {
        "seed": options.seed,
        "years": list(options.years),
        "attainment_from": options.attainment_from,
        "daily": options.daily,
        "faults_rate": options.faults,
        "until": options.until.isoformat() if options.until else None,
        "authorities": years,
        "faults": [fault.entry() for fault in told if fault.folder is None],
        "faults_later": [fault.entry() for fault in told if fault.folder is not None],
    }
    if attainment:
        truth["attainment"] = attainment
    path = options.out / "truth.json"
    path.write_text(json.dumps(truth, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return path
