"""A reader who knows some places exactly besides what all readers see: a head, or one of two schools (RULES 47)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from orchestration.release.attacker.released import Key, Seen

Truth = Mapping[str, Mapping[Key, int]]
"""By table the true figure of each key."""


def knowing(seen: Sequence[Seen], true: Truth, places: Collection[str]) -> list[Seen]:
    """What is seen with every figure of these places known as it is now, hidden, held or not there at all.

    ``places`` are named as in the keys of the tables. Figures of coarser places stay as they are seen.
    """
    found = []
    for one in seen:
        known = {key: value for key, value in true.get(one.table.name, {}).items() if key[0] in places}
        found.append(
            replace(
                one,
                figures={**one.figures, **known},
                unsure=one.unsure - known.keys(),
                old=one.old - known.keys(),
            )
        )
    return found
