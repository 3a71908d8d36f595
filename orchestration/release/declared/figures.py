"""A population's declared marts as the engine's model, and back: which cell each figure of a row is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from orchestration.release.declared.declaration import Declaration, DeclarationError, Mart, Measure, Population
from orchestration.release.declared.nested import with_differences
from orchestration.release.declared.slices import Slice, slices_of
from orchestration.release.engine.cells import Cell
from orchestration.release.engine.model import FINEST, PLACE, Dimension, Model, Table
from orchestration.release.thresholds import SMALL_COHORT

COUNTED = ("count", "part", "band")
ALL = ""
"""Name of the measure that counts the persons of a row where no column does."""
Together = Sequence[frozenset[str]]
"""Schools that one head knows together, by the names of their finest places."""
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

    def known_together(self, schools: Together) -> "Figures":
        """The same, with what is shown kept from those who know several schools, too."""
        return replace(self, model=replace(self.model, together=tuple(schools)))

    def marts(self) -> list[Mart]:
        """Marts that have a measure of the population, or those that nearly tell it."""
        return self.declaration.marts_of(self.population)

    def count(self, mart: Mart) -> str | None:
        """The measure that counts all persons of a row; '' where no column does, and None where nothing is linked."""
        named = [one.name for one in mart.measures.values() if one.kind == "count"]
        return next((name for name in [*named, ALL] if (mart.name, name) in self.tables), None)

    def measures(self, mart: Mart) -> list[Measure]:
        """Measures of a mart that the population tells."""
        return [measure for measure in mart.measures.values() if (mart.name, measure.name) in self.tables]

    def tables_of(self, mart: Mart) -> set[str]:
        """Names of the tables that count measures of a mart."""
        return {table.name for (name, _), parts in self.tables.items() if name == mart.name for _, table in parts}

    def cell(self, mart: Mart, measure: str, row: Mapping[str, str]) -> list[Cell]:
        """The cells whose being shown tells a measure of a row: one, each of a part's values, or all of a gap's ends.

        ``row`` has the mart's key columns as text. Half days and the rest are told where the row's persons are. None
        where the row is of no slice of the mart: nothing is known of it.
        """
        if measure and mart.measures[measure].banded:
            measure = mart.measures[mart.measures[measure].banded or ""].numerator or ""
        if measure and (gap := mart.measures[measure].gap):
            other = self.declaration.marts[gap.mart]
            share = other.measures[gap.share]
            told = [name for name in (share.numerator, share.denominator) if name in other.measures]
            ends = [{**row, gap.between: end} for end in gap.ends]
            return [cell for end in ends for name in told if name for cell in self.cell(other, name, end)]
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


def _told(declaration: Declaration, population: Population) -> dict[tuple[str, str], tuple[tuple[Slice, Table], ...]]:
    """By mart and measure the tables of a population that no mart shows and that measures of others nearly tell.

    Of linked marts also the table of all persons of a row, which nobody shows.
    """
    found: dict[tuple[str, str], tuple[tuple[Slice, Table], ...]] = {}
    everybody = Measure("", "count", "", "", population.name)
    for mart in declaration.marts_of(population.name):
        parts = slices_of(declaration, mart)
        for told in population.told_by:
            stand_in = replace(everybody, kind="part", of=told.column, values=(told.value,))
            for name in told.measures:
                if name in mart.measures:
                    of = declaration.dimension_of(mart.measures[name].of or "")[0]
                    is_cohort = not declaration.dimension_of(told.column)[0].is_result
                    fewest = SMALL_COHORT + 1 if of.is_result and is_cohort else 0
                    tables = [replace(_table(declaration, part, stand_in), fewest=fewest) for part in parts]
                    found[mart.name, name] = tuple(zip(parts, tables, strict=True))
        if mart.name in declaration.links:
            tables = [replace(_table(declaration, part, everybody), shows=False) for part in parts]
            found[mart.name, ALL] = tuple(zip(parts, tables, strict=True))
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
        fewest = SMALL_COHORT + 1 if one.is_result else 0
        found[name] = Dimension(name, one.values, one.levels, allowed, one.not_asked, fewest, one.of_few_places)
    return found


def _key(declaration: Declaration, column: str) -> tuple[str, str]:
    dimension, level = declaration.dimension_of(column)
    return dimension.name, level


def figures_of(declaration: Declaration, population: str, units: Sequence[Unit], fewest: int) -> Figures:
    """The model of a population whose finest places are ``units``.

    A mart that shows half days of a row tells its persons too, whether a column does or not (RULES 33), so it has the
    table of its rows; a share tells its two figures, its band no more, a gap what is shown elsewhere. Raises
    ``DeclarationError`` where there is no place at all.
    """
    if not units:
        raise DeclarationError(f"{declaration.subject}: {population} has no places, so nothing can be decided")
    dimensions = _dimensions(declaration, population, units)
    nests = {name for name in declaration.populations[population].dimensions if declaration.dimensions[name].nests}
    if declaration.populations[population].told_by:
        told = _told(declaration, declaration.populations[population])
        every = {table.name: table for parts in told.values() for _, table in parts}
        model = Model(*with_differences(dimensions, tuple(every.values()), nests), fewest)
        of_told = {key: tuple((part, every[table.name]) for part, table in parts) for key, parts in told.items()}
        return Figures(declaration, population, model, of_told)
    tables: dict[str, Table] = {}
    of_measure: dict[tuple[str, str], tuple[tuple[Slice, Table], ...]] = {}
    left: set[str] = set()
    counted_in: set[str] = set()
    summed_in: set[str] = set()
    for mart in declaration.marts.values():
        parts = slices_of(declaration, mart)
        for measure in mart.measures.values():
            if measure.leaves == population:
                whole = [_table(declaration, part, replace(measure, of=None)) for part in parts]
                left |= {tables.setdefault(table.name, table).name for table in whole}
            if measure.population != population or measure.gap or measure.banded:
                continue
            teller = mart.measures.get(measure.numerator or "", measure)
            counted = teller if teller.kind in (*COUNTED, "half_days") else replace(teller, of=None)
            found = [(part, _table(declaration, part, counted)) for part in parts]
            of_measure[mart.name, measure.name] = tuple(
                (part, tables.setdefault(table.name, table)) for part, table in found
            )
            (counted_in if teller.kind in COUNTED else summed_in).update(table.name for _, table in found)
    sums = (summed_in | left) - counted_in
    of_all = {name: replace(table, is_sum=name in sums) for name, table in tables.items()}
    if declaration.populations[population].stock:
        # a reader adds up what is shown of two moments, whether a mart has the total or not
        for place in declaration.places[1:]:
            of_all.setdefault(place.name, Table(place.name, place.name, shows=False))
    dimensions, shown = with_differences(dimensions, tuple(of_all.values()), nests)
    return Figures(declaration, population, Model(dimensions, shown, fewest), of_measure, frozenset(left))
