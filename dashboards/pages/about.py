"""About the data: what the figures mean, which symbols stand for what, and what may not be compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from dashboards import tables
from dashboards.components import Column, Table
from dashboards.formats import SYMBOLS
from dashboards.page import Note, Page, PageRequest, Sheet

COUNTED_AS = {
    "attendance": "Attendance",
    "authorised_absence": "Authorised absence",
    "unauthorised_absence": "Unauthorised absence",
    "exclusion": "Exclusion",
    "unknown_reason": "Absence of unknown reason",
    "not_counted": "Not counted",
}


@dataclass(frozen=True)
class AboutFigures:
    """What the page shows: the codes as they are counted, and the symbols."""

    codes: Table
    symbols: dict[str, tuple[str, str]]
    notes: Sequence[Note] = ()


def figures(connection: Connection, asked: PageRequest) -> AboutFigures:
    """The national attendance codes, as released."""
    codes = tables.attendance_codes
    query = select(codes.c.attendance_code, codes.c.description, codes.c.category).order_by(codes.c.attendance_code)
    table = Table(
        caption="Attendance codes and how they are counted",
        columns=(Column("Code"), Column("Description"), Column("Counted as")),
        rows=[
            (row.attendance_code, row.description, COUNTED_AS.get(row.category, row.category))
            for row in connection.execute(query)
        ],
    )
    return AboutFigures(codes=table, symbols=SYMBOLS)


def sheets(found: AboutFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The attendance codes."""
    return (found.codes.as_sheet("attendance_codes"),)


PAGE = Page(
    name="about",
    path="/about",
    title="About the data",
    description="Definitions, symbols and methods, and what may not be compared.",
    template="pages/about.html",
    figures=figures,
    sheets=sheets,
    reads=("attendance_codes",),
)
