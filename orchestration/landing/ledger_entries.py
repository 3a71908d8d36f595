"""Writes the ledger of landing: attempts, deliveries, files and what was found in them.

Every function takes an open connection of the role ``loader``; the caller says what one transaction is.
"""

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from psycopg import Connection

from orchestration.landing.findings import EstablishmentRows, Year, joined
from orchestration.landing.manifest import Manifest, ManifestFile, superseded_key
from orchestration.landing.outcomes import FileResult, LandingResult, Warned


@dataclass(frozen=True)
class Delivery:
    """A delivery on the ledger. ``is_complete``: all its files have been dealt with once."""

    delivery_id: int
    delivery_key: str
    local_authority_code: str
    extract_date: date
    sequence: int
    is_complete: bool


@dataclass(frozen=True)
class Recorded:
    """A file on the ledger: hash that was announced, hash that was seen (null: no file), and its outcome."""

    file_id: int
    feed: str
    file_name: str
    sha256_manifest: str | None
    sha256: str | None
    status: str
    reason: str | None


@dataclass(frozen=True)
class Details:
    """What a file is recorded with besides its result."""

    sha256: str | None = None
    bytes: int | None = None
    contract_version: str | None = None
    years: tuple[Year, ...] = ()


def begin(connection: Connection, delivery_key: str, manifest_sha256: str | None, code_version: str) -> int:
    """Record that an attempt begins; returns its number."""
    row = connection.execute(
        "insert into control.attempts (delivery_key, manifest_sha256, code_version) values (%s, %s, %s) "
        "returning attempt_id",
        (delivery_key, manifest_sha256, code_version),
    ).fetchone()
    assert row is not None
    return int(row[0])


def finish(connection: Connection, attempt_id: int, result: LandingResult, fingerprint: str) -> None:
    """Record how an attempt ended, and what the folder looked like."""
    files = [
        {"feed": file.feed, "name": file.file_name, "outcome": file.status, "reason": file.reason}
        for file in result.files
    ]
    connection.execute(
        "update control.attempts set outcome = %s, reason = %s, message = %s, files = %s, fingerprint = %s, "
        "finished_at = clock_timestamp() where attempt_id = %s",
        (result.outcome, result.reason, result.message, json.dumps(files), fingerprint, attempt_id),
    )


def delivery(connection: Connection, delivery_key: str) -> Delivery | None:
    """The delivery of that name, if the ledger knows it."""
    row = connection.execute(
        "select delivery_id, delivery_key, local_authority_code, extract_date, sequence, exists ("
        "select from control.ledger_events where ledger_events.delivery_id = deliveries.delivery_id "
        "and kind = 'landed' and file_id is null) from control.deliveries where delivery_key = %s",
        (delivery_key,),
    ).fetchone()
    return Delivery(*row) if row else None


def new_delivery(connection: Connection, manifest: Manifest, manifest_sha256: str) -> Delivery:
    """Put an accepted delivery on the ledger."""
    row = connection.execute(
        "insert into control.deliveries (delivery_key, local_authority_code, extract_date, sequence, environment, "
        "manifest_sha256, supersedes) values (%s, %s, %s, %s, %s, %s, %s) returning delivery_id",
        (
            manifest.delivery_key,
            manifest.local_authority_code,
            manifest.extract_date,
            manifest.sequence,
            manifest.environment,
            manifest_sha256,
            superseded_key(manifest),
        ),
    ).fetchone()
    assert row is not None
    return Delivery(
        row[0],
        manifest.delivery_key,
        manifest.local_authority_code,
        manifest.extract_date,
        manifest.sequence,
        is_complete=False,
    )


def recorded_files(connection: Connection, delivery_id: int) -> dict[str, Recorded]:
    """Files of a delivery that have been dealt with, by feed."""
    rows = connection.execute(
        "select file_id, feed, file_name, sha256_manifest, sha256, status, reason from control.files "
        "where delivery_id = %s",
        (delivery_id,),
    ).fetchall()
    return {row[1]: Recorded(*row) for row in rows}


def record_file(
    connection: Connection, delivery_id: int, file: ManifestFile, result: FileResult, details: Details
) -> int:
    """Record a file and its outcome, in place of what an earlier attempt said of it; returns its number."""
    values: dict[str, Any] = {
        "delivery_id": delivery_id,
        "feed": file.feed,
        "file_name": file.name,
        "kind": file.kind,
        "sha256_manifest": file.sha256,
        "sha256": details.sha256,
        "bytes": details.bytes,
        "rows_manifest": file.rows,
        "rows_file": result.rows_file,
        "rows_accepted": result.rows_accepted,
        "rows_rejected": result.rows_rejected,
        "rows_duplicate": result.rows_duplicate,
        "rows_blank": result.rows_blank,
        "status": result.status,
        "reason": result.reason,
        "message": result.message,
        "extracted_at": file.extracted_at,
        "contract_version": details.contract_version,
        "landed_at": None,
    }
    names = list(values)
    row = connection.execute(
        f"insert into control.files ({', '.join(names)}) values ({', '.join(f'%({name})s' for name in names)}) "
        f"on conflict (delivery_id, feed) do update set "
        f"{', '.join(f'{name} = excluded.{name}' for name in names[2:])} returning file_id",
        values,
    ).fetchone()
    assert row is not None
    file_id = int(row[0])
    for table in ("file_years", "file_establishments", "announced_rows", "rejects", "warnings"):
        connection.execute(f"delete from control.{table} where file_id = %s", (file_id,))
    if result.status == "landed":
        connection.execute("update control.files set landed_at = clock_timestamp() where file_id = %s", (file_id,))
    else:
        record_announced(connection, file_id, file)
    record_warnings(connection, delivery_id, file_id, result.warnings)
    record_years(connection, file_id, details.years)
    return file_id


