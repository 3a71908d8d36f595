"""Own school: exact figures of a school for its head, beside the released ones and kept apart from them.

They are read in each request anew, after the reading has been noted, and are in no cache, no print, no pack and no
file but the one that is asked for by name. The database decides who reads them, row by row.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, column, select, table, text

from dashboards.kit.components import Cell, Column, Table
from dashboards.kit.formats import Figure
from dashboards.kit.page import PageRequest

SCHEMA = "own_school"
OWN = "/own"
"""What the address of a page of a school has at its end where it shows the own school."""
MARKING = "Your own school: do not share"
WHAT_IT_IS = (
    "Exact figures of your own school, small numbers included, as you hold them in SEEMiS. They are for you: do not "
    "share, print for others or send them. What may leave the school is what the other pages print and let you take "
    "away, in which small numbers are hidden. That you have opened these figures is noted with your name."
)
ON_PAPER = (
    "This is the edition to share. Exact figures of your own school are on the screen alone, and are not printed."
)
NOTHING_YET = "Nothing of this year has been released yet."
EXISTS = text("select to_regclass(:name) is not null")


def own_rows(
    connection: Connection, mart: str, asked: PageRequest, names: Sequence[str], *, every_year: bool = False
) -> Sequence[Row[Any]]:
    """Exact rows of the school of the page in the year, or in all; none where the subject is not there yet.

    ``names`` are columns of the mart; key columns may be among them. Ordered by these.
    """
    if not connection.execute(EXISTS, {"name": f"{SCHEMA}.{mart}"}).scalar_one():
        return ()
    keys = ("local_authority_code", "seed_code", "sector", "academic_year")
    found = table(mart, *(column(name) for name in dict.fromkeys((*keys, *names))), schema=SCHEMA)
    seed_code, sector = asked.school or ("", "")
    query = select(*(found.c[name] for name in names)).where(
        found.c.local_authority_code == asked.authority, found.c.seed_code == seed_code, found.c.sector == sector
    )
    if not every_year:
        query = query.where(found.c.academic_year == asked.academic_year)
    return connection.execute(query.order_by(*(found.c[name] for name in names))).all()


def count(value: int | None) -> Figure:
    """A number of pupils or half days as it is."""
    return Figure(value, None if value is not None else "[z]", "count")


def rate(value: Any) -> Figure:
    """A share of 0 to 1 as a percentage."""
    return Figure(value, None if value is not None else "[z]")


def own_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    notes: tuple[str, ...] = (),
    *,
    dense: bool = False,
) -> Table:
    """A table of own figures, whose caption says so wherever it goes; all columns but the first are numbers."""
    first, *others = columns
    return Table(
        caption=f"Own school: {title[:1].lower()}{title[1:]}",
        columns=(Column(first), *(Column(name, numeric=True) for name in others)),
        rows=rows,
        notes=notes,
        empty=NOTHING_YET,
        dense=dense,
    )
