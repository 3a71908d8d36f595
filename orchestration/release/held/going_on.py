"""Held rows of a time that was not over when they were shown: a total of the year, a month or week that goes on."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.release.held.changes import Key, Place, cell_of, key_of
from orchestration.release.held.periods import is_over
from orchestration.release.held.rows import is_shown
from orchestration.release.held.store import Remembered
from orchestration.release.tables.contracts import ReleaseContract

Row = dict[str, Any]


@dataclass(frozen=True)
class Tables:
    """One year's rows of a mart: as they would be released now, as readers see them, and exact counts by key."""

    contract: ReleaseContract
    now: dict[Key, Row]
    standing: dict[Key, Row]
    exact: dict[Key, dict[str, int]]


def going_on(
    tables: Mapping[str, Tables], known: Remembered, last: int, found: Collection[Place]
) -> Iterator[tuple[ReleaseContract, int, set[Place]]]:
    """Held rows of a time that was not over when they were shown, or that do not stand now, by mart and release."""
    for mart, table in tables.items():
        by_release: dict[int, set[Place]] = {}
        for place in found:
            if place[0] == mart:
                release = known.held.get((mart, cell_of(place[1])), last)
                stands = is_shown(table.standing.get(place[1]))
                if not stands or not is_over(key_of(table.contract, place[1]), known.moments[release]):
                    by_release.setdefault(release, set()).add(place)
        for release, places in sorted(by_release.items()):
            yield table.contract, release, places
