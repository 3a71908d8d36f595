"""Rows rejected for an unknown establishment are tried again when an establishments file has been accepted."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from orchestration.database import advisory_lock
from orchestration.landing import findings, ledger_entries, load
from orchestration.landing.rules import UNKNOWN_ESTABLISHMENT, Extract
from orchestration.landing.validate import Staging, Validated, validate_again

if TYPE_CHECKING:
    from orchestration.landing.files import FileLanding


@dataclass(frozen=True)
class Retried:
    """Rows that were taken after all, and deliveries with a file quarantined for such rows."""

    rows: int
    quarantined: tuple[str, ...]


# Files of this authority, of this delivery or a later extract, with rejects that name a school known by now.
CANDIDATES = """
select files.file_id, files.delivery_id, deliveries.delivery_key, files.feed, files.status, files.extracted_at,
    deliveries.extract_date, deliveries.sequence
from control.files
inner join control.deliveries on files.delivery_id = deliveries.delivery_id
where deliveries.local_authority_code = %(authority)s
    and (deliveries.extract_date, deliveries.sequence) >= (%(extract_date)s, %(sequence)s)
    and (files.status = 'landed' or files.reason = 'too_many_rejects')
    and exists (
        select from control.rejects
        where rejects.file_id = files.file_id and rejects.reason = %(reason)s and rejects.seed_code = any(%(codes)s)
    )
order by deliveries.extract_date, deliveries.sequence, files.file_id
"""
# Only rows that break no other rule.
ROWS = """
select rejected_rows._row_number, rejected_rows.fields::text
from raw.rejected_rows
where rejected_rows._file_id = %(file_id)s and rejected_rows._row_number in (
    select rejects.row_number
    from control.rejects
    where rejects.file_id = %(file_id)s
    group by rejects.row_number
    having bool_and(rejects.reason = %(reason)s and rejects.seed_code = any(%(codes)s))
)
order by rejected_rows._row_number
"""


# Of rows that stay rejected for another reason, this one holds no longer.
SETTLED = """
delete from control.rejects
where rejects.file_id = %(file_id)s and rejects.reason = %(reason)s and rejects.seed_code = any(%(codes)s)
    and exists (
        select from control.rejects as others
        where others.file_id = rejects.file_id and others.row_number = rejects.row_number
            and others.reason <> rejects.reason
    )
"""


def retry_rejects(landing: "FileLanding") -> Retried:
    """Try rejected rows again after an establishments file of ``landing.delivery`` was accepted.

    Takes the lock ``build``: files that are in force change, so no build may be looking at them.
    """
    delivery, connection = landing.delivery, landing.connection
    accepted = connection.execute(
        "select distinct establishments.seed_code from raw.establishments inner join control.files "
        "on establishments._file_id = files.file_id where files.delivery_id = %s",
        (delivery.delivery_id,),
    ).fetchall()
    codes = sorted({row[0] for row in accepted} - landing.reference.establishments())
    wanted: dict[str, Any] = {
        "authority": delivery.local_authority_code,
        "extract_date": delivery.extract_date,
        "sequence": delivery.sequence,
        "reason": UNKNOWN_ESTABLISHMENT,
        "codes": codes,
    }
    found = connection.execute(CANDIDATES, wanted).fetchall() if codes else []
    rows = 0
    quarantined = []
    for file_id, delivery_id, delivery_key, feed, status, extracted_at, extract_date, _ in found:
        if status != "landed":
            quarantined.append(delivery_key)
            continue
        extract = Extract(delivery.local_authority_code, extract_date, extracted_at)
        with advisory_lock(connection, "build"):
            rows += _retry_file(landing, file_id, delivery_id, feed, extract, wanted)
    return Retried(rows, tuple(dict.fromkeys(quarantined)))


def _retry_file(
    landing: "FileLanding", file_id: int, delivery_id: int, feed: str, extract: Extract, wanted: dict[str, Any]
) -> int:
    contract = landing.contracts[feed]
    connection = landing.connection
    connection.execute(SETTLED, wanted | {"file_id": file_id})
    rejected = connection.execute(ROWS, wanted | {"file_id": file_id}).fetchall()
    if not rejected:
        return 0
    table = pa.table(
        {
            "row_number": pa.array([row[0] for row in rejected], pa.int32()),
            "fields": pa.array([row[1] for row in rejected], pa.string()),
        }
    )
    with tempfile.TemporaryDirectory(dir=landing.scratch) as name, Staging(landing.settings, Path(name)) as staging:
        validated = validate_again(staging, table, contract, extract, landing.reference, wanted["codes"])
        if not validated.counts.accepted:
            return 0
        with connection.transaction():
            _move(landing, file_id, delivery_id, validated, extract)
    return validated.counts.accepted


def _move(landing: "FileLanding", file_id: int, delivery_id: int, validated: Validated, extract: Extract) -> None:
    """Take accepted rows from the rejected ones into ``raw`` and put the file's counts and warnings right."""
    connection, counts = landing.connection, validated.counts
    numbers = [row[0] for row in validated.staging.run("select row_number from rows")]
    connection.execute("delete from control.rejects where file_id = %s and row_number = any(%s)", (file_id, numbers))
    connection.execute(
        "delete from raw.rejected_rows where _file_id = %s and _row_number = any(%s)", (file_id, numbers)
    )
    loaded = load.load_rows(connection, validated, file_id)
    load.load_rejects(connection, validated, file_id, is_loaded=True)
    connection.execute(
        "update control.files set rows_accepted = rows_accepted + %s, rows_rejected = rows_rejected - %s, "
        "rows_duplicate = rows_duplicate + %s where file_id = %s",
        (counts.accepted, counts.accepted + counts.duplicate, counts.duplicate, file_id),
    )
    for code, found in findings.rows_by_establishment(validated).items():
        connection.execute(
            "update control.file_establishments set rows_accepted = rows_accepted + %s, "
            "rows_rejected = rows_rejected - %s, rows_duplicate = rows_duplicate + %s, "
            "key_checksum = key_checksum # %s where file_id = %s and seed_code = %s",
            (
                found.accepted,
                found.accepted + found.duplicate,
                found.duplicate,
                loaded.checksums.get(code, 0),
                file_id,
                code,
            ),
        )
    ledger_entries.add_contents(connection, file_id, loaded.contents)
    ledger_entries.record_years(connection, file_id, findings.years(validated, extract))
    warnings = findings.row_warnings(validated, extract, landing.reference)
    ledger_entries.add_warnings(connection, delivery_id, file_id, warnings)
    ledger_entries.record_event(connection, delivery_id, "retried", "landing", file_id=file_id)
