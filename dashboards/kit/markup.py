"""Rows of tables as HTML. In Python, because a table of 200 schools takes a macro for each cell five times as long."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from markupsafe import Markup, escape

from dashboards.kit import formats
from dashboards.kit.components import Cell, Link, Table, Words
from dashboards.kit.formats import Figure

Address = Callable[[Link], str]
WORDY = 40  # letters


def figure_html(figure: Figure) -> Markup:
    """A figure as it is written, or in words why there is none."""
    if figure.is_shown:
        return Markup(figure.text)  # noqa: S704  # digits, a sign and a comma
    return Markup('<span class="unshown">{}</span>').format(figure.word)


def cell_html(cell: Cell, address: Address) -> tuple[str, str]:
    """The content of a cell, escaped, and what it is sorted by where that is not what it says."""
    if isinstance(cell, Figure):
        return figure_html(cell), ""
    if isinstance(cell, Link):
        where = address(cell)
        return (Markup('<a href="{}">{}</a>').format(where, cell.text) if where else escape(cell.text)), ""
    if isinstance(cell, Words):
        return Markup('{} (<span lang="{}">{}</span>)').format(cell.text, cell.lang, cell.also), ""
    if cell is None:
        return figure_html(Figure(None)), ""
    if isinstance(cell, bool):
        return "Yes" if cell else "No", ""
    if isinstance(cell, dt.date | dt.datetime):
        return formats.date(cell), cell.isoformat()
    if isinstance(cell, int | float | Decimal):
        return formats.count(cell), ""
    return escape(cell), ""


def is_wordy(table: Table, place: int) -> bool:
    """Whether a column holds sentences: on a telephone it scrolls sideways before its rows grow tall."""
    return any(isinstance(cell := row[place], str) and len(cell) > WORDY for row in table.rows)


def rows_html(table: Table, address: Address) -> Markup:
    """All rows of a table; the first cell of each is its heading."""
    looks = [
        ' class="numeric"' if column.numeric else ' class="wordy"' if place and is_wordy(table, place) else ""
        for place, column in enumerate(table.columns)
    ]
    lines = []
    for row in table.rows:
        parts = []
        for position, cell in enumerate(row):
            content, key = cell_html(cell, address)
            tag = "td" if position else 'th scope="row"'
            sort = f' data-sort="{key}"' if key else ""
            parts.append(f"<{tag}{looks[position]}{sort}>{content}</{tag[:2]}>")
        lines.append(f"<tr>{''.join(parts)}</tr>")
    return Markup("\n".join(lines))  # noqa: S704  # every cell has been escaped above
