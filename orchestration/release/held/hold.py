"""Holds changes of shown rows of attendance, year by year, between protection and what is written (RULES 44)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from orchestration.release.declared.figures import Together
from orchestration.release.follow.derived import ReleasedMart
from orchestration.release.held.changes import (
    Changes,
    Key,
    Place,
    cell_of,
    changes_since,
    is_breakdown,
    judged,
    key_of,
    sums_of,
)
from orchestration.release.held.decide import Asked, held
from orchestration.release.held.going_on import Tables, going_on
from orchestration.release.held.half_days import COUNTS, State, Who
from orchestration.release.held.last_year import follow_shown_weeks
from orchestration.release.held.periods import Between, Moment, is_final, is_over
from orchestration.release.held.rows import as_it_stands, as_it_waits, hidden, is_shown, without_changes
from orchestration.release.held.store import (
    Remembered,
    Year,
    changed,
    load,
    save_half_days,
    save_held,
    versions_since,
)
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import NOT_AVAILABLE, MartRows
from orchestration.release.thresholds import SMALL

Row = dict[str, Any]


@dataclass
class HeldYear:
    """What was decided of a year: rows that are released in another form, by mart and key, and what to remember."""

    year: Year
    now: Moment
    before: Moment | None
    changed: dict[Who, State]
    rows: dict[Place, Row] = field(default_factory=dict)
    lines: list[tuple[str, str, int | None, bool]] = field(default_factory=list)


@dataclass
class Held:
    """The released rows with their changes held, by mart, and what to remember of each year."""

    released: dict[str, ReleasedMart]
    years: list[HeldYear]

    def keys(self, mart: str) -> list[Key]:
        """Keys of a mart's rows that show something else than the exact figures."""
        return [key for year in self.years for (name, key) in year.rows if name == mart]


def _dicts(contract: ReleaseContract, rows: Mapping[Key, tuple[Any, ...]]) -> dict[Key, Row]:
    names = [column.name for column in contract.released_columns]
    return {key: dict(zip(names, row, strict=True)) for key, row in rows.items()}


def _standing(rows: MartRows) -> dict[Key, Row]:
    names = list(rows.columns)
    found = {}
    for position in range(len(rows)):
        row = {name: rows.columns[name][position] for name in names}
        found[tuple(row[key] for key in rows.contract.keys)] = row
    return found


def _of_year(
    contract: ReleaseContract, exact: MartRows, released: ReleasedMart, standing: MartRows, year: str
) -> Tables:
    counts: dict[Key, dict[str, int]] = {}
    for position, of in enumerate(exact.columns["academic_year"]):
        if of == year:
            key = tuple(exact.columns[name][position] for name in contract.keys)
            counts[key] = {name: exact.numbers_at(name, position) for name in COUNTS}
    now = {key: row for key, row in _dicts(contract, released.rows).items() if row["academic_year"] == year}
    before = {key: row for key, row in _standing(standing).items() if row["academic_year"] == year}
    return Tables(contract, now, before, counts)


def _differs(contract: ReleaseContract, now: Row, standing: Row) -> bool:
    """Whether half days of a row are others than those that readers see."""
    return any(now[name] != standing[name] for name in contract.groups["openings"])


def _asked(
    tables: Mapping[str, Tables],
    known: Remembered,
    last: int,
    changes: Mapping[int, Changes],
    between: Between,
    is_same_code: bool,
) -> tuple[dict[Place, Asked], set[Place]]:
    """Rows that were shown and are shown now, with who changed them; and those that wait for the end of a month.

    What another version of the code counts otherwise no pupil has changed, so it is shown. A row that was not there,
    or not available, in between was shown before that (``known.held``), and waits for no date.
    """
    asked: dict[Place, Asked] = {}
    waiting: set[Place] = set()
    for mart, table in tables.items():
        cut = is_breakdown(table.contract)
        for key, row in table.now.items():
            standing = table.standing.get(key)
            name = (mart, cell_of(key))
            if not is_shown(row) or not (is_shown(standing) or name in known.held):
                continue
            place = (mart, key)
            pupils = changes[known.held.get(name, last)].pupils(place)
            if standing is None or not is_shown(standing):
                asked[place] = Asked(pupils, True)
                continue
            columns = key_of(table.contract, key)
            may_change = between.may_change(columns, cut)
            is_unexplained = not pupils and is_over(columns, between.before) and is_same_code
            if is_unexplained and _differs(table.contract, row, standing):
                pupils = 1  # by a rule that moves marks to another week: who they are is not known, so few
            asked[place] = Asked(pupils, may_change)
            if cut and not may_change:
                waiting.add(place)
    return asked, waiting


def _gone(tables: Mapping[str, Tables], known: Remembered, last: int) -> dict[tuple[str, str], int]:
    """Rows that were shown and are not there now, or not available, with the release that they were of."""
    found = {}
    for mart, table in tables.items():
        for key, standing in table.standing.items():
            name, now = (mart, cell_of(key)), table.now.get(key)
            if is_shown(standing) and (now is None or now["openings_symbol"] == NOT_AVAILABLE):
                found[name] = known.held.get(name, last)
        here = {cell_of(key) for key, row in table.now.items() if row["openings_symbol"] != NOT_AVAILABLE}
        for (of, cell), release in known.held.items():
            if of == mart and cell not in here:
                found[of, cell] = release
    return found


