"""The pattern of the authority's cells by stage and quintile, one for all months of the year (35, 36, 40)."""

import numpy as np

from orchestration.release.protection.heads import Heads
from orchestration.release.protection.memory import Memory
from orchestration.release.protection.patterns import (
    ALL,
    YearPattern,
    is_newly_filled,
    is_primary,
    least,
    protect_from_all,
    protect_system,
    remember,
    standing_pupils,
)
from orchestration.release.protection.suppression import CellSystem, Margin
from orchestration.release.tables.rows import MartRows
from orchestration.release.thresholds import FEW_SCHOOLS

GROUP_OF_QUINTILE = {"1": "most_deprived_fifth", "2": "second_fifth"}
"""Quintiles that are a group of their own in a school's deprivation mart; the others are its ``rest``."""
REST = "rest"


def _hidden_totals(pattern: YearPattern, category: str) -> set[tuple[str, str]]:
    return set().union(*(found for mart, found in pattern.margins.items() if mart.endswith(category)))


def _values(
    rows: MartRows, year: str
) -> tuple[dict[tuple[str, str, str], int], dict[str, dict[tuple[str, str, str], int]], set[tuple[str, str, str]]]:
    """Fewest pupils of each cell, pupils by month and cell, and cells that rest on fewer than three schools."""
    of_year = np.flatnonzero(rows.flags("academic_year", year)).tolist()
    keys = rows.keys(("sector", "stage", "simd_quintile"))
    schools = rows.numbers("schools_counted")
    counts: dict[tuple[str, str, str], list[int]] = {}
    months: dict[str, dict[tuple[str, str, str], int]] = {}
    few: set[tuple[str, str, str]] = set()
    for position, count in zip(of_year, standing_pupils(rows, of_year), strict=True):
        cell = (keys[position][0], keys[position][1], keys[position][2])
        counts.setdefault(cell, []).append(count)
        month = str(rows.columns["month"][position])
        months.setdefault(month, {})[cell] = rows.numbers_at("behind_pupils", position) if count else 0
        if count and "schools_counted" in rows.columns and schools[position] < FEW_SCHOOLS:
            few.add(cell)
    return {cell: least(found) for cell, found in counts.items()}, months, few


def grid_pattern(rows: MartRows, year: str, memory: Memory, pattern: YearPattern) -> None:
    """Cells of the grid within each sector's stage totals, quintile totals and months."""
    values, months, few = _values(rows, year)
    for sector in sorted({cell[0] for cell in values} - {ALL}):
        _sector_pattern(rows.contract.mart, year, memory, pattern, sector, values, months, few)
    for cell in values:
        if cell[0] == ALL and any(hidden[1:] == cell[1:] for hidden in pattern.grid):
            pattern.grid.add(cell)


