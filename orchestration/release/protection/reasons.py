"""Reasons for absence, and the full categories of a sector: shown with the split of their place (RULES 37)."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from orchestration.release.protection.memory import Memory, State
from orchestration.release.protection.patterns import ALL
from orchestration.release.protection.split_judge import Marts, place_name, positions_of
from orchestration.release.protection.suppression import CellSystem, Margin, complete
from orchestration.release.tables.rows import Decision, IntArray, MartRows
from orchestration.release.thresholds import FEW_SCHOOLS, SMALL

CATEGORIES = ("unauthorised", "excluded", "unknown_reason", "not_counted")
AUTHORISED = (
    "sickness_without_provision", "very_late", "authorised_holiday", "exceptional_domestic_authorised",
    "other_authorised",
)  # fmt: skip
"""Reasons whose openings add up to authorised absence; the others add up to absence that is not."""
JOINED = ("other_unauthorised", "temporary_exclusion", "unknown_reason")
"""Reasons of the authority that are together in the first of them for a school."""
CELLS = ("reasons", "cells")
OF_PLACE = ("categories", "places")


def category_decisions(
    marts: Marts, year: str, shown: set[str], memory: Memory, decisions: Mapping[str, Decision]
) -> None:
    """Full categories of each sector, and of all sectors where each is shown; ``shown`` are places with the split.

    Each category has nobody or five pupils behind it, and has not changed or has five pupils more behind it
    since it was last shown (a lower bound for the pupils behind the change).
    """
    for mart, rows in marts.items():
        if "categories" not in rows.contract.groups:
            continue
        before = memory.states.get((year, mart, OF_PLACE[1]))
        known: dict[str, Any] = dict(before.shown) if before else {}
        hidden = decisions[mart].groups.setdefault("categories", np.zeros(len(rows), dtype=np.bool_))
        of_year = sorted(positions_of(rows, year), key=lambda i: rows.columns["sector"][i] == ALL)
        are_shown = True
        now: dict[str, Any] = dict(known)
        for position in of_year:
            if not rows.numbers_at("behind_pupils", position) or rows.columns["withheld"][position] is not None:
                continue
            name = place_name(rows, position)
            figures = [
                [rows.numbers_at(f"openings_{part}", position), rows.numbers_at(f"behind_{part}", position)]
                for part in CATEGORIES
            ]
            may_show = name in shown and _may_show(figures, known.get(name))
            few = 0 < rows.numbers_at("schools_counted", position) < FEW_SCHOOLS
            may_show = may_show and not few and (name != f"*|{ALL}" or are_shown)
            are_shown = are_shown and may_show
            hidden[position] = not may_show
            if may_show:
                now[name] = figures
        if now != known:
            memory.new_states[year, mart, OF_PLACE[1]] = State(now, b"")


def _may_show(figures: list[list[int]], before: list[list[int]] | None) -> bool:
    for number, (openings, behind) in enumerate(figures):
        if 0 < behind < SMALL:
            return False
        if before is not None and openings != before[number][0] and behind - before[number][1] < SMALL:
            return False
    return True


def _kind(rows: MartRows) -> bool:
    return rows.contract.kind in ("school_reasons", "authority_reasons")


def reason_decisions(
    marts: Marts, year: str, shown: set[str], judging: bool, memory: Memory, decisions: Mapping[str, Decision]
) -> None:
    """Reasons of schools and sectors; ``shown`` are the places whose split to date is shown.

    Hidden: 1 to 4 pupils behind a reason, or behind its change since it was last shown; complementary cells
    within each part of the place's split and, for each reason, within the sector and the authority. Of a reason that
    has been shown only the growth is unknown. Cells with few pupils count as one, so that in what is hidden together
    at least one reason alone has five pupils behind it.
    """
    found = [
        (rows, position, place_name(rows, position), str(rows.columns["reason"][position]))
        for rows in marts.values()
        if _kind(rows)
        for position in positions_of(rows, year)
    ]
    if not found:
        return
    before = memory.states.get((year, *CELLS))
    known: dict[str, Any] = before.shown if before else {}
    figures = {
        f"{name}|{reason}": [rows.numbers_at("openings", i), rows.numbers_at("behind_reason", i)]
        for rows, i, name, reason in found
    }
    if judging:
        hidden = _judge([(name, reason) for _, _, name, reason in found], figures, shown, known)
        memory.new_states[year, CELLS[0], CELLS[1]] = State(
            {cell: _remembered(figure, cell in hidden, known.get(cell)) for cell, figure in figures.items()},
            b"",
        )
    else:
        hidden = {cell for cell, figure in figures.items() if cell not in known or known[cell][:3] != [*figure, False]}
    for rows, position, name, reason in found:
        if rows.columns["withheld"][position] is None and rows.numbers_at("behind_pupils", position):
            decision = decisions[rows.contract.mart]
            decision.rows[position] |= f"{name}|{reason}" in hidden or name not in shown


def _remembered(figure: list[int], is_hidden: bool, before: list[Any] | None) -> list[Any]:
    """Openings and pupils as last shown, or as first judged; whether hidden now; whether ever shown."""
    if is_hidden and before is not None:
        return [*before[:2], True, before[3]]
    return [*figure, is_hidden, not is_hidden]


def _is_primary(figure: list[int], before: list[Any] | None) -> bool:
    openings, behind = figure
    if 0 < behind < SMALL:
        return True
    if before is None or openings == before[0]:
        return before is not None and bool(before[2]) and openings > 0
    return bool(behind - before[1] < SMALL)


def _unknown_pupils(figure: list[int], before: list[Any] | None) -> int:
    """Pupils behind what readers do not know of a reason if it is hidden now; few count as one."""
    openings, behind = figure
    if before is not None and before[3]:
        behind = 0 if openings == before[0] else max(behind - before[1], 1)
    return 1 if 0 < behind < SMALL else behind


def _within_place(place: str, cells: list[tuple[str, str]]) -> list[IntArray]:
    """Cells of a place that add up to a sum which readers know where the place's split is shown."""

    def of(is_in: Callable[[str], bool]) -> IntArray:
        return np.array([i for i, (name, r) in enumerate(cells) if name == place and is_in(r)], dtype=np.int64)

    sums = [of(lambda r: r in AUTHORISED), of(lambda r: r not in AUTHORISED)]
    if place.startswith("*"):  # the full categories, and what the schools have together
        sums += [of(lambda r: r not in (*AUTHORISED, *JOINED[1:])), of(lambda r: r in JOINED)]
    return [found for found in sums if len(found)]


