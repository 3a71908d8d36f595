"""What a subject declares: places, dimensions, populations, marts and their measures (RULES 41)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestration.errors import WarehouseError

AUTHORITY = "local_authority_code"
"""Key of every mart: nothing is added up over councils."""
FILE = "release.yml"


class DeclarationError(WarehouseError):
    """A declaration cannot be used: the message names file, line, key, what stands there and what is allowed."""


@dataclass(frozen=True)
class Place:
    """One level of places, with the columns that name one, and the mart whose rows are the list of them.

    ``total`` is the value of its last column in rows that are about the coarser place ``total_place``.
    """

    name: str
    columns: tuple[str, ...]
    listed_in: str | None = None
    total: str | None = None
    total_place: str | None = None


@dataclass(frozen=True)
class DimensionOf:
    """A dimension: its finest column with the list of values, and columns of roll-ups with the groups of values.

    ``within`` has, by another column, the values that may stand beside each of its values. Of a result nothing is
    shown where few are asked. ``of_few_places``: the values that are shown of an area with few schools; empty: all.
    ``nests``: parts that are shown lie within each other, and who is in one and not in the next is protected.
    """

    name: str
    column: str
    is_cut: bool
    values: tuple[str, ...]
    levels: Mapping[str, Mapping[str, str]]
    within: Mapping[str, Mapping[str, tuple[str, ...]]]
    not_asked: frozenset[str]
    is_result: bool = False
    of_few_places: frozenset[str] = frozenset()
    nests: bool = False


@dataclass(frozen=True)
class Cadence:
    """When shown figures may change: ``once`` never, ``each_night``, ``at_dates`` (month and day), ``at_month_ends``.

    ``years_later``: how many years after its own a period is final.
    """

    shown: str
    dates: tuple[str, ...] = ()
    final_on: str | None = None
    years_later: int = 0


@dataclass(frozen=True)
class Told:
    """Measures, of marts of another population, that tell nearly how many persons have a value of a column."""

    column: str
    value: str
    measures: tuple[str, ...]


@dataclass(frozen=True)
class Population:
    """Where the persons are: model, pseudonym, period, amounts (half days), dimensions.

    ``where`` is the column that says of a row whether it counts (None: all do). ``among`` names a population judged
    before, of which these persons are some: what is hidden there is hidden here. ``has_buffer`` asks for more persons
    of a figure that was never shown.
    ``told_by``: no mart shows the population, and these measures of others nearly do; it is protected in them.
    ``decides``: of a subject on trial, it decides all the same what readers see of its measures.
    ``stock``: populations of one name count the same persons at several moments, and the change between two of their
    figures is a figure. ``changes_of`` names such a population, of which this one tells how its total changed.
    """

    name: str
    rows: str
    person: str
    period: str
    amounts: tuple[str, ...]
    dimensions: tuple[str, ...]
    cadence: Cadence
    where: str | None = None
    among: str | None = None
    has_buffer: bool = False
    told_by: tuple[Told, ...] = ()
    decides: bool = False
    stock: str | None = None
    changes_of: str | None = None

    @property
    def settles(self) -> bool:
        """Whether a period of it stays as it was first shown, whatever its persons come to be."""
        return self.cadence.shown == "once" and bool(self.stock or self.changes_of)


@dataclass(frozen=True)
class Measure:
    """A column that readers see: what it counts, of which population, and the measure with which it is hidden.

    ``symbol`` names the column that says why it is null, which several measures may share. ``leaves`` is a population
    of which all half days follow where this measure is shown. ``banded`` is the share that it is a band of, or that
    it is compared with.
    """

    name: str
    kind: str
    leader: str
    symbol: str
    population: str
    of: str | None = None
    values: tuple[str, ...] = ()
    column: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    leaves: str | None = None
    banded: str | None = None
    gap: "Gap | None" = None


@dataclass(frozen=True)
class Gap:
    """Two rows of another mart that a gap lies between: a share there, the column that tells them apart, its values."""

    share: str
    mart: str
    between: str
    ends: tuple[str, ...]


@dataclass(frozen=True)
class Either:
    """Rows of several tables in one: by the value of ``column``, what ``value`` is of: a place, or a column."""

    column: str
    value: str
    are: Mapping[str, str]


@dataclass(frozen=True)
class Mart:
    """A released table: population, place, columns of dimensions, measures, what else it shows, what stays inside.

    ``names`` has the column of the mart for a column of ``by`` that has another name there. ``behind`` are columns
    inside that count the persons behind a row, or the least of them in any part of its time.
    """

    name: str
    population: str
    place: str
    by: tuple[str, ...]
    measures: Mapping[str, Measure]
    stamps: tuple[str, ...]
    inside: tuple[str, ...]
    shared: bool
    names: Mapping[str, str] = field(default_factory=dict)
    either: Either | None = None
    behind: tuple[str, ...] = ()

    @property
    def populations(self) -> tuple[str, ...]:
        """Populations of its measures, that of the mart first."""
        return tuple(dict.fromkeys((self.population, *(measure.population for measure in self.measures.values()))))

    @property
    def leaders(self) -> dict[str, tuple[str, ...]]:
        """Measures that are null together, by the measure that they are hidden with."""
        found: dict[str, list[str]] = {}
        for measure in self.measures.values():
            found.setdefault(measure.leader, []).append(measure.name)
        return {leader: tuple(names) for leader, names in found.items()}


@dataclass(frozen=True)
class Declaration:
    """All that a subject declares. ``links`` has, by mart, one of another subject about nearly the same persons.

    A trial is judged and decides nothing: what readers see of its marts is as their models say under ``meta.release``.
    ``own_school`` has, by mart, the columns beside its keys that a head may see exactly of the own school (RULES 47).
    """

    subject: str
    places: tuple[Place, ...]
    dimensions: Mapping[str, DimensionOf]
    populations: Mapping[str, Population]
    marts: Mapping[str, Mart]
    links: Mapping[str, str]
    is_trial: bool = False
    own_school: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def deciding(self) -> tuple[Population, ...]:
        """Populations that decide what readers see of their measures; of a trial those that say so."""
        return tuple(one for one in self.populations.values() if one.decides or not self.is_trial)

    def place(self, name: str) -> Place:
        """A level of places by its name."""
        return next(place for place in self.places if place.name == name)

    def marts_of(self, population: str) -> list[Mart]:
        """Marts that show a population, or nearly tell it."""
        told = {measure for one in self.populations[population].told_by for measure in one.measures}
        return [mart for mart in self.marts.values() if population in mart.populations or told & mart.measures.keys()]

    def keys(self, mart: Mart) -> tuple[str, ...]:
        """Primary key of a mart: council, place, period, dimensions."""
        by = (mart.names.get(column, column) for column in mart.by)
        columns = (AUTHORITY, *self.place(mart.place).columns, self.populations[mart.population].period, *by)
        either = (mart.either.column, mart.either.value) if mart.either else ()
        return tuple(dict.fromkeys((*columns, *either)))

    def groups(self, mart: Mart) -> dict[str, tuple[str, ...]]:
        """Measures of one symbol, by its name without ``_symbol``."""
        found: dict[str, list[str]] = {}
        for measure in mart.measures.values():
            found.setdefault(measure.symbol, []).append(measure.name)
        return {group: tuple(names) for group, names in found.items()}

    def dimension_of(self, column: str) -> tuple[DimensionOf, str]:
        """The dimension that a column belongs to, and its level; the finest is ''."""
        for dimension in self.dimensions.values():
            if column == dimension.column:
                return dimension, ""
            if column in dimension.levels:
                return dimension, column
        raise KeyError(column)
