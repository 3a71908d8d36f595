"""What is taken away: CSV with a metadata header; workbooks and documents that a screen reader can walk through."""

import csv
import io
from collections.abc import Sequence

from starlette.responses import Response

from dashboards.kit import formats
from dashboards.kit.components import slug
from dashboards.kit.document import Document
from dashboards.kit.formats import SYMBOLS
from dashboards.kit.own_school import MARKING
from dashboards.kit.page import Page, PageRequest, Sheet
from dashboards.kit.values import cell, harmless

OWN_NAME = "DO_NOT_SHARE_own_school"
"""With which the name of a file begins that has exact figures of an own school."""


def metadata(page: Page, asked: PageRequest, heading: str, sheet: Sheet | None = None) -> tuple[tuple[str, str], ...]:
    """What a table must say when it has left its page: what, of whom, as at when, from where, and its symbols.

    ``heading`` is the page's: the school, or the sector that was chosen.
    """
    notes = (("Note", note) for note in (sheet.notes if sheet else ()))
    chosen = chosen_values(page, asked)
    return (
        ("Title", sheet.title if sheet else heading),
        ("Page", heading),
        *((("Chosen", "; ".join(f"{name}: {value}" for name, value in chosen)),) if chosen else ()),
        ("Local authority", asked.authority_name),
        ("Academic year", asked.academic_year),
        ("Data as at", formats.date(asked.release.data_as_at)),
        ("Released", formats.date(asked.release.released_at)),
        ("Release", str(asked.release.release_id)),
        (
            "Source",
            f"School Data Warehouse, version {asked.release.code_version}; released tables: {', '.join(page.reads)}",
        ),
        ("Status", asked.release.label),
        ("Symbols", "; ".join(f"{symbol} {word}" for symbol, (word, _) in SYMBOLS.items())),
        *notes,
    )


def chosen_values(page: Page, asked: PageRequest) -> list[tuple[str, str]]:
    """Parameters of the page, those of its path left out, that were given and are not their defaults."""
    given = [(one, asked.value(one.name)) for one in page.parameters if not one.in_path]
    return [(one.name, value) for one, value in given if value != one.default]


def csv_response(page: Page, asked: PageRequest, heading: str, sheet: Sheet) -> Response:
    """One table: metadata as rows of two cells, an empty row, headings, rows."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows((name, harmless(value)) for name, value in metadata(page, asked, heading, sheet))
    writer.writerow(())
    writer.writerow(column.title for column in sheet.columns)
    writer.writerows([harmless(cell(value)) for value in row] for row in sheet.rows)
    body = text.getvalue().encode("utf-8-sig")  # Excel takes a CSV without the mark for Windows-1252
    return Response(body, media_type="text/csv", headers=_attachment(page, asked, heading, sheet.name, "csv"))


def own_csv_response(page: Page, asked: PageRequest, heading: str, sheet: Sheet) -> Response:
    """A table of own school: its first line and its name say that it is not to be shared."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow((MARKING,))
    writer.writerows(
        (name, harmless(value)) for name, value in metadata(page, asked, heading, sheet) if name != "Source"
    )
    writer.writerow(
        ("Source", f"School Data Warehouse, version {asked.release.code_version}; exact figures, own school")
    )
    writer.writerow(())
    writer.writerow(column.title for column in sheet.columns)
    writer.writerows([harmless(cell(value)) for value in row] for row in sheet.rows)
    headers = _attachment(
        page, asked, heading, sheet.name.removeprefix("own-school-").replace("-", "_"), "csv", before=OWN_NAME
    )
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv", headers=headers)


def xlsx_response(page: Page, asked: PageRequest, heading: str, sheets: Sequence[Sheet]) -> Response:
    """All tables as a workbook."""
    from dashboards.kit.workbook import workbook  # pandas takes 0.6 s to import, and most readers take no workbook

    body = workbook(metadata(page, asked, heading), sheets)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(body, media_type=kind, headers=_attachment(page, asked, heading, page.name, "xlsx"))


def docx_response(page: Page, asked: PageRequest, heading: str, document: Document) -> Response:
    """The whole page as a file of Word."""
    from dashboards.kit.word import word  # python-docx takes 0.2 s to import, and few readers take a document

    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    headers = _attachment(page, asked, heading, page.name, "docx")
    return Response(word(document), media_type=kind, headers=headers)


def _attachment(
    page: Page, asked: PageRequest, heading: str, name: str, ending: str, before: str = ""
) -> dict[str, str]:
    """Named by page, school or sector, table, year and day, so that no two tables have one name."""
    as_at = asked.release.data_as_at
    about = page.name if asked.school or heading == page.title else slug(heading).replace("-", "_")
    parts = [
        before,
        about,
        name if name != page.name else "",
        *(asked.school or ()),
        asked.academic_year.replace("/", "-"),
    ]
    parts.append(as_at.isoformat() if as_at else "")
    return {"content-disposition": f'attachment; filename="{"_".join(part for part in parts if part)}.{ending}"'}
