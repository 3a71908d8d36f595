"""What dbt and landing know of each feed: hash of a row, the same from DuckDB and PostgreSQL; key, order, when due."""

import json
from collections.abc import Mapping
from typing import Any

from orchestration.contracts.model import Column, Contract

HEX_DIGITS = 15  # 60 bits: positive in both engines
SEPARATOR = "chr(31)"
HEAD = """\
{#- Made from the contracts by `warehouse contracts`: do not edit. Every feed that is collected, as models and
    the balance sheet need it:
      kind               snapshot or delta
      has_establishment  whether rows name one by seed_code
      has_pupil          whether rows name a pupil by scn
      has_own_models     staged and canonical models and lines of the balance sheet are written for it; else they follow
                         from here, and canonical_<feed> holds its rows one by one
      key, values        columns that identify a row, and the others
      year               the column from which a row's academic year follows; none: that of the extract
      day                the column with the day of what the row speaks of; none: that of the extract
      order, outranks    the column by which the newer row wins, and a column's value that goes before it
      every_days, latency_days, by, is_required   when it is expected, and whether every school has to send it
      row_hash           the hash of a row of raw with all its values
    #}
{% macro feeds() %}
    {{ return({
"""


def row_in_duckdb(contract: Contract, salt: int) -> str:
    """The hash of an accepted row of the staging table ``rows``."""
    values = ", ".join(_text(column, column.name, "varchar") for column in contract.collected)
    text = f"concat_ws({SEPARATOR}, '{salt}', row_number::varchar, {values})"
    return f"('0x' || left(md5({text}), {HEX_DIGITS}))::ubigint"


def row_in_postgres(contract: Contract, relation: str, salt: str) -> str:
    """The hash of a row of ``raw``, under the name ``relation``; ``salt`` is an expression."""
    values = ", ".join(_text(column, f"{relation}.{column.name}", "text") for column in contract.collected)
    text = f"concat_ws({SEPARATOR}, {salt}, {relation}._row_number, {values})"
    return f"('x' || left(md5({text}), {HEX_DIGITS}))::bit({HEX_DIGITS * 4})::bigint"


def feeds_sql(contracts: Mapping[str, Contract]) -> str:
    """Content of the macro file that tells dbt about the feeds."""
    lines = []
    for contract in contracts.values():
        if contract.is_collected:
            told = "".join(f"            '{name}': {_jinja(value)},\n" for name, value in _told(contract).items())
            lines.append(f"        '{contract.feed}': {{\n{told}        }},\n")
    return HEAD + "".join(lines) + "    }) }}\n{% endmacro %}\n"


def _told(contract: Contract) -> dict[str, Any]:
    level, year = contract.service_level, contract.year_column
    assert level is not None
    return {
        "kind": contract.kind,
        "has_establishment": contract.has_establishment,
        "has_pupil": contract.has_pupil,
        "has_own_models": contract.has_own_models,
        "key": list(contract.key),
        "values": [column.name for column in contract.collected if column.name not in contract.key],
        "year": year,
        "day": None if year == "academic_year" else year,
        "order": contract.order_column,
        "outranks": [contract.outranks.column, contract.outranks.value] if contract.outranks else None,
        "every_days": level.frequency_days,
        "latency_days": level.latency_days,
        "by": f"{level.deadline:%H:%M}",
        "is_required": level.is_required,
        "row_hash": row_in_postgres(contract, contract.feed, "content_salt.salt"),
    }


def _jinja(value: Any) -> str:
    """A value as Jinja writes it; texts in single quotes but where they have some."""
    if isinstance(value, list):
        return f"[{', '.join(map(_jinja, value))}]"
    if isinstance(value, str) and "'" not in value:
        return f"'{value}'"
    return "none" if value is None else json.dumps(value)


def _text(column: Column, name: str, text: str) -> str:
    if column.type == "time":
        micros = f"epoch_us({name})" if text == "varchar" else f"(extract(epoch from {name}) * 1000000)::bigint"
        return f"coalesce({micros}::{text}, '~')"
    if column.type == "boolean":
        return f"case when {name} then 'Y' when not {name} then 'N' else '~' end"
    return f"coalesce({name}::{text}, '~')"
