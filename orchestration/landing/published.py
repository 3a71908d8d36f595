"""Published figures that are added to those of the seeds: editions on the ledger, which every build reads.

A new edition, or a council's own stretch aims, need no new version of the project. Of a key (area, year, measure) the
edition imported last counts; one that is taken back counts no more, and what stood before it does again.
"""

import hashlib
from pathlib import Path
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from orchestration.database import advisory_lock, connect
from orchestration.landing.outcomes import LandingError
from orchestration.landing.published_files import SCOTLAND, Dataset, Values, dataset_named, read_published
from orchestration.landing.reference import Reference
from orchestration.settings import Settings

IN_FORCE = """
    select imports.entry_id, imports.dataset, imports.content_hash
    from control.published_imports as imports
    where imports.takes_back is null and not exists (
        select 1 from control.published_imports as later where later.takes_back = imports.entry_id
    )
"""


def import_published(settings: Settings, path: Path, into: str, source: str, actor: str) -> tuple[int, int]:
    """Add an edition of published figures; returns its number and how many rows it has.

    In: a CSV file with the columns of the data set ``into`` (a seed that takes imports), where it was published, and
    by whom it is imported. All or nothing. Raises LandingError that names file, row and column, or says that the same
    rows are in force already.
    """
    if not source.strip():
        raise LandingError("Say where the figures are published: publication, date and table.")
    dataset = dataset_named(settings.seeds_dir, into)
    reference = Reference.of(settings)
    years = frozenset(row["academic_year"] for row in reference.rows("academic_years"))
    rows = read_published(path, dataset, reference.authorities() | {SCOTLAND}, years, reference.establishments())
    content = hashlib.sha256(repr([sorted(row.items()) for row in rows]).encode()).hexdigest()
    with connect(settings, "steward") as connection, advisory_lock(connection, "landing"):
        _check_promises(connection, path, dataset, rows)
        standing = connection.execute(
            f"select entry_id from ({IN_FORCE}) as found where dataset = %s and content_hash = %s", (into, content)
        ).fetchone()
        if standing is not None:
            raise LandingError(f"Nothing to do: these rows are in force already, as import {standing[0]}.")
        areas = {row[dataset.area] for row in rows}
        entry = _enter(connection, areas.pop() if len(areas) == 1 else SCOTLAND, "published_imported", source, actor, {
            "dataset": into, "content_hash": content, "row_count": len(rows), "takes_back": None,
        })  # fmt: skip
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into control.published_rows (entry_id, row_number, fields) values (%s, %s, %s)",
                [(entry, number, Jsonb(row)) for number, row in enumerate(rows, start=1)],
            )
        connection.commit()  # inside the lock: entries of the ledger are seen in the order of their numbers
    return entry, len(rows)


def take_back_published(settings: Settings, entry: int, reason: str, actor: str) -> str:
    """Take an edition back, so that what stood before it counts again; returns the name of its data set.

    Raises LandingError when there is no such edition in force, or no reason is given.
    """
    if not reason.strip():
        raise LandingError("Say why: the reason stands on the ledger, for whoever asks later.")
    with connect(settings, "steward") as connection, advisory_lock(connection, "landing"):
        found = connection.execute(
            "select imports.dataset, events.local_authority_code from control.published_imports as imports "
            "inner join control.ledger_events as events using (event_id) "
            f"where imports.entry_id in (select entry_id from ({IN_FORCE}) as found) and imports.entry_id = %s",
            (entry,),
        ).fetchone()
        if found is None:
            raise LandingError(f"There is no import {entry} in force: `warehouse published list` shows all.")
        _enter(connection, found[1], "published_taken_back", reason, actor, {
            "dataset": found[0], "content_hash": None, "row_count": 0, "takes_back": entry,
        })  # fmt: skip
        connection.commit()
    return str(found[0])


def list_published(settings: Settings) -> list[dict[str, Any]]:
    """Editions that were imported, newest first: number, data set, rows, source, when, by whom, if in force."""
    query = f"""
        select
            imports.entry_id as import, imports.dataset, imports.row_count as rows, events.reason as source,
            events.occurred_at as imported_at, events.actor,
            imports.entry_id in (select found.entry_id from ({IN_FORCE}) as found) as is_in_force
        from control.published_imports as imports
        inner join control.ledger_events as events using (event_id)
        where imports.takes_back is null
        order by imports.entry_id desc
    """
    with (
        connect(settings, "auditor", autocommit=True) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(query).fetchall()


def _enter(connection: Connection, area: str | None, kind: str, why: str, actor: str, fields: dict[str, object]) -> int:
    """An entry on the ledger and among the imports; returns the number of the import."""
    event = connection.execute(
        "insert into control.ledger_events (local_authority_code, kind, reason, actor) values (%s, %s, %s, %s) "
        "returning event_id",
        (area, kind, why.strip(), actor),
    ).fetchone()
    assert event is not None
    row = connection.execute(
        "insert into control.published_imports (event_id, dataset, content_hash, row_count, takes_back) "
        "values (%s, %s, %s, %s, %s) returning entry_id",
        (event[0], *(fields[name] for name in ("dataset", "content_hash", "row_count", "takes_back"))),
    ).fetchone()
    assert row is not None
    return int(row[0])


def _check_promises(connection: Connection, path: Path, dataset: Dataset, rows: list[Values]) -> None:
    """What the seed's own test says of each row has to hold of these as well."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in dataset.types.items()
    )
    numbered = Jsonb([{"_row_number": number, **row} for number, row in enumerate(rows, start=1)])
    for promise in dataset.each_row:
        query = sql.SQL(
            "select given._row_number from jsonb_to_recordset({rows}) as given (_row_number integer, {columns}) "
            "where ({promise}) is not true order by 1 limit 1"
        ).format(rows=sql.Literal(numbered), columns=columns, promise=sql.SQL(promise))
        broken = connection.execute(query).fetchone()
        if broken is not None:
            raise LandingError(f"{path}, row {broken[0]}: it has to hold that {' '.join(promise.split())}.")
