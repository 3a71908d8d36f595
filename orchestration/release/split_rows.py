"""Which rows show the split of absence and late arrivals, by what was judged of their school or sector (37)."""

from collections.abc import Mapping

import numpy as np

from orchestration.release.memory import Memory, State
from orchestration.release.patterns import YearPattern
from orchestration.release.rows import Decision, MartRows
from orchestration.release.sources import PlacedSplit, PupilSource
from orchestration.release.split_judge import GroupJudge, Marts, place_name, positions_of
from orchestration.release.splits import NOTHING, PARTS, Shown, month_number

JUDGED = ("split", "judged")


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
    split: PlacedSplit | None = None
    if closed and last_closed > (judged.shown["month"] if judged else 0):
        split = source.splits(year)
        memory.new_states[year, JUDGED[0], JUDGED[1]] = State({"month": last_closed}, b"")
    for group in PARTS:
        if split is not None:
            shown = GroupJudge(group, year, marts, split, closed, is_month_end, memory, pattern).judge()
        else:
            place = f"split.{group}"
            shown = {
                name: Shown.from_json(state.shown)
                for (of_year, mart, name), state in memory.states.items()
                if (of_year, mart) == (year, place)
            }
        for rows in marts.values():
            if group in rows.contract.groups and rows.contract.kind in ("school", "authority"):
                _apply(rows, year, group, shown, is_month_end, decisions[rows.contract.mart])
    return _shown_places(marts, year, decisions), split is not None


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
    rows: MartRows, year: str, group: str, shown: Mapping[str, Shown], is_month_end: bool, decision: Decision
) -> None:
    contract = rows.contract
    names = [f"openings_{part}" for part in PARTS[group]]
    hidden = decision.groups.setdefault(group, np.zeros(len(rows), dtype=np.bool_))
    for position in positions_of(rows, year):
        if not rows.numbers_at("behind_pupils", position) or rows.columns["withheld"][position] is not None:
            continue
        now = [rows.numbers_at(name, position) for name in names]
        place = shown.get(place_name(rows, position), NOTHING)
        if "weekday" in contract.keys or len(contract.breakdown) > 1:
            known: list[int] | None = None
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
