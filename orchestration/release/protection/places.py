"""Which schools and sectors are hidden whole: in totals, or in a mart that cuts the same pupils by time (33-36).

Weeks, weekdays and half days part no pupils: the same stand behind each row, so one small row hides all of a place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from orchestration.release.protection.heads import Heads, Together, only_school
from orchestration.release.protection.memory import Memory
from orchestration.release.protection.patterns import (
    ALL,
    TOTALS,
    Unit,
    YearPattern,
    is_primary,
    least,
    protect_from_all,
    remember,
    standing_pupils,
)
from orchestration.release.protection.suppression import CellSystem, Margin
from orchestration.release.tables.rows import MartRows

TIMES = ("month", "week", "weekday", "opening")
Time = tuple[str, ...]
ByTime = dict[Time, dict[tuple[str, ...], int]]


@dataclass
class _Counts:
    """Fewest pupils behind each place over all rows, and pupils behind its row of each time."""

    fewest: dict[tuple[str, ...], int] = field(default_factory=dict)
    by_time: ByTime = field(default_factory=dict)


def _counts(marts: Sequence[MartRows], year: str, keys: tuple[str, ...]) -> _Counts:
    found: dict[tuple[str, ...], list[int]] = {}
    counts = _Counts()
    for rows in marts:
        of_year = np.flatnonzero(rows.flags("academic_year", year)).tolist()
        places = rows.keys(keys)
        cut = [name for name in TIMES if name in rows.contract.keys]
        times = rows.keys(tuple(cut)) if cut else []
        # all of a place stand behind each half day of the week, but a mark has only who was there
        behind = rows.numbers("behind_marked" if "weekday" in cut else "behind_pupils")
        for position, count in zip(of_year, standing_pupils(rows, of_year), strict=True):
            place = places[position]
            found.setdefault(place, []).append(count)
            if cut:
                time = (cut[0], *times[position])
                counts.by_time.setdefault(time, {})[place] = int(behind[position]) if count else 0
    counts.fewest = {place: least(listed) for place, listed in found.items()}
    return counts


def _margins(
    units: Sequence[tuple[str, ...]], sectors: Sequence[str], by_time: ByTime, released: set[tuple[Time, str]]
) -> list[Margin]:
    """Schools add up to their sector, over all and in each time that the sector has a row of; sectors to all."""
    first_sector = len(units)
    margins = []
    for number, sector in enumerate(sectors):
        parts = np.array([i for i, unit in enumerate(units) if unit[1] == sector], dtype=np.int64)
        if not len(parts):
            continue
        margins.append(Margin(parts, first_sector + number, kind="column"))
        for time, pupils in sorted(by_time.items()):
            if (time, sector) in released:
                behind = np.array([pupils.get(units[i], 0) for i in parts], dtype=np.int64)
                margins.append(Margin(parts, first_sector + number, behind, kind="column"))
    of_sectors = np.arange(first_sector, first_sector + len(sectors), dtype=np.int64)
    margins.append(Margin(of_sectors, first_sector + len(sectors), kind="column", prefer_total=True))
    return margins


def _hidden_places(
    schools: Sequence[MartRows],
    authority: Sequence[MartRows],
    year: str,
    mart: str,
    memory: Memory,
    hidden_already: tuple[set[Unit], set[str]],
    together: Together,
) -> tuple[set[Unit], set[str]]:
    """Schools and sectors (``all`` included) hidden whole in some marts; ``hidden_already`` are so elsewhere."""
    of_schools = _counts(schools, year, ("seed_code", "sector"))
    of_authority = _counts(authority, year, ("sector",))
    units = sorted(of_schools.fewest)
    sectors = sorted({unit[1] for unit in units} | {place[0] for place in of_authority.fewest} - {ALL})
    names = [f"{seed}|{sector}" for seed, sector in units] + [f"*|{sector}" for sector in [*sectors, ALL]]
    pupils = [of_schools.fewest[unit] for unit in units]
    by_sector = {sector: sum(of_schools.fewest[unit] for unit in units if unit[1] == sector) for sector in sectors}
    pupils += [of_authority.fewest.get((sector,), by_sector[sector]) for sector in sectors]
    pupils.append(sum(by_sector.values()))
    place = (year, mart)
    already = [unit in hidden_already[0] for unit in units]
    already += [sector in hidden_already[1] for sector in [*sectors, ALL]]
    primary = [is_primary(count, memory.was_shown(*place, name)) for name, count in zip(names, pupils, strict=True)]
    hidden = np.array(
        [p or a or memory.is_hidden(*place, n) for p, a, n in zip(primary, already, names, strict=True)], dtype=bool
    )
    released = {(time, found[0]) for time, places in of_authority.by_time.items() for found in places}
    margins = _margins(units, sectors, of_schools.by_time, released)
    system = CellSystem(np.array(pupils, dtype=np.int64), margins, hidden)
    owners = [seed for seed, _ in units]
    owners += [only_school(seed for seed, found in units if found == sector) for sector in sectors]
    owners.append(only_school(owners[: len(units)]))
    protect_from_all(system, {}, Heads.of(owners, primary, together), memory, place, names)
    remember(memory, place, names, system, primary)
    return (
        {(seed, sector) for i, (seed, sector) in enumerate(units) if system.hidden[i]},
        {sector for i, sector in enumerate([*sectors, ALL]) if system.hidden[len(units) + i]},
    )


def total_pattern(
    schools: Sequence[MartRows], authority: Sequence[MartRows], year: str, memory: Memory, pattern: YearPattern
) -> None:
    """Which schools are hidden whole, and which sectors (``all`` included) with them; notes the schools of each."""
    for rows in schools:
        of_year = np.flatnonzero(rows.flags("academic_year", year)).tolist()
        places = rows.keys(("seed_code", "sector"))
        for seed, sector in {places[position] for position in of_year}:
            pattern.schools.setdefault(sector, set()).add(seed)
            pattern.schools.setdefault(ALL, set()).add(seed)
    nothing: tuple[set[Unit], set[str]] = (set(), set())
    pattern.units, pattern.sectors = _hidden_places(schools, authority, year, TOTALS, memory, nothing, pattern.together)


def time_pattern(
    schools: Sequence[MartRows], authority: Sequence[MartRows], year: str, memory: Memory, pattern: YearPattern
) -> None:
    """The same of marts that show weeks, or half days of the week: at least what is hidden in totals."""
    if not schools:
        return
    hidden = (pattern.units, pattern.sectors)
    mart = schools[0].contract.mart
    units, sectors = _hidden_places(schools, authority, year, mart, memory, hidden, pattern.together)
    pattern.whole_units.update((rows.contract.mart, units) for rows in schools)
    pattern.whole_sectors.update((rows.contract.mart, sectors) for rows in authority)