def _sector_pattern(
    mart: str,
    year: str,
    memory: Memory,
    pattern: YearPattern,
    sector: str,
    values: dict[tuple[str, str, str], int],
    months: dict[str, dict[tuple[str, str, str], int]],
    few: set[tuple[str, str, str]],
) -> None:
    stages = sorted({cell[1] for cell in values if cell[0] == sector})
    quintiles = sorted({cell[2] for cell in values if cell[0] == sector})
    height, width = len(stages), len(quintiles)
    cells = [(sector, stage, quintile) for stage in stages for quintile in quintiles]
    table = np.array([values.get(cell, 0) for cell in cells], dtype=np.int64)
    grid = np.arange(height * width).reshape(height, width)
    of_totals = np.arange(height * width, height * width + width)
    names = ["|".join(cell) for cell in cells] + [f"*|{sector}|{quintile}" for quintile in quintiles]
    pupils = np.concatenate([table, table.reshape(height, width).sum(axis=0)])
    place = (year, mart)
    primary = []
    for position, name in enumerate(names):
        is_small = position < len(cells) and is_primary(int(pupils[position]), memory.was_shown(*place, name))
        is_few = position < len(cells) and cells[position] in few and cells[position][2] not in GROUP_OF_QUINTILE
        primary.append(is_small or is_few)
    hidden = np.array([p or memory.is_hidden(*place, n) for p, n in zip(primary, names, strict=True)], dtype=bool)
    unknown_stages = {s for found, s in _hidden_totals(pattern, "stage") if found == sector}
    unknown_groups = {g for found, g in _hidden_totals(pattern, "deprivation") if found == sector}
    for j, quintile in enumerate(quintiles):
        hidden[of_totals[j]] |= GROUP_OF_QUINTILE.get(quintile, REST) in unknown_groups
    margins = [Margin(grid[i]) for i, stage in enumerate(stages) if stage not in unknown_stages]
    rest = []
    for j, quintile in enumerate(quintiles):
        if quintile in GROUP_OF_QUINTILE and not hidden[of_totals[j]]:
            margins.append(Margin(grid[:, j]))
        else:
            margins.append(Margin(grid[:, j], int(of_totals[j]), kind="column"))
            if quintile not in GROUP_OF_QUINTILE:
                rest.append(int(of_totals[j]))
    if rest and REST not in unknown_groups:
        margins.append(Margin(np.array(rest, dtype=np.int64)))
    if sector not in pattern.sectors:
        for month in sorted(months):
            in_month = np.array([months[month].get(cell, 0) for cell in cells], dtype=np.int64)
            margins.append(Margin(grid.ravel(), -1, in_month))
    system = CellSystem(pupils, margins, hidden)
    for i, stage in enumerate(stages):
        own = slice(i * width, (i + 1) * width)
        is_filled = is_newly_filled(memory, place, names[own], primary[own])
        if stage in unknown_stages or sector in pattern.sectors or hidden[grid[i]].all() or is_filled:
            system.withhold(grid[i])
    for j, quintile in enumerate(quintiles):
        if quintile in GROUP_OF_QUINTILE and GROUP_OF_QUINTILE[quintile] in unknown_groups:
            system.withhold(grid[:, j])
    protect_system(system, {int(cell): grid[i].tolist() for i in range(height) for cell in grid[i]})
    remember(memory, place, names, system, primary)
    pattern.grid.update(cell for position, cell in enumerate(cells) if system.hidden[position])


def sector_cell_pattern(rows: MartRows, year: str, memory: Memory, pattern: YearPattern) -> None:
    """Cells of the authority by one category (sex), within each sector's total and that of all sectors.

    A cell whose total over schools must not be known (``pattern.margins``) is hidden, so that no hidden cell of a
    school can be had from it; a sector of one or two schools is so protected as their rows (40).
    """
    mart, breakdown = rows.contract.mart, rows.contract.breakdown[0]
    of_year = np.flatnonzero(rows.flags("academic_year", year)).tolist()
    keys = rows.keys(("sector", breakdown))
    pupils = dict(zip((keys[i] for i in of_year), standing_pupils(rows, of_year), strict=True))
    sectors = sorted({key[0] for key in pupils} - {ALL})
    categories = sorted({key[1] for key in pupils})
    cells = [(sector, category) for sector in [*sectors, ALL] for category in categories]
    grid = np.arange(len(cells)).reshape(len(sectors) + 1, len(categories))
    names = ["|".join(cell) for cell in cells]
    place = (year, mart)
    unknown = _hidden_totals(pattern, breakdown)
    primary = [
        is_primary(pupils.get(cell, 0), memory.was_shown(*place, name)) for cell, name in zip(cells, names, strict=True)
    ]
    hidden = np.array(
        [p or c in unknown or memory.is_hidden(*place, n) for p, c, n in zip(primary, cells, names, strict=True)],
        dtype=bool,
    )
    margins = [Margin(grid[i]) for i, sector in enumerate([*sectors, ALL]) if sector not in pattern.sectors]
    margins += [
        Margin(grid[:-1, j], int(grid[-1, j]), kind="column", prefer_total=True) for j in range(len(categories))
    ]
    system = CellSystem(np.array([pupils.get(cell, 0) for cell in cells], dtype=np.int64), margins, hidden)
    for i, sector in enumerate([*sectors, ALL]):
        own = slice(i * len(categories), (i + 1) * len(categories))
        is_filled = is_newly_filled(memory, place, names[own], primary[own])
        if sector in pattern.sectors or hidden[grid[i]].all() or is_filled:
            system.withhold(grid[i])
    heads = Heads.of([pattern.only_school(sector) for sector, _ in cells], primary, pattern.together)
    rows_of = {int(cell): grid[i].tolist() for i in range(len(grid)) for cell in grid[i]}
    protect_from_all(system, rows_of, heads, memory, place, names)
    remember(memory, place, names, system, primary)
    pattern.sector_cells[mart] = {cell for position, cell in enumerate(cells) if system.hidden[position]}
