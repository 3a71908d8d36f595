"""The tables of what readers see, made from the dbt contracts and changed only when a contract changes (29).

They stand in ``released``, are owned by a role without login, never swapped, and carry comments, a primary key, grants
and a forced row-level policy (``policies``). The pages read them; logins read the view of the same name in
``aggregated`` (``database.doors``). ``releases`` is release's own.
"""

import hashlib
from pathlib import Path

import psycopg
from psycopg import sql

from orchestration.database import connect, open_doors
from orchestration.parsed_project import last_manifest
from orchestration.release.tables.contracts import Column, ReleaseContract, load_release_contracts
from orchestration.release.tables.history import mark_missing
from orchestration.release.tables.policies import read_policy
from orchestration.settings import Settings

OWNER = "aggregated_owner"
READERS = ("dashboard", OWNER)  # the owner: as whom the functions behind the views of logins run

RELEASES = ReleaseContract(
    mart="releases",
    kind="releases",
    keys=("local_authority_code",),
    groups={},
    columns=(
        Column("local_authority_code", "text", "GSS code of the local authority."),
        Column("data_as_at", "date", "The authority's last half day that most of its schools have marked."),
        Column("released_at", "timestamptz", "When the current release was made."),
        Column("checked_at", "timestamptz", "When it was last checked that nothing newer can be released."),
        Column("code_version", "text", "Version of the code that made the release."),
        Column("deliveries", "text[]", "Keys of the deliveries in force that the release rests on."),
        Column("label", "text", "What a reader should know of any figure: it is an analytical copy, not the record."),
    ),
    exact_only=(),
    description="The current release of each authority. One row per local authority.",
    relation="",
    shared=("*",),
)
LABEL = "Analytical copy of scheduled extracts; the operational system stays the record."


def manifest_path(settings: Settings) -> Path:
    """The manifest of the project that this warehouse was built with; no file before the first parse."""
    return last_manifest(settings.home)


def _table(contract: ReleaseContract) -> sql.Identifier:
    return sql.Identifier("released", contract.mart)


def _type(column: Column) -> sql.SQL:
    return sql.SQL(column.data_type)


def _create(connection: psycopg.Connection, contract: ReleaseContract) -> None:
    columns = [
        sql.SQL("{} {}{}").format(
            sql.Identifier(column.name),
            _type(column),
            sql.SQL(" not null" if column.name in contract.keys else ""),
        )
        for column in contract.released_columns
    ]
    connection.execute(
        sql.SQL("create table if not exists {} ({}, release_id integer, primary key ({}))").format(
            _table(contract),
            sql.SQL(", ").join(columns),
            sql.SQL(", ").join(map(sql.Identifier, contract.keys)),
        )
    )


def _existing(connection: psycopg.Connection, mart: str) -> dict[str, str]:
    rows = connection.execute(
        """
        select attributes.attname, format_type(attributes.atttypid, attributes.atttypmod)
        from pg_catalog.pg_attribute as attributes
        where attributes.attrelid = to_regclass(%s) and attributes.attnum > 0 and not attributes.attisdropped
        """,
        [f'released."{mart}"'],
    ).fetchall()
    return {str(name): str(data_type) for name, data_type in rows}


def _canonical_type(connection: psycopg.Connection, data_type: str) -> str:
    found = connection.execute("select to_regtype(%s)::text", [data_type.split("(")[0]]).fetchone()
    base = str(found[0]) if found and found[0] else data_type
    return base + (f"({data_type.split('(')[1]}" if "(" in data_type else "")


def _change(connection: psycopg.Connection, contract: ReleaseContract, existing: dict[str, str]) -> list[str]:
    """Add new columns as nullable and ``[x]``, change types; what went is left to ``drop_gone_columns``.

    Out: columns of symbols that say so now.
    """
    marked = []
    for column in contract.released_columns:
        if column.name not in existing:
            connection.execute(
                sql.SQL("alter table {} add column {} {}").format(
                    _table(contract), sql.Identifier(column.name), _type(column)
                )
            )
            group = next((g for g, measures in contract.groups.items() if column.name in measures), None)
            symbol = f"{group}_symbol" if group is not None else column.name
            if symbol.removesuffix("_symbol") in contract.groups and symbol in {*existing, column.name}:
                connection.execute(
                    sql.SQL("update {table} set {symbol} = '[x]' where {symbol} is null").format(
                        table=_table(contract), symbol=sql.Identifier(symbol)
                    )
                )
                marked.append(symbol)
        elif existing[column.name] != _canonical_type(connection, column.data_type):
            connection.execute(
                sql.SQL("alter table {} alter column {} type {}").format(
                    _table(contract), sql.Identifier(column.name), _type(column)
                )
            )
    return marked


