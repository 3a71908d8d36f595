"""Released rows of a declared mart, out of exact rows, standing rows and what was decided (RULES 26, 44)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestration.release.declared.declaration import Declaration, Mart
from orchestration.release.subject.judged import HELD, HIDDEN, SHOWN, Judged, SubjectError, check_figures, text_keys
from orchestration.release.subject.moments import NOTHING_SETTLED, Settled
from orchestration.release.tables.rows import NOT_APPLICABLE, SUPPRESSED, MartRows

Row = tuple[Any, ...]


@dataclass
class Wanted:
    """Rows to be released by key, in the order of the released columns, and keys of rows with held figures."""

    rows: dict[Row, Row] = field(default_factory=dict)
    held: list[Row] = field(default_factory=list)


ByPopulation = Mapping[str, Mapping[str, Judged]]
"""What was decided, by population and period."""


def wanted_rows(
    declaration: Declaration,
    mart: Mart,
    rows: MartRows,
    standing: MartRows,
    every: ByPopulation,
    settled: Settled = NOTHING_SETTLED,
) -> Wanted:
    """The rows of a mart as they are to be released; ``every`` has what was decided by population and period.

    Those of ``settled`` periods stay as they stand, and what is new in them is hidden.
    Raises ``SubjectError`` where a row is of a period that was not judged, or a held figure does not stand.
    """
    wanted = Wanted()
    judged = every[mart.population]
    if not len(rows):
        return wanted
    population = declaration.populations[mart.population]
    periods = [str(value) for value in rows.columns[population.period]]
    stays = settled.get(mart.population, frozenset())
    if unknown := sorted(set(periods) - judged.keys() - stays):
        raise SubjectError(f"{mart.name}: rows of {unknown} have no persons behind them, so nothing of it is shown")
    by_period: dict[str, list[int]] = {}
    for position, period in enumerate(periods):
        by_period.setdefault(period, []).append(position)
    before = _standing(standing)
    for period, positions in sorted(by_period.items()):
        if period not in judged:
            _as_settled(mart, rows, positions, before, wanted)
            continue
        of_period = {name: every[name][period] for name in mart.populations if period in every[name]}
        for one in of_period.values():
            check_figures(one, mart, rows, positions)
        _of_period(mart, rows, positions, of_period, before, wanted)
    return wanted


def _standing(rows: MartRows) -> dict[Row, dict[str, Any]]:
    names = list(rows.columns)
    keys = rows.contract.keys
    found = {}
    for position in range(len(rows)):
        row = {name: rows.columns[name][position] for name in names}
        found[tuple(row[key] for key in keys)] = row
    return found


def _of_period(
    mart: Mart,
    rows: MartRows,
    positions: Sequence[int],
    judged: Mapping[str, Judged],
    before: Mapping[Row, dict[str, Any]],
    wanted: Wanted,
) -> None:
    contract = rows.contract
    keys = text_keys(rows, mart, judged[mart.population].figures)
    names = [column.name for column in contract.released_columns]
    for position in positions:
        row = {name: rows.columns[name][position] for name in names if name in rows.columns}
        key = tuple(row[name] for name in contract.keys)
        is_held = False
        symbols: dict[str, list[str | None]] = {symbol: [] for symbol in contract.groups}
        for leader, measures in mart.leaders.items():
            symbol = mart.measures[leader].symbol
            state = state_of(mart, measures, judged, keys[position])
            if state == HIDDEN or (state == HELD and _is_new_gap(mart, before.get(key), leader)):
                row |= dict.fromkeys(measures)
                symbols[symbol].append(SUPPRESSED)
            elif state == HELD:
                is_held = True
                row |= _as_it_stands(
                    mart, before.get(key), measures, _told_before(mart, measures, judged, keys[position])
                )
                symbols[symbol].append(NOT_APPLICABLE if any(row[name] is None for name in measures) else None)
            elif (stood := before.get(key)) is not None and _stays(mart, leader, stood, row):
                is_held |= any(row[name] != stood[name] for name in measures)
                row |= {name: stood[name] for name in measures}
                symbols[symbol].append(None)
            else:
                symbols[symbol].append(NOT_APPLICABLE if any(row[name] is None for name in measures) else None)
        for symbol, said in symbols.items():
            row[f"{symbol}_symbol"] = next((one for one in (SUPPRESSED, NOT_APPLICABLE) if one in said), None)
        wanted.rows[key] = tuple(row[name] for name in names)
        if is_held:
            wanted.held.append(key)


def state_of(mart: Mart, measures: Sequence[str], judged: Mapping[str, Judged], key: Mapping[str, str]) -> str:
    """What becomes of measures that are null together in a row: hidden if one is, held if one is, else shown.

    ``judged`` has what was decided by population; a measure of one that was not judged is hidden.
    """
    states = set()
    for name in _tellers(mart, measures):
        one = judged.get(mart.measures[name].population)
        states.add(HIDDEN if one is None else one.state(one.figures.cell(mart, name, key)))
    return next(state for state in (HIDDEN, HELD, SHOWN) if state in states)


def _tellers(mart: Mart, measures: Sequence[str]) -> list[str]:
    """Measures whose cells decide a group: its own, and those that a share in it, or beside it, is made of."""
    found = dict.fromkeys(measures)
    for name in measures:
        measure = mart.measures[name]
        share = mart.measures[measure.banded] if measure.banded else measure
        for other in (share.numerator, share.denominator):
            if other is not None and other in mart.measures:
                found[other] = None
    return list(found)


def _stays(mart: Mart, leader: str, stood: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether what a share is compared with stays as it was shown: while the share and the row's stamps are the same.

    So nobody sees few of others come and go.
    """
    one = mart.measures[leader]
    if one.kind != "compared" or any(stood[name] is None for name in mart.leaders[leader]):
        return False
    return all(stood[name] == row[name] for name in (one.banded, *mart.stamps) if name is not None)


