"""The rate of the same weeks last year: shown where this year's row and last year's row and weeks are (RULES 20)."""

from collections.abc import Mapping

import numpy as np

from orchestration.release.tables.rows import BoolArray, Decision, MartRows

GROUP = "same_weeks"
RATE = "rate_same_weeks_last_year"
Marts = Mapping[str, MartRows]
Place = tuple[str, ...]
LastYears = dict[tuple[str, Place], tuple[bool, bool]]
"""Of years that are not released anew, by mart and place: whether it or weeks of it are hidden, or not available."""


def year_before(year: str) -> str:
    """``2024/25`` of ``2025/26``."""
    first = int(year[:4]) - 1
    return f"{first}/{(first + 1) % 100:02d}"


def _places(rows: MartRows) -> list[Place]:
    """Place and academic year of each row."""
    keys = (
        ("seed_code", "sector", "academic_year") if "seed_code" in rows.contract.keys else ("sector", "academic_year")
    )
    return rows.keys(keys)


def _hidden_weeks(marts: Marts, kind: str, decisions: Mapping[str, Decision]) -> set[Place]:
    """Places and years of which weeks are hidden."""
    found: set[Place] = set()
    for mart, rows in marts.items():
        if rows.contract.kind == kind and "week" in rows.contract.keys:
            hidden = decisions[mart].rows
            found.update(place for place, is_hidden in zip(_places(rows), hidden.tolist(), strict=True) if is_hidden)
    return found


def same_weeks_decisions(marts: Marts, decisions: Mapping[str, Decision], last_years: LastYears | None = None) -> None:
    """Hide the group ``same_weeks`` where last year's row or weeks are hidden; ``[x]`` where they are not available.

    ``last_years`` stands for the years before that are not among ``marts``.
    """
    for mart, rows in marts.items():
        if GROUP not in rows.contract.groups:
            continue
        decision = decisions[mart]
        places = _places(rows)
        position_of = {place: position for position, place in enumerate(places)}
        weeks = _hidden_weeks(marts, rows.contract.kind, decisions)
        hidden: BoolArray = np.zeros(len(rows), dtype=np.bool_)
        unavailable: BoolArray = np.zeros(len(rows), dtype=np.bool_)
        for position, place in enumerate(places):
            last = (*place[:-1], year_before(place[-1]))
            found = position_of.get(last)
            if found is None:
                if last_years is not None and (mart, last) in last_years:
                    hidden[position], is_missing = last_years[mart, last]
                    unavailable[position] = is_missing or rows.columns[RATE][position] is None
                continue
            hidden[position] = decision.rows[found] or last in weeks
            unavailable[position] = rows.columns["withheld"][found] is not None or rows.columns[RATE][position] is None
        decision.groups[GROUP] = hidden
        decision.unavailable[GROUP] = unavailable
