"""Authority: attendance of all schools of a council, by time, groups of pupils and reasons, beside Scotland."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from dashboards.kit.formats import SECTORS
from dashboards.kit.page import Note, Page, PageRequest, Parameter, Sheet
from dashboards.subjects.attendance.figures.of_authority import AuthorityCharts, charts_of, notes_of
from dashboards.subjects.attendance.queries.authority import CHOICES, rows_of
from dashboards.subjects.attendance.queries.national import ALL

SECTOR = Parameter(
    "sector", "Sector of the schools; all sectors where it is left out", choices=CHOICES, examples=("primary",)
)


@dataclass(frozen=True)
class AuthorityFigures:
    """What the page shows of one sector."""

    sector: str
    sectors: tuple[tuple[str, str], ...]
    charts: AuthorityCharts
    notes: Sequence[Note]


def figures(connection: Connection, asked: PageRequest) -> AuthorityFigures:
    """Figures of the sector asked for, or of all. Raises NotFoundError where the reader may see no row of it."""
    rows = rows_of(connection, asked, asked.value("sector"))
    found = charts_of(rows, asked)
    sectors = tuple((one, SECTORS[one]) for one in rows.sectors)
    return AuthorityFigures(rows.sector, sectors, found, notes_of(found, rows, asked))


def sheets(found: AuthorityFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The table of each chart, and half days attended and missed."""
    made = tuple(chart.table.as_sheet(name) for name, chart in found.charts.named)
    return (*made, found.charts.kinds.as_sheet("half_days"))


def heading(found: AuthorityFigures, asked: PageRequest) -> str:
    """Title with the sector: ``Authority: primary schools``."""
    return "Authority" if found.sector == ALL else f"Authority: {found.sector} schools"


PAGE = Page(
    name="authority",
    path="/authority",
    title="Authority",
    description="Attendance of all schools of the authority, beside Scotland and the year before.",
    template="pages/authority.html",
    figures=figures,
    sheets=sheets,
    heading=heading,
    parameters=(SECTOR,),
    reads=(
        "attendance_by_authority_year",
        "attendance_by_authority_week",
        "attendance_by_authority_month",
        "attendance_by_authority_stage_simd_quintile_month",
        "attendance_by_authority_sex",
        "attendance_by_authority_weekday",
        "absence_reasons_by_authority",
        "persistent_absence_by_authority",
        "national_statistics",
    ),
)
