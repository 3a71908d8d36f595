"""Tables of own school: made from the declarations, forced row-level security, one reader (RULES 47).

They hold nothing of their own: each release makes their rows equal to the exact marts. So a table whose declaration
has changed is made anew, and one that is declared no more goes.
"""

import psycopg
from psycopg import sql

from orchestration.database import connect
from orchestration.release.tables.own_school import SCHEMA, OwnMart, own_marts
from orchestration.release.tables.provision import OWNER, applied_contracts
from orchestration.settings import Settings

READER = "dashboard"


def provision_own_school(settings: Settings) -> list[str]:
    """Make the tables as they are declared now. Out: names of those that were made or dropped.

    Goes by the contracts of the released tables that stand, so that comes first (``provision_aggregated``).
    """
    changed = []
    with connect(settings, "releaser") as connection:
        wanted = {mart.mart: mart for mart in own_marts(applied_contracts(connection))}
        known: dict[str, str] = dict(
            connection.execute("select mart, fingerprint from control.own_school_tables").fetchall()
        )
        for name in sorted(known.keys() - wanted.keys()):
            _drop(connection, name)
            connection.execute("delete from control.own_school_tables where mart = %s", [name])
            changed.append(name)
        for name, mart in wanted.items():
            if known.get(name) != mart.fingerprint or not _stands(connection, name):
                _drop(connection, name)
                _make(connection, mart)
                changed.append(name)
        connection.commit()
    return changed


def applied_marts(connection: psycopg.Connection) -> tuple[str, ...]:
    """Names of the tables that stand."""
    rows = connection.execute("select mart from control.own_school_tables order by mart").fetchall()
    return tuple(str(mart) for (mart,) in rows)


def _stands(connection: psycopg.Connection, mart: str) -> bool:
    row = connection.execute("select to_regclass(%s) is not null", [f'{SCHEMA}."{mart}"']).fetchone()
    return bool(row and row[0])


def _as_owner(connection: psycopg.Connection, *statements: sql.Composed) -> None:
    connection.execute(sql.SQL("set local role {}").format(sql.Identifier(OWNER)))
    for statement in statements:
        connection.execute(statement)
    connection.execute("reset role")


def _drop(connection: psycopg.Connection, mart: str) -> None:
    _as_owner(connection, sql.SQL("drop table if exists {}").format(sql.Identifier(SCHEMA, mart)))


def _make(connection: psycopg.Connection, mart: OwnMart) -> None:
    table = sql.Identifier(SCHEMA, mart.mart)
    columns = [
        sql.SQL("{} {}{}").format(
            sql.Identifier(column.name),
            sql.SQL(column.data_type),
            sql.SQL(" not null" if column.name in mart.keys else ""),
        )
        for column in mart.columns
    ]
    description = f"Own school, for its head alone, exact: {mart.description}"
    parts = {"table": table, "releaser": sql.Identifier("releaser"), "reader": sql.Identifier(READER)}
    _as_owner(
        connection,
        sql.SQL("create table {} ({}, primary key ({}))").format(
            table, sql.SQL(", ").join(columns), sql.SQL(", ").join(map(sql.Identifier, mart.keys))
        ),
        sql.SQL("comment on table {} is {}").format(table, sql.Literal(description)),
        *(
            sql.SQL("comment on column {} is {}").format(
                sql.Identifier(SCHEMA, mart.mart, column.name), sql.Literal(column.description)
            )
            for column in mart.columns
        ),
        *(
            sql.SQL(statement).format(**parts, condition=sql.SQL(mart.condition))
            for statement in (
                "alter table {table} enable row level security",
                "alter table {table} force row level security",
                "create policy written_by_release on {table} for all to {releaser} using (true) with check (true)",
                "create policy read_by_head on {table} for select to {reader} using ({condition})",
                "revoke all on {table} from public",
                "grant select, insert, update, delete on {table} to {releaser}",
                "grant select on {table} to {reader}",
            )
        ),
    )
    connection.execute(
        """
        insert into control.own_school_tables (mart, columns, fingerprint, read_condition)
        values (
            %(mart)s, %(columns)s, %(fingerprint)s,
            (
                select pg_get_expr(polqual, polrelid) from pg_catalog.pg_policy
                where polrelid = to_regclass(%(table)s) and polname = 'read_by_head'
            )
        )
        on conflict (mart) do update
        set columns = excluded.columns, fingerprint = excluded.fingerprint, applied_at = now(),
            read_condition = excluded.read_condition
        """,
        {
            "mart": mart.mart,
            "columns": list(mart.names),
            "fingerprint": mart.fingerprint,
            "table": f'{SCHEMA}."{mart.mart}"',
        },
    )
