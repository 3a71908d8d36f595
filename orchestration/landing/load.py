"""Loads a validated file: rows as binary COPY into ``raw``, rejected rows and reasons beside them.

Rows go from DuckDB to PostgreSQL in batches of Arrow, so memory does not depend on the size of the file.
"""

import pgpq
import pgpq.encoders
import pgpq.schema
import pyarrow as pa
from psycopg import Connection, sql

from orchestration.contracts import Contract
from orchestration.landing.outcomes import LandingError
from orchestration.landing.validate import BATCH_ROWS, Validated

CHECKSUM = "bit_xor(hashint8extended((_file_id::bigint << 32) | _row_number, 0))"
LINES_OF_QUARANTINED = 10_000  # reasons kept for a file that is not loaded; its rows stay where they were delivered


def load_rows(connection: Connection, validated: Validated, file_id: int) -> None:
    """Copy the accepted rows into ``raw.<feed>``, in the order of the file."""
    names = [column.name for column in validated.contract.collected]
    columns = [*names, "_file_id", "_row_number"]
    query = (
        f"select {', '.join(names)}, {file_id}::integer as _file_id, row_number as _row_number "
        f"from rows where problems = 0"
    )
    _copy(connection, validated, sql.Identifier("raw", validated.contract.feed), columns, query)


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


def checksums(connection: Connection, contract: Contract, file_id: int, expected: int) -> dict[int, int]:
    """Order-free checksum of a file's rows in ``raw`` by establishment.

    Raises LandingError when ``raw`` does not hold the ``expected`` number of rows.
    """
    seed = "coalesce(seed_code, 0)" if contract.has_establishment else "0"
    # a file id that the statistics have never seen: the index on it beats reading all earlier files
    connection.execute("set local enable_seqscan = off")
    rows = connection.execute(
        sql.SQL(f"select {seed}, count(*), {CHECKSUM} from {{}} where _file_id = %s group by 1").format(
            sql.Identifier("raw", contract.feed)
        ),
        (file_id,),
    ).fetchall()
    connection.execute("set local enable_seqscan = on")
    found = sum(row[1] for row in rows)
    if found != expected:
        raise LandingError(
            f"raw.{contract.feed} holds {found} rows of the file instead of {expected}; nothing was kept. "
            "Land it again."
        )
    return {seed_code: checksum for seed_code, _, checksum in rows}


def _copy(connection: Connection, validated: Validated, table: sql.Identifier, columns: list[str], query: str) -> None:
    reader = validated.staging.connection.sql(query).to_arrow_reader(BATCH_ROWS)
    encoder = _encoder(reader.schema)
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        table, sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(encoder.write_header())
        for batch in reader:
            copy.write(encoder.write_batch(batch))
        copy.write(encoder.finish())


def _encoder(schema: pa.Schema) -> pgpq.ArrowToPostgresBinaryEncoder:
    """The encoder of a query's columns; one called ``fields`` is JSON."""
    builders = {
        field.name: pgpq.encoders.StringEncoderBuilder.new_with_output(field, pgpq.schema.Jsonb())
        if field.name == "fields"
        else pgpq.ArrowToPostgresBinaryEncoder.infer_encoder(field)
        for field in schema
    }
    return pgpq.ArrowToPostgresBinaryEncoder.new_with_encoders(schema, builders)
