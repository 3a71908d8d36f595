"""Committee pack: attendance of an authority as one document, to print, for Word, and as a workbook."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from dashboards.kit.document import Document, Part
from dashboards.kit.page import Note, Page, PageRequest, Sheet
from dashboards.subjects.attendance.figures import pack
from dashboards.subjects.attendance.figures.authority_brief import brief_of
from dashboards.subjects.attendance.figures.brief import Brief
from dashboards.subjects.attendance.figures.of_authority import AuthorityCharts, charts_of, notes_of
from dashboards.subjects.attendance.queries.authority import rows_of
from dashboards.subjects.attendance.queries.authority_brief import years_of_authority

READS = (
    "attendance_by_authority_year",
    "attendance_by_authority_week",
    "attendance_by_authority_month",
    "attendance_by_authority_stage_simd_quintile_month",
    "attendance_by_authority_sex",
    "attendance_by_authority_weekday",
    "absence_reasons_by_authority",
    "persistent_absence_by_authority",
    "national_statistics",
)


@dataclass(frozen=True)
class PackFigures:
    """What the pack holds. ``notes`` stand in its last part, and not once more below it."""

    name: str
    cover: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    brief: Brief
    charts: AuthorityCharts
    notes: Sequence[Note] = ()


def figures(connection: Connection, asked: PageRequest) -> PackFigures:
    """The pack of all sectors, or of the one that the reader may see. Raises NotReadyError where there is none."""
    rows = rows_of(connection, asked)
    brief = brief_of(rows, years_of_authority(connection, asked, rows.sector), asked)
    charts = charts_of(rows, asked, is_beside_scotland=False)  # its figure is of a whole year
    parts = pack.parts(brief, charts, notes_of(charts, rows, asked))
    return PackFigures(brief.name, pack.facts(rows.year, asked), parts, brief, charts)


def sheets(found: PackFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The brief, the years, the table of each chart with its picture, half days, definitions."""
    made = tuple(chart.as_sheet(name) for name, chart in found.charts.named)
    figures = (found.brief.file.as_sheet("years"), *made, found.charts.kinds.as_sheet("half_days"))
    return (pack.sentences_sheet(found.brief, found.cover), *figures, *pack.words_sheets())


def document(found: PackFigures, asked: PageRequest) -> Document:
    """The pack for Word."""
    return pack.document(heading(found, asked), found.cover, found.parts, asked, READS)


def heading(found: PackFigures, asked: PageRequest) -> str:
    """``Clackmannanshire: attendance, 2025/26``."""
    return f"{found.name}: attendance, {asked.academic_year}"


PAGE = Page(
    name="authority_pack",
    path="/authority/pack",
    title="Committee pack",
    description="Attendance of an authority as one document: cover, brief, charts and tables, definitions.",
    template="pages/pack.html",
    figures=figures,
    sheets=sheets,
    document=document,
    heading=heading,
    parent="authority",
    in_navigation=False,
    reads=READS,
)
