"""Documents for Word, by python-docx: headings, header rows that are marked, pictures with an alternative text.

Symbols stand where a figure is not shown, as in every file; the document explains them itself.
"""

import datetime as dt
import io
from decimal import Decimal

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph

from dashboards.kit import formats
from dashboards.kit.components import Cell, Chart, Table
from dashboards.kit.document import Document, Part
from dashboards.kit.formats import Figure
from dashboards.kit.pictures import picture, size_of

A4, MARGIN = (Mm(210), Mm(297)), Mm(20)
PICTURE_WIDTH = Mm(150)
PICTURE_HEIGHT = 105  # millimetres at most: a drawing of many rows leaves room for its sentence
LANGUAGE = "en-GB"
LONGEST = 255
FONT = "Arial"
BLUE = RGBColor(0x12, 0x43, 0x6D)


def word(document: Document) -> bytes:
    """The document as a file of Word (.docx)."""
    made = docx.Document()
    _look(made)
    about = made.core_properties
    # Word takes 255 letters of each
    about.title, about.subject, about.language = document.title[:LONGEST], document.subtitle[:LONGEST], LANGUAGE
    about.author = about.last_modified_by = "School Data Warehouse"
    about.created = about.modified = document.made_at.astimezone(dt.UTC).replace(tzinfo=None)
    _cover(made, document)
    for part in document.parts:
        _part(made, part)
    made.add_paragraph(document.source)
    _footer(made, document)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def _look(made: WordDocument) -> None:
    """A4, a font that every machine has, and the language that a screen reader speaks it in."""
    section = made.sections[0]
    section.page_width, section.page_height = A4
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    for name in ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "Caption"):
        style = made.styles[name]
        style.font.name = FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            style.element.rPr.rFonts.attrib.pop(qn(theme), None)
        if name != "Normal":
            style.font.color.rgb = BLUE
    made.styles["Normal"].font.size = Pt(11)
    made.styles["Caption"].font.size = Pt(10)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE)
    made.styles["Normal"].element.get_or_add_rPr().append(language)


def _cover(made: WordDocument, document: Document) -> None:
    made.add_heading(document.title, level=0)
    made.add_paragraph(document.subtitle, style="Subtitle")
    for name, value in document.facts:
        _term(made, name, value)
    made.add_heading("In this pack", level=1)
    for part in document.parts:
        made.add_paragraph(part.heading, style="List Bullet")
    made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _part(made: WordDocument, part: Part) -> None:
    made.add_heading(part.heading, level=1)
    for text in part.paragraphs:
        made.add_paragraph(text)
    for about, text in part.numbered:
        _run_in(made.add_paragraph(style="List Number"), f"{about}.", text)
    for name, text in part.terms:
        _term(made, name, text)
    for table in part.tables:
        _table(made, table)
    for chart in part.charts:
        _chart(made, chart)


def _term(made: WordDocument, name: str, text: str) -> None:
    _run_in(made.add_paragraph(), f"{name}:", text)


def _run_in(paragraph: Paragraph, name: str, text: str) -> None:
    paragraph.add_run(f"{name} ").bold = True
    paragraph.add_run(text)


def _chart(made: WordDocument, chart: Chart) -> None:
    """Heading, sentence, picture, table, notes."""
    made.add_heading(chart.title, level=2)
    made.add_paragraph(chart.sentence).paragraph_format.keep_with_next = True
    if chart.svg:
        width, height = size_of(chart.svg)
        wide = min(PICTURE_WIDTH, Mm(PICTURE_HEIGHT * width / height))
        shape = made.add_picture(io.BytesIO(picture(chart.svg)), width=wide)
        named = shape._inline.docPr
        named.set("descr", f"Chart. {chart.sentence} All its figures are in the table below.")
        named.set("title", chart.title)
        made.paragraphs[-1].paragraph_format.keep_with_next = True
    _table(made, chart.table)
    for note in chart.notes:
        made.add_paragraph(note)


def _table(made: WordDocument, table: Table) -> None:
    """A table with its caption; the heading row is marked and comes again on each sheet, no row is cut."""
    caption = made.add_paragraph(table.caption, style="Caption")
    caption.paragraph_format.keep_with_next = True
    if not table.rows:
        made.add_paragraph(table.empty)
        return
    drawn = made.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    _describe(drawn, table.caption)
    heading = drawn.rows[0]
    _mark(heading._tr, "w:tblHeader")
    for cell, column in zip(heading.cells, table.columns, strict=True):
        text = f"{column.heading} ({column.unit})" if column.unit else column.heading
        _fill(cell.paragraphs[0], text, column.numeric, is_bold=True)
    for row in table.rows:
        line = drawn.add_row()
        _mark(line._tr, "w:cantSplit")
        for cell, column, value in zip(line.cells, table.columns, row, strict=True):
            _fill(cell.paragraphs[0], text_of(value), column.numeric)
    for note in table.notes:
        made.add_paragraph(note)
    made.add_paragraph()


def _describe(drawn: WordTable, caption: str) -> None:
    """Its name for a screen reader, and that its first row and column are headings."""
    properties = drawn._tbl.tblPr
    for name in ("w:tblCaption", "w:tblDescription"):
        element = OxmlElement(name)
        element.set(qn("w:val"), caption)
        properties.append(element)
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        look.set(qn("w:firstRow"), "1")
        look.set(qn("w:firstColumn"), "1")


def _mark(row: CT_Row, name: str) -> None:
    row.get_or_add_trPr().append(OxmlElement(name))


def _fill(paragraph: Paragraph, text: str, is_numeric: bool, is_bold: bool = False) -> None:
    run = paragraph.add_run(text)
    run.bold = is_bold
    run.font.size = Pt(9)
    paragraph.paragraph_format.space_after = Pt(0)
    if is_numeric:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def text_of(cell: Cell) -> str:
    """A cell as a file has it in words: ``93.4%``, ``1,204``, ``24 November 2026``, or its symbol."""
    if isinstance(cell, Figure):
        return cell.mark
    if cell is None:
        return formats.NOT_AVAILABLE
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, dt.date | dt.datetime):
        return formats.date(cell)
    if isinstance(cell, int | float | Decimal):
        return formats.count(cell)
    return str(cell)


def _footer(made: WordDocument, document: Document) -> None:
    """Title and number of the page at the foot of each."""
    paragraph = made.sections[0].footer.paragraphs[0]
    paragraph.add_run(f"{document.title}, page ")
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        element.text = text or None
        run._r.append(element)
