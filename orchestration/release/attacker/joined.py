"""Which dimensions the attacker keeps apart: a tree of sets of them, or one set where no tree is true (RULES 46).

Sets that form a tree in which each dimension's sets hang together (a join tree) can be kept apart, glued along the
tree, without losing a bound. A spanning tree with the most in common between neighbours is one if there is any.
Levels of places are dimensions, too, that follow from the school: what is known by whole sectors needs no schools.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from types import MappingProxyType

Names = tuple[str, ...]
NOTHING: frozenset[str] = frozenset()
NO_SIZES: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Branch:
    """A set of dimensions, the number of the set before it that it is glued to (-1: none), and what both have."""

    names: Names
    at: int
    common: Names


def _grown(sets: Sequence[frozenset[str]]) -> list[Branch]:
    """A spanning tree from the first set on; at each step the neighbour with the most in common."""
    order = [sets[0]]
    branches = [Branch(tuple(sorted(sets[0])), -1, ())]
    left = list(sets[1:])
    while left:
        pairs = ((len(one & other), -at, -number) for number, one in enumerate(left) for at, other in enumerate(order))
        _, at, number = max(pairs)
        one = left.pop(-number)
        branches.append(Branch(tuple(sorted(one)), -at, tuple(sorted(one & order[-at]))))
        order.append(one)
    return branches


def _is_true(branches: Sequence[Branch]) -> bool:
    """Whether every dimension's sets hang together: of each dimension there is one set more than there are joints."""
    sets = [name for branch in branches for name in branch.names]
    joints = [name for branch in branches for name in branch.common]
    return all(sets.count(name) - joints.count(name) == 1 for name in set(sets))


def _connected(sets: Sequence[frozenset[str]], places: frozenset[str]) -> list[list[frozenset[str]]]:
    found: list[list[frozenset[str]]] = []
    for one in sets:
        near = [group for group in found if any((one & other) - places for other in group)]
        found = [group for group in found if group not in near] + [[one, *(other for group in near for other in group)]]
    return found


def _tree(sets: Sequence[frozenset[str]], places: frozenset[str]) -> list[Branch] | None:
    """A join tree whose first set has all levels of places that others of it have; None where there is none."""
    grown = _grown(sorted(sets, key=lambda one: -len(one & places)))
    first = set(grown[0].names)
    return grown if _is_true(grown) and all(set(one.names) & places <= first for one in grown) else None


def _chordal(sets: Sequence[frozenset[str]], sizes: Mapping[str, int], places: frozenset[str]) -> list[frozenset[str]]:
    """Larger sets that form trees: names leave one after another, each with all its neighbours, who meet by that.

    It is always the name whose set with its neighbours has the fewest combinations; a school before its sector.
    """
    pairs = {(one, other) for group in sets for one in group for other in group}
    left = {name for group in sets for name in group}
    found = set(sets)
    while left:
        cost: dict[str, float] = {}
        for name in left:
            beside = {other for other in left if (name, other) in pairs}
            areas = max((sizes.get(other, 1) for other in beside & places), default=1)
            cost[name] = areas * prod(sizes.get(other, 2) for other in beside - places)
        finest = max((sizes.get(name, 1) for name in left & places), default=0)
        leaving = min(
            (name for name in left if name not in places or sizes.get(name, 1) == finest),
            key=lambda name: (cost[name], name),
        )
        together = {other for other in left if (leaving, other) in pairs}
        found.add(frozenset(together))
        pairs |= {(one, other) for one in together for other in together}
        left.discard(leaving)
    return _outermost(list(found))


def branches_of(
    sets: Sequence[frozenset[str]], places: frozenset[str] = NOTHING, sizes: Mapping[str, int] = NO_SIZES
) -> list[Branch]:
    """Sets without those inside others, as trees; sets that hang together and form no tree are filled up to one.

    ``places`` are the levels of places, by which alone no sets hang together: whoever takes the places for the root
    glues each tree to it by those of its first set. ``sizes`` says how many values a name has. If there is no tree
    still, sets that hang together are put into one.
    """
    branches: list[Branch] = []
    for group in _connected([one for one in _outermost(sets) if one and (not places or not one <= places)], places):
        grown = _tree(group, places) or _tree(_chordal(group, sizes, places), places)
        start = len(branches)
        branches += [
            Branch(one.names, one.at if one.at < 0 else one.at + start, one.common)
            for one in grown or [Branch(tuple(sorted(frozenset().union(*group, places))), -1, ())]
        ]
    return branches or [Branch((), -1, ())]


def _outermost(sets: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    return sorted({one for one in sets if not any(one < other for other in sets)}, key=sorted)
