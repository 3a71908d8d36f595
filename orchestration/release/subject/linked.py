"""What readers see of nearly the same persons in tables of other subjects (RULES 45)."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from orchestration.release.declared.declaration import AUTHORITY, Mart
from orchestration.release.declared.figures import Figures
from orchestration.release.engine.cells import Cell
from orchestration.release.engine.elsewhere import Elsewhere
from orchestration.release.subject.judged import SubjectError
from orchestration.release.tables.rows import SUPPRESSED

PERSONS, SYMBOL = "pupils", "pupils_symbol"
"""Columns of the linked table that count persons, and say why they are null."""


def elsewhere_of(connection: psycopg.Connection, figures: Figures, authority: str, period: str) -> Elsewhere:
    """Cells that linked tables hide in any row, and those that they show in every row of theirs.

    Rows are matched on the key columns that both have; one that is not available there says nothing, and so does a
    table that shows nobody in the period: it is of years that its subject has not got. Raises
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
        "select {keys}, bool_or({symbol} = %s), bool_and({symbol} is null and {persons} is not null), "
        "max({persons}) from {table} where {authority} = %s and {period}::text = %s group by {groups}"
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
    if not any(row[-1] for row in rows):
        return []
    return [(dict(zip(shared, map(str, row[:-3]), strict=True)), bool(row[-3]), bool(row[-2])) for row in rows]
