"""The pattern of hidden cells of one authority and academic year: one for every measure of a row (33-36, 40).

Order: totals of schools and sectors, then each breakdown of schools within its sector, then the authority's
grid of stage and quintile. Each step takes as known to readers what the steps before it left shown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from orchestration.release.protection.bounds import repair
from orchestration.release.protection.heads import Heads, Together, keep_from_heads, only_school
from orchestration.release.protection.memory import Memory
from orchestration.release.protection.suppression import CellSystem, IntArray, Margin, complete
from orchestration.release.tables.rows import BoolArray, MartRows
from orchestration.release.thresholds import BREAKDOWNS_FROM, BUFFER, SMALL

ALL = "all"
TOTALS = "totals"
Unit = tuple[str, str]
"""SEED code and sector."""


@dataclass
class YearPattern:
    """What is hidden in one year: schools whole, sectors, cells of breakdowns, and totals of a category.

    ``cells`` has, by mart, (seed_code, sector, category); ``margins`` has (sector, category) whose total over
    schools must not be had from the authority's grid; ``grid`` has (sector, stage, quintile); ``schools`` has the
    SEED codes of each sector, and of ``all``; ``together`` has schools that one head knows.
    """

    units: set[Unit] = field(default_factory=set)
    sectors: set[str] = field(default_factory=set)
    cells: dict[str, set[tuple[str, str, str]]] = field(default_factory=dict)
    margins: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    grid: set[tuple[str, str, str]] = field(default_factory=set)
    whole_units: dict[str, set[Unit]] = field(default_factory=dict)
    whole_sectors: dict[str, set[str]] = field(default_factory=dict)
    sector_cells: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    schools: dict[str, set[str]] = field(default_factory=dict)
    together: Together = ()

    def only_school(self, sector: str) -> str:
        """The SEED code of a sector that is one school alone; empty otherwise."""
        return only_school(self.schools.get(sector, ()))


def standing_pupils(rows: MartRows, of_year: Sequence[int]) -> list[int]:
    """The fewest pupils that stand behind each row in any month so far: expected ones, and marked ones if shown.

    0 where nobody is expected or the row is not yet due (an [x] before the census sets no pattern).
    """
    withheld = rows.required("withheld")
    of_least = "behind_pupils" if "week" in rows.contract.keys else "behind_smallest_month"
    of_marked = "pupils" if rows.contract.kind == "schools" else "behind_marked"
    for name in (of_least, "behind_pupils", of_marked):
        rows.required(name)
    smallest, behind, pupils = (rows.numbers(name) for name in (of_least, "behind_pupils", of_marked))
    found = []
    for position in of_year:
        if withheld[position] == "not_yet_due":
            found.append(0)
            continue
        counts = [int(smallest[position]), int(behind[position])]
        if withheld[position] is None and behind[position]:
            counts.append(int(pupils[position]))
        found.append(min((count for count in counts if count > 0), default=0))
    return found


def is_primary(pupils: int, was_shown: bool) -> bool:
    """1 to 4 pupils; fewer than 8 in a row that was never shown (RULES 33)."""
    return 0 < pupils < (SMALL if was_shown else BUFFER)


def is_newly_filled(memory: Memory, place: tuple[str, str], names: Sequence[str], primary: Sequence[bool]) -> bool:
    """Whether few pupils have come into a cell that was empty when others of its row were shown.

    Pupils of a year to date only come, so what is known of the others would tell how many: the row is withheld whole.
    """
    is_new = any(
        small and not memory.was_shown(*place, name) and not memory.is_hidden(*place, name)
        for small, name in zip(primary, names, strict=True)
    )
    return is_new and any(memory.was_shown(*place, name) for name in names)


def is_without_breakdown(memory: Memory, place: tuple[str, str], names: Sequence[str], pupils: int) -> bool:
    """Whether a school is so small that nothing is shown by groups of it (RULES 43).

    A breakdown that was shown stays while there is one: that it goes would tell that 20 pupils have become 19.
    """
    return 0 < pupils < BREAKDOWNS_FROM and not any(memory.was_shown(*place, name) for name in names)


def least(counts: Iterable[int]) -> int:
    """The smallest positive count, or 0."""
    return min((count for count in counts if count > 0), default=0)


def protect_system(
    system: CellSystem,
    groups: Mapping[int, Sequence[int]],
    protected: BoolArray | None = None,
    loosen: Callable[[CellSystem], None] | None = None,
) -> None:
    """Complement and repair; what stays exposed has its row group withheld, then those beside it, at last all.

    ``groups`` has, by cell, the cells of its row group; ``protected`` and ``loosen`` are those of ``repair``.
    """
    complete(system)
    every = np.ones(len(system.values), dtype=np.bool_) if protected is None else protected
    for attempt in range(4):
        exposed = repair(system, every, loosen=loosen) if not system.failed else []
        if not exposed and not system.failed:
            return
        if system.failed or attempt == 3:
            break
        withheld = set(exposed)
        for _ in range(attempt):
            withheld |= {
                part for cell in withheld for n in system.of_cell[cell] for part in system.margins[n].parts.tolist()
            }
        touched: set[int] = set()
        for cell in sorted(withheld):
            touched |= system.withhold(list(groups.get(cell, [cell])))
        complete(system, touched)
    system.withhold(list(range(len(system.values))))


def protect_from_all(
    system: CellSystem,
    groups: Mapping[int, Sequence[int]],
    heads: Heads,
    memory: Memory,
    place: tuple[str, str],
    names: Sequence[str],
) -> None:
    """``protect_system``, and then from whoever knows any one school exactly (RULES 47).

    Where nothing is hidden that was not hidden by an earlier release, what would help was shown by it, and cannot be
    taken back: it stays as it is.
    """
    protect_system(system, groups)
    earlier = memory.hidden.get(place, {})
    if any(system.hidden[position] and name not in earlier for position, name in enumerate(names)):
        keep_from_heads(system, heads, lambda: protect_system(system, groups))


def remember(
    memory: Memory,
    place: tuple[str, str],
    names: Sequence[str],
    system: CellSystem,
    primary: Sequence[bool],
) -> None:
    """Note the hidden cells and, of the shown ones, those with pupils."""
    year, mart = place
    for position, name in enumerate(names):
        if system.hidden[position]:
            reason = "primary" if primary[position] else "complementary"
            memory.hide(year, mart, name, "withheld" if not system.floor[position] else reason)
    memory.show(
        year, mart,
        (
            name for position, name in enumerate(names)
            if system.values[position] > 0 and not system.hidden[position]
        ),
    )  # fmt: skip


def own_pattern(rows: MartRows, year: str, memory: Memory, pattern: YearPattern) -> None:
    """A mart of profiles by itself: one small row hides all of the school's."""
    mart = rows.contract.mart
    of_year = np.flatnonzero(rows.flags("academic_year", year)).tolist()
    units = rows.keys(("seed_code", "sector"))
    found: dict[Unit, list[int]] = {}
    for position, count in zip(of_year, standing_pupils(rows, of_year), strict=True):
        found.setdefault((units[position][0], units[position][1]), []).append(count)
    hidden: set[Unit] = set()
    for unit in sorted(found):
        name, count = f"{unit[0]}|{unit[1]}", least(found[unit])
        if unit in pattern.units:
            hidden.add(unit)
        elif memory.is_hidden(year, mart, name) or is_primary(count, memory.was_shown(year, mart, name)):
            hidden.add(unit)
            memory.hide(year, mart, name, "primary")
        elif count:
            memory.show(year, mart, [name])
    pattern.whole_units[mart] = hidden


