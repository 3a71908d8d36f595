"""Rows of a mart into a file, batch by batch: CSV as a spreadsheet may open it, Parquet with types and metadata.

A value is written in one form whatever the machine says: decimals with all their digits, times in UTC, `true` and
`false`, nothing where there is no value. So the same rows give the same bytes.
"""

import csv
import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.export.described import Column, ExportError, Mart
from orchestration.export.web_metadata import SEPARATOR

Rows = Iterable[Sequence[tuple[Any, ...]]]
"""Batches of rows, each row in the order of the mart's columns."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "character varying": pa.string(),
    "uuid": pa.string(),
    "boolean": pa.bool_(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double precision": pa.float64(),
    "date": pa.date32(),
    "timestamp with time zone": pa.timestamp("us", tz="UTC"),
}
UNSCALED = pa.decimal128(38, 10)
"""For a decimal of which nobody said how many digits it has."""


def write_csv(path: Path, mart: Mart, batches: Rows) -> int:
    """Write a CSV file: UTF-8, a header of column names, lines as RFC 4180 has them. Out: how many rows it has."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in mart.columns])
        for rows in batches:
            writer.writerows([_cell(value) for value in row] for row in rows)
            count += len(rows)
    return count


def write_parquet(path: Path, mart: Mart, known: Mapping[str, Any], batches: Rows) -> int:
    """Write a Parquet file with a row group for each batch, descriptions and units on its columns. Out: its rows.

    ``known`` is what ``web_metadata.facts`` gives; it becomes the file's metadata, lists and objects as JSON.
    """
    schema = pa.schema([_field(column) for column in mart.columns], metadata=_as_metadata(mart, known))
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in batches:
            columns = list(zip(*rows, strict=True))
            arrays = [pa.array(list(values), field.type) for values, field in zip(columns, schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(rows)
    return count


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return SEPARATOR.join(_parts(value))
    return harmless(str(value)) if isinstance(value, str) else str(value)


def _parts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if SEPARATOR in str(value):
            raise ExportError(f"a list holds {value!r}, and {SEPARATOR!r} stands between its values: use Parquet")
        yield harmless(str(value))


def harmless(text: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front; full-width signs are signs to it."""
    return f"'{text}" if unicodedata.normalize("NFKC", text).startswith(FORMULA_STARTS) else text


def _field(column: Column) -> "pa.Field[Any]":
    base = column.data_type.removesuffix("[]")
    if base.startswith("numeric"):
        scale = re.fullmatch(r"numeric\((\d+), ?(\d+)\)", base)
        found: pa.DataType = UNSCALED if scale is None else pa.decimal128(int(scale.group(1)), int(scale.group(2)))
    elif base in TYPES:
        found = TYPES[base]
    else:
        raise ExportError(f"the column {column.name} is {column.data_type}, which cannot be exported yet")
    if column.data_type.endswith("[]"):
        found = pa.list_(found)
    said = {"description": column.description} | ({"unit": column.unit} if column.unit else {})
    return pa.field(column.name, found, nullable=column.key_position is None, metadata=said)


def _as_metadata(mart: Mart, known: Mapping[str, Any]) -> dict[bytes | str, bytes | str]:
    found: dict[bytes | str, bytes | str] = {}
    for name, value in known.items():
        found[name] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return found | {"primaryKey": json.dumps(list(mart.key))}
