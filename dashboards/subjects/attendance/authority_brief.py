"""Authority brief: one page of paper about attendance in all schools of a council."""

from sqlalchemy import Connection

from dashboards.kit.page import Page, PageRequest
from dashboards.subjects.attendance.figures import brief
from dashboards.subjects.attendance.figures.authority_brief import brief_of
from dashboards.subjects.attendance.queries.authority import rows_of
from dashboards.subjects.attendance.queries.authority_brief import years_of_authority
from dashboards.subjects.core.figures.attained_by_authority import authority_sentence
from dashboards.subjects.core.figures.leavers_in_brief import leavers_of_authority


def figures(connection: Connection, asked: PageRequest) -> brief.Brief:
    """The brief of all sectors, or of the one that the reader may see. Raises NotReadyError where there is none."""
    rows = rows_of(connection, asked)
    attainment, leavers = authority_sentence(connection, asked), leavers_of_authority(connection, asked)
    return brief_of(rows, years_of_authority(connection, asked, rows.sector), asked, attainment, leavers)


PAGE = Page(
    name="authority_brief",
    path="/authority/brief",
    title="Authority brief",
    description=(
        "One page of paper: sentences and up to three years of an authority's attendance, its latest attainment and "
        "leavers."
    ),
    template="pages/brief.html",
    figures=figures,
    sheets=brief.sheets,
    heading=lambda found, asked: f"{found.name}: attendance in brief",
    parent="authority",
    in_navigation=False,
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
        "attainment_by_sector",
        "leaver_attainment_by_authority",
        "leaver_destinations_by_authority",
    ),
)
