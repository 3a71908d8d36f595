"""Validates one file against its contract, set-wise in DuckDB, into a staging table that is then loaded.

Everything happens in a scratch folder inside the warehouse's home and within ``WAREHOUSE_MEMORY_LIMIT``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.contracts import Column, Contract
from orchestration.landing.outcomes import FileQuarantinedError, LandingError, RejectCount
from orchestration.landing.reference import Reference
from orchestration.landing.rules import ESTABLISHMENTS, PATTERN, Extract, Judgement, Problem, judgement
from orchestration.landing.structure import Structure
from orchestration.settings import Settings

DUPLICATE = 1 << 63  # the bit of a row that is valid and lost; rules have the others
WRONG_COLUMN_COUNT, DUPLICATE_KEY = "wrong_column_count", "duplicate_key"
ROWS_AT_ONCE = 3_000_000  # keys compared at once: about 300 MB
BATCH_ROWS = 100_000
MIB = 1024 * 1024
READ_MIB = 32  # with 16 reading alone takes a quarter more, with 64 no less


@dataclass(frozen=True)
class Counts:
    """Records of a file by what becomes of them; ``rows`` are those that hold anything, ``blank`` the others."""

    rows: int
    rejected: int
    duplicate: int
    blank: int = 0

    @property
    def accepted(self) -> int:
        """Records that go into raw."""
        return self.rows - self.rejected - self.duplicate


class Staging:
    """A DuckDB database in a scratch folder, with one file's rows in it. Close it when done."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.connection = duckdb.connect(
            str(folder / "staging.duckdb"),
            config={
                "threads": settings.threads,
                "memory_limit": settings.memory_limit,
                "temp_directory": str(folder / "spill"),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            },
        )
        # after two seconds DuckDB would draw a bar into what the command prints, also into JSON
        self.connection.execute("set enable_progress_bar = false")
        self.connection.execute("set TimeZone = 'UTC'")

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def run(self, query: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a query and fetch its rows. DuckDB's own messages quote the file, so they go no further."""
        try:
            return self.connection.execute(query, parameters).fetchall()
        except duckdb.Error as error:
            kind = type(error).__name__
            if "no space left" in str(error).lower():
                kind = "no space left on device"
        raise LandingError(
            f"Validation stopped ({kind}): see that the home has free space, and WAREHOUSE_MEMORY_LIMIT with its unit."
        )

    def put(self, name: str, **columns: "pa.Array[Any] | pa.ChunkedArray[Any]") -> None:
        """Make a table of Arrow columns."""
        self.connection.register("incoming", pa.table(columns))
        self.run(f"create or replace table {name} as select * from incoming")
        self.connection.unregister("incoming")

    def codes(self, made: Judgement, establishments: Iterable[int]) -> None:
        """Make the tables of codes that the rules look into."""
        self._list(ESTABLISHMENTS, "integer", sorted(establishments))
        for name, codes in made.lists.items():
            self._list(name, "varchar", list(codes))

    def _list(self, name: str, data_type: str, values: list[Any]) -> None:
        # not by Arrow: an array made of a list imports pandas, where that is installed, and takes a second
        self.run(f"create or replace table {name} as select unnest(?::{data_type}[]) as known", [values])


@dataclass(frozen=True)
class Validated:
    """A file's rows, judged, in a staging database."""

    staging: Staging
    contract: Contract
    judged: Judgement
    counts: Counts

    def reject_counts(self) -> tuple[RejectCount, ...]:
        """Rejected rows by column and reason, with one of them."""
        rows = self.staging.run(
            "select reason, column_name, count(*), min(row_number) from rejects group by all order by 3 desc, 1, 2"
        )
        return tuple(RejectCount(*row) for row in rows)


def validate(
    staging: Staging,
    records: Path,
    positions: Mapping[str, int],
    structure: Structure,
    contract: Contract,
    extract: Extract,
    reference: Reference,
    establishments: Iterable[int],
) -> Validated:
    """Judge the records of a file, as ``split_records`` wrote them.

    Makes the view ``rows`` (typed, with ``problems`` and, for those, ``fields``) and the tables ``misfits`` and
    ``rejects`` (one line per row, column and reason). Row numbers count records from 1.
    """
    made = judgement(contract, positions, extract, reference)
    staging.codes(made, establishments)
    columns = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(structure.width))
    source = (
        f"read_csv('{_literal(records)}', header=false, auto_detect=false, delim=',', quote='\"', escape='\"', "
        f"new_line='\\n', nullstr='', strict_mode=true, max_line_size={2 * MIB}, buffer_size={READ_MIB * MIB}, "
        f"columns={{{columns}}})"
    )
    # rowid counts the records: a table made in one go keeps the order of the file
    staging.run(f"create table staged as {made.query(source, width=structure.width)}")
    read = staging.run("select count(*) from staged")[0][0]
    if read != structure.records:
        raise FileQuarantinedError(
            "not_readable", "its records cannot be told apart for certain. Export it with RFC 4180 quoting."
        )
    _put_misfits(staging, structure, contract, positions)
    blank = _skip_blank(staging)
    return _finish(staging, contract, made, structure.records - blank, _takes_part(contract, extract, reference), blank)


