"""Released rows of a declared mart, out of exact rows, standing rows and what was decided (RULES 26, 44)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestration.release.declared.declaration import Mart
from orchestration.release.subject.judged import HELD, HIDDEN, SHOWN, Judged, SubjectError, check_figures, text_keys
from orchestration.release.tables.rows import NOT_APPLICABLE, SUPPRESSED, MartRows

Row = tuple[Any, ...]


@dataclass
class Wanted:
    """Rows to be released by key, in the order of the released columns, and keys of rows with held figures."""

    rows: dict[Row, Row] = field(default_factory=dict)
    held: list[Row] = field(default_factory=list)


def wanted_rows(mart: Mart, rows: MartRows, standing: MartRows, judged: Mapping[str, Judged]) -> Wanted:
    """The rows of a mart as they are to be released; ``judged`` has what was decided by period.

    Raises ``SubjectError`` where a row is of a period that was not judged, or a held figure does not stand.
    """
    wanted = Wanted()
    if not len(rows):
        return wanted
    population = next(iter(judged.values())).figures.declaration.populations[mart.population] if judged else None
    periods = [str(value) for value in rows.columns[population.period]] if population else []
    if unknown := sorted(set(periods) - judged.keys()) or (not population):
        raise SubjectError(f"{mart.name}: rows of {unknown} have no persons behind them, so nothing of it is shown")
    by_period: dict[str, list[int]] = {}
    for position, period in enumerate(periods):
        by_period.setdefault(period, []).append(position)
    before = _standing(standing)
    for period, positions in sorted(by_period.items()):
        check_figures(judged[period], mart, rows, positions)
        _of_period(mart, rows, positions, judged[period], before, wanted)
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
    judged: Judged,
    before: Mapping[Row, dict[str, Any]],
    wanted: Wanted,
) -> None:
    contract = rows.contract
    keys = text_keys(rows, mart, judged.figures)
    names = [column.name for column in contract.released_columns]
    for position in positions:
        row = {name: rows.columns[name][position] for name in names if name in rows.columns}
        key = tuple(row[name] for name in contract.keys)
        is_held = False
        for group, measures in contract.groups.items():
            states = {
                judged.state(judged.figures.cell(mart, measure, keys[position])) for measure in _tellers(mart, measures)
            }
            if HIDDEN in states or (HELD in states and _is_new_gap(mart, before.get(key), group)):
                row |= dict.fromkeys(measures)
                row[f"{group}_symbol"] = SUPPRESSED
            elif HELD in states:
                is_held = True
                row |= _as_it_stands(mart, before.get(key), group, measures)
            else:
                assert states == {SHOWN}
                empty = any(row[measure] is None for measure in measures)
                row[f"{group}_symbol"] = NOT_APPLICABLE if empty else None
        wanted.rows[key] = tuple(row[name] for name in names)
        if is_held:
            wanted.held.append(key)


def _tellers(mart: Mart, measures: Sequence[str]) -> list[str]:
    """Measures whose cells decide a group: its own, and those that a share in it is made of."""
    found = dict.fromkeys(measures)
    for name in measures:
        measure = mart.measures[name]
        for other in (measure.numerator, measure.denominator):
            if other is not None and other in mart.measures:
                found[other] = None
    return list(found)


def _is_new_gap(mart: Mart, before: Mapping[str, Any] | None, group: str) -> bool:
    """Whether a gap was not shown while its ends were: nothing stands that it could be held as."""
    return mart.measures[group].gap is not None and (before is None or before.get(f"{group}_symbol") == SUPPRESSED)


def _as_it_stands(mart: Mart, before: Mapping[str, Any] | None, group: str, measures: Sequence[str]) -> dict[str, Any]:
    symbol = f"{group}_symbol"
    if before is None or before.get(symbol) == SUPPRESSED:
        raise SubjectError(f"{mart.name}: a figure of {group} is held as it was, and no such row stands")
    return {name: before[name] for name in (*measures, symbol)}
