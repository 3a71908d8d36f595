"""What readers see of a population as a puzzle: all tables with their margins, and the lists that everybody knows.

Of protection it takes the names of dimensions and tables alone (``engine.model``); which unknowns there are and how
they add up is worked out here anew.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array, vstack

from orchestration.release.attacker.puzzle import Hidden, Puzzle, rows_of
from orchestration.release.engine.model import PLACE, Dimension, Table

Key = tuple[str, ...]
"""Place and groups of a figure, in the order of its table."""


@dataclass(frozen=True)
class Seen:
    """A table as readers see it: the figure of each key; None where it is hidden.

    ``unsure`` are keys of hidden figures that may be empty, as all those of a small school; ``old`` are keys of which
    the figure is known to be of an earlier state, so that nothing is known of the present one.
    """

    table: Table
    figures: Mapping[Key, int | None]
    unsure: frozenset[Key] = frozenset()
    old: frozenset[Key] = frozenset()


def _linked(dimensions: Mapping[str, Dimension], seen: Sequence[Seen]) -> list[tuple[str, ...]]:
    """Sets of dimensions that stand in one table, or of which one limits the other."""
    sets = [{name for name, _ in one.table.by} for one in seen]
    used = set().union(*sets) if sets else set()
    sets += [{name, other} for name in used for other, _ in dimensions[name].allowed if other in used]
    merged: list[set[str]] = []
    for found in filter(None, sets):
        near = [other for other in merged if other & found]
        merged = [other for other in merged if not other & found] + [set().union(found, *near)]
    return [tuple(sorted(found)) for found in merged] or [()]


def _possible(dimensions: Mapping[str, Dimension], names: Key) -> Iterator[dict[str, str]]:
    """Combinations that the lists do not rule out."""
    every = (PLACE, *names)
    for place in dimensions[PLACE].values:
        lists = []
        for name in names:
            values = dimensions[name].values
            for (other, level), beside in dimensions[name].allowed.items():
                if other == PLACE:
                    group = dimensions[PLACE].levels[level][place] if level else place
                    values = tuple(value for value in values if value in beside.get(group, ()))
            lists.append(values)
        for combination in itertools.product((place,), *lists):
            found = dict(zip(every, combination, strict=True))
            if _fits(dimensions, names, found):
                yield found


def _fits(dimensions: Mapping[str, Dimension], names: Key, found: Mapping[str, str]) -> bool:
    for name in names:
        for (other, level), beside in dimensions[name].allowed.items():
            if other == PLACE or other not in found:
                continue
            group = dimensions[other].levels[level][found[other]] if level else found[other]
            if found[name] not in beside.get(group, ()):
                return False
    return True


@dataclass
class _Unknowns:
    """Numbers of unknowns by figure, and by place of each set of linked dimensions."""

    count: int = 0
    of_figure: dict[tuple[int, Key], list[int]] = field(default_factory=dict)
    of_place: list[dict[str, list[int]]] = field(default_factory=list)


def _group(dimension: Dimension, level: str, value: str) -> str:
    return dimension.levels[level][value] if level else value


def _unknowns(dimensions: Mapping[str, Dimension], seen: Sequence[Seen]) -> _Unknowns:
    found = _Unknowns()
    for number, names in enumerate(_linked(dimensions, seen)):
        tables = [
            (position, one.table)
            for position, one in enumerate(seen)
            if {name for name, _ in one.table.by} <= set(names) and (one.table.by or not number)
        ]
        places: dict[str, list[int]] = {}
        for combination in _possible(dimensions, names):
            places.setdefault(combination[PLACE], []).append(found.count)
            for position, table in tables:
                if any(combination[name] in dimensions[name].not_asked for name, _ in table.by):
                    continue
                axes = ((PLACE, table.place), *table.by)
                key = tuple(_group(dimensions[name], level, combination[name]) for name, level in axes)
                found.of_figure.setdefault((position, key), []).append(found.count)
            found.count += 1
        found.of_place.append(places)
    return found


def name_of(table: Table, key: Key) -> str:
    """A figure in words."""
    return " ".join((table.name, *key))


def puzzle_of(dimensions: Mapping[str, Dimension], seen: Sequence[Seen]) -> Puzzle:
    """The puzzle of the tables of one population and state.

    Figures that are empty take their unknowns away; figures that no table has (a part's complement) are not asked.
    """
    unknowns = _unknowns(dimensions, seen)
    sums: list[list[int]] = []
    amounts: list[float] = []
    asked: list[list[int]] = []
    hidden: list[Hidden] = []
    gone = np.zeros(unknowns.count, dtype=np.bool_)
    for (position, key), members in unknowns.of_figure.items():
        one = seen[position]
        if key not in one.figures:
            continue
        figure = None if key in one.old else one.figures[key]
        if figure is None:
            asked.append(members)
            hidden.append(Hidden(name_of(one.table, key), 0.0 if key in one.unsure or key in one.old else 1.0))
        elif figure == 0:
            gone[members] = True
        else:
            sums.append(members)
            amounts.append(float(figure))
    known = [rows_of(sums, unknowns.count)]
    first = unknowns.of_place[0]
    for places in unknowns.of_place[1:]:
        names = sorted(first)
        known.append(csr_array(rows_of([first[n] for n in names], unknowns.count)
                               - rows_of([places.get(n, []) for n in names], unknowns.count)))  # fmt: skip
        amounts += [0.0] * len(names)
    left = np.flatnonzero(~gone)
    return Puzzle(
        csr_array(csr_array(vstack(known))[:, left]),
        np.array(amounts, dtype=np.float64),
        csr_array(rows_of(asked, unknowns.count)[:, left]),
        tuple(hidden),
    )
