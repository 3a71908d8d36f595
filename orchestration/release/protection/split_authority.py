"""The split of the authority's rows by sex and by half day of the week, year to date (37).

Known beside them is the year to date of each school, taken as shown even where it is not, and those categories of
schools that are shown. A row of a sector is shown if no combination of it with these, or with what was ever shown
of them before, rests on few pupils (``split_sums``, with categories in the place of months).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from orchestration.release.protection.memory import Memory, State
from orchestration.release.protection.patterns import ALL, YearPattern
from orchestration.release.protection.sources import PlacedSplit
from orchestration.release.protection.split_half_days import PlacedHalfDays, Sums, half_day
from orchestration.release.protection.split_judge import COLUMN, Marts, place_name, positions_of
from orchestration.release.protection.split_sums import known_sums, save_sums
from orchestration.release.protection.splits import PARTS, Shown, SplitPupils
from orchestration.release.tables.rows import MartRows

CATEGORY_OF_SEX = {"F": 1, "M": 2}
OTHER_SEX = 3
SEX_OF_SCHOOLS = "attendance_by_school_sex"


@dataclass(frozen=True)
class Categories:
    """The pupils of a year by sex and by half day of the week, and what is shown of places and schools."""

    split: PlacedSplit
    half_days: PlacedHalfDays
    shown: Mapping[str, Shown]
    shown_half_days: Mapping[str, Sums]

    def pupils(self, rows: MartRows, group: str) -> dict[str, SplitPupils]:
        """Pupils of each school with the mart's categories in the place of months."""
        placed: PlacedSplit | PlacedHalfDays = self.split if "sex" in rows.columns else self.half_days
        codes = np.array([_sex(value) for value in self.split.sex], dtype=np.int64)
        columns = [COLUMN[part] for part in PARTS[group]]
        found = SplitPupils(
            placed.pupils.pupil,
            codes if "sex" in rows.columns else placed.pupils.month,
            placed.pupils.parts[:, columns],
        )
        index: dict[str, list[int]] = {}
        for position in np.flatnonzero(found.parts.any(axis=1)).tolist():
            index.setdefault("|".join(placed.unit[position]), []).append(position)
        return {name: found.where(np.array(positions, dtype=np.int64)) for name, positions in index.items()}

    def of_school(self, rows: MartRows, name: str) -> list[int]:
        """Categories that are shown of a school."""
        if "sex" not in rows.columns:
            return sorted(self.shown_half_days.get(name, {}))
        known = self.shown[name].breakdowns.get(SEX_OF_SCHOOLS, {}) if name in self.shown else {}
        return sorted({_sex(value) for value in known})


def _sex(value: str) -> int:
    return CATEGORY_OF_SEX.get(value, OTHER_SEX)


def code_of(rows: MartRows, position: int) -> int:
    """The sex or half day of the week of a row, as a number."""
    if "sex" in rows.columns:
        return _sex(str(rows.columns["sex"][position]))
    return half_day(rows.columns["weekday"][position], rows.columns["opening"][position])


def is_of_authority(rows: MartRows, group: str) -> bool:
    """Whether a mart has the authority by sex or by half day of the week."""
    contract = rows.contract
    is_cut = "weekday" in contract.keys or contract.breakdown == ("sex",)
    return contract.kind == "authority" and is_cut and group in contract.groups


def remembered_authority(year: str, group: str, memory: Memory) -> dict[str, dict[str, Sums]]:
    """What was judged at the last month end, by mart and sector."""
    found: dict[str, dict[str, Sums]] = {}
    for (of_year, place, mart), state in memory.states.items():
        if (of_year, place) == (year, f"split.{group}.authority"):
            found[mart] = {
                name: {int(code): sums for code, sums in shown.items()} for name, shown in state.shown.items()
            }
    return found


def _is_hidden(rows: MartRows, position: int, pattern: YearPattern) -> bool:
    mart, sector = rows.contract.mart, str(rows.columns["sector"][position])
    if sector in pattern.sectors or sector in pattern.whole_sectors.get(mart, ()):
        return True
    return "sex" in rows.columns and (sector, rows.columns["sex"][position]) in pattern.sector_cells.get(mart, ())


def _openings(schools: Mapping[str, SplitPupils], place: str, code: int, width: int) -> list[int]:
    sector = place.split("|")[1]
    total = np.zeros(width, dtype=np.int64)
    for name, pupils in schools.items():
        if sector in (ALL, name.split("|")[1]):
            total += pupils.parts[pupils.month == code].sum(axis=0)
    return [int(openings) for openings in total]


def _judge(
    rows: MartRows, positions: Sequence[int], group: str, year: str, known: Categories, memory: Memory,
    pattern: YearPattern,
) -> dict[str, Sums]:  # fmt: skip
    schools, width = known.pupils(rows, group), len(PARTS[group])
    name_of_sums = f"{group}.{rows.contract.mart}"
    sums = known_sums(name_of_sums, width, year, schools, memory)
    every = sorted({code_of(rows, position) for position in positions})
    for name in sorted(schools):
        sums.give(name, every)
        for code in known.of_school(rows, name):
            sums.give(name, [code])
    found: dict[str, Sums] = {}
    for name, position in sorted((place_name(rows, position), position) for position in positions):
        if name not in known.shown or known.shown[name].year is None or not rows.numbers_at("behind_pupils", position):
            continue
        if rows.columns["withheld"][position] is not None or _is_hidden(rows, position, pattern):
            continue
        code = code_of(rows, position)
        exact = [rows.numbers_at(f"openings_{part}", position) for part in PARTS[group]]
        if _openings(schools, name, code, width) == exact and sums.admit(name, [code]):
            found.setdefault(name, {})[code] = exact
    save_sums(name_of_sums, year, sums, memory)
    return found


def judge_authority(
    group: str, year: str, marts: Marts, known: Categories | None, memory: Memory, pattern: YearPattern
) -> dict[str, dict[str, Sums]]:
    """What is shown of the authority at a month's end, by mart, sector and category; notes it in ``memory``.

    Nothing where the year to date is open (``known`` is None).
    """
    found: dict[str, dict[str, Sums]] = {}
    for mart, rows in sorted(marts.items()):
        if is_of_authority(rows, group):
            found[mart] = (
                _judge(rows, positions_of(rows, year), group, year, known, memory, pattern) if known is not None else {}
            )
            shown = {
                name: {str(code): openings for code, openings in sums.items()} for name, sums in found[mart].items()
            }
            memory.new_states[year, f"split.{group}.authority", mart] = State(shown, b"")
    return found
