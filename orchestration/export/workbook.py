"""One workbook of marts for Excel: a cover that says what it is, a list of contents, and a worksheet for each mart.

Made by ``gptables``, the accessible spreadsheets of the Government Analysis Function, as the pages' workbooks are.
"""

import datetime as dt
import io
import warnings
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import gptables
import pandas as pd

from orchestration.export.described import Mart
from orchestration.export.web_metadata import words
from orchestration.export.writers import harmless

LONGEST_NAME = 31
"""Characters that Excel takes as the name of a worksheet."""
MOST_ROWS = 100_000
SYMBOLS = (
    "[c] suppressed: few pupils stand behind the figure, or it would give another one away",
    "[x] not available: not yet due, not complete enough, or not released",
    "[z] not applicable",
    "[low] rounds to zero",
)
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
NOTHING = "There is nothing to show."

Table = tuple[Mart, dict[str, Any], list[tuple[Any, ...]]]
"""A mart, what ``web_metadata.facts`` says of it, and its rows."""


def sheet_names(marts: Sequence[Mart]) -> list[str]:
    """Names of worksheets that Excel takes and that differ: a mart's own, or its beginning with a number."""
    found: list[str] = []
    for number, mart in enumerate(marts, start=1):
        fits = len(mart.name) <= LONGEST_NAME
        found.append(mart.name if fits else f"{mart.name[: LONGEST_NAME - 3]}_{number:02d}")
    return found


def write_workbook(path: Path, tables: Sequence[Table]) -> int:
    """Write a workbook of these tables, at least one; the same tables give the same bytes. Out: rows in all of them."""
    first = tables[0][1]
    releases = [note["release"] for note in first["notes"]]
    cover = gptables.Cover(
        title="Released marts",
        intro=[
            *(
                f"{one['local_authority_code']}: release {one['release_id']}, data as at {one['data_as_at']}"
                for one in releases
            ),
            first["dc:provenance"],
            first.get("dc:rights") or f"Licence: {first['dc:license']['@id']}",
        ],
        about=list(SYMBOLS),
    )
    sheets = dict(zip(sheet_names([mart for mart, _, _ in tables]), (_table(*table) for table in tables), strict=True))
    content = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no sheet of notes, and its own outdated use of pandas
        made = gptables.produce_workbook(content, sheets=sheets, cover=cover, workbook_options=OPTIONS)
    created = dt.datetime.fromisoformat(first["dc:issued"])  # not now: the same release gives the same bytes
    made.set_properties({"title": "Released marts", "created": created})
    made.close()
    path.write_bytes(content.getvalue())
    return sum(len(rows) for _, _, rows in tables)


def _table(mart: Mart, known: dict[str, Any], rows: list[tuple[Any, ...]]) -> gptables.GPTable:
    nothing = [(NOTHING, *[""] * (len(mart.columns) - 1))]
    frame = pd.DataFrame(
        [[_cell(value) for value in row] for row in rows] or nothing,
        columns=[column.name for column in mart.columns],
        dtype=object,
    )
    return gptables.GPTable(
        table=frame,
        table_name=f"table_{mart.name}",
        title=words(mart.name),
        subtitles=[known["dc:description"], f"Data as at {known.get('dc:valid', 'no day')}"],
        instructions="This worksheet contains one table. Empty cells are null; symbols are explained on the cover.",
        scope="",
        source=known["dc:provenance"],
        index_columns={},
    )


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, list):
        return harmless("; ".join(map(str, value)))
    return harmless(str(value))
