"""A sudden change stops (rule 2): which snapshots of pupils and enrolments are held back, decided anew each time.

The verdict follows from the deliveries that stand, in the order of their extraction, and from what a person accepted;
not from the order of arrival. So one that arrives late, or is withdrawn, decides again on those after it.
"""

from dataclasses import replace

from psycopg import Connection

from orchestration.contracts import Contract, load_contracts
from orchestration.database import advisory_lock
from orchestration.landing import ledger_entries
from orchestration.landing.judging import REASON, Change, Judge, Snapshot, Standing, Verdicts
from orchestration.landing.outcomes import FileResult
from orchestration.settings import Settings

__all__ = ["REASON", "Change", "Verdicts", "apply", "as_decided", "decide", "settle"]

STANDING = """
with events as (
    select
        delivery_id,
        max(event_id) filter (where kind = 'landed' and file_id is null) as landed,
        max(event_id) filter (where kind in ('landed', 'restored') and file_id is null) as restored,
        max(event_id) filter (where kind = 'withdrawn' and file_id is null) as withdrawn,
        max(event_id) filter (where kind = 'accepted') as accepted,
        max(event_id) filter (where kind = 'unaccepted') as unaccepted
    from control.ledger_events
    group by delivery_id
)
select
    deliveries.delivery_id,
    deliveries.delivery_key,
    deliveries.extract_date,
    deliveries.sequence,
    deliveries.supersedes,
    coalesce(events.accepted > coalesce(events.unaccepted, 0), false),
    exists (
        select from control.files
        where files.delivery_id = deliveries.delivery_id
            and files.status = 'quarantined' and files.reason <> 'implausible_change'
    )
from control.deliveries
inner join events using (delivery_id)
where deliveries.local_authority_code = %s
    and events.landed is not null
    and (events.withdrawn is null or events.restored > events.withdrawn)
"""
JUDGED = """
select files.file_id, files.delivery_id, files.feed, files.file_name, files.extracted_at, files.status,
    concat(files.sha256, ':', files.rows_accepted)
from control.files
where files.delivery_id = any(%s)
    and files.feed = any(%s)
    and (files.status = 'landed' or (files.status = 'quarantined' and files.reason = 'implausible_change'))
"""


def decide(settings: Settings, connection: Connection, local_authority_code: str) -> Verdicts:
    """Judge every snapshot of an authority that stands, in the order of extraction. Writes only what it compared."""
    rows = connection.execute(STANDING, (local_authority_code,)).fetchall()
    standing = {row[0]: Standing(*row) for row in rows}
    feeds = [feed for feed, contract in load_contracts().items() if contract.is_judged]
    for row in connection.execute(JUDGED, (list(standing), feeds)).fetchall():
        snapshot = Snapshot(*row)
        standing[snapshot.delivery_id].files[snapshot.feed] = snapshot
    if not any(delivery.files for delivery in standing.values()):
        return Verdicts((), {}, ())
    return Judge(settings, connection, local_authority_code, standing).decide()


def apply(
    connection: Connection, verdicts: Verdicts, *, only: int | None = None, actor: str = "landing"
) -> list[Change]:
    """Bring ledger and raw into line with the verdicts; one transaction. ``only`` one delivery, when it lands first.

    Out: the files that changed sides. Other deliveries are in force: the caller holds the lock ``build``.
    """
    done = []
    for change in verdicts.changes:
        if only is not None and change.snapshot.delivery_id != only:
            continue
        _move(connection, change)
        if only is None:
            kind = "replayed" if change.message is None else "quarantined"
            ledger_entries.record_event(
                connection, change.snapshot.delivery_id, kind, actor, REASON, file_id=change.snapshot.file_id
            )
        done.append(change)
    connection.execute(
        "delete from control.warnings where kind = %s and file_id = any(%s)", (REASON, list(verdicts.judged))
    )
    for file_id, warned in verdicts.warnings.items():
        connection.execute(
            "insert into control.warnings (delivery_id, file_id, kind, row_count, detail) "
            "select delivery_id, file_id, %s, %s, %s from control.files where file_id = %s",
            (warned.kind, warned.row_count, warned.detail, file_id),
        )
    return done


def settle(settings: Settings, connection: Connection, local_authority_code: str) -> list[Change]:
    """Decide and apply, for deliveries that are in force: takes the lock ``build`` where a file changes sides."""
    decided = decide(settings, connection, local_authority_code)
    if not decided.changes:
        with connection.transaction():
            return apply(connection, decided)
    with advisory_lock(connection, "build"), connection.transaction():
        return apply(connection, decide(settings, connection, local_authority_code))


def _move(connection: Connection, change: Change) -> None:
    feed, file_id = change.snapshot.feed, change.snapshot.file_id
    contract: Contract = load_contracts()[feed]
    columns = ", ".join([*(column.name for column in contract.collected), "_file_id", "_row_number"])
    source, target = f"raw.{feed}", f"raw.held_{feed}"
    if change.message is None:
        source, target = target, source
    connection.execute(f"delete from {target} where _file_id = %s".encode(), (file_id,))
    connection.execute(
        f"with moved as (delete from {source} where _file_id = %s returning {columns}) "
        f"insert into {target} ({columns}) select {columns} from moved order by _row_number".encode(),
        (file_id,),
    )
    status, reason = ("landed", None) if change.message is None else ("quarantined", REASON)
    connection.execute(
        "update control.files set status = %s, reason = %s, message = %s, landed_at = "
        "case when %s = 'landed' then clock_timestamp() end where file_id = %s",
        (status, reason, change.message, status, file_id),
    )


def as_decided(files: list[FileResult], changes: list[Change]) -> list[FileResult]:
    """The results of files with what was decided about them afterwards (rule 2)."""
    decided = {change.snapshot.file_id: change for change in changes}
    return [
        file
        if file.file_id not in decided
        else replace(file, status="landed", reason=None, message=None)
        if decided[file.file_id].message is None
        else replace(file, status="quarantined", reason=REASON, message=decided[file.file_id].message)
        for file in files
    ]
