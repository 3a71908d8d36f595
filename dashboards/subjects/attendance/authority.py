"""Authority: attendance of all schools of a council, by time, groups of pupils and reasons, beside Scotland."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, func, select

from dashboards.kit import formats, tables
from dashboards.kit.charts import sentences
from dashboards.kit.components import Card, Chart
from dashboards.kit.components import Table as PageTable
from dashboards.kit.formats import SECTORS, Figure, figure
from dashboards.kit.page import SECTORS as SECTOR_CODES
from dashboards.kit.page import Note, NotFoundError, NotReadyError, Page, PageRequest, Parameter, Sheet
from dashboards.subjects.attendance.figures import absence, course, groups, headline
from dashboards.subjects.attendance.queries.national import PERSISTENT, is_of_all_sectors
from dashboards.subjects.core.figures import codes

ALL = "all"
SECTOR = Parameter(
    "sector",
    "Sector of the schools; all sectors where it is left out",
    choices=(ALL, *SECTOR_CODES),
    examples=("primary",),
)
REST_ON = (
    "A rate by stage or deprivation is added up from months and groups that are shown: cells with very few pupils are "
    "left out, and the last column says how many. Where more than half would have to be left out there is no rate."
)


@dataclass(frozen=True)
class AuthorityFigures:
    """What the page shows of one sector; a chart is None where the reader may see none of its rows."""

    sector: str
    sectors: tuple[tuple[str, str], ...]
    headline: tuple[Card, ...]
    by_week: Chart | None
    by_month: Chart | None
    by_stage: Chart | None
    by_deprivation: Chart | None
    by_sex: Chart | None
    by_weekday: Chart | None
    reasons: Chart | None
    bands: Chart | None
    kinds: PageTable
    notes: Sequence[Note]

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The charts that there are, in the order of the page."""
        found = (
            self.by_week, self.by_month, self.by_stage, self.by_deprivation, self.by_sex, self.by_weekday,
            self.reasons, self.bands,
        )  # fmt: skip
        return tuple(chart for chart in found if chart is not None)


def figures(connection: Connection, asked: PageRequest) -> AuthorityFigures:
    """Figures of the sector asked for, or of all. Raises NotFoundError where the reader may see no row of it."""
    rows = {row.sector: row for row in connection.execute(_of(tables.attendance_by_authority_year, asked))}
    sector = asked.value("sector") or next((one for one in (ALL, *SECTOR_CODES) if one in rows), "")
    if asked.value("sector") and sector not in rows:
        raise NotFoundError(f"sector {sector}")
    if not sector:
        raise NotReadyError(
            "The totals of this authority rest on too few schools to be shown to a reader of a single one of them."
        )
    row = rows[sector]
    nation = headline.nation(row)
    weekly = connection.execute(_in_time(tables.attendance_by_authority_week, asked, sector)).all()
    monthly = connection.execute(_in_time(tables.attendance_by_authority_month, asked, sector)).all()
    before = asked.previous_year or ""
    weeks, weeks_before = course.weeks(weekly, asked.academic_year), course.weeks(weekly, before)
    months, months_before = course.months(monthly, asked.academic_year), course.months(monthly, before)
    persistent = {
        (one.breakdown, one.value): one
        for one in connection.execute(_of(tables.persistent_absence_by_authority, asked))
    }
    total = persistent.get(("sector", sector))
    cells = connection.execute(_cells(asked, sector)).all()
    over_until = headline.over_until(row, asked)
    cards = (
        headline.year_card(row, asked, (nation,)),
        headline.week_card(weeks, weeks_before, over_until),
        headline.month_card(months, months_before, weeks, weeks_before, over_until),
        headline.persistent_card(total, is_of_all_sectors(connection, PERSISTENT, total, sector)),
    )
    sexes = connection.execute(_of(tables.attendance_by_authority_sex, asked, sector)).all()
    weekdays = connection.execute(_of(tables.attendance_by_authority_weekday, asked, sector)).all()
    reasons = connection.execute(_of(tables.absence_reasons_by_authority, asked, sector)).all()
    found = AuthorityFigures(
        sector=sector,
        sectors=tuple((one, SECTORS[one]) for one in (ALL, *SECTOR_CODES) if one in rows),
        headline=tuple(card for card in cards if card is not None),
        by_week=course.weekly_chart("week", weeks, weeks_before, markers=headline.marker(nation), until=row.data_as_at),
        by_month=course.monthly_chart("month", months, months_before, markers=headline.marker(nation)),
        by_stage=_by_stage(cells, persistent),
        by_deprivation=_by_deprivation(cells, persistent, sector),
        by_sex=groups.groups_chart(
            "sex", "Attendance by sex", "Sex", groups.released(sexes, codes.SEXES, "sex"), headline.marker(nation)
        ),
        by_weekday=groups.weekday_chart("weekday", weekdays),
        reasons=absence.reasons_chart("reasons", reasons),
        bands=absence.bands_chart("bands", total),
        kinds=absence.kinds_table(row, full=True),
        notes=(),
    )
    return _with_notes(found, row, total, cells, asked)


def _of(mart: Table, asked: PageRequest, sector: str | None = None) -> Select[Any]:
    """Rows of the academic year, of one sector where the table has more."""
    query = select(mart).where(
        mart.c.local_authority_code == asked.authority, mart.c.academic_year == asked.academic_year
    )
    return query if sector is None else query.where(mart.c.sector == sector)