def validate_again(
    staging: Staging,
    rejected: "pa.Table",
    contract: Contract,
    extract: Extract,
    reference: Reference,
    establishments: Iterable[int],
) -> Validated:
    """Judge rows that were rejected before: ``row_number`` and ``fields`` (JSON by column name) of one file."""
    collected = [column.name for column in contract.collected]
    made = judgement(contract, {name: position for position, name in enumerate(collected)}, extract, reference)
    staging.codes(made, establishments)
    staging.put("rejected_before", **{name: rejected.column(name) for name in rejected.column_names})
    fields = ", ".join(f"fields ->> '$.{name}' as c{position}" for position, name in enumerate(collected))
    source = f"(select row_number, {fields} from rejected_before)"
    staging.run(f"create table staged as {made.query(source, extra='row_number, ')}")
    staging.run("create view rows as select * from staged")
    _put_misfits(staging, Structure(), contract, {})
    return _finish(staging, contract, made, rejected.num_rows, _takes_part(contract, extract, reference))


def _skip_blank(staging: Staging) -> int:
    """Make the view ``rows`` without the records of which every field is empty; returns how many those are."""
    # misfits stand there with empty fields, and are none
    staging.run("update staged set is_blank = false where is_blank and rowid + 1 in (select row_number from misfits)")
    blank = int(staging.run("select count(*) from staged where is_blank")[0][0])
    where = " where not is_blank" if blank else ""
    staging.run(f"create view rows as select (rowid + 1)::integer as row_number, * from staged{where}")
    return blank


def _put_misfits(staging: Staging, structure: Structure, contract: Contract, positions: Mapping[str, int]) -> None:
    """Records of which only number and count of fields are kept: what is not collected could hide in them."""
    numbers, fields = structure.wrong_column_counts()
    if not len(numbers) and not structure.oversized:  # as nearly always: an Arrow array imports pandas, a second
        staging.run(
            "create or replace table misfits "
            "(row_number integer, field_count integer, column_name varchar, reason varchar)"
        )
        return
    names = {position: name for name, position in positions.items() if contract.column(name).is_collected}
    staging.put(
        "misfits",
        row_number=pa.array(np.concatenate([numbers, [row for row, _ in structure.oversized]]), pa.int32()),
        field_count=pa.array(np.concatenate([fields, [structure.width] * len(structure.oversized)]), pa.int32()),
        column_name=pa.array([""] * len(numbers) + [names.get(at, "") for _, at in structure.oversized], pa.string()),
        reason=pa.array([WRONG_COLUMN_COUNT] * len(numbers) + [PATTERN] * len(structure.oversized), pa.string()),
    )