def drop_gone_columns(connection: psycopg.Connection) -> list[str]:
    """Drop columns that no contract has any more, once every authority has been released without them.

    Out: the columns dropped, as ``mart.column``. Part of the caller's transaction.
    """
    dropped = []
    rows = connection.execute(
        """
        select contract from control.release_contracts
        where not exists (select 1 from released.releases where releases.checked_at <= release_contracts.applied_at)
        """
    ).fetchall()
    for contract in (ReleaseContract.from_json(found) for (found,) in rows):
        wanted = {column.name for column in contract.released_columns} | {"release_id"}
        gone = sorted(set(_existing(connection, contract.mart)) - wanted)
        for name in gone:
            connection.execute(sql.SQL("set local role {}").format(sql.Identifier(OWNER)))
            connection.execute(sql.SQL("alter table {} drop column {}").format(_table(contract), sql.Identifier(name)))
            connection.execute("reset role")
            dropped.append(f"{contract.mart}.{name}")
        if gone:
            open_doors(connection, [contract.mart])
    return dropped


def _describe(connection: psycopg.Connection, contract: ReleaseContract) -> None:
    table = _table(contract)
    connection.execute(sql.SQL("comment on table {} is {}").format(table, sql.Literal(contract.description)))
    described = [(column.name, column.description) for column in contract.released_columns]
    for name, text in [*described, ("release_id", "The release that last changed this row.")]:
        connection.execute(
            sql.SQL("comment on column {} is {}").format(
                sql.Identifier("released", contract.mart, name), sql.Literal(text)
            )
        )


def _secure(connection: psycopg.Connection, contract: ReleaseContract) -> None:
    """Row-level security forced, a policy for the releaser and one for readers by scope, and the grants."""
    table = _table(contract)
    readers = sql.SQL(", ").join(map(sql.Identifier, READERS))
    condition = sql.SQL(read_policy(contract))
    for statement in (
        "alter table {table} enable row level security",
        "alter table {table} force row level security",
        "drop policy if exists written_by_release on {table}",
        "create policy written_by_release on {table} for all to releaser using (true) with check (true)",
        "drop policy if exists read_by_readers on {table}",
        "create policy read_by_readers on {table} for select to {readers} using ({condition})",
        "revoke all on {table} from public",
        "grant select, insert, update, delete on {table} to releaser",
        "grant select on {table} to dashboard",
    ):
        connection.execute(sql.SQL(statement).format(table=table, readers=readers, condition=condition))


def _fingerprint(contract: ReleaseContract) -> str:
    """Changes with anything that the released table or its policy is made from."""
    made_from = f"{contract.fingerprint} {' '.join(READERS)} {read_policy(contract)}"
    return hashlib.sha256(made_from.encode()).hexdigest()


def _record(connection: psycopg.Connection, contract: ReleaseContract) -> None:
    connection.execute(
        """
        insert into control.release_contracts (mart, contract, fingerprint, read_condition)
        values (
            %(mart)s, %(contract)s, %(fingerprint)s,
            (
                select pg_get_expr(polqual, polrelid) from pg_catalog.pg_policy
                where polrelid = to_regclass(%(table)s) and polname = 'read_by_readers'
            )
        )
        on conflict (mart) do update
        set contract = excluded.contract, fingerprint = excluded.fingerprint, applied_at = now(),
            read_condition = excluded.read_condition
        """,
        {
            "mart": contract.mart,
            "contract": contract.as_json(),
            "fingerprint": _fingerprint(contract),
            "table": _table(contract).as_string(),
        },
    )


def provision_aggregated(settings: Settings, manifest: Path | None = None) -> list[str]:
    """Make or change the tables of ``released`` from dbt's manifest; idempotent, and quick when nothing is new.

    Out: names of the tables made or changed. A new column arrives nullable, ``[x]`` until an authority's
    next release; a table whose contract is gone stays until it is removed by hand. Raises ``ContractError``.
    """
    contracts = (*load_release_contracts(manifest or manifest_path(settings)), RELEASES)
    changed: list[str] = []
    with connect(settings, "releaser") as connection:
        query = "select mart, fingerprint from control.release_contracts"
        known: dict[str, str] = dict(connection.execute(query).fetchall())
        wanted = [
            contract
            for contract in contracts
            if known.get(contract.mart) != _fingerprint(contract) or not _existing(connection, contract.mart)
        ]
        for contract in wanted:
            connection.execute(sql.SQL("set local role {}").format(sql.Identifier(OWNER)))
            existing = _existing(connection, contract.mart)
            marked: list[str] = []
            if existing:
                connection.execute(sql.SQL("alter table {} no force row level security").format(_table(contract)))
                marked = _change(connection, contract, existing)
            else:
                _create(connection, contract)
            _describe(connection, contract)
            _secure(connection, contract)
            connection.execute("reset role")
            for symbol in marked:
                mark_missing(connection, contract.mart, symbol)
            open_doors(connection, [contract.mart])
            _record(connection, contract)
            changed.append(contract.mart)
        connection.commit()
    return changed


def applied_contracts(connection: psycopg.Connection) -> tuple[ReleaseContract, ...]:
    """Contracts that the standing tables were made from, ``releases`` apart."""
    rows = connection.execute("select contract from control.release_contracts order by mart").fetchall()
    found = (ReleaseContract.from_json(contract) for (contract,) in rows)
    return tuple(contract for contract in found if contract.mart != RELEASES.mart)
