"""Measures that nearly tell a population no mart shows: what is protected there is hidden here (RULES 42, 45).

Cohorts of English and of numeracy differ by those who are taught in Gaelic; nobody shows these by stage, and whoever
subtracts has them. So they are a population of their own, of which each such measure is taken for a figure.
"""

from collections.abc import Mapping, Sequence

from orchestration.release.attacker.released import Key, Seen
from orchestration.release.declared.figures import ALL, Figures, Unit, figures_of
from orchestration.release.engine.cells import Cell
from orchestration.release.engine.model import FINEST
from orchestration.release.subject.judged import Judged
from orchestration.release.tables.rows import MartRows
from orchestration.release.thresholds import BREAKDOWNS_FROM

Row = tuple[object, ...]


def row_of(figures: Figures, cell: Cell) -> dict[str, str]:
    """The key columns, as text, of the row that a cell is a figure of."""
    table = next(one for one in figures.model.tables if one.name == cell.table)
    declaration = figures.declaration
    place = declaration.places[0] if table.place == FINEST else declaration.place(table.place)
    row = dict(zip(place.columns, cell.place.split("|"), strict=False))
    for (dimension, level), group in zip(table.by, cell.groups, strict=True):
        row[level or declaration.dimensions[dimension].column] = group
    return row


def tellers_to_hide(judged: Judged, units: Sequence[Unit]) -> dict[str, frozenset[Cell]]:
    """By population that marts show, the cells of measures that would tell what is hidden; empty where it is shown."""
    figures, decision = judged.figures, judged.decision
    declaration = figures.declaration
    if not declaration.populations[figures.population].told_by:
        return {}
    found: dict[str, set[Cell]] = {}
    shown: dict[str, Figures] = {}
    for mart in figures.marts():
        if mart.population not in shown:
            shown[mart.population] = figures_of(declaration, mart.population, units, BREAKDOWNS_FROM)
        for (name, measure), parts in figures.tables.items():
            if name != mart.name or measure == ALL:
                continue
            tables = {table.name for _, table in parts}
            for number, cell in enumerate(decision.system.cells):
                if cell.table in tables and decision.hidden[number]:
                    cells = shown[mart.population].cell(mart, measure, row_of(figures, cell))
                    found.setdefault(mart.population, set()).update(cells)
    return {population: frozenset(cells) for population, cells in found.items()}


def seen_of_told(judged: Judged, released: Mapping[str, tuple[MartRows, Mapping[Row, Row]]]) -> list[Seen]:
    """What readers nearly know of a population that no mart shows: each figure that any measure tells, or a link.

    The others are asked, complements as well; they may be empty. ``released`` has by mart the exact rows, and those
    that are to be released.
    """
    system = judged.decision.system
    told = set(judged.known)
    for mart in judged.figures.marts():
        rows, wanted = released[mart.name]
        at = {column.name: number for number, column in enumerate(rows.contract.released_columns)}
        period = judged.figures.declaration.populations[mart.population].period
        for key, row in wanted.items():
            text = dict(zip(rows.contract.keys, map(str, key), strict=True))
            if text[period] != judged.place.period:
                continue
            for where, measure in judged.figures.tables:
                if where == mart.name and measure != ALL and row[at[measure]] is not None:
                    told.update(judged.figures.cell(mart, measure, text))
    figures: dict[str, dict[Key, int | None]] = {table.name: {} for table in judged.figures.model.tables}
    unsure: dict[str, set[Key]] = {table.name: set() for table in judged.figures.model.tables}
    for number, cell in enumerate(system.cells):
        name: Key = (cell.place, *cell.groups)
        if cell in told:
            figures[cell.table][name] = int(system.values[number])
        else:
            figures[cell.table][name] = None
            unsure[cell.table].add(name)
    return [Seen(table, figures[table.name], frozenset(unsure[table.name])) for table in judged.figures.model.tables]
