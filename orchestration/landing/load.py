"""Loads a validated file: rows as binary COPY into ``raw``, rejected rows and reasons beside them.

Rows go from DuckDB to PostgreSQL in batches of Arrow, so memory does not depend on the size of the file.
"""

from dataclasses import dataclass

import numpy as np
import pgpq
import pgpq.encoders
import pgpq.schema
import pyarrow as pa
from numpy.typing import NDArray
from psycopg import Connection, sql

from orchestration.landing import contents
from orchestration.landing.checksum import KeyChecksums, MarkContents
from orchestration.landing.outcomes import LandingError
from orchestration.landing.validate import BATCH_ROWS, Validated
from orchestration.seals import MARKS

LINES_OF_QUARANTINED = 10_000  # reasons kept for a file that is not loaded; its rows stay where they were delivered


@dataclass(frozen=True)
class Loaded:
    """What went into ``raw``, by SEED code: the checksum of which rows they are, and the hash of what they say."""

    checksums: dict[int, int]
    contents: dict[int, int]


def load_rows(connection: Connection, validated: Validated, file_id: int) -> Loaded:
    """Copy the accepted rows into ``raw.<feed>``, in the order of the file.

    Raises LandingError when the database has not taken as many as were accepted.
    """
    contract = validated.contract
    names = [column.name for column in contract.collected]
    columns = [*names, "_file_id", "_row_number"]
    query = (
        f"select {', '.join(names)}, {file_id}::integer as _file_id, row_number as _row_number "
        f"from rows where problems = 0"
    )
    sums = KeyChecksums(file_id)
    marks = contents.mark_contents(connection) if contract.feed == MARKS else None
    table = sql.Identifier("raw", contract.feed)
    taken = _copy(connection, validated, table, columns, query, sums, marks)
    if not validated.counts.accepted == sums.rows == taken:
        raise LandingError(
            f"raw.{contract.feed} took {taken} rows of the file instead of {validated.counts.accepted}; "
            "nothing was kept. Land it again."
        )
    if marks is not None:
        return Loaded(sums.by_establishment, contents.by_establishment(connection, marks))
    return Loaded(sums.by_establishment, contents.text_contents(connection, validated))


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
    marks: MarkContents | None = None,
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
                if marks is not None:
                    marks.add(batch)
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