def _judge(
    cells: list[tuple[str, str]], figures: Mapping[str, list[int]], shown: set[str], known: Mapping[str, Any]
) -> set[str]:
    names = [f"{name}|{reason}" for name, reason in cells]
    position = {cell: number for number, cell in enumerate(names)}
    values: IntArray = np.array([_unknown_pupils(figures[cell], known.get(cell)) for cell in names], dtype=np.int64)
    hidden = np.array([_is_primary(figures[cell], known.get(cell)) for cell in names], dtype=np.bool_)
    places = sorted({name for name, _ in cells})
    sectors = [name for name in places if name.startswith("*|") and name != f"*|{ALL}"]
    margins: list[Margin] = []
    for place in places:
        own = np.array([i for i, (name, _) in enumerate(cells) if name == place], dtype=np.int64)
        if place in shown:
            margins += [Margin(found) for found in _within_place(place, cells)]
        else:
            hidden[own] = True
    for reason in sorted({reason for _, reason in cells}):
        for whole, parts in [
            *((sector, [p for p in places if not p.startswith("*") and p.endswith(sector[1:])]) for sector in sectors),
            (f"*|{ALL}", sectors),
        ]:
            members = np.array(
                [position[f"{p}|{reason}"] for p in parts if f"{p}|{reason}" in position], dtype=np.int64
            )
            total = position.get(f"{whole}|{reason}", -1)
            if not len(members) or total < 0:
                continue
            if whole != f"*|{ALL}" and reason == JOINED[0]:  # a school's has more in it than the sector's
                margins += [Margin(members)] if whole in shown else []
            else:
                margins.append(Margin(members, total, kind="column"))
    system = CellSystem(values, margins, hidden)
    for place in places:
        if place not in shown:
            system.withhold([i for i, (name, _) in enumerate(cells) if name == place])
    complete(system)
    if system.failed:
        return set(names)
    return {name for name, is_hidden in zip(names, system.hidden, strict=True) if is_hidden}