@dataclass(frozen=True)
class _Table:
    """Schools of one sector by the categories of a breakdown."""

    units: list[Unit]
    categories: list[str]
    values: IntArray


def _tables(rows: MartRows, year: str) -> dict[str, _Table]:
    of_year = np.flatnonzero(rows.flags("academic_year", year)).tolist()
    keys = rows.keys(("seed_code", "sector", rows.contract.breakdown[0]))
    pupils = dict(zip((keys[i] for i in of_year), standing_pupils(rows, of_year), strict=True))
    tables = {}
    for sector in sorted({key[1] for key in pupils}):
        units = sorted({(key[0], key[1]) for key in pupils if key[1] == sector})
        categories = sorted({key[2] for key in pupils if key[1] == sector})
        values = np.array([[pupils.get((*unit, c), 0) for c in categories] for unit in units], dtype=np.int64)
        tables[sector] = _Table(units, categories, values)
    return tables


def breakdown_pattern(rows: MartRows, year: str, memory: Memory, pattern: YearPattern) -> None:
    """Cells of schools by a category, within the school's total and the category's total over the sector."""
    mart = rows.contract.mart
    place = (year, mart)
    cells = pattern.cells.setdefault(mart, set())
    totals = pattern.margins.setdefault(mart, set())
    for sector, table in _tables(rows, year).items():
        height, width = table.values.shape
        grid = np.arange(height * width).reshape(height, width)
        names = [f"{unit[0]}|{unit[1]}|{c}" for unit in table.units for c in table.categories]
        names += [f"*|{sector}|{c}" for c in table.categories]
        values = np.concatenate([table.values.ravel(), table.values.sum(axis=0)])
        primary = [
            position < height * width and is_primary(int(values[position]), memory.was_shown(*place, name))
            for position, name in enumerate(names)
        ]
        hidden = np.array([p or memory.is_hidden(*place, n) for p, n in zip(primary, names, strict=True)], dtype=bool)
        of_totals = np.arange(height * width, len(names))
        if sector in pattern.sectors:
            hidden[of_totals] = True
        open_rows = [i for i, unit in enumerate(table.units) if unit not in pattern.units]
        margins = [Margin(grid[i]) for i in open_rows]
        margins += [Margin(grid[:, j], int(of_totals[j]), kind="column") for j in range(width)]
        if sector not in pattern.sectors:
            margins.append(Margin(of_totals))
        system = CellSystem(values, margins, hidden)
        for i, unit in enumerate(table.units):
            own = slice(i * width, (i + 1) * width)
            is_filled = is_newly_filled(memory, place, names[own], primary[own])
            is_whole = width > 1 and is_without_breakdown(memory, place, names[own], int(table.values[i].sum()))
            if unit in pattern.units or hidden[grid[i]].all() or is_filled or is_whole:
                system.withhold(grid[i])
        rows_of = {int(cell): grid[i].tolist() for i in range(height) for cell in grid[i]}
        owners = [unit[0] for unit in table.units for _ in table.categories]
        owners += [only_school(owners)] * width
        # what a total hides is wanted where the authority's cells rest on it
        asked = [small or position >= height * width for position, small in enumerate(primary)]
        protect_from_all(system, rows_of, Heads.of(owners, asked, pattern.together), memory, place, names)
        remember(memory, place, names, system, primary)
        for i, unit in enumerate(table.units):
            cells.update((*unit, c) for j, c in enumerate(table.categories) if system.hidden[grid[i, j]])
        totals.update((sector, c) for j, c in enumerate(table.categories) if system.hidden[of_totals[j]])
