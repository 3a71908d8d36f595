"""About the data: what the figures mean, what stands where a figure is not shown, and what may not be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from dashboards.kit import tables
from dashboards.kit.components import Column, Table
from dashboards.kit.formats import EXPLANATIONS, ON_PAGE, SECTORS, SYMBOLS, Figure, listed
from dashboards.kit.labels import labels, with_part
from dashboards.kit.page import Note, Page, PageRequest, Parameter, Sheet
from dashboards.subjects.core.figures.definitions import (
    COMPARING,
    DEFINITIONS,
    OF_ATTAINMENT,
    OF_HALF_DAYS,
    OF_SCHOOLS,
    PROTECTION,
    SIMD,
)
from dashboards.subjects.core.figures.thresholds import ATTENTION

PARTS = labels("parts_of_about")
MEANINGS = {"counted": OF_SCHOOLS, "attained": OF_ATTAINMENT}
PART = Parameter(
    "part", "Part of the page; what the figures mean where it is left out", choices=tuple(filter(None, PARTS)),
    examples=("comparing",),
)  # fmt: skip
COUNTED_AS = {
    "attendance": "Attendance",
    "authorised_absence": "Authorised absence",
    "unauthorised_absence": "Unauthorised absence",
    "exclusion": "Exclusion",
    "unknown_reason": "Absence of unknown reason",
    "not_counted": "Not counted",
}
MEASURES = {"attendance_rate": "Attendance", "persistent_absence_rate": "Persistent absence"}
BASES = {"published": "Published", "worked_out": "Worked out from published figures"}
EVERYBODY = "all"
SECTORS_IN_ORDER = (EVERYBODY, "primary", "secondary", "special")


@dataclass(frozen=True)
class AboutFigures:
    """What the page shows: words that do not change with the data, code lists, and national figures."""

    part: str
    parts: tuple[tuple[str, str], ...]
    definitions: Table
    meanings: tuple[tuple[str, str, str], ...]
    symbols: tuple[tuple[str, str, str], ...]
    protection: tuple[str, ...]
    simd: tuple[str, ...]
    comparing: Table
    attention: Table
    national: Table
    sources: Table
    codes: Table
    columns: Table
    notes: Sequence[Note] = (
        Note("This is an analytical copy of extracts, and not the live record."),
        Note("National figures: Scottish Government, under the Open Government Licence v3.0.", "comparison"),
    )


def figures(connection: Connection, asked: PageRequest) -> AboutFigures:
    """Three questions, the same answers for every reader."""
    published = _published(connection)
    return AboutFigures(
        part=asked.value("part"),
        parts=tuple(PARTS.items()),
        definitions=_words("What the figures mean", ("Figure", "What it says", "How it is worked out"), DEFINITIONS),
        meanings=MEANINGS.get(asked.value("part"), OF_HALF_DAYS),
        symbols=tuple((ON_PAGE[symbol], symbol, EXPLANATIONS[symbol]) for symbol in SYMBOLS),
        protection=PROTECTION,
        simd=SIMD,
        comparing=_words("What may be compared", ("What", "May it be compared?", "Why"), COMPARING),
        attention=_words(
            "When the page Today points something out",
            ("What is looked at", "It is pointed out when"),
            ATTENTION.in_words,
        ),
        national=_national(published),
        sources=_sources(published),
        codes=_codes(connection),
        columns=_columns(connection),
    )


def _words(caption: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    return Table(caption=caption, columns=tuple(Column(heading) for heading in headings), rows=rows)


def _published(connection: Connection) -> Sequence[Row[Any]]:
    """Published attendance and persistent absence of Scotland by year and sector, all stages and pupils."""
    found = tables.national_statistics
    query = select(found).where(
        found.c.measure.in_(MEASURES), found.c.stage == EVERYBODY, found.c.pupil_group == EVERYBODY
    )
    return sorted(connection.execute(query), key=_place)


def _national(rows: Sequence[Row[Any]]) -> Table:
    """A row for each measure and year, a column for each sector."""
    at = {(row.measure, row.academic_year, row.sector): Figure(row.rate) for row in rows}
    return Table(
        caption="Published figures for Scotland by sector",
        columns=(
            Column("Measure", filter=True),
            Column("Academic year"),
            *(Column(SECTORS[sector], numeric=True) for sector in SECTORS_IN_ORDER),
        ),
        rows=[
            (
                MEASURES[measure],
                year,
                *(at.get((measure, year, sector), "Not published") for sector in SECTORS_IN_ORDER),
            )
            for measure, year in dict.fromkeys((row.measure, row.academic_year) for row in rows)
        ],
        notes=_worked_out(rows),
    )


def _worked_out(rows: Sequence[Row[Any]]) -> tuple[str, ...]:
    """Which figures are no publication of their own, and where the sources are."""
    found = [
        f"{MEASURES[row.measure].lower()} of {SECTORS[row.sector].lower()} schools in {row.academic_year}"
        for row in rows
        if row.basis == "worked_out"
    ]
    said = f"Worked out from published figures: {listed(found)}." if found else ""
    return tuple(note for note in (said, "The source of each figure is in the download below.") if note)


def _sources(rows: Sequence[Row[Any]]) -> Table:
    """A row for each published figure with its source, to take away."""
    return Table(
        caption="Published figures for Scotland, with their sources",
        columns=(
            Column("Measure"),
            Column("Academic year"),
            Column("Sector"),
            Column("Scotland", numeric=True),
            Column("Basis"),
            Column("Source"),
        ),
        rows=[
            (
                MEASURES[row.measure],
                row.academic_year,
                SECTORS.get(row.sector, row.sector),
                Figure(row.rate),
                BASES.get(row.basis, row.basis),
                row.source,
            )
            for row in rows
        ],
    )


def _place(row: Row[Any]) -> tuple[int, int, int]:
    """Attendance first, the latest year first, all sectors first."""
    return (list(MEASURES).index(row.measure), -int(row.academic_year[:4]), SECTORS_IN_ORDER.index(row.sector))


def _codes(connection: Connection) -> Table:
    codes = tables.attendance_codes
    query = select(codes.c.attendance_code, codes.c.description, codes.c.category).order_by(codes.c.attendance_code)
    return Table(
        caption="Attendance codes and how they are counted",
        columns=(Column("Code"), Column("Description"), Column("Counted as", filter=True)),
        rows=[
            (row.attendance_code, row.description, COUNTED_AS.get(row.category, row.category))
            for row in connection.execute(query)
        ],
        notes=("A council's own codes are matched to these before they are counted.",),
    )


def _columns(connection: Connection) -> Table:
    """The dictionary of all tables that readers see, for the download: it is too long for the page."""
    found = tables.data_dictionary
    query = select(found.c.mart, found.c.column_name, found.c.data_type, found.c.unit, found.c.description)
    return Table(
        caption="Every column of every released table",
        columns=tuple(Column(heading) for heading in ("Table", "Column", "Type", "Unit", "What it means")),
        rows=[
            (row.mart, row.column_name, row.data_type, row.unit or "", row.description or "")
            for row in connection.execute(query.order_by(found.c.mart, found.c.position))
        ],
    )


def sheets(found: AboutFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """Definitions, code list, national figures, and the dictionary."""
    return (
        found.definitions.as_sheet("definitions"),
        found.comparing.as_sheet("comparing"),
        found.attention.as_sheet("pointed_out"),
        found.sources.as_sheet("national_figures"),
        found.codes.as_sheet("attendance_codes"),
        found.columns.as_sheet("data_dictionary"),
    )


PAGE = Page(
    name="about",
    path="/about",
    title="About the data",
    description="Definitions, words and methods, and what may not be compared.",
    template="pages/about.html",
    figures=figures,
    sheets=sheets,
    heading=lambda found, asked: with_part("About the data", PARTS, found.part),
    parameters=(PART,),
    reads=("attendance_codes", "national_statistics", "data_dictionary"),
)
