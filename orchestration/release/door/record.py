"""What release writes down of itself: the release, its deliveries, and each attempt (27)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import psycopg

from orchestration.release.door.gate import Build, Refusal
from orchestration.release.tables.differences import Difference
from orchestration.release.tables.provision import LABEL
from orchestration.release.tables.rows import MartRows


@dataclass(frozen=True)
class ReleaseResult:
    """What became of one authority: released, unchanged or refused, rows changed by mart, and why refused."""

    local_authority_code: str
    outcome: str
    release_id: int | None = None
    rows_changed: dict[str, int] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    def and_also(self, other: "ReleaseResult") -> "ReleaseResult":
        """Both results, of two subjects of the authority, as one: refused if either is, unchanged if both are."""
        outcomes = {self.outcome, other.outcome}
        outcome = next(one for one in ("refused", "released", "unchanged") if one in outcomes)
        number = self.release_id if self.release_id is not None else other.release_id
        changed = {**self.rows_changed, **other.rows_changed}
        return ReleaseResult(self.local_authority_code, outcome, number, changed, [*self.reasons, *other.reasons])


def deliveries_in_force(connection: psycopg.Connection, authority: str) -> tuple[list[int], list[str], date | None]:
    """Deliveries in force: numbers, keys, and the last extract date."""
    rows = connection.execute(
        """
        select delivery_id, delivery_key, extract_date from control.deliveries_in_force
        where local_authority_code = %s order by delivery_id
        """,
        [authority],
    ).fetchall()
    return [row[0] for row in rows], [row[1] for row in rows], max((row[2] for row in rows), default=None)


def last_event_of(connection: psycopg.Connection, authority: str) -> int:
    """The ledger state of an authority's last release of attendance; 0 before the first."""
    row = connection.execute(
        "select coalesce(max(event_id), 0) from control.releases "
        "where local_authority_code = %s and subject = 'attendance'",
        [authority],
    ).fetchone()
    return int(row[0]) if row else 0


def last_release_of(connection: psycopg.Connection, authority: str) -> tuple[int, str | None]:
    """The number and code version of an authority's last release of attendance; 0 and None before the first."""
    row = connection.execute(
        "select release_id, code_version from control.releases "
        "where local_authority_code = %s and subject = 'attendance' order by release_id desc limit 1",
        [authority],
    ).fetchone()
    return (int(row[0]), str(row[1])) if row else (0, None)


def last_day(exact: Mapping[str, MartRows]) -> date | None:
    """The last half day that most schools have marked."""
    rows = exact.get("attendance_by_school_year")
    dates = rows.columns.get("data_as_at", []) if rows else []
    return max((found for found in dates if found is not None), default=None)


def new_release(
    connection: psycopg.Connection,
    authority: str,
    build: Build,
    data_as_at: date | None,
    differences: Sequence[Difference],
    deliveries: tuple[list[int], list[str]],
) -> int:
    """Note a release in ``control`` and in ``released.releases``. Out: its number."""
    changed = {difference.contract.mart: difference.count for difference in differences if difference.count}
    row = connection.execute(
        """
        insert into control.releases
            (local_authority_code, event_id, data_as_at, code_version, deliveries, rows_changed)
        values (%s, %s, %s, %s, %s, %s) returning release_id
        """,
        [authority, build.event_id, data_as_at, build.code_version, deliveries[0], json.dumps(changed)],
    ).fetchone()
    assert row is not None
    release_id = int(row[0])
    connection.execute(
        """
        insert into released.releases (local_authority_code, data_as_at, released_at, checked_at, code_version,
            deliveries, label, release_id)
        values (%s, %s, now(), now(), %s, %s, %s, %s)
        on conflict (local_authority_code) do update
        set data_as_at = excluded.data_as_at, released_at = excluded.released_at,
            checked_at = excluded.checked_at, code_version = excluded.code_version,
            deliveries = excluded.deliveries, label = excluded.label, release_id = excluded.release_id
        """,
        [authority, data_as_at, build.code_version, deliveries[1], LABEL, release_id],
    )
    return release_id


def new_subject_release(
    connection: psycopg.Connection,
    authority: str,
    subject: str,
    build: Build,
    deliveries: tuple[list[int], list[str], date | None],
    differences: Sequence[Difference],
) -> int:
    """Note a release of a declared subject. Out: its number."""
    changed = {difference.contract.mart: difference.count for difference in differences if difference.count}
    row = connection.execute(
        """
        insert into control.releases
            (local_authority_code, subject, event_id, data_as_at, code_version, deliveries, rows_changed)
        values (%s, %s, %s, %s, %s, %s, %s) returning release_id
        """,
        [
            authority, subject, build.event_id, deliveries[2], build.code_version, deliveries[0], json.dumps(changed)
        ],
    ).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])


def record_attempt(
    connection: psycopg.Connection,
    result: ReleaseResult,
    refusals: Sequence[Refusal],
    event_id: int | None,
) -> None:
    """Note an attempt and what came of it, with a line for each refusal."""
    rows = refusals or [Refusal("")]
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into control.release_checks
                (local_authority_code, outcome, release_id, hop, seed_code, amount, message, event_id)
            values (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                (
                    result.local_authority_code, result.outcome, result.release_id, row.hop, row.seed_code,
                    row.amount, row.message or None, event_id,
                )
                for row in rows
            ],
        )  # fmt: skip
