"""Rows of own school: the exact marts as they are, where the council has turned it on (RULES 47).

Part of the caller's transaction, which is that of the released marts of the same subject.
"""

from collections.abc import Iterable

import psycopg
from psycopg import sql

from orchestration.database import connect
from orchestration.release.limits import at
from orchestration.release.own_school.tables import applied_marts
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.own_school import SCHEMA, OwnMart, own_marts
from orchestration.settings import Settings

WHOLE = ("", "all")
"""What stands in ``seed_code`` of rows that are about a whole authority: they are of no school."""


def write_own_school(connection: psycopg.Connection, contracts: Iterable[ReleaseContract], authority: str) -> int:
    """Make an authority's rows in the marts of these contracts equal to the exact ones, or none where it is off.

    Out: rows written and deleted. Call it when the gate has let the subject pass, before the commit.
    """
    at("writing own school")
    standing = applied_marts(connection)
    is_on = _is_on(connection, authority)
    touched = 0
    for mart in own_marts(contracts):
        if mart.mart in standing:
            touched += _replace(connection, mart, authority) if is_on else _empty(connection, mart.mart, authority)
    return touched


def empty_own_school(settings: Settings, authority: str) -> int:
    """Delete all rows of an authority at once, as when it is turned off. Out: how many there were."""
    with connect(settings, "releaser") as connection:
        return sum(_empty(connection, mart, authority) for mart in applied_marts(connection))


def _is_on(connection: psycopg.Connection, authority: str) -> bool:
    row = connection.execute("select access.own_school_is_on(%s)", [authority]).fetchone()
    return bool(row and row[0])


def _empty(connection: psycopg.Connection, mart: str, authority: str) -> int:
    statement = sql.SQL("delete from {} where local_authority_code = {}")
    return connection.execute(statement.format(sql.Identifier(SCHEMA, mart), sql.Literal(authority))).rowcount


def _replace(connection: psycopg.Connection, mart: OwnMart, authority: str) -> int:
    """Rows that are not the exact ones go, and exact ones that are not there come: what is equal is not touched."""
    parts = {
        "own": sql.Identifier(SCHEMA, mart.mart),
        "exact": sql.Identifier(*mart.relation.split(".")),
        "columns": sql.SQL(", ").join(map(sql.Identifier, mart.names)),
        "keys": sql.SQL(", ").join(map(sql.Identifier, mart.keys)),
        "authority": sql.Literal(authority),
        "whole": sql.Literal(list(WHOLE)),
    }
    exact = sql.SQL(
        "select {columns} from {exact} where local_authority_code = {authority} and seed_code <> all({whole})"
    ).format(**parts)
    own = sql.SQL("select {columns} from {own} where local_authority_code = {authority}").format(**parts)
    gone = connection.execute(
        sql.SQL(
            "delete from {own} where local_authority_code = {authority} and ({keys}) in "
            "(select {keys} from ({here} except {there}) as differing)"
        ).format(**parts, here=own, there=exact)
    )
    come = connection.execute(
        sql.SQL("insert into {own} ({columns}) {there} except {here}").format(**parts, here=own, there=exact)
    )
    return gone.rowcount + come.rowcount
