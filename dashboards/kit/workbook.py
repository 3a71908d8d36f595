"""Workbooks by ``gptables``, the accessible spreadsheets of the Government Analysis Function.

A cover that says what it is, a list of contents, and one worksheet with one table for each of the page's tables,
with the picture of its chart below where the sheet has one.
"""

import io
import warnings
from collections.abc import Sequence
from threading import Lock
from typing import Any

import gptables
import pandas as pd

from dashboards.kit.formats import SYMBOLS
from dashboards.kit.page import Sheet
from dashboards.kit.pictures import WIDTH, picture, size_of
from dashboards.kit.values import cell

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
NOTHING = "There is nothing to show."
_ONE_AT_A_TIME = Lock()  # warnings are filtered for the whole process


def workbook(metadata: Sequence[tuple[str, str]], sheets: Sequence[Sheet]) -> bytes:
    """A workbook of these tables; ``metadata`` are names and values for the cover."""
    known = dict(metadata)
    cover = gptables.Cover(
        title=f"{known.get('Title', 'Figures')}: {known.get('Local authority', '')}",
        intro=[f"{name}: {value}" for name, value in metadata],
        about=[f"{symbol} {word}: {explanation}" for symbol, (word, explanation) in SYMBOLS.items()],
    )
    content = io.BytesIO()
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no sheet of notes, and its own outdated use of pandas
        made = gptables.produce_workbook(
            content, sheets={sheet.name: _table(sheet, known) for sheet in sheets}, cover=cover,
            workbook_options=OPTIONS,
        )  # fmt: skip
    for sheet in sheets:
        if sheet.drawing:
            _add_picture(made.get_worksheet_by_name(sheet.name), sheet)
    made.close()
    return content.getvalue()


def _add_picture(worksheet: Any, sheet: Sheet) -> None:
    """The chart below its table, with its sentence for who cannot see it."""
    width, _ = size_of(sheet.drawing)
    facts = {
        "image_data": io.BytesIO(picture(sheet.drawing)),
        "description": f"Chart. {sheet.says} All its figures are in the table above.",
        "x_scale": width / WIDTH,
        "y_scale": width / WIDTH,
    }
    worksheet.insert_image(worksheet.dim_rowmax + 2, 0, f"{sheet.name}.png", facts)


def _table(sheet: Sheet, known: dict[str, str]) -> gptables.GPTable:
    nothing = [[NOTHING, *[""] * (len(sheet.columns) - 1)]]
    frame = pd.DataFrame(
        [[cell(value) for value in row] for row in sheet.rows] or nothing,
        columns=[column.title for column in sheet.columns],
        dtype=object,
    )
    parts = (known.get("Local authority"), known.get("Page"), known.get("Chosen"))
    scope = ", ".join(part for part in parts if part)
    return gptables.GPTable(
        table=frame,
        table_name=f"table_{sheet.name}",
        title=sheet.title,
        subtitles=[
            f"{scope}, {known.get('Academic year', '')}, data as at {known.get('Data as at', '')}",
            *sheet.notes,
        ],
        instructions="This worksheet contains one table. Symbols in square brackets are explained on the cover.",
        scope=scope,
        source=known.get("Source"),
        index_columns={2: 0},
    )
