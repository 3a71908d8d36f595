"""Authority: attendance of all schools of a council, by time, groups of pupils and reasons, in parts with addresses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection

from dashboards.kit.components import Chart
from dashboards.kit.formats import SECTORS
from dashboards.kit.labels import labels
from dashboards.kit.page import Note, Page, PageRequest, Parameter, Sheet
from dashboards.subjects.attendance.figures import for_whom, headline
from dashboards.subjects.attendance.figures.of_authority import AuthorityCharts, AuthorityRows, charts_of, notes_of
from dashboards.subjects.attendance.figures.year_before import NOTHING_BEFORE, YearBefore, window, year_before
from dashboards.subjects.attendance.queries.authority import CHOICES, rows_of, sexes_of_before
from dashboards.subjects.attendance.queries.national import ALL

PARTS = labels("parts_of_authority")
FOR_WHOM, REASONS, ABSENCE = "for_whom", "reasons", "absence"
IN_PART = {
    "": ("by_week", "by_month"),
    FOR_WHOM: ("by_stage", "by_deprivation", "by_sex"),
    REASONS: ("reasons",),
    ABSENCE: ("persistent_absence", "by_weekday"),
}
"""Charts of each part by the names of their downloads; by stage and area with last year's where there are any."""
PART = Parameter(
    "part", "Part of the page; the overview where it is left out", choices=tuple(filter(None, PARTS)),
    examples=(FOR_WHOM,),
)  # fmt: skip
SECTOR = Parameter(
    "sector", "Sector of the schools; all sectors where it is left out", choices=CHOICES, examples=("primary",)
)


@dataclass(frozen=True)
class AuthorityFigures:
    """What a part of the page shows of one sector; ``says`` are sentences before its charts."""

    part: str
    parts: tuple[tuple[str, str], ...]
    sector: str
    sectors: tuple[tuple[str, str], ...]
    charts: AuthorityCharts
    says: tuple[str, ...]
    drawn: tuple[tuple[str, Chart], ...]
    notes: Sequence[Note]


def figures(connection: Connection, asked: PageRequest) -> AuthorityFigures:
    """Figures of the sector asked for, or of all. Raises NotFoundError where the reader may see no row of it."""
    rows = rows_of(connection, asked, asked.value("sector"))
    found = charts_of(rows, asked, is_beside_scotland=headline.is_whole(rows.year))
    part = asked.value("part")
    groups = None
    if part == FOR_WHOM:
        groups = for_whom.for_whom_of(connection, rows, asked, _sexes_before(connection, rows, asked))
    known = {**dict(found.named), **dict(groups.charts if groups else ())}
    level: Literal[2, 3] = 2 if part else 3  # the cards of the overview have the headings above its charts
    drawn = tuple((name, replace(known[name], level=level)) for name in IN_PART[part] if name in known)
    return AuthorityFigures(
        part,
        tuple(PARTS.items()),
        rows.sector,
        tuple((one, SECTORS[one]) for one in rows.sectors),
        found,
        groups.says if groups else (),
        drawn,
        (*(groups.notes if groups else ()), *notes_of(found, rows, asked, dict(drawn))),
    )


def _sexes_before(connection: Connection, rows: AuthorityRows, asked: PageRequest) -> YearBefore:
    """Girls and boys of the sector at the same time of last year, as readers saw them then."""
    days = window(rows.year.data_as_at)
    if days is None or asked.previous_year is None:
        return NOTHING_BEFORE
    return year_before(connection.execute(sexes_of_before(asked, rows.sector, *days)).all(), asked.previous_year)


def sheets(found: AuthorityFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The table of each chart of the part, and half days attended and missed beside reasons."""
    made = tuple(chart.table.as_sheet(name) for name, chart in found.drawn)
    return (*made, found.charts.kinds.as_sheet("half_days")) if found.part == REASONS else made


def heading(found: AuthorityFigures, asked: PageRequest) -> str:
    """Title with sector and part: ``Authority: primary schools, for whom``."""
    of = "" if found.sector == ALL else f"{found.sector} schools"
    part = f"{PARTS[found.part][:1].lower()}{PARTS[found.part][1:]}" if found.part else ""
    said = ", ".join(filter(None, (of, part)))
    return f"Authority: {said}" if said else "Authority"


PAGE = Page(
    name="authority",
    path="/authority",
    title="Authority",
    description="Attendance of all schools of the authority, beside Scotland and the year before.",
    template="pages/authority.html",
    figures=figures,
    sheets=sheets,
    heading=heading,
    parameters=(PART, SECTOR),
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
