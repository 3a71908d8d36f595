"""A document to take away: what a pack says, as typed values; ``word.py`` writes it, and a page may show the same."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.kit.components import Chart, Table


@dataclass(frozen=True)
class Part:
    """A part with its heading: paragraphs, numbered sentences, terms and meanings, tables, charts, in this order.

    A chart brings its own heading, sentence, picture, table and notes.
    """

    heading: str
    paragraphs: tuple[str, ...] = ()
    numbered: tuple[tuple[str, str], ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole document. ``facts`` stand on its cover; ``made_at`` is when its figures were released (UTC)."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    parts: Sequence[Part]
    source: str
    made_at: dt.datetime
