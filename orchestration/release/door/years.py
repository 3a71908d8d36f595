"""Past years that nothing has touched since they were last released: a night leaves them as they stand.

A year is left out only if it is over and was judged when all its months had closed, and since then neither its
exact rows, nor the pupils behind them, nor its released rows, nor the contracts or the code have changed.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from orchestration.release.protection.same_weeks import GROUP, LastYears, Place
from orchestration.release.tables.contracts import ReleaseContract

BEHIND = (
    "persistent_absence_pupils", "pseudonymised_pupil_years", "pseudonymised_attendance_pupil_months",
    "pseudonymised_attendance_pupil_weekday_codes",
)  # fmt: skip
"""Models that the pupils behind a figure come from."""
JULY = 7


@dataclass(frozen=True)
class YearState:
    """What a year's release rests on and left behind, as a hash; the last month that had closed, as yyyymm."""

    fingerprint: str
    last_closed: int = 0


def year_states(
    connection: psycopg.Connection, contracts: Sequence[ReleaseContract], authority: str, code_version: str
) -> dict[str, str]:
    """A hash for each year of an authority: exact rows by when they last changed, released rows by release.

    Empty where the build does not note when scopes change.
    """
    known = connection.execute("select to_regclass('control.scope_changes') is not null").fetchone()
    if not known or not known[0]:
        return {}
    by_year = [contract for contract in contracts if contract.is_by_year]
    origins = [*BEHIND, *(contract.model for contract in by_year)]
    parts: dict[str, list[str]] = {}
    changes = connection.execute(
        """
        select academic_year, origin, changed_at::text from control.scope_changes
        where local_authority_code = %s and origin = any(%s) order by 1, 2
        """,
        [authority, origins],
    ).fetchall()
    for year, *found in changes:
        parts.setdefault(str(year), []).append(" ".join(map(str, found)))
    for contract in by_year:
        released = sql.SQL(
            "select academic_year, count(*), max(release_id) from {} where local_authority_code = %s group by 1"
        ).format(sql.Identifier("released", contract.mart))
        for year, *found in connection.execute(released, [authority]).fetchall():
            parts.setdefault(str(year), []).append(f"{contract.mart} {contract.fingerprint} {found}")
    return {
        year: hashlib.sha256("\n".join([code_version, *found]).encode()).hexdigest() for year, found in parts.items()
    }


def untouched_years(
    connection: psycopg.Connection, contracts: Sequence[ReleaseContract], authority: str, code_version: str
) -> set[str]:
    """Years to leave as they stand; never the latest."""
    now = year_states(connection, contracts, authority, code_version)
    before = {
        str(year): YearState(str(fingerprint), int(last_closed))
        for year, fingerprint, last_closed in connection.execute(
            """
            select academic_year, fingerprint, last_closed from control.released_years
            where local_authority_code = %s
            """,
            [authority],
        ).fetchall()
    }
    latest = max(now, default="")
    return {
        year
        for year, fingerprint in now.items()
        if year != latest
        and year in before
        and before[year].fingerprint == fingerprint
        and before[year].last_closed >= (int(year[:4]) + 1) * 100 + JULY
    }


def record_years(
    connection: psycopg.Connection,
    contracts: Sequence[ReleaseContract],
    authority: str,
    code_version: str,
    last_closed: int,
) -> None:
    """Note how every year stands after a release, in its transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into control.released_years (local_authority_code, academic_year, fingerprint, last_closed)
            values (%s, %s, %s, %s)
            on conflict (local_authority_code, academic_year) do update
            set fingerprint = excluded.fingerprint, last_closed = excluded.last_closed
            """,
            [
                (authority, year, fingerprint, last_closed)
                for year, fingerprint in year_states(connection, contracts, authority, code_version).items()
            ],
        )


def last_years(
    connection: psycopg.Connection, contracts: Sequence[ReleaseContract], authority: str, years: Collection[str]
) -> LastYears:
    """Of the years left out, which places are hidden or not available: the year after shows their rate or not."""
    found: LastYears = {}
    for contract in contracts if years else ():
        if GROUP not in contract.groups:
            continue
        place = [key for key in ("seed_code", "sector", "academic_year") if key in contract.keys]
        columns = sql.SQL(", ").join(map(sql.Identifier, place))
        rows = connection.execute(
            sql.SQL(
                "select {columns}, coalesce(openings_symbol = '[c]', false), coalesce(openings_symbol = '[x]', false) "
                "from {table} where local_authority_code = %s and academic_year = any(%s)"
            ).format(columns=columns, table=sql.Identifier("released", contract.mart)),
            [authority, sorted(years)],
        ).fetchall()
        for *names, is_hidden, is_missing in rows:
            key: Place = tuple(map(str, names))
            found[contract.mart, key] = (bool(is_hidden), bool(is_missing))
        weeks = [other for other in contracts if other.kind == contract.kind and "week" in other.keys]
        for other in weeks:
            hidden = connection.execute(
                sql.SQL(
                    "select distinct {columns} from {table} "
                    "where local_authority_code = %s and academic_year = any(%s) and openings_symbol = '[c]'"
                ).format(columns=columns, table=sql.Identifier("released", other.mart)),
                [authority, sorted(years)],
            ).fetchall()
            for row in hidden:
                key = tuple(map(str, row))
                found[contract.mart, key] = (True, found.get((contract.mart, key), (True, False))[1])
    return found
