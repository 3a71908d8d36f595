"""What is taken away for Word and as a workbook: pictures of charts, headings, header rows, alternative texts."""

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal
from functools import cache

import docx
import pytest
from docx.oxml.ns import qn

from dashboards.assets.woff import unpacked
from dashboards.kit.charts import Series, categories, heat, line
from dashboards.kit.components import Chart, Column, Table
from dashboards.kit.document import Document, Part
from dashboards.kit.formats import Figure
from dashboards.kit.pictures import FONT, picture, size_of, style_sheet
from dashboards.kit.static_files import FOLDER
from dashboards.kit.word import word
from dashboards.kit.workbook import workbook

RATES = (Figure(Decimal("0.94")), Figure(None, "[c]"), Figure(Decimal("0.92")))
MONTHS = categories(("August", "September", "October"))
CHART = Chart(
    "Attendance by month",
    "It went from 94.0% to 92.0%.",
    line("month", "Attendance by month", MONTHS, [Series("2025/26", RATES)]),
    Table(
        "Attendance by month",
        (Column("Month"), Column("Attendance", numeric=True)),
        [(month.name, rate) for month, rate in zip(MONTHS, RATES, strict=True)],
    ),
    notes=("A note.",),
)
PACK = Document(
    "Anyshire: attendance", "Pack for committee", (("Data as at", "31 October 2025"),),
    (
        Part("In brief", numbered=(("Level", "It was 94.0%."),), tables=(CHART.table,)),
        Part("Through the year", charts=(CHART,)),
        Part("Where a figure is not shown", paragraphs=("In words.",), terms=(("[c]", "too few pupils to show"),)),
    ),
    "Source: here. " * 40, dt.datetime(2025, 11, 1, 4, tzinfo=dt.UTC),
)  # fmt: skip


@cache
def pack() -> bytes:
    return word(PACK)


def test_a_picture_is_the_wide_drawing_in_the_colours_of_the_page() -> None:
    png = picture(CHART.svg)
    assert png.startswith(b"\x89PNG")
    width, height = size_of(CHART.svg)
    assert (width, int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (640, 1600, round(1600 * height / width))
    with pytest.raises(ValueError, match="drawing"):
        picture(type(CHART.svg)())


def test_every_class_of_a_drawing_has_its_look_in_pictures_too() -> None:
    grid = [list(RATES), list(RATES)]
    drawn = CHART.svg + heat("heat", "Heat", MONTHS[:2], MONTHS, grid)
    for looks in re.findall(r'<(?:path|rect|circle) class="([^"]*)"', drawn):
        assert any(f".{look} " in style_sheet() for look in looks.split()), looks
    assert "var(" not in style_sheet()


def test_a_font_is_unpacked_from_its_woff() -> None:
    font = FONT.read_bytes()
    assert font.startswith(b"\x00\x01\x00\x00")
    with pytest.raises(ValueError, match="WOFF"):
        unpacked((FOLDER / "vendor" / "roboto-latin-400-normal.woff2").read_bytes())


def test_a_document_has_headings_in_order_and_no_level_left_out() -> None:
    styles = [(found.style.name, found.text) for found in docx.Document(io.BytesIO(pack())).paragraphs]
    headings = [(name, text) for name, text in styles if name.startswith(("Title", "Heading"))]
    assert headings == [
        ("Title", "Anyshire: attendance"), ("Heading 1", "In this pack"), ("Heading 1", "In brief"),
        ("Heading 1", "Through the year"), ("Heading 2", "Attendance by month"),
        ("Heading 1", "Where a figure is not shown"),
    ]  # fmt: skip
    assert ("List Number", "Level. It was 94.0%.") in styles


def test_every_picture_has_an_alternative_text_and_every_table_a_header_row() -> None:
    made = docx.Document(io.BytesIO(pack()))
    named = [shape._inline.docPr.get("descr") for shape in made.inline_shapes]
    assert named == ["Chart. It went from 94.0% to 92.0%. All its figures are in the table below."]
    assert len(made.tables) == 2
    for table in made.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "Attendance by month"
        assert [cell.text for cell in table.columns[1].cells] == ["Attendance", "94.0%", "[c]", "92.0%"]


def test_a_document_says_its_language_and_when_its_figures_were_released() -> None:
    made = docx.Document(io.BytesIO(pack()))
    assert made.core_properties.language == "en-GB"
    assert made.core_properties.created == dt.datetime(2025, 11, 1, 4, tzinfo=dt.UTC)
    assert made.core_properties.title == "Anyshire: attendance"
    with zipfile.ZipFile(io.BytesIO(pack())) as archive:
        assert 'w:val="en-GB"' in archive.read("word/styles.xml").decode()


def test_a_workbook_has_the_picture_below_its_table_with_its_sentence() -> None:
    sheet = CHART.as_sheet("by_month")
    assert sheet.notes == ("It went from 94.0% to 92.0%.", "A note.")
    body = workbook((("Title", "Pack"), ("Local authority", "Anyshire")), [sheet, CHART.table.as_sheet("plain")])
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
    assert len([name for name in names if name.startswith("xl/media/")]) == 1
    assert 'descr="Chart. It went from 94.0% to 92.0%. All its figures are in the table above."' in drawing
