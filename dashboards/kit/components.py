"""What pages are put together from: tables, cards and charts as typed values. The macros turn them into HTML.

A page makes them in its Python file; its template only says where they stand.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from markupsafe import Markup

from dashboards.kit.formats import Figure
from dashboards.kit.page import Sheet, SheetColumn


@dataclass(frozen=True)
class Link:
    """Text that leads to another page in the same scope: ``Link("Alva Academy", "school", {"seed_code": ...})``."""

    text: str
    page: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Words:
    """A text with its name in another language, marked as such (``lang``, BCP 47): Reading (Leughadh, ``gd``)."""

    text: str
    also: str
    lang: str

    def __str__(self) -> str:
        return f"{self.text} ({self.also})"


MOST_ON_PAPER = 16  # columns of figures as short as 93.4%
SHEET_UNITS = {"rate": "%", "points": "percentage points", "gap": "percentage points"}
Cell = str | int | float | Decimal | Figure | Link | Words | dt.date | dt.datetime | bool | None


@dataclass(frozen=True)
class Column:
    """A column of a table. Numeric ones are aligned to the right; ``unit`` stands in the heading: "Rate (%)".

    ``filter`` offers the column's values as a choice above the table.
    """

    heading: str
    numeric: bool = False
    unit: str = ""
    filter: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its caption. The first cell of each row is the row's heading.

    ``sortable`` gives headings that sort, and ``searchable`` a field that filters, where there is JavaScript;
    the order of ``rows`` is the order without it. ``dense`` is for many columns. ``in_window`` keeps a long table in a
    window of its own on the screen, which scrolls and takes the tab key; paper has all rows.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    sortable: bool = False
    searchable: bool = False
    notes: tuple[str, ...] = ()
    empty: str = "There is nothing to show."
    dense: bool = False
    in_window: bool = False

    @property
    def is_too_wide_for_paper(self) -> bool:
        """Whether a sheet of A4 would cut it off: such a table is printed from its file."""
        return len(self.columns) > MOST_ON_PAPER

    @property
    def id(self) -> str:
        """Anchor of the table, from its caption."""
        return slug(self.caption)

    def as_sheet(self, name: str) -> Sheet:
        """The same table to take away, under this name."""
        columns = tuple(
            SheetColumn(column.heading, column.unit or self._unit(place)) for place, column in enumerate(self.columns)
        )
        rows = [[str(cell) if isinstance(cell, Link | Words) else cell for cell in row] for row in self.rows]
        return Sheet(name, self.caption, columns, rows, self.notes)

    def _unit(self, place: int) -> str:
        """Unit of a column of figures: on a page each cell has its sign, in a sheet the heading says it."""
        units = {row[place].unit for row in self.rows if isinstance(row[place], Figure)}  # type: ignore[union-attr]
        return SHEET_UNITS.get(units.pop(), "") if len(units) == 1 else ""


@dataclass(frozen=True)
class Card:
    """A headline figure with what it is compared with, each line a sentence: "Down 0.8 percentage points ...".

    A brief one has its link in the heading and its lines in one paragraph, and says why there is no figure in the words
    of the figure alone.
    """

    heading: str
    figure: Figure | str
    lines: tuple[str, ...] = ()
    link: Link | None = None
    is_brief: bool = False

    @property
    def explanation(self) -> str:
        """Why there is no figure, in a sentence; empty where there is one, or the card is brief."""
        return self.figure.explanation if isinstance(self.figure, Figure) and not self.is_brief else ""


@dataclass(frozen=True)
class Chart:
    """A chart with the sentence that says what it shows, and its table. ``svg`` comes from ``dashboards.kit.charts``.

    ``level`` is the level of its heading on the page (2 to 4).
    """

    title: str
    sentence: str
    svg: Markup
    table: Table
    notes: tuple[str, ...] = ()
    level: Literal[2, 3, 4] = 3

    def as_sheet(self, name: str) -> Sheet:
        """Its table to take away, with the sentence and, in a workbook, the picture."""
        sheet = self.table.as_sheet(name)
        notes = (self.sentence, *sheet.notes, *self.notes)
        return replace(sheet, notes=notes, drawing=self.svg, says=self.sentence)

    @property
    def id(self) -> str:
        """Anchor of the chart, from its title."""
        return f"chart-{slug(self.title)}"


@dataclass(frozen=True)
class Multiples:
    """Small multiples: ``panels`` pair a name or link with its chart, out of ``dashboards.kit.charts.multiples``.

    ``captions`` has a line of text for each panel, or none.
    """

    title: str
    sentence: str
    panels: tuple[tuple[Link | str, Markup], ...]
    table: Table
    notes: tuple[str, ...] = ()
    level: Literal[2, 3, 4] = 3
    captions: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Anchor of the charts, from their title."""
        return f"chart-{slug(self.title)}"


def slug(text: str) -> str:
    """A text as part of an address or an id: ``Attendance by month, 2025/26`` as ``attendance-by-month-2025-26``."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "untitled"
