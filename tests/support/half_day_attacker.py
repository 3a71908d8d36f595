"""Who knows one school exactly, and reads all marts of half days: which hidden rows follow from that.

Written down are all groups of each school and month (stage, sex, quintile), and all weeks and half days of the week of
it, which share but its total. A row follows where it is a combination of rows that are shown: asked by singular values.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from orchestration.release.tables.rows import MartRows
from tests.support.release_world import GROUPS, STAGES, World

SMALL = 5
MEASURE = "openings_possible"
TIMES = ("week", "weekday")
CUTS = ("stage", "sex", "simd_quintile")
NEAR = 1e-7
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Numbers = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Row:
    """A row of a mart: its name, the school whose it is (empty: of several), what it is the sum of, what is shown."""

    name: str
    seed_code: str
    columns: Flags
    shown: int | None
    pupils: int
    pupils_by_school: Mapping[str, int]


def _columns(marts: Mapping[str, MartRows]) -> list[dict[str, Any]]:
    """The finest parts: of groups without a week, and of times without groups."""
    schools = marts["attendance_by_school_month"]
    weeks = marts["attendance_by_school_week"].columns
    months = sorted({*schools.columns["month"]})
    month_of = {month + timedelta(days=7 * n - month.weekday()): str(month) for month in months for n in range(4)}
    days = sorted({*marts["attendance_by_school_weekday"].columns["weekday"]})
    found: list[dict[str, Any]] = []
    for seed, sector, month in schools.keys(("seed_code", "sector", "month")):
        base = {"seed_code": seed, "sector": sector, "month": str(month)}
        for stage in STAGES[sector]:
            for sex in "FM":
                for quintile in ("1", "2", "3", "4", "5", "unknown"):
                    group = GROUPS.get(quintile, "rest")
                    own = {"stage": stage, "sex": sex, "simd_quintile": quintile, "deprivation_group": group}
                    found.append({**base, **own, "is_time": False})
    for seed, sector, week in zip(weeks["seed_code"], weeks["sector"], weeks["week"], strict=True):
        found += [
            {"seed_code": seed, "sector": sector, "month": month_of[week], "week": str(week), "weekday": str(day),
             "is_time": True}
            for day in days
        ]  # fmt: skip
    return found


class Attacker:
    """All rows of one release, with what each is the sum of."""

    def __init__(self, exact: Mapping[str, MartRows], released: Mapping[str, MartRows], world: World) -> None:
        self.parts = _columns(exact)
        self.values = {
            name: np.array([part.get(name, "") for part in self.parts], dtype=object)
            for name in ("seed_code", "sector", "month", "stage", "sex", "simd_quintile", "deprivation_group", *TIMES)
        }
        self.is_time = np.array([part["is_time"] for part in self.parts])
        self.rows = list(self._rows(exact, released, world))
        self.glue = list(self._glue())

    def _of(self, keys: Mapping[str, str]) -> Flags:
        found = self.is_time.copy() if set(keys) & set(TIMES) else ~self.is_time
        for name, value in keys.items():
            if name in self.values and not (name == "sector" and value == "all"):
                found &= self.values[name] == value
        return found

    def _rows(self, exact: Mapping[str, MartRows], released: Mapping[str, MartRows], world: World) -> Iterator[Row]:
        for mart, rows in sorted(exact.items()):
            if MEASURE not in rows.columns or rows.contract.kind not in ("school", "authority"):
                continue
            contract = rows.contract
            at = {key: number for number, key in enumerate(released[mart].keys(contract.keys))}
            for number, key in enumerate(rows.keys(contract.keys)):
                keys = {name: str(value) for name, value in zip(contract.keys, key, strict=True)}
                value = released[mart].columns[MEASURE][at[key]]
                yield Row(
                    f"{mart} {' '.join(keys.values())}",
                    keys.get("seed_code", ""),
                    self._of(keys),
                    None if value is None else int(value),
                    int(rows.columns["behind_marked"][number]),
                    _pupils(world, keys),
                )

    def _glue(self) -> Iterator[Numbers]:
        """Groups and times of a school's month add up to the same."""
        for seed, sector, month in {(part["seed_code"], part["sector"], part["month"]) for part in self.parts}:
            inside = (self.values["seed_code"] == seed) & (self.values["sector"] == sector)
            inside &= self.values["month"] == month
            yield np.where(inside, np.where(self.is_time, -1.0, 1.0), 0.0)

    def told(self, schools: Collection[str]) -> list[str]:
        """Hidden rows of 1 to 4 pupils, some of other schools, that follow for who knows some schools."""
        empty = np.zeros(len(self.parts), dtype=np.bool_)
        for row in self.rows:
            if row.shown == 0:
                empty |= row.columns
        left = ~empty & ~np.isin(self.values["seed_code"], sorted(schools))
        known = [row.columns[left].astype(np.float64) for row in self.rows if row.shown]
        basis = _basis(np.array([*known, *(one[left] for one in self.glue)]))
        found = []
        for row in self.rows:
            if row.shown is not None or row.pupils not in range(1, SMALL) or row.seed_code in schools:
                continue
            if sum(row.pupils_by_school.get(school, 0) for school in schools) == row.pupils:
                continue
            asked = row.columns[left].astype(np.float64)
            if np.linalg.norm(asked - basis.T @ (basis @ asked)) < NEAR * max(1.0, float(np.linalg.norm(asked))):
                found.append(row.name)
        return found


def _basis(rows: Numbers) -> Numbers:
    _, sizes, right = np.linalg.svd(rows, full_matrices=False)
    return np.asarray(right[sizes > 1e-8 * sizes.max(initial=1.0)])


def _pupils(world: World, keys: Mapping[str, str]) -> dict[str, int]:
    """Pupils behind a row by school, whatever the time."""
    found: dict[str, int] = {}
    for pupil in world.pupils:
        own = {"seed_code": pupil.seed_code, "sector": pupil.sector, "stage": pupil.stage, "sex": pupil.sex,
               "simd_quintile": pupil.quintile, "deprivation_group": pupil.group}  # fmt: skip
        if all(own[name] == value or (name, value) == ("sector", "all") for name, value in keys.items() if name in own):
            found[pupil.seed_code] = found.get(pupil.seed_code, 0) + 1
    return found
