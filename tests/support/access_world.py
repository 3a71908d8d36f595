"""Released tables of two councils, row by row, and what each reader may see of them, written once more by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from orchestration.access import count_schools
from orchestration.database import connect
from orchestration.settings import Settings

HERE, THERE = "S12000005", "S12000006"
SCHOOLS = {  # two schools share a SEED code
    (HERE, "1000001", "primary"), (HERE, "1000001", "special"), (HERE, "1000002", "primary"),
    (HERE, "1000003", "primary"), (HERE, "2000001", "secondary"), (HERE, "2000002", "secondary"),
    (THERE, "3000001", "primary"), (THERE, "3000002", "primary"), (THERE, "3000003", "primary"),
}  # fmt: skip
CLUSTER = {("1000001", "primary"), ("1000002", "primary"), ("2000001", "secondary")}
SECTOR_OF = {"P1": "primary", "S1": "secondary", "SP": "special"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Reach:
    """What a reader was given: authorities, and schools of HERE."""

    authorities: frozenset[str] = frozenset()
    schools: frozenset[tuple[str, str]] = frozenset()


READERS = {
    "officer": Reach(authorities=frozenset({HERE})),
    "officer-there": Reach(authorities=frozenset({THERE})),
    "head-primary": Reach(schools=frozenset({("1000001", "primary")})),
    "head-secondary": Reach(schools=frozenset({("2000001", "secondary")})),
    "head-special": Reach(schools=frozenset({("1000001", "special")})),
    "cluster-lead": Reach(schools=frozenset(CLUSTER)),
}
COUNTED = {(HERE, "primary"): 3, (HERE, "secondary"): 2, (HERE, "special"): 1, (HERE, "all"): 6,
           (THERE, "primary"): 3, (THERE, "all"): 3}  # fmt: skip


def released_tables(settings: Settings) -> dict[str, dict[str, str]]:
    """Columns and types of every table that readers see."""
    with connect(settings, "releaser", autocommit=True) as connection:
        rows = connection.execute(
            "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) from pg_class c "
            "join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped "
            "where c.relnamespace = 'released'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') "
            "order by 1, a.attnum"
        ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for table, column, data_type in rows:
        found.setdefault(table, {})[column] = data_type
    return found


def may_see(reach: Reach, table: str, row: Row) -> bool:
    """Whether a reader with this reach sees a row: the rules in words, not the policies."""
    council = row.get("local_authority_code")
    if council is None or council in reach.authorities:
        return True
    if council != HERE or not reach.schools:
        return False
    if row.get("seed_code", "") not in ("", "all"):
        own = {school[0] for school in reach.schools} if "sector" not in row else reach.schools
        is_own = (row["seed_code"] if "sector" not in row else (row["seed_code"], row["sector"])) in own
        if table in ADDED_UP:
            return is_own and row["schools_counted"] >= sum(of == row["sector"] for _, of in reach.schools) + 2
        return is_own
    if "schools_counted" in row:
        sector = row.get("sector", "all")
        if "breakdown" in row:
            sector = row["value"] if row["breakdown"] == "sector" else SECTOR_OF.get(row["value"], "all")
        mine = [school for school in reach.schools if sector in ("all", school[1])]
        if sector == "all" and any(_others(reach, of) == 1 for of in {school[1] for school in mine}):
            return False  # the other sectors' totals, taken from it, leave the reader's own sector
        return not mine or row["schools_counted"] >= len(mine) + 2
    if table == "data_quality":
        return row["subject"] in ("balance sheet", "expected schools")
    return table in SHARED


def _others(reach: Reach, sector: str) -> int:
    return COUNTED[HERE, sector] - sum(own == sector for _, own in reach.schools)


SHARED = {"releases", "data_freshness", "provenance"}
"""Tables whose rows about a whole council heads of its schools see."""
ADDED_UP = {"attendance_by_cluster"}
"""Tables of schools whose rows rest on several."""
WHOLE = {"data_freshness": "all", "provenance": "", "persistent_absence_by_month": ""}
"""Tables of schools with rows about a whole council, and the SEED code of these."""


def rows_of(table: str, columns: dict[str, str]) -> Iterator[Row]:
    """A row for every place that a table can tell of; keys and ``schools_counted`` alone."""
    if "local_authority_code" not in columns:
        yield {}
    elif "seed_code" not in columns:
        yield from _whole(table, columns, {})
    elif "sector" in columns:
        for council, seed_code, sector in sorted(SCHOOLS):
            place = {"local_authority_code": council, "seed_code": seed_code, "sector": sector}
            yield place | _counted(columns, COUNTED[council, sector] if table in ADDED_UP else 1)
    else:
        for council, seed_code in sorted({school[:2] for school in SCHOOLS}):
            yield {"local_authority_code": council, "seed_code": seed_code}
    if table in WHOLE:
        yield from _whole(table, columns, {"seed_code": WHOLE[table]})


def _whole(table: str, columns: dict[str, str], more: Row) -> Iterator[Row]:
    for council in (HERE, THERE):
        place = {"local_authority_code": council, **more}
        if "value" in columns:
            sectors = [sector for code, sector in COUNTED if code == council]
            values = [("sector", sector, sector) for sector in sectors]
            values += [("stage", stage, of) for stage, of in SECTOR_OF.items() if of in sectors]
            values += [("quintile", "1", "all"), ("quintile", "unknown", "all")]
            for breakdown, value, sector in values:
                extra = {"sector": sector if breakdown == "sector" else "all"} if "sector" in columns else {}
                yield {
                    **place,
                    **extra,
                    "breakdown": breakdown,
                    "value": value,
                    **_counted(columns, COUNTED[council, sector]),
                }
        elif "schools_counted" in columns:
            for code, sector in COUNTED:
                if code == council:
                    yield {**place, "sector": sector, **_counted(columns, COUNTED[code, sector])}
        elif table == "data_quality":
            for subject in ("balance sheet", "expected schools", "files not landed", "rejected rows", "warnings"):
                yield {**place, "subject": subject}
        else:
            yield place


def _counted(columns: dict[str, str], count: int) -> Row:
    return {"schools_counted": count} if "schools_counted" in columns else {}


def fill(settings: Settings, tables: dict[str, dict[str, str]]) -> None:
    """Write the rows, as release does; what is not named gets any value of its type."""
    with connect(settings, "releaser") as connection:
        for council in (HERE, THERE):
            counts = {sector: count for (code, sector), count in COUNTED.items() if code == council and sector != "all"}
            count_schools(connection, council, counts)
        for table, columns in tables.items():
            for number, row in enumerate(rows_of(table, columns)):
                _insert(connection, table, columns, number, row)


ANY = {"text": "x", "date": "2025-10-31", "boolean": "true", "text[]": "{}", "jsonb": "{}"}


def _insert(connection: psycopg.Connection, table: str, columns: dict[str, str], number: int, row: Row) -> None:
    values = {
        name: ANY.get(kind, "2025-10-31" if kind.startswith("timestamp") else "1") for name, kind in columns.items()
    }
    values |= {"release_id": str(number)} | {name: str(value) for name, value in row.items()}
    connection.execute(
        sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier("released", table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(
                sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(columns[name])) for name, value in values.items()
            ),
        )
    )


def visible(connection: psycopg.Connection, table: str) -> set[int]:
    """Numbers of the rows that a connection sees: of the table for the pages and release, of the view for logins."""
    schema = "aggregated" if connection.info.user.startswith("shared_") else "released"
    query = sql.SQL("select release_id from {}").format(sql.Identifier(schema, table))
    return {number for (number,) in connection.execute(query).fetchall()}


def name_reader(connection: psycopg.Connection, value: str | int) -> None:
    """Make the dashboards' setting for the rest of this transaction."""
    connection.execute("select set_config('warehouse.reader', %s, true)", [str(value)])
