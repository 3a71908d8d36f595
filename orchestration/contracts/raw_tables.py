"""Makes the SQL of the raw tables from the contracts."""

from collections.abc import Iterator, Mapping

from orchestration.contracts.model import Contract

HEAD = """\
-- Raw tables, made from the contracts by `warehouse contracts`: do not edit. One file of a delivery is one _file_id.
-- A column that a contract gains is added; one that it loses stays, empty from then on.

set local role loader;
"""
LINEAGE = {
    "_file_id": "File it came in (control.files).",
    "_row_number": "Record in the file, from 1, the header left out.",
}


def raw_tables_sql(contracts: Mapping[str, Contract]) -> str:
    """DDL of ``raw.<feed>`` for every collected feed, fit to be run again and again by provisioning."""
    tables = ["\n".join(_table(contract)) for contract in contracts.values() if contract.is_collected]
    return "\n".join([HEAD, "\n\n".join(tables), ""])


def _table(contract: Contract) -> Iterator[str]:
    name = f"raw.{contract.feed}"
    columns = [(column.name, str(column.postgres_type)) for column in contract.collected]
    lines = [f"    {column} {type_}," for column, type_ in columns]
    yield f"create table if not exists {name} ("
    yield from lines
    yield "    _file_id integer not null,\n    _row_number integer not null\n);"
    for column, type_ in columns:
        yield f"alter table {name} add column if not exists {column} {type_};"
    for renamed in contract.collected:
        if renamed.formerly is not None:
            yield _taken_over(contract.feed, renamed.name, renamed.formerly)
    if contract.is_judged:
        yield from _held(contract, columns)
    # rows of a file lie together: 24 kB of index for a year of Glasgow, where a tree would take 600 MB
    yield f"create index if not exists {contract.feed}_by_file on {name} using brin (_file_id);"
    yield f"comment on table {name} is {_quoted(f'{contract.grain} Accepted rows as delivered, typed.')};"
    descriptions = {column.name: column.description for column in contract.collected} | LINEAGE
    for column, description in descriptions.items():
        yield f"comment on column {name}.{column} is {_quoted(description)};"


def _taken_over(feed: str, name: str, formerly: str) -> str:
    """What a warehouse took under the column's former name is read under the new one."""
    exists = (
        "select from information_schema.columns "
        f"where table_schema = 'raw' and table_name = '{feed}' and column_name = '{formerly}'"
    )
    change = f"set {name} = {formerly} where {name} is null and {formerly} is not null"
    return f"do $$ begin if exists ({exists}) then update raw.{feed} {change}; end if; end $$;"


def _held(contract: Contract, columns: list[tuple[str, str]]) -> Iterator[str]:
    """The table of rows that a sudden change holds back (rule 2); those that count lie in the other."""
    name = f"raw.held_{contract.feed}"
    yield f"create table if not exists {name} (like raw.{contract.feed});"
    for column, type_ in columns:
        yield f"alter table {name} add column if not exists {column} {type_};"
    yield f"create index if not exists held_{contract.feed}_by_file on {name} using brin (_file_id);"
    text = "Rows of snapshots that a sudden change holds back, as raw would have them. One row per accepted row."
    yield f"comment on table {name} is {_quoted(text)};"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
