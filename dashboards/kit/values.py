"""Values as spreadsheets take them."""

import datetime as dt
import unicodedata
from decimal import Decimal
from typing import Any

from dashboards.kit import formats
from dashboards.kit.formats import Figure

FORMULA_STARTS = ("=", "+", "-", "@")
UNSEEN = " \t\r\n\x00\ufeff\u200b"  # a spreadsheet looks past them, or splits the cell at them


def cell(value: Any) -> str | int | float:
    """A value for a cell: rates in percent with one decimal, dates as in ISO 8601, symbols and all else as text."""
    if isinstance(value, Figure):
        return _of_figure(value)
    if value is None:
        return "[x]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int | float):
        return value
    return str(value)


def _of_figure(figure: Figure) -> str | int | float:
    if figure.value is None:
        return figure.mark
    if figure.unit == "count":
        return int(figure.value)
    return float(figure.value if figure.unit == "points" else formats.rounded(figure.value))


def harmless(value: str | int | float) -> str | int | float:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front; full-width signs are signs to it."""
    if not isinstance(value, str):
        return value
    seen = unicodedata.normalize("NFKC", value).lstrip(UNSEEN)
    return f"'{value}" if seen.startswith(FORMULA_STARTS) or value[:1] in ("\t", "\r") else value
