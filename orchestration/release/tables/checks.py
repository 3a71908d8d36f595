"""What a release proves inside its own transaction, before anybody sees it (RULES 26)."""

from collections.abc import Collection

import psycopg
from psycopg import sql

from orchestration.errors import WarehouseError
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import SCHOOLS


class CheckError(WarehouseError):
    """A release does not hold what it promises, so it is rolled back."""


def _identifiers(names: tuple[str, ...] | list[str], table: str) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(table, name) for name in names)


def _count(connection: psycopg.Connection, query: sql.Composed) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def same_keys(connection: psycopg.Connection, contract: ReleaseContract, authority: str) -> None:
    """The released rows have the very keys of the exact ones."""
    schema, _, table = contract.relation.partition(".")
    where = (
        sql.SQL(" where local_authority_code = {}").format(sql.Literal(authority))
        if contract.has_authority
        else sql.SQL("")
    )
    keys = sql.SQL(", ").join(map(sql.Identifier, contract.keys))
    exact = sql.SQL("select {} from {}{}").format(keys, sql.Identifier(schema, table), where)
    shown = sql.SQL("select {} from {}{}").format(keys, sql.Identifier("released", contract.mart), where)
    query = sql.SQL(
        "select count(*) from (({exact} except {shown}) union all ({shown} except {exact})) as differing"
    ).format(exact=exact, shown=shown)
    if wrong := _count(connection, query):
        raise CheckError(f"{contract.mart}: {wrong} rows are in the exact mart or released, not in both")


def _measure_condition(contract: ReleaseContract, name: str) -> sql.Composed:
    exact: sql.Composable = sql.Identifier("exact", name)
    if name == "completeness" and contract.is_protected:
        exact = sql.SQL("round({}, 2)").format(exact)
    shown = sql.Identifier("released", name)
    if name in contract.measures or name == SCHOOLS:
        return sql.SQL("({shown} is not null and {shown} is distinct from {exact})").format(shown=shown, exact=exact)
    return sql.SQL("{} is distinct from {}").format(shown, exact)


def shown_equals_exact(
    connection: psycopg.Connection,
    contract: ReleaseContract,
    authority: str,
    held: str | None,
    without_years: Collection[str] = (),
) -> None:
    """Every shown cell equals the exact one; rows in the temporary table ``held`` are what was released before.

    Rows of ``without_years`` are not looked at: they were when they were released.
    """
    schema, _, table = contract.relation.partition(".")
    names = [
        column.name
        for column in contract.columns
        if column.name not in contract.exact_only and column.name not in contract.keys
    ]
    if not names:
        return
    query = sql.SQL(
        "select count(*) from {released} as released inner join {exact} as exact using ({keys}) "
        "where {authority}{years} and ({conditions}){not_held}"
    ).format(
        released=sql.Identifier("released", contract.mart),
        exact=sql.Identifier(schema, table),
        keys=sql.SQL(", ").join(map(sql.Identifier, contract.keys)),
        authority=(
            sql.SQL("local_authority_code = {}").format(sql.Literal(authority))
            if "local_authority_code" in contract.keys
            else sql.SQL("true")
        ),
        years=(
            sql.SQL(" and released.academic_year <> all({})").format(sql.Literal(sorted(without_years)))
            if without_years and contract.is_by_year
            else sql.SQL("")
        ),
        conditions=sql.SQL(" or ").join(_measure_condition(contract, name) for name in names),
        not_held=(
            sql.SQL(" and not exists (select 1 from {held} as held where ({held_keys}) = ({keys}))").format(
                held=sql.Identifier(held),
                held_keys=_identifiers(contract.keys, "held"),
                keys=_identifiers(contract.keys, "released"),
            )
            if held
            else sql.SQL("")
        ),
    )
    if wrong := _count(connection, query):
        raise CheckError(f"{contract.mart}: {wrong} rows show something else than the exact figure")


def nulls_have_symbols(connection: psycopg.Connection, contract: ReleaseContract, authority: str) -> None:
    """Where a measure is null its group has a symbol."""
    if not contract.groups:
        return
    conditions = [
        sql.SQL("({} is null and {} is null)").format(sql.Identifier(measure), sql.Identifier(f"{group}_symbol"))
        for group, measures in contract.groups.items()
        for measure in measures
    ]
    query = sql.SQL("select count(*) from {} where local_authority_code = {} and ({})").format(
        sql.Identifier("released", contract.mart), sql.Literal(authority), sql.SQL(" or ").join(conditions)
    )
    if wrong := _count(connection, query):
        raise CheckError(f"{contract.mart}: {wrong} rows have an empty measure without a symbol")


def check_mart(
    connection: psycopg.Connection,
    contract: ReleaseContract,
    authority: str,
    held: str | None = None,
    without_years: Collection[str] = (),
) -> None:
    """All of rule 26 for one mart. Raises ``CheckError`` naming mart and number of rows, never a figure."""
    same_keys(connection, contract, authority)
    shown_equals_exact(connection, contract, authority, held, without_years)
    nulls_have_symbols(connection, contract, authority)
