"""The brief of an authority, out of its released rows: a page of its own, and the beginning of a committee pack."""

from collections.abc import Sequence

from dashboards.kit.formats import SECTORS, figure
from dashboards.kit.page import SECTORS as SECTOR_CODES
from dashboards.kit.page import PageRequest
from dashboards.subjects.attendance.figures import brief, course
from dashboards.subjects.attendance.figures.of_authority import ALL, AuthorityRows, quintiles_of, stages_of

AREAS = ("the most deprived fifth of areas", "the least deprived fifth")


def brief_of(
    rows: AuthorityRows, years: Sequence[brief.YearRows], asked: PageRequest, attainment: str = "", leavers: str = ""
) -> brief.Brief:
    """Four sentences of attendance and those of attainment and leavers, the years and the weeks of the authority."""
    stages, areas = stages_of(rows), quintiles_of(rows)
    by_area = {group.value: group for group in areas}
    sectors = [(sector, figure(row, "attendance_rate")) for sector, row in rows.by_sector.items() if sector != ALL]
    this, before = (course.weeks(rows.weeks, year) for year in (asked.academic_year, asked.previous_year or ""))
    sectors.sort(key=lambda pair: SECTOR_CODES.index(pair[0]))
    whose = asked.authority_name if rows.sector == ALL else f"{asked.authority_name}, {SECTORS[rows.sector].lower()}"
    return brief.Brief(
        name=whose,
        kind="authority",
        sentences=brief.with_attainment(
            (
                brief.level(rows.year, asked),
                brief.persistent(rows.total),
                brief.for_whom(stages, (by_area.get("1"), by_area.get("5")), AREAS),
                brief.by_sector(sectors, years),
            ),
            attainment,
            leavers,
        ),
        years=brief.years_table(years, ""),
        chart=course.weekly_chart("week", this, before, until=rows.year.data_as_at),
        rests_on=brief.rests_on(years, asked, (*stages, *areas)),
        file=brief.file_of(years, ""),
    )