def _is_new_gap(mart: Mart, before: Mapping[str, Any] | None, leader: str) -> bool:
    """Whether a gap was not shown while its ends were: nothing stands that it could be held as."""
    one = mart.measures[leader]
    return one.gap is not None and (before is None or before.get(f"{one.symbol}_symbol") == SUPPRESSED)


def _told_before(
    mart: Mart, measures: Sequence[str], judged: Mapping[str, Judged], key: Mapping[str, str]
) -> dict[str, int] | None:
    """Counts that another moment of a stock showed, for a row that does not stand yet; None where there are none."""
    found = {}
    for name in measures:
        one = judged[mart.measures[name].population]
        cells = one.figures.cell(mart, name, key)
        if one.figures.declaration.populations[one.place.population].stock is None or len(cells) != 1:
            return None
        found[name] = int(one.decision.value[one.at[cells[0]]])
    return found


def _as_settled(
    mart: Mart, rows: MartRows, positions: Sequence[int], before: Mapping[Row, dict[str, Any]], wanted: Wanted
) -> None:
    contract = rows.contract
    names = [column.name for column in contract.released_columns]
    for position in positions:
        key = tuple(rows.columns[name][position] for name in contract.keys)
        row = {name: rows.columns[name][position] for name in names if name in rows.columns}
        row |= dict.fromkeys(mart.measures) | {f"{symbol}_symbol": SUPPRESSED for symbol in contract.groups}
        row |= {name: before[key][name] for name in names} if key in before else {}
        wanted.rows[key] = tuple(row[name] for name in names)
        wanted.held.append(key)


def _as_it_stands(
    mart: Mart, before: Mapping[str, Any] | None, measures: Sequence[str], other: Mapping[str, int] | None
) -> dict[str, Any]:
    symbol = f"{mart.measures[measures[0]].symbol}_symbol"
    if before is None or (before.get(symbol) == SUPPRESSED and any(before[name] is None for name in measures)):
        if other is not None:
            return dict(other)
        raise SubjectError(f"{mart.name}: a figure of {measures[0]} is held as it was, and no such row stands")
    return {name: before[name] for name in measures}