def record_announced(connection: Connection, file_id: int, file: ManifestFile) -> None:
    """Keep what the manifest announces by establishment of a file that does not land: so much is missing (rule 8)."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into control.announced_rows (file_id, seed_code, row_count) values (%s, %s, %s)",
            [
                (file_id, int(code), rows)
                for code, rows in (file.rows_by_establishment or {}).items()
                if code.isascii() and code.isdigit() and len(code) == 7
            ],
        )


def record_warnings(
    connection: Connection, delivery_id: int, file_id: int | None, warnings: tuple[Warned, ...]
) -> None:
    """Record warnings of a file, or of the whole delivery."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into control.warnings (delivery_id, file_id, column_name, kind, row_count, example_row, detail) "
            "values (%s, %s, %s, %s, %s, %s, %s)",
            [(delivery_id, file_id, w.column, w.kind, w.row_count, w.example_row, w.detail) for w in warnings],
        )


def add_warnings(connection: Connection, delivery_id: int, file_id: int, warnings: tuple[Warned, ...]) -> None:
    """Add warnings of rows that were taken later to those of their file: one line per column and kind."""
    for more in warnings:
        standing = connection.execute(
            "delete from control.warnings where file_id = %s and kind = %s and column_name is not distinct from %s "
            "returning row_count, example_row, detail",
            (file_id, more.kind, more.column),
        ).fetchone()
        if standing is not None:
            rows, example, detail = standing
            more = replace(
                more,
                row_count=more.row_count + rows,
                example_row=min((row for row in (more.example_row, example) if row is not None), default=None),
                detail=joined(detail, more.detail),
            )
        record_warnings(connection, delivery_id, file_id, (more,))


def record_years(connection: Connection, file_id: int, years: tuple[Year, ...]) -> None:
    """Add accepted rows by academic year to a file."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into control.file_years (file_id, academic_year, row_count, first_date, last_date) "
            "values (%s, %s, %s, %s, %s) on conflict (file_id, academic_year) do update set "
            "row_count = file_years.row_count + excluded.row_count, "
            "first_date = least(file_years.first_date, excluded.first_date), "
            "last_date = greatest(file_years.last_date, excluded.last_date)",
            [(file_id, y.academic_year, y.row_count, y.first_date, y.last_date) for y in years],
        )


def record_establishments(
    connection: Connection,
    file_id: int,
    found: dict[int, EstablishmentRows],
    announced: dict[int, int] | None,
    checksums: dict[int, int],
) -> None:
    """Record rows by establishment: announced, found and accepted, with the checksum of the accepted ones."""
    codes = sorted(found.keys() | (announced or {}).keys())
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into control.file_establishments (file_id, seed_code, rows_manifest, rows_file, rows_accepted, "
            "rows_rejected, rows_duplicate, key_checksum, content) values (%s, %s, %s, %s, %s, %s, %s, %s, 0)",
            [
                (
                    file_id,
                    code,
                    (announced or {}).get(code) if announced is not None else None,
                    rows.rows,
                    rows.accepted,
                    rows.rejected,
                    rows.duplicate,
                    checksums.get(code, 0),
                )
                for code in codes
                for rows in (found.get(code, EstablishmentRows()),)
            ],
        )


def add_contents(connection: Connection, file_id: int, contents: dict[int, int]) -> None:
    """Add the hashes of accepted rows to those of a file's establishments.

    A file that landed before there were any has none until the next build takes it over from what stands in ``raw``.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            "update control.file_establishments set content = content + %s where file_id = %s and seed_code = %s",
            [(content, file_id, code) for code, content in contents.items()],
        )


def record_event(
    connection: Connection,
    delivery_id: int,
    kind: str,
    actor: str,
    reason: str | None = None,
    file_id: int | None = None,
) -> int:
    """Add an event to the ledger; returns its number."""
    row = connection.execute(
        "insert into control.ledger_events (delivery_id, file_id, kind, reason, actor) values (%s, %s, %s, %s, %s) "
        "returning event_id",
        (delivery_id, file_id, kind, reason, actor),
    ).fetchone()
    assert row is not None
    return int(row[0])