def _hold_year(
    connection: psycopg.Connection,
    year: Year,
    tables: Mapping[str, Tables],
    known: Remembered,
    moment: Moment,
    is_same_code: bool,
    together: Together,
) -> HeldYear:
    last = known.last
    if last is None:
        return HeldYear(year, moment, None, {})
    before = known.moments[last]
    now = moment.after(before)
    result = HeldYear(year, now, before, changed(connection, year, before))
    eldest = min(known.held.values(), default=last)
    versions = versions_since(connection, year, eldest, result.changed)
    by_cell = {(mart, cell_of(key)): (mart, key) for mart, table in tables.items() for key in table.now}
    wanted: dict[int, set[Place] | None] = {last: None}
    for name, release in known.held.items():
        if release != last and name in by_cell:
            places = wanted.setdefault(release, set())
            if places is not None:
                places.add(by_cell[name])
    contracts = [table.contract for table in tables.values()]
    changes, touched = changes_since(contracts, year.authority, year.academic_year, versions, known.moments, wanted)
    asked, waiting = _asked(tables, known, last, changes, Between(before, now), is_same_code)
    shown = {place: known.held.get((place[0], cell_of(place[1])), last) for place in asked}
    found = held(asked, sums_of(touched, versions, known.moments, shown), together)
    if is_final(year.academic_year, now.today):
        _hide_for_good(tables, asked, found, known, result)
    for contract, release, places in going_on(tables, known, last, found - waiting):
        table = tables[contract.mart]
        for place in places:
            now_row, exact = table.now[place[1]], table.exact[place[1]]
            result.rows[place] = without_changes(contract, now_row, exact, changes[release], place)
    for place in found | waiting:
        mart, key = place
        table = tables[mart]
        if place in waiting:
            result.rows[place] = as_it_waits(table.contract, table.now[key], table.standing[key])
        elif place not in result.rows:
            result.rows[place] = as_it_stands(table.contract, table.now[key], table.standing[key])
        if known.held.get((mart, cell_of(key))) is None:
            result.lines.append((mart, cell_of(key), last, False))
    gone = _gone(tables, known, last)
    result.lines += [(*name, release, False) for name, release in sorted(gone.items()) if name not in known.held]
    kept = {(mart, cell_of(key)) for mart, key in found | waiting} | gone.keys()
    result.lines += [(mart, cell, None, False) for mart, cell in sorted(known.held.keys() - kept)]
    for mart, cell in known.hidden & by_cell.keys():
        _, key = by_cell[mart, cell]
        result.rows[mart, key] = hidden(tables[mart].contract, tables[mart].now[key])
    return result


def _hide_for_good(
    tables: Mapping[str, Tables],
    asked: Mapping[Place, Asked],
    found: set[Place],
    known: Remembered,
    result: HeldYear,
) -> None:
    """In a final year nothing is held that five or more changed: it is hidden where others need it (RULES 44)."""
    for place in sorted((place for place in found if asked[place].pupils >= SMALL), key=str):
        mart, key = place
        found.remove(place)
        known.hidden.add((mart, cell_of(key)))
        result.lines.append((mart, cell_of(key), None, True))
        known.held.pop((mart, cell_of(key)), None)


def hold(
    connection: psycopg.Connection,
    authority: str,
    contracts: Sequence[ReleaseContract],
    exact: Mapping[str, MartRows],
    standing: Mapping[str, MartRows],
    released: Mapping[str, ReleasedMart],
    moment: Moment | None,
    is_same_code: bool = True,
    together: Together = (),
) -> Held:
    """Released rows with changes of what was over held; nothing is written. ``moment``: how far the data reach.

    A year that was not remembered before is shown as it is. ``is_same_code``: whether the release before was made by
    the same version, so that whatever differs was delivered. ``together`` are schools that one head has.
    """
    mine = [contract for contract in contracts if judged(contract)]
    every = (rows[contract.mart].columns["academic_year"] for contract in mine for rows in (exact, standing))
    years = sorted({str(year) for column in every for year in column})
    found = dict(released)
    if moment is None:
        return Held(found, [])
    result = []
    for name in years:
        year = Year(authority, name)
        tables = {
            contract.mart: _of_year(
                contract, exact[contract.mart], released[contract.mart], standing[contract.mart], name
            )
            for contract in mine
        }
        one = _hold_year(connection, year, tables, load(connection, year), moment, is_same_code, together)
        result.append(one)
        _replace(found, one.rows)
    judged_years = {one.year.academic_year: {*one.rows} for one in result}
    followed = follow_shown_weeks(connection, authority, mine, found, judged_years)
    _replace(found, followed)
    for place, row in followed.items():
        next(one for one in result if one.year.academic_year == row["academic_year"]).rows[place] = row
    return Held(found, result)


def _replace(released: dict[str, ReleasedMart], rows: Mapping[Place, Row]) -> None:
    """Put rows in the place of those with their keys."""
    for mart in {mart for mart, _ in rows}:
        contract = released[mart].contract
        every = dict(released[mart].rows)
        for (name, key), row in rows.items():
            if name == mart:
                every[key] = tuple(row[column.name] for column in contract.released_columns)
        released[mart] = ReleasedMart(contract, every)


def remember(connection: psycopg.Connection, found: Held, release: int, new_alone: bool = False) -> None:
    """Note what was decided, in the release's transaction. ``new_alone``: only years that were never remembered."""
    for one in found.years:
        if new_alone and one.before is not None:
            continue
        save_half_days(connection, one.year, release, one.before, one.now, one.changed)
        save_held(connection, one.year, release, one.lines)
