"""A population's declared marts as the engine's model, and back: which cell each figure of a row is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.release.declared.declaration import Declaration, DeclarationError, Mart, Measure
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
    """The model of one population, and by mart and measure the table that counts it."""

    declaration: Declaration
    population: str
    model: Model
    tables: Mapping[tuple[str, str], Table]

    def marts(self) -> list[Mart]:
        """Marts of the population."""
        return [mart for mart in self.declaration.marts.values() if mart.population == self.population]

    def cell(self, mart: Mart, measure: str, row: Mapping[str, str]) -> list[Cell]:
        """The cells whose being shown tells a measure of a row: one, or each of a part's values.

        ``row`` has the mart's key columns as text. Half days and the rest are told where the row's persons are.
        """
        table = self.tables[mart.name, measure]
        place = self.declaration.place(mart.place)
        name = unit_name(tuple(row[column] for column in place.columns)) if place.columns else "all"
        groups: list[list[str]] = [[name]]
        for dimension, level in table.by:
            column = level or self.declaration.dimensions[dimension].column
            groups.append(sorted(table.only[dimension]) if dimension in table.only else [row[column]])
        return [Cell(table.name, name, found) for found in _product(groups[1:])]


def _product(lists: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for values in lists:
        found = [(*before, value) for before in found for value in values]
    return found


def _table(declaration: Declaration, mart: Mart, measure: Measure) -> Table:
    by: list[tuple[str, str]] = []
    for column in mart.by:
        dimension, level = declaration.dimension_of(column)
        if not dimension.is_cut:
            by.append((dimension.name, level))
    only: dict[str, frozenset[str]] = {}
    if measure.of is not None:
        dimension, level = declaration.dimension_of(measure.of)
        by.append((dimension.name, level))
        only[dimension.name] = frozenset(measure.values)
    place = mart.place if mart.place != declaration.places[0].name else FINEST
    of_part = "".join(f"={'+'.join(sorted(values))}" for values in only.values())
    name = "/".join((mart.place, *(f"{d}.{level}" if level else d for d, level in sorted(by)))) + of_part
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
    of_measure: dict[tuple[str, str], Table] = {}
    count = Measure("", "count", "")
    for mart in declaration.marts.values():
        if mart.population != population:
            continue
        for measure in mart.measures.values():
            table = _table(declaration, mart, measure if measure.kind in COUNTED else count)
            of_measure[mart.name, measure.name] = tables.setdefault(table.name, table)
    model = Model(_dimensions(declaration, population, units), tuple(tables.values()), fewest)
    return Figures(declaration, population, model, of_measure)
