"""Rows that release itself makes, out of what it has just released or of what access is given by.

They are copies of released rows or follow from shown figures alone, so nothing new can be had from them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

import psycopg
from psycopg import sql

from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.differences import Released
from orchestration.release.tables.rows import NOT_AVAILABLE, MartRows, read_rows
from orchestration.release.thresholds import OTHERS_AT_LEAST

TENTH_OF_A_POINT = Decimal("0.001")
"""A median of five rates is one school's own: to eight places it would tell its openings."""
HISTORY = ("school_persistent", "authority_persistent")
"""Kinds of the marts whose rows are kept by month."""


@dataclass(frozen=True)
class ReleasedMart:
    """What readers will see of a mart: its contract, and rows by key in the order of ``released_columns``."""

    contract: ReleaseContract
    rows: Released

    def as_dicts(self) -> list[dict[str, Any]]:
        """The rows by column."""
        names = [column.name for column in self.contract.released_columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows.values()]


def _released(contract: ReleaseContract, rows: list[dict[str, Any]]) -> Released:
    names = [column.name for column in contract.released_columns]
    return {tuple(row[key] for key in contract.keys): tuple(row[name] for name in names) for row in rows}


def months_of_years(exact: Mapping[str, MartRows]) -> dict[str, date]:
    """First day of the month that each year's data reach."""
    rows = exact.get("attendance_by_school_year")
    found: dict[str, date] = {}
    if rows is not None:
        for year, day in zip(rows.columns["academic_year"], rows.columns["data_as_at"], strict=True):
            if day is not None:
                found[year] = max(found.get(year, date.min), day.replace(day=1))
    return found


def _copy(source: Mapping[str, Any], month: date) -> dict[str, Any]:
    """A released row of either mart of persistent absence, with the keys of the history."""
    keys = {"seed_code": "", "breakdown": "school", "value": "all", "schools_counted": 1, "month": month}
    of_authority = {"sector": source.get("value") if source.get("breakdown") == "sector" else "all"}
    return {**keys, **({} if "seed_code" in source else of_authority), **source}


def kept_months(connection: psycopg.Connection, contract: ReleaseContract, authority: str) -> list[dict[str, Any]]:
    """Rows of the history as ``control`` keeps them, in the types of the released table.

    A measure that the contract did not have at that time is not available.
    """
    names = [column.name for column in contract.released_columns]
    rows = connection.execute(
        sql.SQL(
            "select {columns} from control.released_months "
            "cross join lateral jsonb_populate_record(null::{table}, released_months.released) as kept "
            "where released_months.local_authority_code = %s and released_months.mart = %s"
        ).format(
            columns=sql.SQL(", ").join(sql.Identifier("kept", name) for name in names),
            table=sql.Identifier("released", contract.mart),
        ),
        [authority, contract.mart],
    ).fetchall()
    kept = [dict(zip(names, row, strict=True)) for row in rows]
    for row in kept:
        for group, measures in contract.groups.items():
            if row[f"{group}_symbol"] is None and any(row[measure] is None for measure in measures):
                row[f"{group}_symbol"] = NOT_AVAILABLE
    return kept


def month_history(
    contract: ReleaseContract,
    released: Mapping[str, ReleasedMart],
    kept: list[dict[str, Any]],
    months: Mapping[str, date],
) -> Released:
    """Released rows by month: of the month of the data copies of what is released now, before it as they stood.

    ``kept`` are the rows of earlier releases, ``months`` the month that each year's data reach; a year that is
    not in it stays as it is. Later months, of deliveries withdrawn since, are not kept.
    """
    rows = [row for row in kept if row["academic_year"] not in months or row["month"] < months[row["academic_year"]]]
    for mart in released.values():
        if mart.contract.kind in HISTORY:
            rows += [
                _copy(row, months[row["academic_year"]]) for row in mart.as_dicts() if row["academic_year"] in months
            ]
    return _released(contract, rows)


def keep_months(connection: psycopg.Connection, contract: ReleaseContract, authority: str, release_id: int) -> None:
    """Note in ``control`` what a release has written into the history, so that the table can be made anew."""
    table = sql.Identifier("released", contract.mart)
    cell = sql.SQL("concat_ws('|', {})").format(sql.SQL(", ").join(sql.Identifier("row", key) for key in contract.keys))
    connection.execute(
        sql.SQL(
            "delete from control.released_months as kept where kept.local_authority_code = %s and kept.mart = %s "
            "and not exists (select from {table} as row where row.local_authority_code = kept.local_authority_code "
            "and {cell} = kept.cell)"
        ).format(table=table, cell=cell),
        [authority, contract.mart],
    )
    connection.execute(
        sql.SQL(
            "insert into control.released_months (local_authority_code, mart, cell, released, release_id) "
            "select row.local_authority_code, %s, {cell}, to_jsonb(row) - 'release_id', row.release_id "
            "from {table} as row where row.local_authority_code = %s and row.release_id = %s "
            "on conflict (local_authority_code, mart, cell) do update "
            "set released = excluded.released, release_id = excluded.release_id"
        ).format(table=table, cell=cell),
        [contract.mart, authority, release_id],
    )


