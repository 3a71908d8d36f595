"""Disclosure control over all marts of one authority together, with what stands and what is remembered (33-40)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from orchestration.release.limits import EndlessError, at, check
from orchestration.release.protection.grid import grid_pattern, sector_cell_pattern
from orchestration.release.protection.heads import Together
from orchestration.release.protection.memory import Memory
from orchestration.release.protection.patterns import (
    YearPattern,
    breakdown_pattern,
    own_pattern,
)
from orchestration.release.protection.places import time_pattern, total_pattern
from orchestration.release.protection.reasons import category_decisions, reason_decisions
from orchestration.release.protection.same_weeks import LastYears, same_weeks_decisions
from orchestration.release.protection.sources import PupilSource
from orchestration.release.protection.split_rows import split_decisions
from orchestration.release.protection.splits import last_closed_month
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import Decision, MartRows
from orchestration.release.tables.shapes import BREAKDOWNS, KINDS, ContractError

Marts = Mapping[str, MartRows]
ROUNDS = 100
"""Rounds until nothing is added to what is hidden; two or three are usual, and each adds at least one cell."""
CUT_BY_TIME = ("week", "weekday")
"""Keys of marts that have a pattern of their own, which holds that of the totals."""


@dataclass(frozen=True)
class Protected:
    """Decisions by mart, and the pattern of each year."""

    decisions: dict[str, Decision]
    patterns: dict[str, YearPattern]


def _of_kind(marts: Marts, kind: str) -> Iterator[MartRows]:
    return (rows for rows in marts.values() if rows.contract.kind == kind)


def _years(marts: Marts) -> list[str]:
    years: set[str] = set()
    for rows in marts.values():
        if rows.contract.is_protected and "academic_year" in rows.columns:
            years.update(rows.columns["academic_year"])
    return sorted(years)


def _cut_by(marts: Sequence[MartRows], time: str | None) -> list[MartRows]:
    """Marts without a breakdown that are cut by a key of time; None: totals and their months."""
    return [
        rows
        for rows in marts
        if not rows.contract.breakdown
        and (time in rows.contract.keys if time else not set(CUT_BY_TIME) & set(rows.contract.keys))
    ]


def year_pattern(marts: Marts, year: str, memory: Memory, together: Together = ()) -> YearPattern:
    """The pattern of one academic year over all marts; ``together`` are schools that one head knows."""
    pattern = YearPattern(together=together)
    schools = list(_of_kind(marts, "school"))
    authority = list(_of_kind(marts, "authority"))
    at(f"hiding schools and sectors of {year}")
    total_pattern(_cut_by(schools, None), _cut_by(authority, None), year, memory, pattern)
    for time in CUT_BY_TIME:
        time_pattern(_cut_by(schools, time), _cut_by(authority, time), year, memory, pattern)
    for rows in schools:
        if rows.contract.breakdown:
            at(f"hiding cells of {rows.contract.mart} of {year}")
            breakdown_pattern(rows, year, memory, pattern)
    for rows in _of_kind(marts, "schools"):
        own_pattern(rows, year, memory, pattern)
    for rows in authority:
        at(f"hiding cells of {rows.contract.mart} of {year}")
        if {"stage", "simd_quintile"} <= set(rows.contract.breakdown):
            grid_pattern(rows, year, memory, pattern)
        elif rows.contract.breakdown:
            sector_cell_pattern(rows, year, memory, pattern)
    return pattern


def _hidden_row(rows: MartRows, position: int, pattern: YearPattern) -> bool:
    contract = rows.contract
    columns = {key: str(rows.columns[key][position]) for key in contract.keys}
    sector = columns.get("sector", "")
    if "seed_code" in columns:
        unit = (columns["seed_code"], sector)
        if unit in pattern.units or unit in pattern.whole_units.get(contract.mart, ()):
            return True
        if contract.kind == "school" and contract.breakdown:
            return (*unit, columns[contract.breakdown[0]]) in pattern.cells.get(contract.mart, ())
        return False
    if sector in pattern.sectors or sector in pattern.whole_sectors.get(contract.mart, ()):
        return True
    if {"stage", "simd_quintile"} <= set(columns):
        return (sector, columns["stage"], columns["simd_quintile"]) in pattern.grid
    if contract.kind == "authority" and contract.breakdown:
        return (sector, columns[contract.breakdown[0]]) in pattern.sector_cells.get(contract.mart, ())
    return False


def _pattern_decision(rows: MartRows, patterns: Mapping[str, YearPattern]) -> Decision:
    decision = Decision.nothing(len(rows))
    if "academic_year" not in rows.columns or not rows.contract.is_protected:
        return decision
    years = rows.columns["academic_year"]
    decision.rows = np.array(
        [_hidden_row(rows, position, patterns[years[position]]) for position in range(len(rows))], dtype=np.bool_
    )
    return decision


def refuse_unknown(contract: ReleaseContract) -> None:
    """Refuse a kind, or a combination of breakdowns, that no rule protects. Raises ``ContractError``."""
    if contract.kind not in KINDS:
        raise ContractError(f"{contract.mart}: its kind {contract.kind} is not known, so no rule protects it")
    if contract.kind in BREAKDOWNS and contract.breakdown not in BREAKDOWNS[contract.kind]:
        raise ContractError(f"{contract.mart}: no rule protects rows by {', '.join(contract.breakdown)}")


def protect(
    exact: Marts,
    memory: Memory,
    source: PupilSource,
    data_as_at: date | None,
    extracted_on: date | None,
    last_years: LastYears | None = None,
    together: Together = (),
) -> Protected:
    """Decide for every row, group and cell of an authority's marts what is shown; notes it in ``memory``.

    Raises ``ContractError`` naming a mart that no rule protects.
    Repeated with what it has hidden itself until nothing is added, so that a release of the same state a second
    time finds nothing to change. ``last_years`` stands for years that are left as they are, ``together`` are
    schools that one head knows.
    """
    for rows in exact.values():
        refuse_unknown(rows.contract)
    for _ in range(ROUNDS):
        check()
        known = len(memory.new_hidden)
        memory.new_shown.clear()
        memory.new_states.clear()
        protected = _protect_once(exact, memory, source, data_as_at, extracted_on, last_years, together)
        if len(memory.new_hidden) == known:
            return protected
    raise EndlessError(f"after {ROUNDS} rounds there is still more to hide")


def _protect_once(
    exact: Marts,
    memory: Memory,
    source: PupilSource,
    data_as_at: date | None,
    extracted_on: date | None,
    last_years: LastYears | None,
    together: Together,
) -> Protected:
    years = _years(exact)
    patterns = {year: year_pattern(exact, year, memory, together) for year in years}
    decisions = {mart: _pattern_decision(rows, patterns) for mart, rows in exact.items()}
    same_weeks_decisions(exact, decisions, last_years)
    last_closed = last_closed_month(data_as_at, extracted_on)
    for year in years:
        at(f"judging the split of absence of {year}")
        shown, judging = split_decisions(exact, year, source, last_closed, memory, patterns[year], decisions)
        at(f"judging reasons for absence of {year}")
        category_decisions(exact, year, shown, memory, decisions)
        reason_decisions(exact, year, shown, judging, memory, decisions)
    return Protected(decisions, patterns)
