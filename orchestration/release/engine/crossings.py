"""Which dimensions have to be thought of together, and which hang together through what they share alone (RULES 35).

A *crossing* is a set of dimensions, places apart, of which readers see one table or of which one limits the other.
Where crossings can be ordered so that each shares with all those before it only what it shares with one of them
(its *parent*), any numbers that agree on what is shared are those of some persons: the joint numbers of a crossing,
given what it shares, can be dealt out independently of the rest. So nothing is lost by keeping crossings apart and
gluing each to its parent. Where crossings form a loop (a by b, b by c, c by a) that is not so: numbers that agree two
by two need not be anybody's, so bounds that a reader can really draw would be missed. Those of a loop are thought of
together instead, which loses nothing, and may be too large to judge.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Crossing:
    """Dimensions together, the position of the crossing that they are glued to, and the dimensions that both have."""

    names: frozenset[str]
    parent: int
    shared: frozenset[str]


def _largest(sets: Collection[frozenset[str]]) -> list[frozenset[str]]:
    found = sorted(set(sets), key=sorted)
    return [one for one in found if one and not any(one < other for other in found)]


def _ear(left: list[frozenset[str]]) -> tuple[frozenset[str], frozenset[str]] | None:
    """A crossing that shares with all others only what it shares with one of them, and that one."""
    for one in left:
        others = [other for other in left if other != one]
        shared = one & frozenset().union(*others)
        for other in others:
            if shared <= other:
                return one, other
    return None


def _without_loops(sets: Collection[frozenset[str]]) -> list[frozenset[str]]:
    """The same sets, those that form a loop put together."""
    whole = _largest(sets)
    left = list(whole)
    while len(left) > 1:
        if found := _ear(left):
            left.remove(found[0])
            continue
        loop = set(left[0])
        while near := [one for one in left if one & loop and not one <= loop]:
            loop.update(*near)
        whole = _largest([*whole, frozenset(loop)])
        left = list(whole)
    return whole


def crossings_of(sets: Collection[frozenset[str]]) -> list[Crossing]:
    """Crossings out of the sets of dimensions that tables have, parents first; the first has no dimension at all.

    Each further one is glued to a parent by what they share, that is the place alone where they share no dimension.
    """
    left = _without_loops(sets)
    taken: list[tuple[frozenset[str], frozenset[str]]] = []
    while len(left) > 1:
        found = _ear(left)
        assert found is not None
        left.remove(found[0])
        taken.append(found)
    crossings = [Crossing(frozenset(), -1, frozenset())]
    position: dict[frozenset[str], int] = {}
    for one in left:
        position[one] = len(crossings)
        crossings.append(Crossing(one, 0, frozenset()))
    for one, parent in reversed(taken):
        position[one] = len(crossings)
        shared = one & parent
        crossings.append(Crossing(one, position[parent] if shared else 0, shared))
    return crossings
