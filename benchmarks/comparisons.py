"""Counts enrolments and marks of synthetic authorities, and compares them with the published tables."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.settings import PROJECT_DIR
from orchestration.synthetic import generate_pupils_only
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.published import QUINTILES, STAGES, census_date, read_seed

SEEDS = PROJECT_DIR / "seeds"
LARGE = 50  # pupils from which a school's rate is judged
ATTENDED = (10, 11, 12, 13)
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """Published cells of one kind: how many there are, how many are hidden, how many differ."""

    published: int
    hidden: int
    different: int


def on_roll(world: YearWorld) -> Ints:
    """Places of the enrolments at a base school that are in force at the census."""
    spells = world.enrolments
    day = np.datetime64(census_date(SEEDS, world.academic_year))
    stays = np.isnat(spells.leaving) | (spells.leaving >= day)
    return np.flatnonzero(spells.is_base & (spells.entry <= day) & stays)


def compare_census(world: YearWorld) -> dict[str, Cells]:
    """Stages, quintiles and further counts of each school against the published table of that census."""
    people, spells, places = world.people, world.enrolments, on_roll(world)
    department, person, stage = spells.department[places], spells.person[places], spells.stage[places]
    stages, quintiles, sexes = (
        _cells(department, value, len(world.schools), width)
        for value, width in ((stage, len(STAGES)), (people.quintile[person], QUINTILES), (people.sex[person], 2))
    )
    flags = {
        "asn": people.has_support_need[person],
        "free_meals_p6_sp": people.is_meal_registered[person] & (stage >= 5),
    }
    counts = {name: np.bincount(department, weights=flag, minlength=len(world.schools)) for name, flag in flags.items()}
    rows = {
        (int(row["seed_code"]), row["sector"]): row
        for row in read_seed(SEEDS, "school_rolls")
        if row["census_year"] == str(world.start)
    }
    found: dict[str, list[tuple[str, int]]] = {}
    for at, school in enumerate(world.schools):
        row = rows.get((school.seed_code, school.sector))
        if row is None:
            found.setdefault("roll", []).append(("0", int(stages[at].sum())))
            continue
        hidden = row["hidden"].split()

        def note(kind: str, column: str, value: int, row: dict[str, str] = row, hidden: list[str] = hidden) -> None:
            if row[column] or column in hidden:
                found.setdefault(kind, []).append((row[column], value))

        note("roll", "roll", int(stages[at].sum()))
        for place, name in enumerate(STAGES):
            note("roll by stage", name.lower(), int(stages[at, place]))
        for place in range(QUINTILES):
            column = "simd_unknown" if place == QUINTILES - 1 else f"simd_{place + 1}"
            note("SIMD quintile", column, int(quintiles[at, place]))
        note("sex", "female", int(sexes[at, 0]))
        note("sex", "male", int(sexes[at, 1]))
        note("support need", "asn", int(counts["asn"][at]))
        note("free meals, P6 and above", "free_meals_p6_sp", int(counts["free_meals_p6_sp"][at]))
    return {kind: _compare(pairs) for kind, pairs in found.items()}


def _cells(row: Ints, column: Ints, rows: int, columns: int) -> Ints:
    return np.bincount(row * columns + column, minlength=rows * columns).reshape(rows, columns)


def _compare(pairs: list[tuple[str, int]]) -> Cells:
    shown = [(int(text), value) for text, value in pairs if text]
    return Cells(len(shown), len(pairs) - len(shown), sum(text != value for text, value in shown))


def compare_attendance(world: YearWorld) -> tuple[int, int, float, float]:
    """Large schools, those within half a point of their rate, the worst, and the authority's difference."""
    marks = world.marks()
    attended = np.isin(marks, ATTENDED).sum(axis=1)
    possible = (marks >= 10).sum(axis=1)
    size = len(world.schools)
    by_school = [
        np.bincount(world.enrolments.department, weights=value, minlength=size) for value in (attended, possible)
    ]
    target = np.array([school.attendance_rate for school in world.schools])
    roll = np.bincount(world.enrolments.department[on_roll(world)], minlength=size)
    large = roll >= LARGE
    difference = 100 * (by_school[0][large] / by_school[1][large] - target[large])
    aim = float(np.average(target, weights=roll))
    overall = 100 * (float(attended.sum()) / float(possible.sum()) - aim)
    return int(large.sum()), int((np.abs(difference) <= 0.5).sum()), float(np.abs(difference).max()), overall


@dataclass
class National:
    """Sums over all authorities: pupils by sector, openings by quintile, need and secondary stage."""

    sectors: dict[str, NDArray[np.float64]]
    groups: dict[str, NDArray[np.float64]]

    def persistence(self) -> dict[str, tuple[int, float, float]]:
        """Pupils, percent persistently and percent severely absent, by sector."""
        return {name: (int(n), 100 * often / n, 100 * half / n) for name, (n, often, half) in self.sectors.items()}

    def rates(self) -> dict[str, float]:
        """Percent of openings attended, by group of pupils."""
        return {name: 100 * (1 - absent / possible) for name, (absent, possible) in self.groups.items()}


def national(year: str) -> National:
    """All 32 authorities, from the generator's pupils without files."""
    sums = National({sector: np.zeros(3) for sector in ("primary", "secondary", "special")}, {})
    for world in generate_pupils_only(SEEDS, ("all",), (year,)):
        people, spells = world.people, world.enrolments
        counted = world.counted()
        possible = np.bincount(spells.person, weights=counted, minlength=people.count)
        absent = np.bincount(spells.person, weights=world.absent, minlength=people.count)
        sector = np.full(people.count, "none", dtype=object)
        names = np.array([school.sector for school in world.schools], dtype=object)
        sector[spells.person[spells.is_base]] = names[spells.department[spells.is_base]]
        for name, total in sums.sectors.items():
            mine = (sector == name) & (possible >= 20)
            often, half = 10 * absent[mine] >= possible[mine], 2 * absent[mine] >= possible[mine]
            total += (mine.sum(), often.sum(), half.sum())
        quintile, need = people.quintile[spells.person], people.has_support_need[spells.person]
        groups = {
            **{f"SIMD quintile {place + 1}": quintile == place for place in range(5)},
            "support need": need,
            "no support need": ~need,
            **{STAGES[stage]: spells.stage == stage for stage in range(7, 13)},
        }
        for name, chosen in groups.items():
            sums.groups.setdefault(name, np.zeros(2))
            sums.groups[name] += (world.absent[chosen].sum(), counted[chosen].sum())
    return sums


def published_persistence(year: str) -> dict[str, float]:
    """Published percent of pupils persistently absent, by sector."""
    return {
        row["sector"]: float(row["value"])
        for row in read_seed(SEEDS, "national_statistics")
        if row["measure"] == "persistent_absence_rate" and row["academic_year"] == year
    }
