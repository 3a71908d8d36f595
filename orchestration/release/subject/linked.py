"""What readers see of nearly the same persons in tables of other subjects (RULES 45)."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from orchestration.release.declared.declaration import AUTHORITY, Mart
from orchestration.release.declared.figures import Figures
from orchestration.release.engine.cells import Cell
from orchestration.release.engine.elsewhere import Elsewhere
from orchestration.release.subject.judged import SubjectError
from orchestration.release.subject.persons import EXACT
from orchestration.release.tables.rows import SUPPRESSED

PERSONS, SYMBOL = "pupils", "pupils_symbol"
"""Columns of the linked table that count persons, and say why they are null."""


def elsewhere_of(connection: psycopg.Connection, figures: Figures, authority: str, period: str) -> Elsewhere:
    """Cells that linked tables hide in any row, and those that they show in every row of theirs.

    Rows are matched on the key columns that both have; one that is not available there says nothing, and so does a
    table with nobody behind it in the period: its subject has not got that year. Raises
    ``SubjectError`` naming a linked table that is not there.
    """
    hidden: set[Cell] = set()
    known: set[Cell] = set()
    links = figures.declaration.links
    for mart in figures.marts():
        if mart.name in links and (count := figures.count(mart)) is not None:
            for row, is_hidden, is_shown in _rows(connection, figures, mart, links[mart.name], authority, period):
                cells = figures.cell(mart, count, row)
                hidden.update(cells if is_hidden else ())
                known.update(cells if is_shown else ())
    return Elsewhere(frozenset(hidden), frozenset(known - hidden))


def _rows(
    connection: psycopg.Connection, figures: Figures, mart: Mart, other: str, authority: str, period: str
) -> list[tuple[Mapping[str, str], bool, bool]]:
    found = connection.execute(
        "select attname from pg_catalog.pg_attribute where attrelid = to_regclass(%s) and attnum > 0",
        [f'released."{other}"'],
    ).fetchall()
    columns = {str(name) for (name,) in found}
    keys = figures.declaration.keys(mart)
    shared = [key for key in keys if key in columns]
    of_period = figures.declaration.populations[mart.population].period
    if missing := sorted({PERSONS, SYMBOL, AUTHORITY, *keys} - columns):
        what = "is not there" if not columns else f"has no {', '.join(missing)}"
        raise SubjectError(f"{figures.declaration.subject}: links.{mart.name} is {other}, which {what}")
    query = sql.SQL(
        "select {keys}, bool_or({symbol} = %s), bool_and({symbol} is null and {persons} is not null) from {table} "
        "where {authority} = %s and {period}::text = %s group by {groups}"
    ).format(
        keys=sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(key)) for key in shared),
        groups=sql.SQL(", ").join(map(sql.Identifier, shared)),
        symbol=sql.Identifier(SYMBOL),
        persons=sql.Identifier(PERSONS),
        table=sql.Identifier("released", other),
        authority=sql.Identifier(AUTHORITY),
        period=sql.Identifier(of_period),
    )
    rows = connection.execute(query, [SUPPRESSED, authority, period]).fetchall()
    if not rows or _has_nobody(connection, other, of_period, authority, period):
        return []
    return [(dict(zip(shared, map(str, row[:-2]), strict=True)), bool(row[-2]), bool(row[-1])) for row in rows]


def _has_nobody(connection: psycopg.Connection, other: str, of_period: str, authority: str, period: str) -> bool:
    """Whether a linked table's exact rows of a period are there, and count nobody.

    Lists have every school in every year: of one before a council's first file the rows of small schools, which have
    no pupils then, are hidden, and nothing is protected by that. Where all of a council is hidden, somebody is there.
    """
    columns = connection.execute(
        "select count(*) from pg_catalog.pg_attribute where attrelid = to_regclass(%s) and attname = any(%s)",
        [f'{EXACT}."{other}"', [PERSONS, AUTHORITY, of_period]],
    ).fetchone()
    if not columns or columns[0] < len({PERSONS, AUTHORITY, of_period}):
        return False
    query = sql.SQL("select sum({}) from {} where {} = %s and {}::text = %s").format(
        sql.Identifier(PERSONS), sql.Identifier(EXACT, other), sql.Identifier(AUTHORITY), sql.Identifier(of_period)
    )
    found = connection.execute(query, [authority, period]).fetchone()
    return found is not None and found[0] == 0
