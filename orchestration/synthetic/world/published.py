"""Published statistics that the generator is calibrated to, read from the seeds."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.options import OrderError

STAGES = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "S1", "S2", "S3", "S4", "S5", "S6", "SP")
SPECIAL_STAGE = STAGES.index("SP")
SECTORS = ("primary", "secondary", "special")
STAGES_OF_SECTOR = {"primary": range(7), "secondary": range(7, 13), "special": range(13, 14)}
QUINTILES = 6  # the sixth is "no data zone"

Row = dict[str, str]


@lru_cache(maxsize=64)
def read_seed(folder: Path, name: str) -> tuple[Row, ...]:
    """Rows of a seed. Raises ``FileNotFoundError`` naming the file when it is not there."""
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


@dataclass(frozen=True)
class Authority:
    """One local authority and its ScotXed code, which begins its SEEMiS ids."""

    code: str
    name: str
    scotxed_code: int
    position: int


@dataclass(frozen=True)
class Department:
    """A school as the official table counts it: SEED code and sector."""

    seed_code: int
    sector: str
    name: str
    denomination: str
    data_zone_code: str
    openings_per_week: int
    medium: str
    gaelic_learners: bool
    has_special_unit: bool
    opened_on: date | None
    closed_on: date | None
    mothballed_on: date | None
    attendance_rate: float


def find_authorities(folder: Path, wanted: tuple[str, ...]) -> tuple[Authority, ...]:
    """Authorities by code, name or alias; ``all`` is all 32. Raises OrderError for an unknown one."""
    rows = read_seed(folder, "local_authorities")
    known = {
        row["local_authority_code"]: Authority(
            row["local_authority_code"], row["local_authority_name"], int(row["scotxed_code"]), position
        )
        for position, row in enumerate(rows)
    }
    aliases = {
        row["alias"].casefold(): row["local_authority_code"] for row in read_seed(folder, "local_authority_aliases")
    }
    found: dict[str, Authority] = {}
    for name in wanted:
        if name.casefold() == "all":
            return tuple(known.values())
        code = name if name in known else aliases.get(name.casefold())
        if code is None:
            raise OrderError(f"No local authority is called {name!r}; see seeds/local_authority_aliases.csv.")
        found[code] = known[code]
    return tuple(found.values())


def departments(folder: Path, authority: str) -> tuple[Department, ...]:
    """Departments of an authority by SEED code and sector, each with the attendance rate to aim at.

    Where none is published, that is the roll-weighted mean of the authority's schools of the sector.
    """
    rows = [row for row in read_seed(folder, "schools") if row["local_authority_code"] == authority]
    rates = _attendance_rates(folder)
    rolls = {(row["seed_code"], row["sector"]): int(row["roll"]) for row in read_seed(folder, "school_rolls")}
    means: dict[str, float] = {}
    for sector in SECTORS:
        keys = [(row["seed_code"], row["sector"]) for row in rows if row["sector"] == sector]
        known = [key for key in keys if key in rates and rolls.get(key)]
        pool = known or [key for key in rates if key[1] == sector and rolls.get(key)]
        means[sector] = float(np.average([rates[key] for key in pool], weights=[rolls[key] for key in pool]))
    found = [
        Department(
            seed_code=int(row["seed_code"]),
            sector=row["sector"],
            name=row["school_name"],
            denomination=row["denomination"],
            data_zone_code=row["data_zone_code"],
            openings_per_week=int(row["half_day_openings_per_week"] or 10),
            medium=row["medium_of_education"],
            gaelic_learners=row["gaelic_learners"] == "true",
            has_special_unit=row["integrated_special_unit"] == "true",
            opened_on=_date(row["opened_on"]),
            closed_on=_date(row["closed_on"]),
            mothballed_on=_date(row["mothballed_on"]),
            attendance_rate=rates.get((row["seed_code"], row["sector"]), means[row["sector"]]),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.seed_code, SECTORS.index(one.sector))))


def _attendance_rates(folder: Path) -> dict[tuple[str, str], float]:
    return {
        (row["seed_code"], row["sector"]): float(row["attendance_rate"])
        for row in read_seed(folder, "attendance_targets")
        if row["attendance_rate"] and float(row["attendance_rate"]) > 0
    }


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class DataZones:
    """All data zones in the order of their codes, which is roughly the order of places."""

    codes: tuple[str, ...]
    quintile: NDArray[np.int64]
    authority: NDArray[np.str_]


@lru_cache(maxsize=2)
def data_zones(folder: Path) -> DataZones:
    """The data zones seed as arrays; quintiles are 0 to 4."""
    rows = sorted(read_seed(folder, "data_zones"), key=lambda row: row["data_zone_code"])
    return DataZones(
        tuple(row["data_zone_code"] for row in rows),
        np.array([int(row["quintile"]) - 1 for row in rows]),
        np.array([row["local_authority_code"] for row in rows]),
    )


def shares(folder: Path, characteristic: str, group: str = "all") -> tuple[list[str], NDArray[np.float64]]:
    """Codes of a characteristic and their shares in the pupil census, made to add up to one."""
    rows = [
        row
        for row in read_seed(folder, "pupil_census_shares")
        if row["characteristic"] == characteristic and row["pupil_group"] == group and row["share"]
    ]
    values = np.array([float(row["share"]) for row in rows])
    return [row["code"] for row in rows], values / values.sum()


def census_date(folder: Path, academic_year: str) -> date:
    """The census date of an academic year. Raises OrderError when the seed does not have the year."""
    return _year_row(folder, academic_year, "census_on")[0]


def exam_window(folder: Path, academic_year: str) -> tuple[date, date]:
    """First and last day of the examinations of an academic year."""
    first, last = _year_row(folder, academic_year, "exam_window_from", "exam_window_to")
    return first, last


def _year_row(folder: Path, academic_year: str, *columns: str) -> list[date]:
    for row in read_seed(folder, "academic_years"):
        if row["academic_year"] == academic_year:
            return [date.fromisoformat(row[column]) for column in columns]
    raise OrderError(f"Academic year {academic_year} is not in seeds/academic_years.csv; add it there.")
