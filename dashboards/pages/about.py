"""About the data: what the figures mean, which symbols stand for what, and what may not be compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from dashboards import tables
from dashboards.formats import SYMBOLS
from dashboards.page import Note, Page, PageRequest, Sheet, SheetColumn


@dataclass(frozen=True)
class Code:
    """An attendance code and the category that it is counted in."""

    code: str
    description: str
    category: str


@dataclass(frozen=True)
class AboutFigures:
    """What the page shows: the codes as they are counted, and the symbols."""

    codes: tuple[Code, ...]
    symbols: dict[str, tuple[str, str]]
    notes: Sequence[Note] = ()


def figures(connection: Connection, asked: PageRequest) -> AboutFigures:
    """The national attendance codes, as released."""
    codes = tables.attendance_codes
    query = select(codes.c.attendance_code, codes.c.description, codes.c.category).order_by(codes.c.attendance_code)
    return AboutFigures(
        codes=tuple(Code(row.attendance_code, row.description, row.category) for row in connection.execute(query)),
        symbols=SYMBOLS,
    )


def sheets(found: AboutFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The attendance codes."""
    columns = (SheetColumn("Code"), SheetColumn("Description"), SheetColumn("Counted as"))
    rows = [(code.code, code.description, code.category) for code in found.codes]
    return (Sheet("attendance_codes", "Attendance codes and how they are counted", columns, rows),)


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
