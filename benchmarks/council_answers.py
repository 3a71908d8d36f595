"""What heads of made-up councils get an answer to, by question and size of school, without files or a database.

Pupils are those of the published rolls (``tests.support``), all of them at school in each month. Half days are decided
by the patterns of attendance, everything else by the engine. Used by ``benchmarks.utility``.
"""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.release.declared.figures import Figures, Unit
from orchestration.release.engine.cells import Cell, System
from orchestration.release.engine.model import BoolArray
from orchestration.release.protection.memory import Memory
from orchestration.release.protection.patterns import YearPattern
from orchestration.release.protection.protect import year_pattern
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import MartRows
from tests.support.made_up_rolls import GROUPS, QUINTILES, STAGES, Roll
from tests.support.release_exact import contracts

YEAR, MONTH = "2025/26", "2025-08-01"
NAMES = {"1": "most_deprived_fifth", "2": "second_fifth", "rest": "rest"}
MARTS = {
    "attendance_by_school_year": (), "attendance_by_school_stage": ("stage",), "attendance_by_school_sex": ("sex",),
    "attendance_by_school_deprivation": ("deprivation_group",), "attendance_by_authority_year": (),
    "attendance_by_authority_sex": ("sex",),
    "attendance_by_authority_stage_simd_quintile_month": ("stage", "simd_quintile"),
}  # fmt: skip
Answers = dict[str, dict[str, list[int]]]
"""By question and size of school the rows with anybody in them, and those of them that show a figure."""
Asked = dict[str, list[tuple[Cell, ...]]]
"""By question the rows, each as the cells that tell it."""
SizeOf = Callable[[int], str]


@cache
def _contracts() -> Mapping[str, ReleaseContract]:
    with tempfile.TemporaryDirectory() as folder:
        return {contract.mart: contract for contract in contracts(Path(folder))}


def _values(sector: str) -> dict[str, Sequence[str]]:
    stages = [stage for stages in STAGES.values() for stage in stages] if sector == "all" else STAGES[sector]
    return {
        "stage": stages, "sex": ("F", "M", "unknown"), "simd_quintile": QUINTILES,
        "deprivation_group": tuple(NAMES.values()),
    }  # fmt: skip


def attendance_rows(roll: Roll) -> dict[str, MartRows]:
    """The exact marts of half days of a year, as far as their pattern asks: who stands behind each row."""
    places = [tuple(place.split("|")) for place in roll.columns["place"]]
    pupils = list(
        zip(
            places,
            roll.columns["stage"],
            [sex[0].upper() for sex in roll.columns["sex"]],
            roll.columns["quintile"],
            [NAMES[GROUPS[quintile]] for quintile in roll.columns["quintile"]],
            strict=True,
        )
    )
    found = {}
    for mart, by in MARTS.items():
        contract = _contracts()[mart]
        counts: Counter[tuple[str, ...]] = Counter()
        schools: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for (seed, sector), stage, sex, quintile, group in pupils:
            value = {"stage": stage, "sex": sex, "simd_quintile": quintile, "deprivation_group": group}
            own = tuple(value[name] for name in by)
            for place in [(seed, sector)] if "seed_code" in contract.keys else [(sector,), ("all",)]:
                counts[*place, *own] += 1
                schools[*place, *own].add(seed)
        found[mart] = _rows(contract, by, roll, counts, schools)
    return found


def _rows(
    contract: ReleaseContract,
    by: tuple[str, ...],
    roll: Roll,
    counts: Mapping[tuple[str, ...], int],
    schools: Mapping[tuple[str, ...], set[str]],
) -> MartRows:
    units = sorted({tuple(school.split("|")) for school in roll.schools})
    sectors = sorted({sector for _, sector in units})
    of_schools = "seed_code" in contract.keys
    columns: dict[str, list[Any]] = defaultdict(list)
    for place in units if of_schools else [(sector,) for sector in [*sectors, "all"]]:
        groups: list[tuple[str, ...]] = [()]
        for name in by:
            groups = [(*group, value) for group in groups for value in _values(place[-1])[name]]
        for group in groups:
            count = counts.get((*place, *group), 0)
            keys = dict(zip(("seed_code", "sector") if of_schools else ("sector",), place, strict=True))
            keys |= {**dict(zip(by, group, strict=True)), "academic_year": YEAR, "month": MONTH}
            for name in contract.keys:
                columns[name].append(keys.get(name, ""))
            for name in ("behind_pupils", "behind_marked", "behind_smallest_month", "behind_largest_month"):
                columns[name].append(count)
            columns["withheld"].append(None)
            columns["schools_counted"].append(len(schools.get((*place, *group), ())))
    return MartRows(contract, dict(columns))


def half_day_answers(roll: Roll, size_of: SizeOf) -> Answers:
    """Attendance of a year at each school, by stage, and by deprivation group."""
    exact = attendance_rows(roll)
    pattern = year_pattern(exact, YEAR, Memory())
    sizes = _sizes(roll, size_of)
    found: Answers = {}
    for question, mart in (
        ("attendance", "attendance_by_school_year"),
        ("attendance by stage", "attendance_by_school_stage"),
        ("attendance by deprivation", "attendance_by_school_deprivation"),
    ):
        rows = exact[mart]
        lines = found.setdefault(question, defaultdict(lambda: [0, 0]))
        for number, key in enumerate(rows.keys(("seed_code", "sector", *MARTS[mart]))):
            if rows.columns["behind_pupils"][number]:
                line = lines[sizes["|".join(key[:2])]]
                line[0] += 1
                line[1] += not _is_hidden(pattern, mart, key)
    return found


def _is_hidden(pattern: YearPattern, mart: str, key: tuple[str, ...]) -> bool:
    unit = (key[0], key[1])
    return unit in pattern.units or (len(key) == 3 and (*unit, key[2]) in pattern.cells[mart])


def _sizes(roll: Roll, size_of: SizeOf) -> dict[str, str]:
    counted = Counter(roll.columns["place"])
    return {school: size_of(counted[school]) for school in roll.schools}


def engine_answers(system: System, hidden: BoolArray, roll: Roll, size_of: SizeOf, asked: Asked) -> Answers:
    """The same of what the engine decides: by question the cells of schools that have to be shown for an answer."""
    sizes = _sizes(roll, size_of)
    at = {cell: number for number, cell in enumerate(system.cells)}
    found: Answers = {}
    for question, rows in asked.items():
        lines = found.setdefault(question, defaultdict(lambda: [0, 0]))
        for cells in rows:
            numbers = [at[cell] for cell in cells]
            if system.values[numbers].all():
                line = lines[sizes[cells[0].place]]
                line[0] += 1
                line[1] += all(system.is_shown[number] and not hidden[number] for number in numbers)
    return found


def roll_questions(roll: Roll) -> Asked:
    """Each stage of each school that has anybody in it."""
    cells = sorted(set(zip(roll.columns["place"], roll.columns["stage"], strict=True)))
    return {"roll by stage": [(Cell("school_stage", school, (stage,)),) for school, stage in cells]}


def declared_questions(figures: Figures, mart: str, shares: Mapping[str, str], units: Sequence[Unit]) -> Asked:
    """Of a mart of schools, by question a share, told by its two figures."""
    of = next(one for one in figures.marts() if one.name == mart)
    found: Asked = {}
    for question, share in shares.items():
        told = (of.measures[share].denominator or "", of.measures[share].numerator or "")
        rows = [dict(zip(("seed_code", "sector"), unit, strict=True)) for unit in units]
        found[question] = [tuple(cell for name in told for cell in figures.cell(of, name, row)) for row in rows]
    return found