def similar_schools(exact: MartRows, released: Mapping[str, ReleasedMart]) -> Released:
    """Schools like each school, with the median of those rates that are shown; too few make it not available."""
    shown: dict[tuple[str, str], Decimal] = {}
    for row in released["attendance_by_school_year"].as_dicts():
        if row["attendance_rate"] is not None:
            shown[row["academic_year"], f"{row['seed_code']} {row['sector']}"] = row["attendance_rate"]
    rows = []
    for position in range(len(exact)):
        found = {name: values[position] for name, values in exact.columns.items()}
        rates = [shown[place] for other in found["similar_to"] if (place := (found["academic_year"], other)) in shown]
        enough = len(rates) >= found["schools_needed"]
        rate = median(rates).quantize(TENTH_OF_A_POINT, ROUND_HALF_UP) if enough else None
        symbol = None if enough else NOT_AVAILABLE
        rows.append({**found, "schools_counted": len(rates), "attendance_rate": rate, "openings_symbol": symbol})
    return _released(exact.contract, rows)


def clusters(connection: psycopg.Connection, contract: ReleaseContract, authority: str) -> Released:
    """The authority's clusters as access is given by them."""
    rows = connection.execute(
        """
        select local_authority_code, seed_code, sector, cluster_name, source = 'invented'
        from access.clusters where local_authority_code = %s
        """,
        [authority],
    ).fetchall()
    names = [column.name for column in contract.columns]
    return _released(contract, [dict(zip(names, row, strict=True)) for row in rows])


def cluster_attendance(
    contract: ReleaseContract, years: Iterable[Mapping[str, Any]], members: Iterable[tuple[str, str, str]]
) -> Released:
    """Attendance of each school's cluster in its sector: shown rows added up, not available with too few others.

    ``years`` are released rows of ``attendance_by_school_year``, of one authority; ``members`` SEED code, sector
    and cluster in the order of the clusters' names: of several, the first is the school's.
    """
    cluster_of: dict[tuple[str, str], str] = {}
    schools_of: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for seed_code, sector, cluster in members:
        cluster_of.setdefault((seed_code, sector), cluster)
        schools_of[cluster, sector].append(seed_code)
    own = [row for row in years if (row["seed_code"], row["sector"]) in cluster_of]
    shown = {
        (row["academic_year"], row["sector"], row["seed_code"]): (row["openings_attended"], row["openings_possible"])
        for row in own
        if row["attendance_rate"] is not None
    }
    rows = []
    for row in own:
        year, sector, seed_code = row["academic_year"], row["sector"], row["seed_code"]
        cluster = cluster_of[seed_code, sector]
        counted = [school for school in schools_of[cluster, sector] if (year, sector, school) in shown]
        openings = [shown[year, sector, school] for school in counted]
        enough = len(counted) - counted.count(seed_code) >= OTHERS_AT_LEAST
        rate = (
            Decimal(sum(attended for attended, _ in openings)) / sum(possible for _, possible in openings)
            if enough
            else None
        )
        rows.append(
            {
                **row,
                "cluster_name": cluster,
                "schools_counted": len(counted),
                "attendance_rate": None if rate is None else rate.quantize(TENTH_OF_A_POINT, ROUND_HALF_UP),
                "openings_symbol": None if enough else NOT_AVAILABLE,
            }
        )
    return _released(contract, rows)


def _attendance_of_clusters(
    connection: psycopg.Connection,
    contract: ReleaseContract,
    authority: str,
    years: ReleasedMart,
    untouched: Collection[str],
) -> Released:
    """Of all years: rows of those left alone are read as they stand."""
    rows = years.as_dicts()
    if untouched:
        standing = read_rows(connection, years.contract, authority, f"released.{years.contract.mart}")
        every = [
            dict(zip(standing.columns, values, strict=True)) for values in zip(*standing.columns.values(), strict=True)
        ]
        rows += [row for row in every if row["academic_year"] in untouched]
    members = connection.execute(
        "select seed_code, sector, cluster_name from access.clusters where local_authority_code = %s order by 3, 1, 2",
        [authority],
    ).fetchall()
    return cluster_attendance(contract, rows, members)


def invent_clusters(connection: psycopg.Connection, authority: str) -> None:
    """Put schools that are in no cluster with their nearest secondary, unless the council has brought its own list."""
    connection.execute(
        """
        select access.invent_clusters(%(authority)s, jsonb_agg(jsonb_build_object(
            'cluster_name', cluster_name, 'seed_code', seed_code, 'sector', sector
        )))
        from aggregated_exact.nearest_secondaries where local_authority_code = %(authority)s
        having count(*) > 0
        """,
        {"authority": authority},
    )


def made_by_release(
    connection: psycopg.Connection,
    contract: ReleaseContract,
    authority: str,
    exact: Mapping[str, MartRows],
    released: Mapping[str, ReleasedMart],
    untouched: Collection[str],
) -> Released:
    """Rows of a mart that release makes, of all years but those that are left as they stand."""
    if contract.kind == "month_history":
        kept = [row for row in kept_months(connection, contract, authority) if row["academic_year"] not in untouched]
        return month_history(contract, released, kept, months_of_years(exact))
    if contract.kind == "similar_schools":
        return similar_schools(read_rows(connection, contract, authority, without_years=untouched), released)
    if contract.kind == "cluster_attendance":
        years = released["attendance_by_school_year"]
        return _attendance_of_clusters(connection, contract, authority, years, untouched)
    return clusters(connection, contract, authority)