def _finish(
    staging: Staging, contract: Contract, made: Judgement, rows: int, takes_part: str, blank: int = 0
) -> Validated:
    for problem in made.problems:
        if problem.lookup is not None:
            _look_up(staging, contract, problem)
    _mark_duplicates(staging, contract, takes_part)
    seed = "seed_code" if contract.has_establishment else "null::integer"
    staging.run(
        f"create table rejects as select row_number, column_name, reason, null::integer as seed_code from misfits "
        f"union all select row_number, '', '{DUPLICATE_KEY}', {seed} from rows where problems = {DUPLICATE}"
    )
    broken = staging.run("select coalesce(bit_or(problems), 0) from rows")[0][0]
    misfits = staging.run("select count(*) from misfits")[0][0]
    without_misfits = " and row_number not in (select row_number from misfits)" if misfits else ""
    for problem in made.problems:
        if broken & (1 << problem.bit):
            staging.run(
                f"insert into rejects select row_number, '{problem.column}', '{problem.reason}', {seed} from rows "
                f"where problems & {1 << problem.bit} <> 0{without_misfits}"
            )
    bad, duplicate = staging.run(
        f"select count(*), count(*) filter (problems = {DUPLICATE}) from rows where problems <> 0"
    )[0]
    return Validated(staging, contract, made, Counts(rows, bad - duplicate, duplicate, blank))


def _look_up(staging: Staging, contract: Contract, problem: Problem) -> None:
    """Find rows whose value does not stand in a table; there are far fewer values than rows."""
    staging.run(
        f"create or replace temp table unknown as select distinct {problem.column} as value from staged "
        f"where {problem.column} is not null and {problem.column} not in (select known from {problem.lookup})"
    )
    if staging.run("select count(*) from unknown")[0][0]:
        staging.run(
            f"update staged set problems = problems | {1 << problem.bit}::ubigint, "
            f"fields = coalesce(fields, {as_delivered(contract)}) where {problem.column} in (select value from unknown)"
        )


def _takes_part(contract: Contract, extract: Extract, reference: Reference) -> str:
    """Condition under which the key of a row is somebody's: rows under a placeholder are no duplicates (rule 2)."""
    conditions = ["problems = 0"]
    for name in contract.key:
        numbers = reference.placeholders(contract.column(name), extract.local_authority_code)
        if numbers:
            conditions.append(f"{name} not in ({', '.join(map(str, sorted(numbers)))})")
    return " and ".join(conditions)


def _mark_duplicates(staging: Staging, contract: Contract, takes_part: str) -> None:
    """Mark rows that lose against another valid row of the same key, of those that take part.

    A delta keeps what outranks the others, then the newest, then the last in the file; a snapshot the last.
    """
    key = ", ".join(contract.key)
    newest = f"{contract.order_column} desc, " if contract.kind == "delta" and contract.order_column else ""
    if contract.outranks is not None:
        newest = f"{contract.outranks.column} = '{_literal(contract.outranks.value)}' desc nulls last, {newest}"
    parts = staging.run("select count(*) from rows")[0][0] // ROWS_AT_ONCE + 1
    for part in range(parts):
        here = f" and hash({contract.key[0]}) % {parts} = {part}" if parts > 1 else ""
        staging.run(
            f"create or replace temp table twice as select {key} from rows where {takes_part}{here} "
            f"group by {key} having count(*) > 1"
        )
        if staging.run("select count(*) from twice")[0][0]:
            staging.run(
                f"update staged set problems = {DUPLICATE}::ubigint, fields = {as_delivered(contract)} "
                f"where rowid in (select row from (select staged.rowid as row, row_number() over "
                f"(partition by {key} order by {newest}staged.rowid desc) as place from staged "
                f"semi join twice using ({key}) where problems = 0) where place > 1)"
            )


def as_delivered(contract: Contract) -> str:
    """SQL that writes a typed row as JSON of the text that it was delivered as."""
    pairs = ", ".join(f"'{column.name}', {_text(column)}" for column in contract.collected)
    return f"json_object({pairs})::varchar"


def _text(column: Column) -> str:
    name = column.name
    if column.type == "boolean":
        return f"case when {name} then 'Y' when not {name} then 'N' end"
    if column.type == "time":
        return f"strftime({name} at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
    if column.written_as == "academic_year":
        return f"year({name}) || '/' || lpad(((year({name}) + 1) % 100)::varchar, 2, '0')"
    if column.digits is not None:
        return f"lpad({name}::varchar, {column.digits}, '0')"
    return f"{name}::varchar"


def _literal(text: Path | str) -> str:
    return str(text).replace("'", "''")
