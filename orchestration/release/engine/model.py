"""What a subject shows of a population, in memory: dimensions with their roll-ups, tables, persons (RULES 41-43).

All lists of values are fixed beforehand and known to readers: which rows there are says nothing of anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from orchestration.errors import WarehouseError

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
PLACE = "place"
"""Name of the dimension of places; its finest level is one school, its coarsest mostly the authority."""
FINEST = ""
"""Name of the level that is not rolled up."""


class ModelError(WarehouseError):
    """A model contradicts itself, or persons do not fit it; nothing is decided then."""


@dataclass(frozen=True)
class Dimension:
    """One way of telling persons apart; each person of the population has one value of it.

    ``values`` are the finest; ``levels`` maps the name of a roll-up to the group of each value. ``allowed`` leaves
    out combinations that readers know to be impossible: by another dimension's name and level, the values that may
    stand beside each of its groups (a primary school has no S4). Lists, so known to everybody (RULES 43).
    ``not_asked`` has values, and groups of levels, that only say that the question does not arise (free meals before
    P6): they are no figure. ``fewest``: where fewer persons than this are asked, nothing by this dimension is shown,
    nor may it follow that all of them have one value: a result that all share is everybody's. ``of_few_places`` are
    the values that are shown of a group of places with persons in fewer than three of them (RULES 40); empty: all.
    """

    name: str
    values: tuple[str, ...]
    levels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    allowed: Mapping[tuple[str, str], Mapping[str, frozenset[str]]] = field(default_factory=dict)
    not_asked: frozenset[str] = frozenset()
    fewest: int = 0
    of_few_places: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if len(set(self.values)) != len(self.values) or not self.values:
            raise ModelError(f"dimension {self.name} needs values, each once")
        for level, groups in self.levels.items():
            if set(groups) != set(self.values):
                raise ModelError(f"level {level} of {self.name} does not say a group for each value, and no other")

    def groups(self, level: str) -> tuple[list[str], IntArray]:
        """The groups of a level in the order of the values, and for each finest value the position of its group.

        Raises ``ModelError`` for a level that is not there.
        """
        if level == FINEST:
            return list(self.values), np.arange(len(self.values))
        if level not in self.levels:
            raise ModelError(f"dimension {self.name} has no level {level}; known are {', '.join(self.levels)}")
        names = list(dict.fromkeys(self.levels[level][value] for value in self.values))
        position = {name: number for number, name in enumerate(names)}
        return names, np.array([position[self.levels[level][value]] for value in self.values], dtype=np.int64)


@dataclass(frozen=True)
class Table:
    """Figures of which each counts the persons in one place and combination of groups.

    ``by`` has the dimensions, places apart, with their levels. ``only`` has, by dimension, the groups that are shown:
    a part of the persons; what is left of them (the complement) is protected as the part is (RULES 42).
    ``is_breakdown`` tables show nothing of small places (RULES 43). ``shows`` turns the table into one that nobody
    shows and whose figures are protected all the same. Figures of fewer persons than ``fewest`` are not shown, but
    zeros are. A table of sums shows half days and no persons: these must not follow, and bounds of them say nothing of
    how many persons there are.
    """

    name: str
    place: str
    by: tuple[tuple[str, str], ...] = ()
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    shows: bool = True
    fewest: int = 0
    is_sum: bool = False

    @property
    def is_breakdown(self) -> bool:
        """Whether the table parts the persons of a place."""
        return bool(self.by)


@dataclass(frozen=True)
class Model:
    """Dimensions by name (``place`` among them) and the tables that are shown of one population.

    ``fewest`` is the number of persons of a place below which no breakdown of it is shown; 0 for no such rule.
    ``together`` are schools that one head knows, each set of finest places (RULES 47).
    """

    dimensions: Mapping[str, Dimension]
    tables: tuple[Table, ...]
    fewest: int = 0
    together: tuple[frozenset[str], ...] = ()

    def __post_init__(self) -> None:
        if PLACE not in self.dimensions:
            raise ModelError("a model needs the dimension place")
        names = [table.name for table in self.tables]
        if len(set(names)) != len(names):
            raise ModelError("two tables have one name")
        for table in self.tables:
            self.dimensions[PLACE].groups(table.place)
            for name, level in table.by:
                if name not in self.dimensions or name == PLACE:
                    raise ModelError(f"table {table.name} is by {name}, which is no dimension beside the places")
                self.dimensions[name].groups(level)
            for name, groups in table.only.items():
                shown = dict(table.by).get(name)
                if shown is None or not groups <= set(self.dimensions[name].groups(shown)[0]):
                    raise ModelError(f"table {table.name} shows only groups of {name} that it does not have")


@dataclass(frozen=True)
class Persons:
    """One row per person and finest cell.

    ``ids`` are pseudonyms as whole numbers; ``codes`` has for each dimension the position of the person's value.
    ``amounts`` is what the row contributes where a figure is not a count, such as half days; None for counts.
    """

    ids: IntArray
    codes: Mapping[str, IntArray]
    amounts: IntArray | None = None

    def __len__(self) -> int:
        return len(self.ids)


def coded(model: Model, ids: IntArray, columns: Mapping[str, list[str]]) -> Persons:
    """Persons out of their values as text. ``columns`` has one list for each dimension, as long as ``ids``.

    Raises ``ModelError`` naming a dimension that is missing or has values that are in no list; never a person.
    """
    codes = {}
    for name, dimension in model.dimensions.items():
        if name not in columns:
            raise ModelError(f"persons have no {name}, so nobody knows who stands behind a figure by {name}")
        position = {value: number for number, value in enumerate(dimension.values)}
        found = np.array([position.get(value, -1) for value in columns[name]], dtype=np.int64)
        if len(found) != len(ids):
            raise ModelError(f"there are {len(found)} values of {name} for {len(ids)} rows of persons")
        if unknown := int((found < 0).sum()):
            raise ModelError(f"{unknown} rows of persons have a {name} that is in none of its {len(position)} values")
        codes[name] = found
    return Persons(ids, codes)
