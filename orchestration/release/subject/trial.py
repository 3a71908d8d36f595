"""What a declaration on trial would show of a mart, beside what readers see of it today (RULES 41).

Nothing is remembered and nothing released: it is judged as if its figures were shown for the first time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from orchestration.release.attacker.bounds import bounded
from orchestration.release.attacker.determined import determined
from orchestration.release.attacker.released import Key, Seen, puzzle_of
from orchestration.release.declared.declaration import Mart
from orchestration.release.subject.judged import HIDDEN, Judged, text_keys, unlike
from orchestration.release.subject.rows import ByPopulation, state_of
from orchestration.release.tables.rows import NOT_AVAILABLE, SUPPRESSED, MartRows
from orchestration.release.thresholds import SMALL


@dataclass(frozen=True)
class Compared:
    """Rows of a mart's period, by what becomes of one measure and those hidden with it.

    ``shown`` and ``hidden``: alike today and on trial; ``lost``: shown today alone; ``won``: on trial alone;
    ``missing``: not available today. ``few`` are rows with 1 to 4 persons, ``unlike`` figures of the whole mart that
    are not the number of persons behind them, and rows with persons that are not there.
    """

    mart: str
    period: str
    measure: str
    rows: int
    shown: int
    hidden: int
    lost: int
    won: int
    missing: int
    few: int
    unlike: int


def compared(mart: Mart, exact: MartRows, standing: MartRows, every: ByPopulation) -> Iterator[Compared]:
    """Compare a mart, period by period and measure by measure."""
    own = every[mart.population]
    name = next(iter(own.values())).figures.declaration.populations[mart.population].period if own else None
    today = {key: position for position, key in enumerate(standing.keys(standing.contract.keys))}
    for period in sorted(own):
        judged = {
            population: every[population][period] for population in mart.populations if period in every[population]
        }
        positions = [i for i, value in enumerate(exact.columns[name or ""]) if str(value) == period]
        differing = sum(sum(unlike(one, mart, exact, positions)) for one in judged.values())
        keys = text_keys(exact, mart, own[period].figures)
        where = exact.keys(standing.contract.keys)
        for leader, measures in mart.leaders.items():
            counts = dict.fromkeys(("shown", "hidden", "lost", "won", "missing"), 0)
            few = 0
            for position in positions:
                before = _today(standing, today.get(where[position]), measures)
                is_hidden = state_of(mart, measures, judged, keys[position]) == HIDDEN
                counts[_outcome(before, is_hidden)] += 1
                few += _persons(mart, leader, judged, keys[position]) in range(1, SMALL)
            yield Compared(mart.name, period, leader, len(positions), few=few, unlike=differing, **counts)


def _persons(mart: Mart, measure: str, judged: Mapping[str, Judged], key: Mapping[str, str]) -> int | None:
    one = judged.get(mart.measures[measure].population)
    return None if one is None else one.number(one.figures.cell(mart, measure, key))


def _today(standing: MartRows, position: int | None, measures: Sequence[str]) -> str | None:
    """The sign under which measures are hidden today: ``[c]`` or ``[x]``; None where they are shown."""
    if position is None:
        return NOT_AVAILABLE
    groups = standing.contract.groups
    for measure in measures:
        symbol = next((f"{group}_symbol" for group, names in groups.items() if measure in names), None)
        if symbol is None:
            return NOT_AVAILABLE
        if standing.columns[measure][position] is None and standing.columns[symbol][position] in (
            SUPPRESSED, NOT_AVAILABLE,
        ):  # fmt: skip
            return str(standing.columns[symbol][position])
    return None


def _outcome(today: str | None, is_hidden: bool) -> str:
    if today == NOT_AVAILABLE:
        return "missing"
    if today == SUPPRESSED:
        return "hidden" if is_hidden else "won"
    return "lost" if is_hidden else "shown"


def given_away(judged: Judged) -> list[str]:
    """Names of figures of 1 to 4 persons that readers could work out from what the declaration would show.

    Counts are bounded, too; sums of half days are asked only whether they follow.
    """
    system, shown = judged.decision.system, judged.decision.shown
    true: dict[str, int] = {}
    figures: dict[str, dict[Key, int | None]] = {}
    unsure: dict[str, set[Key]] = {}
    for number, cell in enumerate(system.cells):
        key, value = (cell.place, *cell.groups), int(system.values[number])
        true[" ".join((cell.table, *key))] = int(system.persons[number])
        if system.is_shown[number]:
            figures.setdefault(cell.table, {})[key] = value if shown[number] else None
        if not value:
            unsure.setdefault(cell.table, set()).add(key)
    seen = [
        Seen(table, figures.get(table.name, {}), frozenset(unsure.get(table.name, ())))
        for table in judged.figures.model.tables
    ]
    dimensions = judged.figures.model.dimensions
    counts = [one for one in seen if not one.table.is_sum]
    limits = bounded(puzzle_of(dimensions, counts)) if counts else []
    found = [one.name for one in limits if np.isnan(one.low) or 0 < true[one.name] < SMALL]
    puzzle = puzzle_of(dimensions, seen)
    follows = np.flatnonzero(determined(puzzle.known, puzzle.asked)).tolist()
    return found + [name for number in follows if 0 < true[name := puzzle.hidden[number].name] < SMALL]
