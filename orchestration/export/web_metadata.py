"""Metadata of a table as *CSV on the Web* wants it: https://www.w3.org/TR/tabular-metadata/.

The same facts go into the Parquet file's own metadata, as text. Nothing in them changes while release and contract
stand, so that the same release gives the same bytes.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from orchestration.export.described import Column, ExportError, Mart, Standing

SEPARATOR = ";"
"""Between the values of a list within one cell; a value that holds it is refused when it is written."""
DATATYPES = {
    "text": "string",
    "character varying": "string",
    "boolean": "boolean",
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "double precision": "double",
    "date": "date",
    "timestamp with time zone": "dateTime",
    "uuid": "string",
}
"""PostgreSQL's types and those of XML Schema that CSV on the Web names them by; decimals apart."""
MADE_UP = "Made-up pupils in real schools: nothing in it is of anybody."
RIGHTS = "For use within the council that the rows are about. A licence to publish is the council's to give."


def datatype(column: Column) -> str | dict[str, Any]:
    """Datatype of a column's values. Raises ``ExportError`` for a type that no rule is written for."""
    base = column.data_type.removesuffix("[]")
    if base.startswith("numeric"):
        scale = re.fullmatch(r"numeric\((\d+), ?(\d+)\)", base)
        return "decimal" if scale is None else {"base": "decimal", "format": f"0.{'0' * int(scale.group(2))}"}
    if base not in DATATYPES:
        raise ExportError(f"the column {column.name} is {column.data_type}, which cannot be exported yet")
    return DATATYPES[base]


def words(name: str) -> str:
    """A name as a title: ``attendance_by_school_month`` is *Attendance by school month*."""
    plain = name.replace("_", " ")
    return plain[:1].upper() + plain[1:]


def _described(column: Column) -> dict[str, Any]:
    # the first title is the header of the file, by which a reader checks that the two belong together
    found: dict[str, Any] = {
        "name": column.name,
        "titles": [column.name, words(column.name)],
        "dc:description": column.description,
        "datatype": datatype(column),
    }
    if column.unit:
        found["schema:unitText"] = column.unit
    if column.data_type.endswith("[]"):
        found["separator"] = SEPARATOR
    if column.key_position is not None:
        found["required"] = True
        if found["datatype"] == "string":
            found["null"] = []  # an empty text in a key is a value: what is of a whole council has no school
    return found


def _release(one: Standing) -> dict[str, Any]:
    return {
        "local_authority_code": one.local_authority_code,
        "release_id": one.release_id,
        "data_as_at": one.data_as_at.isoformat() if one.data_as_at else None,
        "released_at": one.released_at.isoformat().replace("+00:00", "Z"),
        "code_version": one.code_version,
        "deliveries": list(one.deliveries),
    }


def facts(mart: Mart, releases: Sequence[Standing], *, is_made_up: bool, licence: str | None) -> dict[str, Any]:
    """What is known of a mart besides its columns: title, description, licence or rights, provenance, as-at.

    In: the releases on which the rows stand, at least one; whether the pupils are made up; the address of a licence
    where the council has given one. Out: values that JSON has, in a fixed order.
    """
    days = [one.data_as_at for one in releases if one.data_as_at is not None]
    labels = list(dict.fromkeys(one.label for one in releases if one.label))
    found: dict[str, Any] = {
        "dc:title": words(mart.name),
        "dc:description": " ".join([mart.description, *([MADE_UP] if is_made_up else [])]).strip(),
    }
    if licence:
        found["dc:license"] = {"@id": licence}
    else:
        found["dc:rights"] = RIGHTS
    found["dc:provenance"] = " ".join(labels)
    found["dc:source"] = sorted({key for one in releases for key in one.deliveries})
    if days:
        found["dc:valid"] = max(days).isoformat()  # the last day that is in the figures
    found["dc:issued"] = max(one.released_at for one in releases).isoformat().replace("+00:00", "Z")
    found["notes"] = [{"release": _release(one)} for one in releases]
    return found


def csv_metadata(mart: Mart, known: dict[str, Any]) -> str:
    """Text of ``<mart>.csv-metadata.json``, which stands beside ``<mart>.csv``; ``known`` is what ``facts`` gives."""
    schema: dict[str, Any] = {"columns": [_described(column) for column in mart.columns]}
    if mart.key:
        schema["primaryKey"] = list(mart.key)
    document = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{mart.name}.csv",
        **known,
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
        "tableSchema": schema,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
