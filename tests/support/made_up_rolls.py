"""Rolls of made-up pupils for the engine: published rolls of real schools by stage, sex and deprivation, dealt anew."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from orchestration.release.engine.model import PLACE, Dimension, Model, Persons, Table, coded
from orchestration.settings import PROJECT_DIR

STAGES = {
    "primary": tuple(f"P{n}" for n in range(1, 8)),
    "secondary": tuple(f"S{n}" for n in range(1, 7)),
    "special": ("SP",),
}
QUINTILES = ("1", "2", "3", "4", "5", "unknown")
GROUPS = {"1": "1", "2": "2", **dict.fromkeys(("3", "4", "5", "unknown"), "rest")}
CODES = {"Clackmannanshire": "S12000005", "Orkney": "S12000023", "Highland": "S12000017", "Glasgow": "S12000049"}
ALL_STAGES = tuple(stage for stages in STAGES.values() for stage in stages)


@dataclass(frozen=True)
class Roll:
    """Values of pupils, one list for each dimension, and the schools in order."""

    columns: dict[str, list[str]]
    schools: list[str]

    def __len__(self) -> int:
        return len(self.columns[PLACE])


def _numbers(row: dict[str, str], names: Iterable[str]) -> np.ndarray:
    return np.array([int(row[name]) if row[name] else 2 for name in names])


def _dealt(weights: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    """``count`` positions in the shares of the weights, as near as whole pupils can be, in random order."""
    if weights.sum() == 0:
        weights = np.ones(len(weights))
    exact = weights / weights.sum() * count
    found = np.floor(exact).astype(int)
    for position in np.argsort(found - exact)[: count - found.sum()]:
        found[position] += 1
    return generator.permutation(np.repeat(np.arange(len(weights)), found))


def published_roll(authority: str, year: int = 2025, seed: int = 0, at_most: int | None = None) -> Roll:
    """A roll like that of an authority (name in ``CODES``), of its first ``at_most`` schools."""
    generator = np.random.default_rng(seed)
    columns: dict[str, list[str]] = {name: [] for name in (PLACE, "stage", "sex", "quintile", "eal", "meals")}
    schools = []
    with (PROJECT_DIR / "seeds" / "school_rolls.csv").open(encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["local_authority_code"] == CODES[authority] and row["census_year"] == str(year)
        ]
    for row in rows[:at_most]:
        count, sector = int(row["roll"] or 0), row["sector"]
        school = f"{row['seed_code']}|{sector}"
        schools.append(school)
        stages = STAGES[sector]
        stage = _dealt(_numbers(row, [s.lower() for s in stages]), count, generator)
        sex = _dealt(_numbers(row, ("female", "male")), count, generator)
        quintile = _dealt(_numbers(row, [f"simd_{q}" for q in QUINTILES]), count, generator)
        eal = generator.random(count) < (int(row["eal"] or 2) / max(count, 1))
        meals = generator.random(count) < 0.15
        columns[PLACE] += [school] * count
        columns["stage"] += [stages[i] for i in stage]
        columns["sex"] += [("female", "male")[i] for i in sex]
        columns["quintile"] += [QUINTILES[i] for i in quintile]
        columns["eal"] += [("no", "yes")[int(i)] for i in eal]
        columns["meals"] += [
            "not asked" if stages[s] in ("P1", "P2", "P3", "P4", "P5") else ("no", "yes")[int(m)]
            for s, m in zip(stage, meals, strict=True)
        ]
    return Roll(columns, schools)


def roll_model(schools: list[str], meals: bool = True, fewest: int = 20) -> Model:
    """School totals and breakdowns, sector totals and grid, as the roll of a council is shown."""
    sectors = {school: school.partition("|")[2] for school in schools}
    free = ("P1", "P2", "P3", "P4", "P5")
    by_stage = {s: frozenset({"not asked"}) if s in free else frozenset({"yes", "no"}) for s in ALL_STAGES}
    dimensions = [
        Dimension(PLACE, tuple(schools), {"sector": sectors, "authority": dict.fromkeys(schools, "all")}),
        Dimension(
            "stage",
            ALL_STAGES,
            allowed={(PLACE, "sector"): {sector: frozenset(stages) for sector, stages in STAGES.items()}},
        ),
        Dimension("sex", ("female", "male")),
        Dimension("quintile", QUINTILES, {"group": GROUPS}),
        Dimension("eal", ("no", "yes")),
        Dimension(
            "meals",
            ("not asked", "no", "yes"),
            {"asked": {"not asked": "not asked", "no": "asked", "yes": "asked"}},
            allowed={("stage", ""): by_stage},
            not_asked=frozenset({"not asked"}),
        ),
    ]
    yes = frozenset({"yes"})
    tables = [
        Table("authority", "authority"),
        Table("sector", "sector"),
        Table("school", ""),
        Table("school_stage", "", (("stage", ""),)),
        Table("school_sex", "", (("sex", ""),)),
        Table("school_deprivation", "", (("quintile", "group"),)),
        Table("sector_stage_quintile", "sector", (("stage", ""), ("quintile", ""))),
        Table("sector_sex", "sector", (("sex", ""),)),
    ]
    if meals:
        tables += [
            Table("school_eal", "", (("eal", ""),), {"eal": yes}),
            Table("sector_eal", "sector", (("eal", ""),), {"eal": yes}),
            Table("school_meals", "", (("meals", ""),), {"meals": yes}),
            Table("school_meals_asked", "", (("meals", "asked"),)),
            Table("sector_meals", "sector", (("meals", ""),), {"meals": yes}),
        ]
    return Model({dimension.name: dimension for dimension in dimensions}, tuple(tables), fewest)


def persons_of(model: Model, roll: Roll) -> Persons:
    """The pupils of a roll, numbered from 1."""
    return coded(model, np.arange(1, len(roll) + 1, dtype=np.int64), roll.columns)
