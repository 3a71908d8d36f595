"""Which rows show the split of absence and late arrivals, by what was judged of their school or sector (37)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from orchestration.release.protection.memory import Memory, State
from orchestration.release.protection.patterns import YearPattern
from orchestration.release.protection.sources import PupilSource
from orchestration.release.protection.split_authority import (
    Categories,
    code_of,
    is_of_authority,
    judge_authority,
    remembered_authority,
)
from orchestration.release.protection.split_cells import Months, cell_name, judge_cells, remembered_cells
from orchestration.release.protection.split_half_days import Sums, half_day, judge_half_days, remembered_half_days
from orchestration.release.protection.split_judge import GroupJudge, Marts, place_name, positions_of
from orchestration.release.protection.splits import NOTHING, PARTS, Shown, month_number
from orchestration.release.tables.rows import Decision, MartRows

JUDGED = ("split", "judged")


@dataclass(frozen=True)
class Finer:
    """What is shown of schools by half day of the week, and of the authority by stage and quintile.

    ``authority`` has, by mart, what is shown of sectors by sex and by half day of the week.
    """

    half_days: Mapping[str, Sums]
    cells: Mapping[str, Months]
    authority: Mapping[str, Mapping[str, Sums]]


def split_decisions(
    marts: Marts,
    year: str,
    source: PupilSource,
    last_closed: int,
    memory: Memory,
    pattern: YearPattern,
    decisions: Mapping[str, Decision],
) -> tuple[set[str], bool]:
    """Decide one year of the groups ``absence`` and ``late`` in all marts, into ``decisions`` and ``memory``.

    Out: places whose split of the year to date is shown, and whether this release judges (once a month).
    """
    monthly = [rows for rows in marts.values() if rows.contract.kind == "school" and "month" in rows.contract.keys]
    found = {month_number(rows.columns["month"][i]) for rows in monthly for i in positions_of(rows, year)}
    closed = sorted(month for month in found if month <= last_closed)
    is_month_end = bool(closed) and len(closed) == len(found)
    judged = memory.states.get((year, *JUDGED))
    is_judging = False
    if closed and last_closed > (judged.shown["month"] if judged else 0):
        is_judging = True
        split, half_days = source.splits(year), source.half_days(year)
        memory.new_states[year, JUDGED[0], JUDGED[1]] = State({"month": last_closed}, b"")
    for group in PARTS:
        if is_judging:
            shown = GroupJudge(group, year, marts, split, closed, is_month_end, memory, pattern).judge()
            of_half_days = judge_half_days(group, year, marts, half_days, shown, memory, pattern)
            by_category = Categories(split, half_days, shown, of_half_days) if is_month_end else None
            finer = Finer(
                of_half_days,
                judge_cells(group, year, marts, split, closed, shown, memory, pattern),
                judge_authority(group, year, marts, by_category, memory, pattern),
            )
        else:
            place = f"split.{group}"
            shown = {
                name: Shown.from_json(state.shown)
                for (of_year, mart, name), state in memory.states.items()
                if (of_year, mart) == (year, place)
            }
            finer = Finer(
                remembered_half_days(year, group, memory),
                remembered_cells(year, group, memory),
                remembered_authority(year, group, memory),
            )
        for rows in marts.values():
            if group in rows.contract.groups and rows.contract.kind in ("school", "authority"):
                _apply(rows, year, group, shown, finer, is_month_end, decisions[rows.contract.mart])
    return _shown_places(marts, year, decisions), is_judging


def _shown_places(marts: Marts, year: str, decisions: Mapping[str, Decision]) -> set[str]:
    """Schools and sectors whose split of the year to date readers see."""
    found: set[str] = set()
    for rows in marts.values():
        contract = rows.contract
        if contract.kind not in ("school", "authority") or contract.breakdown or "absence" not in contract.groups:
            continue
        if "month" in contract.keys or "weekday" in contract.keys:
            continue
        decision = decisions[contract.mart]
        found.update(
            place_name(rows, position)
            for position in positions_of(rows, year)
            if rows.columns["withheld"][position] is None
            and not decision.rows[position]
            and not decision.groups["absence"][position]
        )
    return found


def _apply(
    rows: MartRows,
    year: str,
    group: str,
    shown: Mapping[str, Shown],
    finer: Finer,
    is_month_end: bool,
    decision: Decision,
) -> None:
    contract = rows.contract
    names = [f"openings_{part}" for part in PARTS[group]]
    hidden = decision.groups.setdefault(group, np.zeros(len(rows), dtype=np.bool_))
    for position in positions_of(rows, year):
        if not rows.numbers_at("behind_pupils", position) or rows.columns["withheld"][position] is not None:
            continue
        now = [rows.numbers_at(name, position) for name in names]
        place = shown.get(place_name(rows, position), NOTHING)
        known: list[int] | None = None
        if is_of_authority(rows, group):
            of_sector = finer.authority.get(contract.mart, {}).get(place_name(rows, position), {})
            known = of_sector.get(code_of(rows, position)) if is_month_end else None
        elif "weekday" in contract.keys:
            number = half_day(rows.columns["weekday"][position], rows.columns["opening"][position])
            known = finer.half_days.get(place_name(rows, position), {}).get(number) if is_month_end else None
        elif "simd_quintile" in contract.keys:
            month = month_number(rows.columns["month"][position])
            known = finer.cells.get(cell_name(rows, position), {}).get(month)
        elif "month" in contract.keys:
            known = place.months.get(month_number(rows.columns["month"][position]))
        elif not is_month_end or place.year is None:
            known = None
        elif contract.breakdown:
            category = str(rows.columns[contract.breakdown[0]][position])
            known = place.breakdowns.get(contract.mart, {}).get(category)
        else:
            known = place.year
        hidden[position] = known != now
