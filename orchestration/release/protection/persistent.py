"""Persistent absence: which rows change, and which bands are hidden within rows and between them (RULES 35, 38)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from orchestration.release.protection.bands import (
    BANDS,
    BandPupils,
    IntArray,
    changed_pupils,
    counts,
    group_states,
    held_authority,
    held_schools,
    pack,
    unpack,
)
from orchestration.release.protection.memory import Memory, State
from orchestration.release.protection.patterns import YearPattern, is_primary, protect_system, remember
from orchestration.release.protection.suppression import CellSystem, Margin
from orchestration.release.tables.rows import NOT_AVAILABLE, SUPPRESSED, Decision, MartRows
from orchestration.release.thresholds import SMALL

MEASURES = (*BANDS, "persistently_absent", "severely_absent", "pupils")
LATENT = ("below_threshold", "not_severe")
PARTS = (*MEASURES, *LATENT)
"""With what follows from the measures: pupils below 10%, and those at 20% and over who are not severely absent."""
RATES = {"persistently_absent": "persistent_absence_rate", "severely_absent": "severe_absence_rate"}


@dataclass
class _Row:
    """One row of either mart: where it stands, the states it shows, and what is decided of it."""

    name: str
    rows: MartRows
    position: int
    states: IntArray
    changed: int | None
    is_hidden: bool
    is_withheld: bool
    held: bool = False
    shown: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def _name(rows: MartRows, position: int) -> str:
    column = rows.columns
    if "seed_code" in column:
        return f"{column['seed_code'][position]}|{column['sector'][position]}"
    return f"{column['breakdown'][position]}={column['value'][position]}".replace("simd_quintile=", "quintile=")


def _is_hidden_row(rows: MartRows, position: int, year: str, memory: Memory, pattern: YearPattern) -> bool:
    mart, name = rows.contract.mart, _name(rows, position)
    pupils = rows.numbers_at("pupils", position)
    withheld = rows.columns["withheld"][position]
    if withheld == "not_yet_due":
        return memory.is_hidden(year, mart, name)
    if "seed_code" in rows.columns:
        unit = (str(rows.columns["seed_code"][position]), str(rows.columns["sector"][position]))
        if unit in pattern.units:
            return True
    elif name.startswith("sector=") and name.removeprefix("sector=") in pattern.sectors:
        return True
    if memory.is_hidden(year, mart, name) or is_primary(pupils, memory.was_shown(year, mart, name)):
        memory.hide(year, mart, name, "primary")
        return True
    if pupils:
        memory.show(year, mart, [name])
    return False


def _collect(
    marts: list[MartRows], year: str, pupils: BandPupils, memory: Memory, pattern: YearPattern
) -> dict[str, _Row]:
    states = group_states(pupils)
    found: dict[str, _Row] = {}
    for rows in marts:
        for position in np.flatnonzero(rows.flags("academic_year", year)).tolist():
            name = _name(rows, position)
            own = states.get(name, np.zeros(0, dtype=np.int64))
            before = memory.states.get((year, rows.contract.mart, name))
            found[name] = _Row(
                name,
                rows,
                position,
                own,
                None if before is None else changed_pupils(unpack(before.packed), own),
                _is_hidden_row(rows, position, year, memory, pattern),
                rows.columns["withheld"][position] is not None,
            )
    return found


def _hold(found: Mapping[str, _Row], year: str, memory: Memory) -> None:
    """Decide which rows are held, and with which states each row is shown."""
    schools = {name: row.changed for name, row in found.items() if "|" in name}
    authority = {name: row.changed for name, row in found.items() if "|" not in name}
    visible = {name: count for name, count in schools.items() if not found[name].is_hidden}
    held = held_schools(visible)
    hidden = {name for name in schools if found[name].is_hidden}
    held |= held_authority(authority, schools, held | hidden)
    for name, row in found.items():
        place = (year, row.rows.contract.mart, name)
        before = memory.states.get(place)
        row.held = name in held and before is not None and not row.is_hidden
        row.shown = unpack(before.packed) if row.held and before is not None else row.states
        if row.held:
            memory.new_held.add(place)
        elif not row.is_withheld and not (row.is_hidden and f"sector={name.split('|')[-1]}" in held):
            memory.new_states[place] = State({}, pack(row.states))


def _row_margins(base: int) -> list[Margin]:
    cell = {name: base + number for number, name in enumerate(PARTS)}

    def parts(*names: str) -> IntArray:
        return np.array([cell[name] for name in names], dtype=np.int64)

    return [
        Margin(parts(*BANDS[:2]), cell["below_threshold"], kind="column"),
        Margin(parts(*BANDS[2:]), cell["persistently_absent"], kind="column"),
        Margin(parts("severely_absent", "not_severe"), cell[BANDS[3]], kind="column"),
        Margin(parts("below_threshold", "persistently_absent"), cell["pupils"], kind="column"),
    ]


def _loosen(system: CellSystem) -> None:
    """What is not released and does not follow from the row's shown measures is not known to anybody."""
    at = {name: number for number, name in enumerate(PARTS)}
    hidden = system.hidden.reshape(-1, len(PARTS))
    low = hidden[:, [at[BANDS[0]], at[BANDS[1]]]].any(axis=1)
    rest = hidden[:, [at["persistently_absent"], at["pupils"]]].any(axis=1)
    hidden[:, at["below_threshold"]] |= low & rest
    hidden[:, at["not_severe"]] |= hidden[:, [at["severely_absent"], at[BANDS[3]]]].any(axis=1)


def _values(states: IntArray) -> list[int]:
    measures = counts(states)
    below = measures["pupils"] - measures["persistently_absent"]
    return [*(measures[name] for name in MEASURES), below, measures[BANDS[3]] - measures["severely_absent"]]


