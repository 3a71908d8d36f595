"""Authority brief: one page of paper about attendance in all schools of a council."""

from sqlalchemy import Connection

from dashboards.kit.formats import SECTORS, figure
from dashboards.kit.page import SECTORS as SECTOR_CODES
from dashboards.kit.page import Page, PageRequest
from dashboards.subjects.attendance.figures import brief
from dashboards.subjects.attendance.figures.of_authority import ALL, charts_of, quintiles_of, stages_of
from dashboards.subjects.attendance.queries.authority import rows_of
from dashboards.subjects.attendance.queries.brief import years_of_authority

AREAS = ("the most deprived fifth of areas", "the least deprived fifth")


def figures(connection: Connection, asked: PageRequest) -> brief.Brief:
    """The brief of all sectors, or of the one that the reader may see. Raises NotReadyError where there is none."""
    rows = rows_of(connection, asked)
    years = years_of_authority(connection, asked, rows.sector)
    stages, areas = stages_of(rows), quintiles_of(rows)
    by_area = {group.value: group for group in areas}
    sectors = [(sector, figure(row, "attendance_rate")) for sector, row in rows.by_sector.items() if sector != ALL]
    sectors.sort(key=lambda pair: SECTOR_CODES.index(pair[0]))
    whose = asked.authority_name if rows.sector == ALL else f"{asked.authority_name}, {SECTORS[rows.sector].lower()}"
    return brief.Brief(
        name=whose,
        kind="authority",
        sentences=(
            brief.level(rows.year, asked),
            brief.persistent(rows.total),
            brief.for_whom(stages, (by_area.get("1"), by_area.get("5")), AREAS),
            brief.by_sector(sectors, years),
        ),
        years=brief.years_table(years, ""),
        chart=charts_of(rows, asked).by_week,
        rests_on=brief.rests_on(years, asked, (*stages, *areas)),
        file=brief.file_of(years, ""),
    )


PAGE = Page(
    name="authority_brief",
    path="/authority/brief",
    title="Authority brief",
    description="One page of paper: four sentences and up to three years of an authority's attendance.",
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
    ),
)
