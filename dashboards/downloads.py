"""Tables to take away: CSV with a metadata header, and workbooks that a screen reader can walk through."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from starlette.responses import Response

from dashboards import formats
from dashboards.formats import SYMBOLS, Figure
from dashboards.page import Page, PageRequest, Sheet

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def metadata(page: Page, asked: PageRequest, sheet: Sheet | None = None) -> tuple[tuple[str, str], ...]:
    """What a table must say when it has left its page: what, of whom, as at when, from where, and its symbols."""
    notes = (("Note", note) for note in (sheet.notes if sheet else ()))
    return (
        ("Title", sheet.title if sheet else page.title),
        ("Local authority", asked.authority_name),
        ("Academic year", asked.academic_year),
        ("Data as at", formats.date(asked.release.data_as_at)),
        ("Released", formats.date(asked.release.released_at)),
        ("Release", str(asked.release.release_id)),
        ("Source", f"School Data Warehouse, version {asked.release.code_version}; tables: {', '.join(page.reads)}"),
        ("Status", asked.release.label),
        ("Symbols", "; ".join(f"{symbol} {word}" for symbol, (word, _) in SYMBOLS.items())),
        *notes,
    )


def cell(value: Any) -> str | int | float:
    """A value as a spreadsheet takes it: rates in percent with one decimal, dates as in ISO 8601, symbols as text."""
    if isinstance(value, Figure):
        if value.value is None:
            return value.text
        return int(value.value) if value.unit == "count" else float(_percent(value))
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


def _percent(value: Figure) -> Decimal:
    assert value.value is not None
    return Decimal(str(value.value)) if value.unit == "points" else formats.rounded(value.value)


def harmless(value: str | int | float) -> str | int | float:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def csv_response(page: Page, asked: PageRequest, sheet: Sheet) -> Response:
    """One table: metadata as rows of two cells, an empty row, headings, rows."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows((name, harmless(value)) for name, value in metadata(page, asked, sheet))
    writer.writerow(())
    writer.writerow(column.title for column in sheet.columns)
    writer.writerows([harmless(cell(value)) for value in row] for row in sheet.rows)
    body = text.getvalue().encode("utf-8-sig")  # Excel takes a CSV without the mark for Windows-1252
    return Response(body, media_type="text/csv", headers=_attachment(page, asked, sheet.name, "csv"))


def xlsx_response(page: Page, asked: PageRequest, sheets: Sequence[Sheet]) -> Response:
    """All tables as a workbook."""
    from dashboards.workbook import workbook

    body = workbook(metadata(page, asked), sheets)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(body, media_type=kind, headers=_attachment(page, asked, page.name, "xlsx"))


def _attachment(page: Page, asked: PageRequest, name: str, ending: str) -> dict[str, str]:
    as_at = asked.release.data_as_at
    parts = [page.name, name if name != page.name else "", *(asked.school or ()), asked.academic_year.replace("/", "-")]
    parts.append(as_at.isoformat() if as_at else "")
    return {"content-disposition": f'attachment; filename="{"_".join(part for part in parts if part)}.{ending}"'}