def _links(names: list[str], pupils: BandPupils) -> list[tuple[str, list[str]]]:
    """Rows that add up to another row: schools to their sector, and each breakdown to the whole authority."""
    links: list[tuple[str, list[str]]] = []
    sectors = [name for name in names if name.startswith("sector=") and name != "sector=all"]
    for sector in sectors:
        schools = [name for name in names if "|" in name and name.endswith("|" + sector.removeprefix("sector="))]
        links.append((sector, schools))
    for breakdown in (sectors, *([n for n in names if n.startswith(b)] for b in ("stage=", "quintile="))):
        if breakdown:
            links.append(("sector=all", breakdown))
    homes: dict[str, set[str]] = {}
    for unit, stage in zip(pupils.unit, pupils.stage, strict=True):
        homes.setdefault(stage, set()).add(unit[1])
    for sector in sectors:
        stages = [stage for stage, found in homes.items() if sector.removeprefix("sector=") in found]
        if stages and all(len(homes[stage]) == 1 for stage in stages):
            links.append((sector, [name for stage in stages if (name := f"stage={stage}") in names]))
    return links


def _system(
    found: Mapping[str, _Row], year: str, pupils: BandPupils, memory: Memory
) -> tuple[CellSystem, list[str], list[bool], list[str]]:
    names = list(found)
    width = len(PARTS)
    base = {name: number * width for number, name in enumerate(names)}
    values = np.array([value for row in found.values() for value in _values(row.shown)], dtype=np.int64)
    primary: list[bool] = []
    cells: list[str] = []
    for row in found.values():
        pupils_of_row = len(row.shown)
        for part, value in zip(PARTS, _values(row.shown), strict=True):
            complement = pupils_of_row - value if part not in ("not_severe", "pupils") else 0
            primary.append(part != "pupils" and (0 < value < SMALL or 0 < complement < SMALL))
            cells.append(f"{row.name}#{part}")
    hidden = np.array(
        [
            small
            or (
                cell.split("#")[1] not in LATENT
                and memory.is_hidden(year, found[cell.split("#")[0]].rows.contract.mart, cell)
            )
            for small, cell in zip(primary, cells, strict=True)
        ],
        dtype=np.bool_,
    )
    margins = [margin for name, row in found.items() for margin in _row_margins(base[name])]
    for total, parts in _links(names, pupils):
        if total not in base or not parts:
            continue
        for number in range(len(MEASURES)):
            members = np.array([base[name] + number for name in parts], dtype=np.int64)
            margins.append(Margin(members, base[total] + number, kind="column"))
    system = CellSystem(values, margins, hidden)
    for name, row in found.items():
        if row.is_hidden:
            system.withhold(list(range(base[name], base[name] + width)))
    return system, cells, primary, names


def _held_row(row: _Row, standing: Mapping[str, Any], hidden: Mapping[str, bool]) -> dict[str, Any]:
    kept = dict(standing)
    if kept["bands_symbol"] == NOT_AVAILABLE:
        return kept
    for measure in MEASURES:
        if hidden[measure]:
            kept[measure] = None
            kept["bands_symbol"] = SUPPRESSED
    for measure, rate in RATES.items():
        if hidden[measure] or hidden["pupils"]:
            kept[rate] = None
    return kept


def persistent_decisions(
    marts: list[MartRows],
    standing: Mapping[str, MartRows],
    year: str,
    pupils: BandPupils,
    memory: Memory,
    pattern: YearPattern,
    decisions: Mapping[str, Decision],
) -> None:
    """Decide one year of both persistent-absence marts, into ``decisions`` and ``memory``."""
    found = _collect(marts, year, pupils, memory, pattern)
    _hold(found, year, memory)
    system, cells, primary, names = _system(found, year, pupils, memory)
    width = len(PARTS)
    groups = {i: list(range(i - i % width, i - i % width + width)) for i in range(len(cells))}
    is_latent = np.tile([part in LATENT for part in PARTS], len(names))
    protect_system(system, groups, ~is_latent | (system.values < SMALL), _loosen)
    for number, name in enumerate(names):
        row = found[name]
        own = slice(number * width, (number + 1) * width)
        seen = slice(own.start, own.start + len(MEASURES))
        part = CellSystem(system.values[seen], [], system.hidden[seen], system.floor[seen])
        if not row.is_hidden and not row.is_withheld:
            remember(memory, (year, row.rows.contract.mart), cells[seen], part, primary[seen])
        hidden = dict(zip(PARTS, system.hidden[own].tolist(), strict=True))
        _decide(row, hidden, standing[row.rows.contract.mart], decisions[row.rows.contract.mart])


def _decide(row: _Row, hidden: Mapping[str, bool], standing: MartRows, decision: Decision) -> None:
    is_wrong = counts(row.states)["pupils"] != row.rows.numbers_at("pupils", row.position)
    if row.is_hidden or (is_wrong and not row.is_withheld):
        decision.rows[row.position] = True
        return
    if row.held and not row.is_withheld:
        keys = row.rows.contract.keys
        wanted = tuple(row.rows.columns[key][row.position] for key in keys)
        where = list(zip(*(standing.columns[key] for key in keys), strict=True)).index(wanted)
        before = {name: values[where] for name, values in standing.columns.items()}
        decision.held[row.position] = _held_row(row, before, hidden)
        return
    for measure in MEASURES:
        cells = decision.cells.setdefault(measure, np.zeros(len(row.rows), dtype=np.bool_))
        cells[row.position] = hidden[measure]
    for measure, rate in RATES.items():
        cells = decision.cells.setdefault(rate, np.zeros(len(row.rows), dtype=np.bool_))
        cells[row.position] = hidden[measure] or hidden["pupils"]