def _in_time(mart: Table, asked: PageRequest, sector: str) -> Select[Any]:
    """Weeks or months of this year and the one before."""
    names = [
        "academic_year", "week", "school_week_number", "month",
        "attendance_rate", "openings_possible", "openings_attended", "openings_symbol",
    ]  # fmt: skip
    years = [year for year in (asked.academic_year, asked.previous_year) if year]
    return select(*(mart.c[name] for name in names if name in mart.c)).where(
        mart.c.local_authority_code == asked.authority, mart.c.academic_year.in_(years), mart.c.sector == sector
    )


def _cells(asked: PageRequest, sector: str) -> Select[Any]:
    """Stages by quintile, months added up: openings of what is shown, and how many cells are not."""
    mart = tables.attendance_by_authority_stage_simd_quintile_month
    query = (
        select(
            mart.c.stage,
            mart.c.simd_quintile,
            func.sum(mart.c.openings_possible).label("possible"),
            func.sum(mart.c.openings_attended).label("attended"),
            func.count().filter(mart.c.openings_symbol.is_distinct_from("[z]")).label("cells"),
            func.count().filter(mart.c.openings_symbol == "[c]").label("suppressed"),
            func.count().filter(mart.c.openings_symbol == "[x]").label("missing"),
        )
        .where(mart.c.local_authority_code == asked.authority, mart.c.academic_year == asked.academic_year)
        .group_by(mart.c.stage, mart.c.simd_quintile)
    )
    return query if sector == ALL else query.where(mart.c.sector == sector)


def _groups(
    cells: Sequence[Row[Any]], column: str, order: tuple[str, ...], names: dict[str, str],
    persistent: dict[tuple[str, str], Row[Any]] | None, breakdown: str,
) -> tuple[groups.Group, ...]:  # fmt: skip
    found = []
    for value, summed in sorted(groups.summed(cells, column).items(), key=lambda pair: codes.placed(pair[0], order)):
        if not summed.cells:
            continue
        row = (persistent or {}).get((breakdown, value))
        share = figure(row, "persistent_absence_rate", "bands") if row is not None else Figure(None, "[x]")
        found.append(
            groups.Group(
                value, names.get(value, value), summed.rate, Figure(None, "[z]", "count"),
                None if persistent is None else share, summed.hidden, summed.cells,
            )
        )  # fmt: skip
    return tuple(found)


def _by_stage(cells: Sequence[Row[Any]], persistent: dict[tuple[str, str], Row[Any]]) -> Chart | None:
    found = _groups(cells, "stage", codes.STAGES, codes.STAGE_NAMES, persistent, "stage")
    return groups.groups_chart("stage", "Attendance by stage", "Stage", found, notes=(REST_ON,))


def _by_deprivation(
    cells: Sequence[Row[Any]], persistent: dict[tuple[str, str], Row[Any]], sector: str
) -> Chart | None:
    """Quintiles with the gap; persistent absence by quintile is released for all sectors together only."""
    order = tuple(codes.QUINTILES)
    known = persistent if sector == ALL else None
    found = _groups(cells, "simd_quintile", order, codes.QUINTILES, known, "quintile")
    by_value = {group.value: group for group in found}
    sentence = ""
    if "1" in by_value and "5" in by_value:
        sentence = gap_sentence(by_value["1"], by_value["5"])
    title = "Attendance by deprivation of the area (SIMD 2020v2)"
    notes = (codes.SIMD_NOTE, REST_ON)
    return groups.groups_chart("deprivation", title, "Areas", found, sentence=sentence, notes=notes)


def gap_sentence(most: groups.Group, least: groups.Group) -> str:
    """The gap between the most and the least deprived fifth of areas, in attendance and in persistent absence."""
    fifths = ("the least deprived fifth of areas", "the most deprived fifth")
    said = sentences.gap("Attendance", least.rate, fifths[0], most.rate, fifths[1])
    if most.persistent is None or least.persistent is None:
        return said
    return f"{said} {sentences.gap('Persistent absence', most.persistent, fifths[1], least.persistent, fifths[0])}"


def _with_notes(
    found: AuthorityFigures, row: Row[Any], total: Row[Any] | None, cells: Sequence[Row[Any]], asked: PageRequest
) -> AuthorityFigures:
    shown = [cell for chart in found.charts for line in chart.table.rows for cell in line if isinstance(cell, Figure)]
    shown += [cell for line in found.kinds.rows for cell in line if isinstance(cell, Figure)]
    notes = [headline.not_shown(shown)]
    possible = sum(int(cell.possible or 0) for cell in cells)
    if row.openings_possible and 0 < possible < row.openings_possible:
        rest = formats.percentage(1 - possible / row.openings_possible)
        notes.append(
            Note(
                f"By stage and deprivation {rest} of the half days are left out: too few pupils stand behind them.",
                "hidden",
            )
        )
    notes += headline.common_notes(row, total, asked)
    if not asked.reader.is_officer:
        notes.append(Note("Totals that rest on one or two other schools besides yours are not shown to you.", "hidden"))
    return replace(found, notes=tuple(notes))


def sheets(found: AuthorityFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The table of each chart, and half days attended and missed."""
    named = (
        ("by_week", found.by_week), ("by_month", found.by_month), ("by_stage", found.by_stage),
        ("by_deprivation", found.by_deprivation), ("by_sex", found.by_sex), ("by_weekday", found.by_weekday),
        ("reasons", found.reasons), ("persistent_absence", found.bands),
    )  # fmt: skip
    made = tuple(chart.table.as_sheet(name) for name, chart in named if chart is not None)
    return (*made, found.kinds.as_sheet("half_days"))


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
