"""What a committee pack holds: cover, the brief, each chart with sentence and table, definitions, what is not shown."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.components import Chart
from dashboards.kit.document import Document, Part
from dashboards.kit.formats import EXPLANATIONS, ON_PAGE, SYMBOLS
from dashboards.kit.page import Note, PageRequest, Sheet, SheetColumn
from dashboards.subjects.attendance.figures.brief import Brief
from dashboards.subjects.attendance.figures.of_authority import AuthorityCharts
from dashboards.subjects.core.figures.codes import SIMD_NOTE
from dashboards.subjects.core.figures.definitions import COMPARING, DEFINITIONS, PROTECTION

SUBTITLE = "Attendance: pack for committee"
DEFINED = (
    "Half day", "Attendance", "Possible half days", "Authorised absence", "Not authorised", "Persistent absence",
    "Severe absence", "Same weeks last year", "Scotland", "Data as at",
)  # fmt: skip


def state_of(row: Row[Any], asked: PageRequest) -> str:
    """What state the figures are in: a part of a year that goes on, or a year that is over; provisional or not."""
    if asked.academic_year == asked.academic_years[0]:
        said = f"Year to date, up to {formats.date(row.data_as_at)}; figures change as more half days are recorded"
    else:
        said = f"A year that is over, as on {formats.date(row.data_as_at)}"
    return f"{said}; stages and areas are provisional until the census" if row.is_provisional else said


def facts(row: Row[Any], asked: PageRequest) -> tuple[tuple[str, str], ...]:
    """What stands on the cover, as pairs of a name and a value."""
    return (
        ("Local authority", asked.authority_name),
        ("Academic year", asked.academic_year),
        ("Data as at", formats.date(asked.release.data_as_at)),
        ("Released", f"{formats.date(asked.release.released_at)} (release {asked.release.release_id})"),
        ("State of the figures", state_of(row, asked)),
        ("Edition", "To share: released figures alone, in which small numbers are hidden"),
        ("About the data", asked.release.label),
    )


def parts(brief: Brief, charts: AuthorityCharts, notes: Sequence[Note]) -> tuple[Part, ...]:
    """All parts after the cover, in their order."""
    named = dict(charts.named)

    def drawn(*names: str) -> tuple[Chart, ...]:
        return tuple(named[name] for name in names if name in named)

    meanings = {name: f"{meaning} {method}".strip() for name, meaning, method in DEFINITIONS}
    return (
        Part("In brief", numbered=tuple((said.about, said.text) for said in brief.sentences), tables=(brief.years,)),
        Part("Through the year", charts=drawn("by_week", "by_month")),
        Part("Groups of pupils", charts=drawn("by_stage", "by_deprivation", "by_sex")),
        Part("Days of the week", charts=drawn("by_weekday")),
        Part("Why half days are missed", charts=drawn("reasons"), tables=(charts.kinds,)),
        Part("Persistent absence", charts=drawn("persistent_absence")),
        Part("What the figures mean", terms=tuple((name, meanings[name]) for name in DEFINED), paragraphs=(SIMD_NOTE,)),
        Part(
            "What may be compared",
            terms=tuple((f"{what} ({answer.lower()})", why) for what, answer, why in COMPARING),
        ),
        Part(
            "Where a figure is not shown",
            paragraphs=("The page says it in words; a file has the symbol.", *PROTECTION),
            terms=tuple((f"{symbol} {ON_PAGE[symbol]}", EXPLANATIONS[symbol]) for symbol in SYMBOLS),
        ),
        Part("Notes", paragraphs=tuple(note.text for note in notes)),
    )


def sentences_sheet(brief: Brief, cover: Sequence[tuple[str, str]]) -> Sheet:
    """The four sentences as a sheet; what stands on the cover stands above them."""
    rows = [(said.about, said.text) for said in brief.sentences]
    notes = tuple(f"{name}: {value}" for name, value in cover)
    return Sheet("in_brief", "In brief", (SheetColumn("About"), SheetColumn("Sentence")), rows, notes)


def words_sheets() -> tuple[Sheet, ...]:
    """Definitions, and what may be compared, as sheets."""
    definitions = [row for row in DEFINITIONS if row[0] in DEFINED]
    figures = (SheetColumn("Figure"), SheetColumn("What it says"), SheetColumn("How it is worked out"))
    compared = (SheetColumn("What"), SheetColumn("May it be compared?"), SheetColumn("Why"))
    return (
        Sheet("definitions", "What the figures mean", figures, definitions, (SIMD_NOTE,)),
        Sheet("may_be_compared", "What may be compared", compared, COMPARING),
    )


def document(
    title: str, cover: tuple[tuple[str, str], ...], every: Sequence[Part], asked: PageRequest, reads: Sequence[str]
) -> Document:
    """The pack as a document."""
    source = (
        f"Source: School Data Warehouse, {asked.authority_name}, data as at {formats.date(asked.release.data_as_at)}, "
        f"version {asked.release.code_version}; released tables: {', '.join(reads)}. {asked.release.label}"
    )
    return Document(title, SUBTITLE, cover, every, source.strip(), asked.release.released_at)
