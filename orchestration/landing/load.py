"""Loads a validated file: rows as binary COPY into ``raw``, rejected rows and reasons beside them.

Rows go from DuckDB to PostgreSQL in batches of Arrow, so memory does not depend on the size of the file.
"""

import numpy as np
import pgpq
import pgpq.encoders
import pgpq.schema
import pyarrow as pa
from numpy.typing import NDArray
from psycopg import Connection, sql

from orchestration.contracts import Contract
from orchestration.landing.checksum import KeyChecksums
from orchestration.landing.outcomes import LandingError
from orchestration.landing.validate import BATCH_ROWS, Validated

LINES_OF_QUARANTINED = 10_000  # reasons kept for a file that is not loaded; its rows stay where they were delivered


def load_rows(connection: Connection, validated: Validated, file_id: int) -> dict[int, int]:
    """Copy the accepted rows into ``raw.<feed>``, in the order of the file.

    Out: their checksum by SEED code. Raises LandingError when the database has not taken as many as were accepted.
    """
    names = [column.name for column in validated.contract.collected]
    columns = [*names, "_file_id", "_row_number"]
    query = (
        f"select {', '.join(names)}, {file_id}::integer as _file_id, row_number as _row_number "
        f"from rows where problems = 0"
    )
    sums = KeyChecksums(file_id)
    table = sql.Identifier("raw", validated.contract.feed)
    taken = _copy(connection, validated, table, columns, query, sums)
    if not validated.counts.accepted == sums.rows == taken:
        raise LandingError(
            f"raw.{validated.contract.feed} took {taken} rows of the file instead of {validated.counts.accepted}; "
            "nothing was kept. Land it again."
        )
    return sums.by_establishment


def natural_key_sums(connection: Connection, contract: Contract, file_id: int) -> dict[int, int]:
    """Checksum by SEED code of the row numbers of a snapshot with their keys, as ``raw`` holds them.

    Two rows that change their keys leave counts and row numbers as they were, but not this. Columns that identify a
    pupil are left out: of a single row they could be found by trying. A delta has none: a scan of a year of attendance
    takes longer than it is worth.
    """
    key = [name for name in contract.key if contract.column(name).privacy != "direct_identifier"]
    if contract.kind != "snapshot" or not contract.has_establishment or not key:
        return {}
    rows = connection.execute(
        sql.SQL(
            "select seed_code, bit_xor(hash_record_extended(row({}, _row_number), 0)) from {} "
            "where _file_id = %s group by 1"
        ).format(
            sql.SQL(", ").join(map(sql.Identifier, key)),
            sql.Identifier("raw", contract.feed),
        ),
        (file_id,),
    ).fetchall()
    return dict(rows)


def load_rejects(connection: Connection, validated: Validated, file_id: int, *, is_loaded: bool) -> None:
    """Record reasons in ``control.rejects`` and, for a file that is loaded, the rows in ``raw.rejected_rows``."""
    limit = "" if is_loaded else f" order by row_number limit {LINES_OF_QUARANTINED}"
    _copy(
        connection,
        validated,
        sql.Identifier("control", "rejects"),
        ["file_id", "row_number", "column_name", "reason", "seed_code"],
        f"select {file_id}::integer, row_number, column_name, reason, seed_code from rejects{limit}",
    )
    if not is_loaded:
        return
    _copy(
        connection,
        validated,
        sql.Identifier("raw", "rejected_rows"),
        ["_file_id", "_row_number", "fields"],
        f"select {file_id}::integer, row_number, json_object('field_count', field_count)::varchar as fields "
        f"from misfits union all select {file_id}::integer, row_number, fields from rows "
        "where problems <> 0 and row_number not in (select row_number from misfits)",
    )


def _copy(
    connection: Connection,
    validated: Validated,
    table: sql.Identifier,
    columns: list[str],
    query: str,
    sums: KeyChecksums | None = None,
) -> int:
    """Copy a query's rows into a table; returns how many the database took."""
    reader = validated.staging.connection.sql(query).to_arrow_reader(BATCH_ROWS)
    encoder = _encoder(reader.schema)
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        table, sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            copy.write(encoder.write_header())
            for batch in reader:
                copy.write(encoder.write_batch(batch))
                if sums is not None:
                    sums.add(_seed_codes(batch), batch.column("_row_number").to_numpy())
            copy.write(encoder.finish())
        return cursor.rowcount


def _seed_codes(batch: pa.RecordBatch) -> "NDArray[np.int32]":
    if "seed_code" not in batch.schema.names:
        return np.zeros(batch.num_rows, np.int32)
    codes: NDArray[np.int32] = batch.column("seed_code").fill_null(0).to_numpy(zero_copy_only=False)
    return codes


def _encoder(schema: pa.Schema) -> pgpq.ArrowToPostgresBinaryEncoder:
    """The encoder of a query's columns; one called ``fields`` is JSON."""
    builders = {
        field.name: pgpq.encoders.StringEncoderBuilder.new_with_output(field, pgpq.schema.Jsonb())
        if field.name == "fields"
        else pgpq.ArrowToPostgresBinaryEncoder.infer_encoder(field)
        for field in schema
    }
    return pgpq.ArrowToPostgresBinaryEncoder.new_with_encoders(schema, builders)
