"""Which dimensions the attacker keeps apart: a tree of sets of them, or one set where no tree is true (RULES 46).

Sets that form a tree in which each dimension's sets hang together (a join tree) can be kept apart, glued along the
tree, without losing a bound. A spanning tree with the most in common between neighbours is one if there is any.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Names = tuple[str, ...]


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


def _connected(sets: Sequence[frozenset[str]]) -> list[list[frozenset[str]]]:
    found: list[list[frozenset[str]]] = []
    for one in sets:
        near = [group for group in found if any(one & other for other in group)]
        found = [group for group in found if group not in near] + [[one, *(other for group in near for other in group)]]
    return found


def branches_of(sets: Sequence[frozenset[str]]) -> list[Branch]:
    """Sets without those inside others, as trees; sets that hang together and form no tree are put into one."""
    largest = sorted({one for one in sets if one and not any(one < other for other in sets)}, key=sorted)
    branches: list[Branch] = []
    for group in _connected(largest):
        grown = _grown(group)
        if not _is_true(grown):
            grown = [Branch(tuple(sorted(frozenset().union(*group))), -1, ())]
        start = len(branches)
        branches += [Branch(one.names, one.at if one.at < 0 else one.at + start, one.common) for one in grown]
    return branches or [Branch((), -1, ())]
