"""The split of a school's half days of the week: all of them or none, with that of the year to date (37).

The half days add up to the year to date, so they are shown only with it, and none is left out that could be had
from the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from orchestration.release.protection.memory import Memory, State
from orchestration.release.protection.patterns import YearPattern
from orchestration.release.protection.splits import (
    PARTS,
    Shown,
    SplitPupils,
    changed_behind,
    enough,
    nobody,
    none_or_enough,
    pack,
    unpack,
)
from orchestration.release.tables.rows import MartRows

Sums = dict[int, list[int]]
"""Openings in each part, by half day of the week (``half_day``)."""


@dataclass(frozen=True)
class PlacedHalfDays:
    """The split of one year with the school and sector of each row; its months are half days of the week."""

    pupils: SplitPupils
    unit: Sequence[tuple[str, str]]


def half_day(weekday: int, opening: str) -> int:
    """Monday morning is 10, Monday afternoon 11."""
    return 10 * weekday + (opening == "PM")


def of_half_days(marts: Mapping[str, MartRows], group: str) -> MartRows | None:
    """The mart of schools by half day of the week."""
    found = (
        rows
        for rows in marts.values()
        if rows.contract.kind == "school" and "weekday" in rows.contract.keys and group in rows.contract.groups
    )
    return next(found, None)


def _place(group: str) -> str:
    return f"split.{group}.half_days"


def remembered_half_days(year: str, group: str, memory: Memory) -> dict[str, Sums]:
    """What was judged at the last month end, by school and sector."""
    return {
        name: {int(number): sums for number, sums in state.shown.items()}
        for (of_year, mart, name), state in memory.states.items()
        if (of_year, mart) == (year, _place(group))
    }


def may_show(now: SplitPupils, before: SplitPupils) -> bool:
    """Five pupils behind each part, and nobody or five behind each part of the change."""
    return enough(now.behind()) and none_or_enough(changed_behind(now, before))


def _judge(
    rows: MartRows, group: str, positions: Sequence[int], now: SplitPupils, before: SplitPupils, units: set[str]
) -> Sums:
    sums: Sums = {}
    beside: list[int] = []
    for position in positions:
        if not rows.numbers_at("behind_pupils", position):
            continue
        if f"{rows.columns['seed_code'][position]}|{rows.columns['sector'][position]}" in units:
            return {}
        number = half_day(rows.columns["weekday"][position], rows.columns["opening"][position])
        if rows.columns["withheld"][position] is not None:
            beside.append(number)
            continue
        exact = [rows.numbers_at(f"openings_{part}", position) for part in PARTS[group]]
        own = now.of_months([number])
        if own.sums() != exact or not may_show(own, before.of_months([number])):
            return {}
        sums[number] = exact
    return sums if not beside or may_show(now.of_months(beside), before.of_months(beside)) else {}


def judge_half_days(
    group: str,
    year: str,
    marts: Mapping[str, MartRows],
    half_days: PlacedHalfDays,
    shown: Mapping[str, Shown],
    memory: Memory,
    pattern: YearPattern,
) -> dict[str, Sums]:
    """Judge one group of one year at a month's end. Out: what is shown, by school and sector; notes it in ``memory``.

    ``shown`` is what was judged of the places' months and year to date.
    """
    rows = of_half_days(marts, group)
    if rows is None:
        return {}
    width = len(PARTS[group])
    columns = [("authorised", "not_authorised", "late").index(part) for part in PARTS[group]]
    pupils = SplitPupils(half_days.pupils.pupil, half_days.pupils.month, half_days.pupils.parts[:, columns])
    index: dict[str, list[int]] = {}
    for position, unit in enumerate(half_days.unit):
        index.setdefault("|".join(unit), []).append(position)
    of_place: dict[str, list[int]] = {}
    for position, (seed_code, sector, of_year) in enumerate(rows.keys(("seed_code", "sector", "academic_year"))):
        if of_year == year:
            of_place.setdefault(f"{seed_code}|{sector}", []).append(position)
    units = {"|".join(unit) for unit in (*pattern.units, *pattern.whole_units.get(rows.contract.mart, ()))}
    found: dict[str, Sums] = {}
    for name, positions in sorted(of_place.items()):
        earlier = memory.states.get((year, _place(group), name))
        before = unpack(earlier.packed, width) if earlier is not None else nobody(width)
        now = pupils.where(np.array(index.get(name, []), dtype=np.int64))
        is_open = name in shown and shown[name].year is not None
        found[name] = _judge(rows, group, positions, now, before, units) if is_open else {}
        if found[name]:
            memory.new_states[year, _place(group), name] = State(
                {str(number): sums for number, sums in found[name].items()}, pack(now)
            )
        elif earlier is not None:
            memory.new_states[year, _place(group), name] = State({}, earlier.packed)
    return found
