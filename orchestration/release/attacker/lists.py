"""What the lists say that everybody knows: which combinations there can be, and what hangs together (RULES 43, 46).

A school says its sector and its authority, and a sector its authority: levels of places are dimensions of which the
finer tell the coarser. So the unknowns of tables of whole sectors need no school.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from orchestration.release.attacker.joined import Branch, branches_of
from orchestration.release.engine.model import PLACE, Dimension, Table

Names = tuple[str, ...]
OF_PLACES = "place:"
"""Before the name of a level of places, where it stands among names of dimensions."""


def _tells(places: Dimension, fine: str, coarse: str) -> bool:
    """Whether two places that are alike by the level ``fine`` are alike by ``coarse``."""
    found: dict[str, str] = {}
    return all(
        found.setdefault(places.levels[fine][value], places.levels[coarse][value]) == places.levels[coarse][value]
        for value in places.values
    )


def _levels(places: Dimension, level: str) -> frozenset[str]:
    """The names of a level of places and of what it tells; of all where one of two levels does not tell the other."""
    every = list(places.levels)
    chain = all(_tells(places, one, other) or _tells(places, other, one) for one in every for other in every)
    if not level or not chain:
        return frozenset((PLACE, *(f"{OF_PLACES}{name}" for name in every)))
    return frozenset(f"{OF_PLACES}{name}" for name in every if _tells(places, level, name))


def needs(dimensions: Mapping[str, Dimension], table: Table) -> frozenset[str]:
    """The level of places and the dimensions of a table, and what limits these."""
    names = {name for name, _ in table.by}
    return _with_limits(dimensions, _levels(dimensions[PLACE], table.place) | names)


def _with_limits(dimensions: Mapping[str, Dimension], names: frozenset[str]) -> frozenset[str]:
    found = set(names)
    for name in names & dimensions.keys() - {PLACE}:
        for other, level in dimensions[name].allowed:
            if other == PLACE:
                found |= _levels(dimensions[PLACE], level)
    return frozenset(found)


def linked(dimensions: Mapping[str, Dimension], tables: Sequence[Table]) -> list[Branch]:
    """Sets of dimensions that stand in one table, or of which one limits the other; the first is that of the places."""
    sets = [needs(dimensions, table) for table in tables]
    used = frozenset(name for table in tables for name, _ in table.by)
    sets += [
        _with_limits(dimensions, frozenset((name, other)))
        for name in used
        for other, _ in dimensions[name].allowed
        if other in used
    ]
    places = _levels(dimensions[PLACE], "")
    sizes = {name: len(dimension.values) for name, dimension in dimensions.items()}
    sizes |= {f"{OF_PLACES}{name}": len(set(groups.values())) for name, groups in dimensions[PLACE].levels.items()}
    found = [branch for branch in branches_of(sets, places, sizes) if branch.names]
    root = Branch(tuple(sorted(places)), -1, ())
    return [root] + [
        Branch(one.names, 0, tuple(sorted(places & set(one.names))))
        if one.at < 0
        else Branch(one.names, one.at + 1, one.common)
        for one in found
    ]


def stand_ins(dimensions: Mapping[str, Dimension], names: Sequence[str]) -> dict[str, str]:
    """For each finest place the first one that is like it by all levels of places among ``names``."""
    places = dimensions[PLACE]
    levels = [name.removeprefix(OF_PLACES) for name in names if name.startswith(OF_PLACES)]
    first: dict[Names, str] = {}
    return {
        value: value
        if PLACE in names
        else first.setdefault(tuple(places.levels[level][value] for level in levels), value)
        for value in places.values
    }


def possible(dimensions: Mapping[str, Dimension], names: Names) -> Iterator[dict[str, str]]:
    """Combinations that the lists do not rule out; one place stands for all that are alike by levels in ``names``."""
    inner = tuple(name for name in names if name in dimensions and name != PLACE)
    for place in dict.fromkeys(stand_ins(dimensions, names).values()):
        lists = []
        for name in inner:
            values = dimensions[name].values
            for (other, level), beside in dimensions[name].allowed.items():
                if other == PLACE:
                    group = dimensions[PLACE].levels[level][place] if level else place
                    values = tuple(value for value in values if value in beside.get(group, ()))
            lists.append(values)
        for combination in itertools.product((place,), *lists):
            found = dict(zip((PLACE, *inner), combination, strict=True))
            if _fits(dimensions, inner, found):
                yield found


def _fits(dimensions: Mapping[str, Dimension], names: Names, found: Mapping[str, str]) -> bool:
    for name in names:
        for (other, level), beside in dimensions[name].allowed.items():
            if other == PLACE or other not in found:
                continue
            group = dimensions[other].levels[level][found[other]] if level else found[other]
            if found[name] not in beside.get(group, ()):
                return False
    return True
