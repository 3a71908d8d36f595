"""Rates of the same weeks last year are of these weeks as they are shown, where one of them is held (RULES 44)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import psycopg

from orchestration.release.follow.derived import ReleasedMart
from orchestration.release.held.changes import Place, cell_of
from orchestration.release.held.store import Year, load
from orchestration.release.protection.same_weeks import GROUP, year_before
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import NOT_AVAILABLE, read_rows, share

Row = dict[str, Any]
PLACE = ("local_authority_code", "seed_code", "sector")


def _place(contract: ReleaseContract, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in PLACE if name in contract.keys)


def _weeks(
    connection: psycopg.Connection,
    weeks: ReleasedMart,
    authority: str,
    year: str,
    judged: Mapping[str, Collection[Place]],
) -> dict[tuple[Any, ...], list[Row]]:
    """Shown weeks of a year by place, of places where one of them is held."""
    contract = weeks.contract
    if year in judged:
        rows = {key: row for key, row in zip(weeks.rows, weeks.as_dicts(), strict=True) if row["academic_year"] == year}
        held = {cell_of(key) for mart, key in judged[year] if mart == contract.mart}
    else:
        known = load(connection, Year(authority, year))
        held = {cell for mart, cell in known.held.keys() | known.hidden if mart == contract.mart}
        if not held:
            return {}
        standing = read_rows(connection, contract, authority, f"released.{contract.mart}")
        names = list(standing.columns)
        every = [dict(zip(names, found, strict=True)) for found in zip(*standing.columns.values(), strict=True)]
        rows = {tuple(row[name] for name in contract.keys): row for row in every if row["academic_year"] == year}
    places = {_place(contract, row) for key, row in rows.items() if cell_of(key) in held}
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows.values():
        if (place := _place(contract, row)) in places:
            found.setdefault(place, []).append(row)
    return found


def _followed(row: Row, weeks: Sequence[Row]) -> Row:
    counted = [
        week
        for week in weeks
        if week["school_week_number"] is not None and week["school_week_number"] <= row["weeks_compared"]
    ]
    if any(week["openings_possible"] is None for week in counted):
        return {**row, "rate_same_weeks_last_year": None, "weeks_compared": None, f"{GROUP}_symbol": NOT_AVAILABLE}
    attended, possible = (sum(week[name] for week in counted) for name in ("openings_attended", "openings_possible"))
    return {**row, "rate_same_weeks_last_year": share(attended, possible)}


def follow_shown_weeks(
    connection: psycopg.Connection,
    authority: str,
    contracts: Sequence[ReleaseContract],
    released: Mapping[str, ReleasedMart],
    judged: Mapping[str, Collection[Place]],
) -> dict[Place, Row]:
    """Rows whose rate of the same weeks last year is another, since one of these weeks stands as it was shown.

    ``judged`` has by year the rows that are held; of years that are not in it what stands in the database is read.
    """
    found: dict[Place, Row] = {}
    of_kind = {contract.kind: contract.mart for contract in contracts if "week" in contract.keys}
    for contract in contracts:
        if GROUP not in contract.groups:
            continue
        weeks = released[of_kind[contract.kind]]
        by_year: dict[str, dict[tuple[Any, ...], list[Row]]] = {}
        for key, row in zip(released[contract.mart].rows, released[contract.mart].as_dicts(), strict=True):
            if row[f"{GROUP}_symbol"] is not None:
                continue
            before = year_before(str(row["academic_year"]))
            if before not in by_year:
                by_year[before] = _weeks(connection, weeks, authority, before, judged)
            if shown := by_year[before].get(_place(contract, row)):
                found[contract.mart, key] = _followed(row, shown)
    return found
