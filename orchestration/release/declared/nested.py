"""Parts of the same persons that lie within each other: who is in one and not in the next is protected (RULES 42, 45).

Who has an award at level 4 or better, and at level 5 or better: whoever subtracts has those who came to level 4 alone.
Nobody shows them, and 1 to 4 of them are protected as a figure that is shown would be.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations

from orchestration.release.engine.model import Dimension, Table

INSIDE, OUTSIDE = "in one alone", "others"
"""Groups of a level that tells who is in one part and not in the part within it."""


def with_differences(
    dimensions: Mapping[str, Dimension], tables: Sequence[Table], nests: Collection[str]
) -> tuple[dict[str, Dimension], tuple[Table, ...]]:
    """Dimensions and tables with a level, and tables that nobody shows, for each difference of parts that nest.

    ``nests`` names the dimensions whose parts do. Of each two tables of the same rows, of which one shows a part of
    the other's, there is one more: of those in the larger part alone, and of all others.
    """
    found = dict(dimensions)
    more: dict[str, Table] = {}
    for name in sorted(nests):
        levels: dict[str, dict[str, str]] = {}
        for larger, smaller in permutations([table for table in tables if name in table.only], 2):
            if _rows(larger, name) != _rows(smaller, name):
                continue
            wide, narrow = (_values(dimensions[name], table) for table in (larger, smaller))
            if not narrow < wide or (wide - narrow) in _groups(dimensions[name], smaller):
                continue
            between = [value for value in dimensions[name].values if value in wide - narrow]
            level = "+".join(between)
            levels[level] = {value: INSIDE if value in between else OUTSIDE for value in dimensions[name].values}
            one = _table(larger, name, level)
            more.setdefault(one.name, one)
        found[name] = replace(dimensions[name], levels={**dimensions[name].levels, **levels})
    return found, (*tables, *more.values())


def _rows(table: Table, name: str) -> tuple[object, ...]:
    """What tables have to have alike for their parts of a dimension to be of the same rows."""
    return table.place, tuple(key for key in table.by if key[0] != name), table.fewest


def _values(dimension: Dimension, table: Table) -> frozenset[str]:
    """The finest values of the part that a table shows."""
    level = dict(table.by)[dimension.name]
    names, of_value = dimension.groups(level)
    shown = {at for at, group in enumerate(names) if group in table.only[dimension.name]}
    return frozenset(value for value, at in zip(dimension.values, of_value.tolist(), strict=True) if at in shown)


def _groups(dimension: Dimension, table: Table) -> list[frozenset[str]]:
    """The finest values of each figure of a table, those that it does not show among them: they are protected."""
    names, of_value = dimension.groups(dict(table.by)[dimension.name])
    pairs = list(zip(dimension.values, of_value.tolist(), strict=True))
    return [frozenset(value for value, at in pairs if at == group) for group in range(len(names))]


def _table(like: Table, name: str, level: str) -> Table:
    by = tuple(sorted((one, level if one == name else of) for one, of in like.by))
    axes = _axes(by)
    return replace(like, name="/".join((like.name.partition("/")[0], *axes)), by=by, only={}, shows=False)


def _axes(by: Sequence[tuple[str, str]]) -> Iterator[str]:
    return (f"{one}.{level}" if level else one for one, level in by)
