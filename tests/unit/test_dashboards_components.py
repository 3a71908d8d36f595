"""Tables, cards and what they become: HTML, sheets, workbooks."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

from dashboards.kit.components import Column, Link, Table, slug
from dashboards.kit.formats import Figure
from dashboards.kit.markup import rows_html
from dashboards.kit.page import Sheet, SheetColumn
from dashboards.kit.workbook import workbook
from dashboards.site.cache import Cache

TABLE = Table(
    "Schools <of> the authority",
    (Column("School"), Column("Attendance", numeric=True), Column("Pupils", numeric=True), Column("Data to")),
    [
        (Link("A & B", "school", {"seed_code": "1"}), Figure(Decimal("0.934")), Figure(1204, None, "count"), None),
        ("<b>", Figure(None, "[c]"), Figure(None, "[x]", "count"), dt.date(2026, 11, 24)),
    ],
)


def test_rows_have_headings_and_everything_is_escaped() -> None:
    html = rows_html(TABLE, lambda link: f"/{link.page}?seed_code={link.values['seed_code']}&x=1")
    assert '<th scope="row"><a href="/school?seed_code=1&amp;x=1">A &amp; B</a></th>' in html
    assert '<td class="numeric">93.4%</td>' in html
    assert '<th scope="row">&lt;b&gt;</th>' in html
    assert 'data-sort="2026-11-24">24 November 2026<' in html


def test_what_is_not_shown_is_said_in_words() -> None:
    html = rows_html(TABLE, lambda link: "/")
    assert '<span class="unshown">too few pupils to show</span>' in html
    assert "[" not in html


def test_the_same_table_is_a_sheet_with_its_units_in_the_headings() -> None:
    sheet = TABLE.as_sheet("schools")
    assert [column.title for column in sheet.columns] == ["School", "Attendance (%)", "Pupils", "Data to"]
    assert sheet.rows[0][0] == "A & B"


def test_a_workbook_has_a_cover_and_no_formula() -> None:
    sheet = Sheet(
        "schools", "Schools", (SheetColumn("School"), SheetColumn("Rate", "%")), [('=1+1"', Figure(None, "[c]"))]
    )
    body = workbook((("Title", "Schools"), ("Local authority", "Clackmannanshire"), ("Source", "here")), [sheet])
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}
    assert not [name for name, text in parts.items() if "<f>" in text]
    strings = parts["xl/sharedStrings.xml"]
    assert "=1+1" in strings
    assert "Clackmannanshire" in strings
    assert "Symbols in square brackets are explained on the cover" in strings


def test_a_table_without_rows_makes_a_workbook_too() -> None:
    sheet = Sheet("nothing", "Nothing", (SheetColumn("School"), SheetColumn("Rate", "%")), [])
    assert workbook((("Title", "Nothing"),), [sheet]).startswith(b"PK")


def test_ids_are_made_from_words() -> None:
    assert slug("Attendance by month, 2025/26") == "attendance-by-month-2025-26"
    assert slug("…") == "untitled"


def test_a_cache_is_bounded_and_forgets_the_oldest() -> None:
    cache: Cache[int] = Cache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert (cache.get("a"), cache.get("b"), cache.get("c"), len(cache)) == (1, None, 3, 2)
