"""A population's declared marts as the engine's model, and back: which cell each figure of a row is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from orchestration.release.declared.declaration import Declaration, DeclarationError, Mart, Measure
from orchestration.release.declared.slices import Slice, slices_of
from orchestration.release.engine.cells import Cell
from orchestration.release.engine.model import FINEST, PLACE, Dimension, Model, Table

COUNTED = ("count", "part", "band")
Unit = tuple[str, ...]
"""Values of the columns that name a finest place, as text."""


def unit_name(unit: Unit) -> str:
    """A finest place in one word: ``5702534|primary``."""
    return "|".join(unit)


@dataclass(frozen=True)
class Figures:
    """The model of one population, and by mart and measure the tables that count it, by the rows they are of."""

    declaration: Declaration
    population: str
    model: Model
    tables: Mapping[tuple[str, str], tuple[tuple[Slice, Table], ...]]
    left: frozenset[str] = frozenset()
    """Tables of which all figures are known where the population that this one is among shows its own."""

    def marts(self) -> list[Mart]:
        """Marts that have a measure of the population."""
        return [mart for mart in self.declaration.marts.values() if self.population in mart.populations]

    def measures(self, mart: Mart) -> list[Measure]:
        """Measures of a mart that the population tells."""
        return [measure for measure in mart.measures.values() if (mart.name, measure.name) in self.tables]

    def tables_of(self, mart: Mart) -> set[str]:
        """Names of the tables that count measures of a mart."""
        return {table.name for measure in self.measures(mart) for _, table in self.tables[mart.name, measure.name]}

    def cell(self, mart: Mart, measure: str, row: Mapping[str, str]) -> list[Cell]:
        """The cells whose being shown tells a measure of a row: one, or each of a part's values.

        ``row`` has the mart's key columns as text. Half days and the rest are told where the row's persons are. None
        where the row is of no slice of the mart: nothing is known of it.
        """
        for part, table in self.tables[mart.name, measure]:
            if part.has(row):
                return _cells(part, table, row)
        return []


def _cells(part: Slice, table: Table, row: Mapping[str, str]) -> list[Cell]:
    name = unit_name(tuple(row[column] for column in part.columns)) if part.columns else "all"
    columns = {dimension.name: column for dimension, _, column in part.by}
    groups = [
        sorted(table.only[dimension]) if dimension in table.only else [row[columns[dimension]]]
        for dimension, _ in table.by
    ]
    return [Cell(table.name, name, found) for found in _product(groups)]


def _product(lists: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for values in lists:
        found = [(*before, value) for before in found for value in values]
    return found


def _table(declaration: Declaration, part: Slice, measure: Measure) -> Table:
    by = [(dimension.name, level) for dimension, level, _ in part.by]
    only: dict[str, frozenset[str]] = {}
    if measure.of is not None:
        dimension, level = declaration.dimension_of(measure.of)
        by.append((dimension.name, level))
        only[dimension.name] = frozenset(measure.values)
    place = part.place.name if part.place.name != declaration.places[0].name else FINEST
    of_part = "".join(f"={'+'.join(sorted(values))}" for values in only.values())
    name = "/".join((part.place.name, *(f"{d}.{level}" if level else d for d, level in sorted(by)))) + of_part
    return Table(name, place, tuple(sorted(by)), only)


def _dimensions(declaration: Declaration, population: str, units: Sequence[Unit]) -> dict[str, Dimension]:
    finest = declaration.places[0]
    names = [unit_name(unit) for unit in units]
    levels: dict[str, dict[str, str]] = {}
    for place in declaration.places[1:]:
        at = [finest.columns.index(column) for column in place.columns]
        groups = [unit_name(tuple(unit[i] for i in at)) if at else "all" for unit in units]
        levels[place.name] = dict(zip(names, groups, strict=True))
    found = {PLACE: Dimension(PLACE, tuple(names), levels)}
    of_column = {place.columns[0]: place.name for place in declaration.places if len(place.columns) == 1}
    for name in declaration.populations[population].dimensions:
        one = declaration.dimensions[name]
        allowed = {}
        for column, beside in one.within.items():
            key = (PLACE, of_column[column]) if column in of_column else _key(declaration, column)
            allowed[key] = {value: frozenset(values) for value, values in beside.items()}
        found[name] = Dimension(name, one.values, one.levels, allowed, one.not_asked)
    return found


def _key(declaration: Declaration, column: str) -> tuple[str, str]:
    dimension, level = declaration.dimension_of(column)
    return dimension.name, level


def figures_of(declaration: Declaration, population: str, units: Sequence[Unit], fewest: int) -> Figures:
    """The model of a population whose finest places are ``units``.

    A mart that shows half days of a row, or a share, tells its persons too, whether a column does or not (RULES 33),
    so every mart has the table of its rows. Raises ``DeclarationError`` where there is no place at all.
    """
    if not units:
        raise DeclarationError(f"{declaration.subject}: {population} has no places, so nothing can be decided")
    tables: dict[str, Table] = {}
    of_measure: dict[tuple[str, str], tuple[tuple[Slice, Table], ...]] = {}
    left: set[str] = set()
    counted_in: set[str] = set()
    for mart in declaration.marts.values():
        parts = slices_of(declaration, mart)
        for measure in mart.measures.values():
            if measure.leaves == population:
                whole = [_table(declaration, part, replace(measure, of=None)) for part in parts]
                left |= {tables.setdefault(table.name, table).name for table in whole}
            if measure.population != population:
                continue
            counted = measure if measure.kind in (*COUNTED, "half_days") else replace(measure, of=None)
            found = [(part, _table(declaration, part, counted)) for part in parts]
            of_measure[mart.name, measure.name] = tuple(
                (part, tables.setdefault(table.name, table)) for part, table in found
            )
            counted_in |= {table.name for _, table in found if measure.kind in COUNTED}
    of_all = tuple(replace(table, is_sum=name not in counted_in) for name, table in tables.items())
    model = Model(_dimensions(declaration, population, units), of_all, fewest)
    return Figures(declaration, population, model, of_measure, frozenset(left))
