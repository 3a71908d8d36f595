"""SQL for the hash of a row of a feed, as text: the same number from DuckDB, which reads files, and from PostgreSQL."""

from collections.abc import Mapping

from orchestration.contracts.model import Column, Contract

HEX_DIGITS = 15  # 60 bits: positive in both engines
SEPARATOR = "chr(31)"
HEAD = """\
{#- Made from the contracts by `warehouse contracts`: do not edit. Every feed that is collected: whether its rows name
    an establishment, and the hash of a row with all its values. -#}
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
            row = row_in_postgres(contract, contract.feed, "content_salt.salt").replace('"', '\\"')
            lines.append(
                f"        '{contract.feed}': {{\n"
                f"            'has_establishment': {str(contract.has_establishment).lower()},\n"
                f"            'row_hash': \"{row}\",\n"
                f"        }},\n"
            )
    return HEAD + "".join(lines) + "    }) }}\n{% endmacro %}\n"


def _text(column: Column, name: str, text: str) -> str:
    if column.type == "time":
        micros = f"epoch_us({name})" if text == "varchar" else f"(extract(epoch from {name}) * 1000000)::bigint"
        return f"coalesce({micros}::{text}, '~')"
    if column.type == "boolean":
        return f"case when {name} then 'Y' when not {name} then 'N' else '~' end"
    return f"coalesce({name}::{text}, '~')"
