"""What readers see of a population as a puzzle: all tables with their margins, and the lists that everybody knows.

Of protection it takes the names of dimensions and tables alone (``engine.model``); which unknowns there are and how
they add up is worked out here anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array, vstack

from orchestration.release.attacker.joined import Branch
from orchestration.release.attacker.lists import linked, needs, possible, stand_ins
from orchestration.release.attacker.puzzle import Hidden, Puzzle, rows_of
from orchestration.release.engine.model import PLACE, Dimension, Table

Key = tuple[str, ...]
"""Place and groups of a figure, in the order of its table."""
Combinations = list[tuple[dict[str, str], int]]
"""Values by dimension, and the number of the unknown that stands for their persons."""


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


@dataclass
class _Unknowns:
    """Numbers of unknowns by figure, and sums of unknowns that are the same: those of two sets of dimensions."""

    count: int = 0
    of_figure: dict[tuple[int, Key], list[int]] = field(default_factory=dict)
    same: list[tuple[list[int], list[int]]] = field(default_factory=list)


def _group(dimension: Dimension, level: str, value: str) -> str:
    return dimension.levels[level][value] if level else value


@dataclass(frozen=True)
class _Keys:
    """How a table counts combinations: the group of each value by axis, and values of which it does not ask."""

    position: int
    axes: tuple[tuple[str, Mapping[str, str]], ...]
    not_asked: tuple[tuple[str, frozenset[str]], ...]

    @classmethod
    def of(cls, dimensions: Mapping[str, Dimension], position: int, table: Table) -> "_Keys":
        axes = []
        for name, level in ((PLACE, table.place), *table.by):
            axes.append((name, {value: _group(dimensions[name], level, value) for value in dimensions[name].values}))
        off = [
            (name, frozenset(value for value, group in groups.items() if {value, group} & dimensions[name].not_asked))
            for name, groups in axes[1:]
        ]
        return cls(position, tuple(axes), tuple((name, values) for name, values in off if values))

    def key(self, combination: Mapping[str, str]) -> Key | None:
        """The groups that a combination is in; None where the table does not ask for it."""
        for name, values in self.not_asked:
            if combination[name] in values:
                return None
        return tuple([groups[combination[name]] for name, groups in self.axes])


def _unknowns(dimensions: Mapping[str, Dimension], seen: Sequence[Seen]) -> _Unknowns:
    found = _Unknowns()
    tables_seen = [one.table for one in seen]
    branches = linked(dimensions, tables_seen)
    home = [next(n for n, b in enumerate(branches) if needs(dimensions, one) <= set(b.names)) for one in tables_seen]
    numbers: list[Combinations] = []
    for number, branch in enumerate(branches):
        tables = [_Keys.of(dimensions, at, one.table) for at, one in enumerate(seen) if home[at] == number]
        numbers.append([])
        for combination in possible(dimensions, branch.names):
            numbers[-1].append((combination, found.count))
            for table in tables:
                key = table.key(combination)
                if key is not None:
                    found.of_figure.setdefault((table.position, key), []).append(found.count)
            found.count += 1
        if number:
            _same(numbers[branch.at], numbers[-1], stand_ins(dimensions, branch.common), branch.common, found)
    if _is_loose(
        dimensions, branches, numbers, {unknown for members in found.of_figure.values() for unknown in members}
    ):
        found.same = []
    return found


def _group_of(combination: Mapping[str, str], stands_for: Mapping[str, str], common: Key) -> Key:
    """What a combination has in common with others: the first place that is like its own, and dimensions."""
    return (stands_for[combination[PLACE]], *(combination[name] for name in common if name in combination))


def _is_loose(
    dimensions: Mapping[str, Dimension],
    branches: Sequence[Branch],
    numbers: Sequence[Combinations],
    counted: set[int],
) -> bool:
    """Whether sets can be filled up so that they agree on what they have in common, whatever is known of each.

    So it is where every set has, in every group of what it shares with its neighbours, an unknown that no figure
    counts: nobody knows how many those are, and each group can be made as large as the largest of its neighbours'.
    """
    for number, branch in enumerate(branches):
        near = {*branch.common, *(name for other in branches if other.at == number for name in other.common)}
        axes = tuple(sorted(near))
        places = stand_ins(dimensions, axes)
        groups = {_group_of(combination, places, axes) for combination, _ in numbers[number]}
        free = {_group_of(c, places, axes) for c, unknown in numbers[number] if unknown not in counted}
        if groups != free:
            return False
        places = stand_ins(dimensions, branch.common)
        here, above = (
            {_group_of(combination, places, branch.common) for combination, _ in numbers[one]}
            for one in (number, max(branch.at, 0))
        )
        if here != above:
            return False
    return True


def _same(before: Combinations, now: Combinations, places: Mapping[str, str], common: Key, found: _Unknowns) -> None:
    """Note that by what two sets have in common their unknowns add up to the same."""
    sums: dict[Key, tuple[list[int], list[int]]] = {}
    for side, members in enumerate((before, now)):
        for combination, unknown in members:
            sums.setdefault(_group_of(combination, places, common), ([], []))[side].append(unknown)
    found.same += [sums[key] for key in sorted(sums)]


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
    ones, others = zip(*unknowns.same, strict=True) if unknowns.same else ((), ())
    known.append(csr_array(rows_of(ones, unknowns.count) - rows_of(others, unknowns.count)))
    amounts += [0.0] * len(ones)
    left = np.flatnonzero(~gone)
    return Puzzle(
        csr_array(csr_array(vstack(known))[:, left]),
        np.array(amounts, dtype=np.float64),
        csr_array(rows_of(asked, unknowns.count)[:, left]),
        tuple(hidden),
    )
