"""Deliveries of a few literal rows, put into ledger and raw as landing leaves them, and the layers built on them.

Rows name what matters and leave the rest to defaults. Landing has tests of its own; here only what the layers
above do with its rows is looked at.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from orchestration.database import connect
from orchestration.identity import assign_identities
from orchestration.settings import Settings
from tests.support.canonical_tables import AS_IS, BY_PERSON, BY_TOKEN, COMPARED, SUPPORT
from tests.support.emptying import empty_tables
from tests.support.main_job import dbt_alone
from tests.support.seals import assert_seals_hold

AUTHORITY = "S12000005"
SCHOOL, OTHER_SCHOOL = 5746728, 5746825
WAITING = ("canonical.attainment", "canonical.senior_phase", "pseudonymised.attainment", "pseudonymised.senior_phase")
Row = dict[str, Any]
State = dict[str, list[tuple[Any, ...]]]

DEFAULTS: Mapping[str, Row] = {
    "establishments": {
        "establishment_name": "School", "sector": "primary+secondary", "gaelic_medium": False,
        "half_day_openings_per_week": 10, "local_authority_code": AUTHORITY,
    },
    "calendar": {"is_open": True},
    "pupils": {
        "forename": "Ailsa", "surname": "Example", "date_of_birth": date(2015, 3, 1), "sex": "F",
        "ethnicity_code": "01", "looked_after": "no", "free_meal_registered": False,
    },
    "enrolments": {
        "seed_code": SCHOOL, "entry_date": date(2025, 8, 18), "stage": "P5", "is_base_school": True,
        "status": "on_roll",
    },
    "attendance": {"seed_code": SCHOOL, "opening": "AM", "attendance_code": "10"},
}  # fmt: skip


def at(day: date, hour: int = 18) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("Europe/London"))


def academic_year(day: date) -> str:
    start = day.year if day.month >= 8 else day.year - 1
    return f"{start}/{(start + 1) % 100:02d}"


@dataclass(frozen=True)
class Delivery:
    """One delivery: rows by feed. ``pupils`` and the other snapshots are whole, ``attendance`` is a delta."""

    day: date
    rows: Mapping[str, Sequence[Row]]
    sequence: int = 1
    supersedes: str | None = None
    authority: str = AUTHORITY
    extracted_at: datetime | None = None

    @property
    def key(self) -> str:
        return f"{self.authority}/{self.day}" + (f"-{self.sequence}" if self.sequence > 1 else "")


OF_NO_LAYER = (
    "control.ledger_events", "control.deliveries", "control.files", "control.file_years",
    "control.file_establishments", "control.build_state", "control.model_builds", "control.rejects",
    "control.warnings", "control.scope_changes", "control.month_changes", "control.seal_checks",
    "control.broken_seals", "vault.identity_map", "vault.tokens", "vault.assigned_files",
)  # fmt: skip


@dataclass
class CanonicalWorld:
    """The warehouse of ``settings``, built without a row, with ways to deliver, withdraw and build."""

    settings: Settings

    def empty(self) -> None:
        """As on the first day: nothing delivered, nothing built, nobody known."""
        with connect(self.settings, "admin") as connection:
            tables = connection.execute(
                "select format('%I.%I', nspname, relname) from pg_class "
                "inner join pg_namespace on pg_namespace.oid = relnamespace "
                "where nspname in ('canonical', 'pseudonymised') and relkind in ('r', 'p') and not relispartition"
            ).fetchall()
            empty_tables(
                connection, [*OF_NO_LAYER, *(name for (name,) in tables), *(f"raw.{feed}" for feed in DEFAULTS)]
            )
            connection.execute("delete from control.seals where relation ~ '^(canonical|pseudonymised)[.]'")

    def deliver(self, *deliveries: Delivery) -> None:
        with connect(self.settings, "admin") as connection:
            for delivery in deliveries:
                _register(connection, delivery)

    def retry(self, delivery: Delivery, feed: str, rows: Iterable[Row]) -> None:
        """Rows of a file that had been rejected and are accepted now."""
        with connect(self.settings, "admin") as connection:
            found = connection.execute(
                "select file_id, delivery_id from control.files inner join control.deliveries using (delivery_id) "
                "where delivery_key = %s and feed = %s",
                [delivery.key, feed],
            ).fetchone()
            assert found
            _insert(connection, feed, found[0], rows, delivery, first=1001)
            _note_years(connection, feed, found[0], delivery)
            connection.execute(
                "insert into control.ledger_events (delivery_id, file_id, kind, actor) values (%s, %s, 'retried', 't')",
                [found[1], found[0]],
            )

    def event(self, delivery: Delivery, kind: str) -> None:
        with connect(self.settings, "admin") as connection:
            connection.execute(
                "insert into control.ledger_events (delivery_id, kind, reason, actor) "
                "select delivery_id, %s, 'test', 'test' from control.deliveries where delivery_key = %s",
                [kind, delivery.key],
            )

    def build(self, *arguments: str) -> None:
        """Identity and the layers, or what ``--select`` among the arguments names. Staged views stand.

        Subjects whose feeds never come here are left out, as the main job leaves them out.
        """
        assign_identities(self.settings)
        staged = "staged" if "--full-refresh" in arguments else "stg_control__files"
        select = ["--select", staged, "canonical", "pseudonymised", "--exclude", *WAITING]
        arguments = arguments if "--select" in arguments else (*select, *arguments)
        result = dbt_alone(self.settings, ["run", *arguments], project_stands=True)
        assert result.success, result.error or [(node.unique_id, node.message) for node in result.failed]
        assert_seals_hold(self.settings)

    def query(self, text: str, *parameters: object) -> list[tuple[Any, ...]]:
        with connect(self.settings, "admin") as connection:
            for statement in SUPPORT.split(";"):
                connection.execute(statement.encode())
            return connection.execute(text.encode(), parameters).fetchall()

    def state(self) -> State:
        """All tables of the layers by natural key, sorted."""
        queries = dict(COMPARED)
        for table in BY_PERSON:
            queries[table] = (
                f"select person, to_jsonb(rows) - 'pupil_id' from {table} as rows join people using (pupil_id)"
            )
        for table in BY_TOKEN:
            queries[table] = (
                f"select person, to_jsonb(rows) - 'pupil_token' from {table} as rows "
                "join vault.tokens on token = pupil_token join people using (pupil_id)"
            )
        for table in AS_IS:
            queries[table] = f"select to_jsonb(rows) from {table} as rows"
        with connect(self.settings, "admin") as connection:
            for statement in SUPPORT.split(";"):
                connection.execute(statement.encode())
            return {
                name: sorted(tuple(str(value) for value in row) for row in connection.execute(query.encode()))
                for name, query in queries.items()
            }

    def closes(self) -> bool:
        """Per attendance file in force: rows in raw are openings, superseded, held and left out, to the row."""
        accounted_for = " union all ".join(
            f"select _file_id, _row_number from canonical.{table}"
            for table in ("attendance_openings", "superseded_openings", "held_openings", "openings_left_out")
        )
        rows = self.query(
            """
            select _file_id, _row_number from raw.attendance
            where _file_id in (select file_id from control.files_in_force)
            except all ("""
            + accounted_for
            + ")"
        )
        extra = self.query(
            accounted_for
            + """
            except all
            select _file_id, _row_number from raw.attendance
            where _file_id in (select file_id from control.files_in_force)"""
        )
        return not rows and not extra


def _register(connection: psycopg.Connection, delivery: Delivery) -> None:
    row = connection.execute(
        "insert into control.deliveries (delivery_key, local_authority_code, extract_date, sequence, environment, "
        "manifest_sha256, supersedes) values (%s, %s, %s, %s, 'test', '', %s) returning delivery_id",
        [delivery.key, delivery.authority, delivery.day, delivery.sequence, delivery.supersedes],
    ).fetchone()
    assert row
    extracted_at = delivery.extracted_at or at(delivery.day) + timedelta(minutes=delivery.sequence)
    for feed, rows in delivery.rows.items():
        found = connection.execute(
            "insert into control.files (delivery_id, feed, file_name, kind, status, extracted_at, rows_accepted) "
            "values (%s, %s, %s, %s, 'landed', %s, %s) returning file_id",
            [row[0], feed, f"{feed}.csv", "delta" if feed == "attendance" else "snapshot", extracted_at, len(rows)],
        ).fetchone()
        assert found
        _insert(connection, feed, found[0], rows, delivery, first=1)
        _note_years(connection, feed, found[0], delivery)
    connection.execute(
        "insert into control.ledger_events (delivery_id, kind, actor) values (%s, 'landed', 'test')", [row[0]]
    )


def _insert(
    connection: psycopg.Connection, feed: str, file_id: int, rows: Iterable[Row], delivery: Delivery, first: int
) -> None:
    extracted_at = delivery.extracted_at or at(delivery.day)
    stamp = "recorded_at" if feed == "attendance" else "updated_at"
    for number, row in enumerate(rows, start=first):
        whole = {**DEFAULTS[feed], **({} if feed == "establishments" else {stamp: extracted_at}), **row}
        whole |= {"_file_id": file_id, "_row_number": number}
        connection.execute(
            sql.SQL("insert into raw.{} ({}) values ({})").format(
                sql.Identifier(feed),
                sql.SQL(", ").join(map(sql.Identifier, whole)),
                sql.SQL(", ").join(sql.Placeholder() * len(whole)),
            ),
            list(whole.values()),
        )


def _note_years(connection: psycopg.Connection, feed: str, file_id: int, delivery: Delivery) -> None:
    counts: dict[str, int] = {}
    if dated := {"attendance": "attendance_date", "calendar": "opening_date"}.get(feed):
        query = sql.SQL("select {} from raw.{} where _file_id = %s").format(sql.Identifier(dated), sql.Identifier(feed))
        for (day,) in connection.execute(query, [file_id]):
            counts[academic_year(day)] = counts.get(academic_year(day), 0) + 1
    if feed != "attendance" or not counts:  # the year that a snapshot speaks of
        counts.setdefault(academic_year((delivery.extracted_at or at(delivery.day)).date()), 0)
    for year, count in counts.items():
        connection.execute(
            "insert into control.file_years (file_id, academic_year, row_count) values (%s, %s, %s) "
            "on conflict (file_id, academic_year) do update set row_count = excluded.row_count", [file_id, year, count],
        )  # fmt: skip
