"""Which dimensions have to be thought of together, and which hang together through what they share alone (RULES 35).

A *crossing* is a set of dimensions of which readers see one table or of which one limits the other. The places are one
of them at each of their levels, since a school's sector follows from the school: figures of whole sectors by stage
need no school, so theirs is a crossing of sector and stage, however many schools there are.
Where crossings can be ordered so that each shares with all those before it only what it shares with one of them
(its *parent*), any numbers that agree on what is shared are those of some persons: the joint numbers of a crossing,
given what it shares, can be dealt out independently of the rest. So nothing is lost by keeping crossings apart and
gluing each to its parent. Where crossings form a loop (a by b, b by c, c by a) that is not so: numbers that agree two
by two need not be anybody's, so bounds that a reader can really draw would be missed. Those of a loop are filled up
until it is none, which loses nothing, and may be too large to judge.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod
from types import MappingProxyType

from orchestration.release.engine.model import FINEST, PLACE, Dimension, Model

LEVELS = f"{PLACE}/"
"""Before the name of a level of places, in the names of a crossing."""
NO_SIZES: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Crossing:
    """Dimensions together, the position of the crossing that they are glued to, and the dimensions that both have.

    Among the names are levels of places (``is_place``).
    """

    names: frozenset[str]
    parent: int
    shared: frozenset[str]


def is_place(name: str) -> bool:
    """Whether a name in a crossing is that of the finest places, or of a level of them."""
    return name == PLACE or name.startswith(LEVELS)


def _is_roll_up(coarse: Mapping[str, str], fine: Mapping[str, str]) -> bool:
    """Whether each group of ``fine`` lies in one group of ``coarse``."""
    pairs = {(fine[place], coarse[place]) for place in fine}
    return len(pairs) == len(set(fine.values()))


def places_of(places: Dimension, level: str) -> frozenset[str]:
    """A level of places, and those that follow from it, as names in a crossing.

    Where levels are not nested all of them are told by the finest places alone.
    """
    levels = list(places.levels.values())
    is_nested = all(_is_roll_up(one, other) or _is_roll_up(other, one) for one in levels for other in levels)
    if level == FINEST or not is_nested:
        return frozenset((PLACE, *(f"{LEVELS}{name}" for name in places.levels)))
    own = places.levels[level]
    return frozenset(f"{LEVELS}{name}" for name, groups in places.levels.items() if _is_roll_up(groups, own))


def crossings_in(model: Model) -> list[Crossing]:
    """The crossings of a model: of its tables, and of dimensions that limit each other; the first is the places'."""
    places = model.dimensions[PLACE]
    used = {name for table in model.tables for name, _ in table.by}
    sets = [places_of(places, table.place) | {name for name, _ in table.by} for table in model.tables]
    sets += [
        frozenset((name, other))
        for name in used
        for other, _ in model.dimensions[name].allowed
        if other != PLACE and other in used
    ]
    limits = {
        name: frozenset[str]().union(
            *(places_of(places, level) for other, level in model.dimensions[name].allowed if other == PLACE)
        )
        for name in used
    }
    sets = [one.union(*(limits[name] for name in one & used)) for one in sets]
    sizes = {name: len(model.dimensions[name].values) for name in (*used, PLACE)}
    sizes |= {f"{LEVELS}{name}": len(set(groups.values())) for name, groups in places.levels.items()}
    return crossings_of(sets, places_of(places, FINEST), sizes)


def _largest(sets: Collection[frozenset[str]]) -> list[frozenset[str]]:
    found = sorted(set(sets), key=sorted)
    return [one for one in found if one and not any(one < other for other in found)]


def _ear(left: list[frozenset[str]]) -> tuple[frozenset[str], frozenset[str]] | None:
    """A crossing that shares with all others only what it shares with one of them, and that one.

    Those of coarser places come first, so that none of finer places is glued to a coarser one and loses what it shares
    with the places themselves.
    """
    for one in sorted(left, key=lambda names: sum(is_place(name) for name in names)):
        others = [other for other in left if other != one]
        shared = one & frozenset().union(*others)
        for other in others:
            if shared <= other:
                return one, other
    return None


def _without_loops(
    sets: Collection[frozenset[str]], sizes: Mapping[str, int], places: frozenset[str]
) -> list[frozenset[str]]:
    """The same sets, filled up until they form no loop: dimensions are taken out one by one, the cheapest first.

    One that is taken out is put together with all that it stands beside, and these stand beside each other from then
    on. ``sizes`` says how many values each has; of places only the finest level of a set counts, and coarser levels
    are taken out after finer ones, which tell them.
    """
    near: dict[str, set[str]] = {}
    for one in sets:
        for name in one:
            near.setdefault(name, set()).update(one - {name})

    def size(names: Collection[str]) -> int:
        of_places = max((sizes.get(name, 1) for name in names if name in places), default=1)
        return of_places * prod(sizes.get(name, 2) for name in names if name not in places)

    found = []
    while near:
        finest = max((sizes.get(name, 1) for name in near if name in places), default=0)
        may_go = [name for name in near if name not in places or sizes.get(name, 1) == finest]
        name = min(may_go, key=lambda one: (size(near[one] | {one}), one))
        beside = near.pop(name)
        found.append(frozenset(beside | {name}))
        for other in beside:
            near[other] |= beside - {other}
            near[other].discard(name)
    return _largest([*found, *sets])


def crossings_of(
    sets: Collection[frozenset[str]], places: frozenset[str] = frozenset(), sizes: Mapping[str, int] = NO_SIZES
) -> list[Crossing]:
    """Crossings out of the sets of dimensions that tables have, parents first; the first is that of the ``places``.

    Each further one is glued to a parent by what they share; where that is of places alone, to the first. ``sizes``
    says by name how many values there are, so that what a loop puts together is as little as can be.
    """
    left = [one for one in _without_loops(sets, sizes, places) if not one <= places]
    taken: list[tuple[frozenset[str], frozenset[str]]] = []
    while len(left) > 1:
        found = _ear(left)
        assert found is not None
        left.remove(found[0])
        taken.append(found)
    crossings = [Crossing(places, -1, frozenset())]
    position: dict[frozenset[str], int] = {}
    for one in left:
        position[one] = len(crossings)
        crossings.append(Crossing(one, 0, one & places))
    for one, parent in reversed(taken):
        position[one] = len(crossings)
        shared = one & parent
        is_apart = all(is_place(name) for name in shared)
        crossings.append(Crossing(one, 0, one & places) if is_apart else Crossing(one, position[parent], shared))
    return crossings
