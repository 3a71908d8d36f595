"""The charts of an authority's attendance, out of its released rows: for its page, and for what goes on paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import sentences
from dashboards.kit.components import Card, Chart
from dashboards.kit.components import Table as PageTable
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import Note, PageRequest
from dashboards.subjects.attendance.figures import absence, course, groups, headline
from dashboards.subjects.core.figures import codes

ALL = "all"
Persistent = Mapping[tuple[str, str], Row[Any]]
REST_ON = (
    "A rate by stage or deprivation is added up from months and groups that are shown: cells with very few pupils are "
    "left out, and the last column says how many. Where more than half would have to be left out there is no rate."
)


@dataclass(frozen=True)
class AuthorityRows:
    """Released rows of one sector, or of all: the year, its weeks and months and those of the year before, groups.

    ``sectors`` are those that the reader may see; ``persistent`` has rows by breakdown and value, ``cells`` stages by
    quintile with months added up; ``is_nation_of_all`` is whether persistent absence has no figure of Scotland of its
    own sector.
    """

    sector: str
    sectors: tuple[str, ...]
    year: Row[Any]
    by_sector: Mapping[str, Row[Any]]
    weeks: Sequence[Row[Any]]
    months: Sequence[Row[Any]]
    persistent: Mapping[tuple[str, str], Row[Any]]
    is_nation_of_all: bool
    cells: Sequence[Row[Any]]
    sexes: Sequence[Row[Any]]
    weekdays: Sequence[Row[Any]]
    reasons: Sequence[Row[Any]]

    @property
    def total(self) -> Row[Any] | None:
        """Persistent absence of the sector; None where there is no row."""
        return self.persistent.get(("sector", self.sector))


@dataclass(frozen=True)
class AuthorityCharts:
    """What there is to show of one sector; a chart is None where the reader may see none of its rows."""

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

    @property
    def named(self) -> tuple[tuple[str, Chart], ...]:
        """The charts that there are, by the names of their downloads, in the order of the page."""
        found = (
            ("by_week", self.by_week), ("by_month", self.by_month), ("by_stage", self.by_stage),
            ("by_deprivation", self.by_deprivation), ("by_sex", self.by_sex), ("by_weekday", self.by_weekday),
            ("reasons", self.reasons), ("persistent_absence", self.bands),
        )  # fmt: skip
        return tuple((name, chart) for name, chart in found if chart is not None)


def charts_of(rows: AuthorityRows, asked: PageRequest, is_beside_scotland: bool = True) -> AuthorityCharts:
    """All charts of these rows, rates beside the year before, and beside Scotland unless that is left out."""
    row, total = rows.year, rows.total
    nation = headline.nation(row)
    markers = headline.marker(nation) if is_beside_scotland else ()
    before = asked.previous_year or ""
    weeks, weeks_before = course.weeks(rows.weeks, asked.academic_year), course.weeks(rows.weeks, before)
    months, months_before = course.months(rows.months, asked.academic_year), course.months(rows.months, before)
    over_until = headline.over_until(row, asked)
    cards = (
        headline.year_card(row, asked, (nation,)),
        headline.week_card(weeks, weeks_before, over_until),
        headline.month_card(months, months_before, weeks, weeks_before, over_until),
        headline.persistent_card(total, rows.is_nation_of_all),
    )
    return AuthorityCharts(
        headline=tuple(card for card in cards if card is not None),
        by_week=course.weekly_chart("week", weeks, weeks_before, markers=markers, until=row.data_as_at),
        by_month=course.monthly_chart("month", months, months_before, markers=markers),
        by_stage=groups.groups_chart("stage", "Attendance by stage", "Stage", stages_of(rows), notes=(REST_ON,)),
        by_deprivation=_by_deprivation(quintiles_of(rows)),
        by_sex=groups.groups_chart(
            "sex", "Attendance by sex", "Sex", groups.released(rows.sexes, codes.SEXES, "sex"), markers
        ),
        by_weekday=groups.weekday_chart("weekday", rows.weekdays),
        reasons=absence.reasons_chart("reasons", rows.reasons),
        bands=absence.bands_chart("bands", total),
        kinds=absence.kinds_table(row, full=True),
    )


def groups_of(
    cells: Sequence[Row[Any]], column: str, order: tuple[str, ...], names: Mapping[str, str],
    persistent: Persistent | None, breakdown: str,
) -> tuple[groups.Group, ...]:  # fmt: skip
    """Groups added up from the cells that are shown, with persistent absence where it is released by ``breakdown``."""
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


def stages_of(rows: AuthorityRows) -> tuple[groups.Group, ...]:
    """Stages, added up over quintiles and months."""
    return groups_of(rows.cells, "stage", codes.STAGES, codes.STAGE_NAMES, rows.persistent, "stage")


def quintiles_of(rows: AuthorityRows) -> tuple[groups.Group, ...]:
    """Quintiles; persistent absence by quintile is released for all sectors together only."""
    known = rows.persistent if rows.sector == ALL else None
    return groups_of(rows.cells, "simd_quintile", tuple(codes.QUINTILES), codes.QUINTILES, known, "quintile")


def _by_deprivation(found: Sequence[groups.Group]) -> Chart | None:
    """Quintiles with the gap."""
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


def notes_of(
    found: AuthorityCharts,
    rows: AuthorityRows,
    asked: PageRequest,
    drawn: Mapping[str, Chart] | None = None,
) -> tuple[Note, ...]:
    """What a reader must know of these charts before using them; ``drawn`` are those of a part, where not all are."""
    row, cells = rows.year, rows.cells
    charts = dict(found.named) if drawn is None else drawn
    shown = [
        cell for chart in charts.values() for line in chart.table.rows for cell in line if isinstance(cell, Figure)
    ]
    if drawn is None or "reasons" in drawn:
        shown += [cell for line in found.kinds.rows for cell in line if isinstance(cell, Figure)]
    notes = [headline.not_shown(shown)]
    possible = sum(int(cell.possible or 0) for cell in cells)
    if drawn is None and row.openings_possible and 0 < possible < row.openings_possible:
        rest = formats.percentage(1 - possible / row.openings_possible)
        notes.append(
            Note(
                f"By stage and deprivation {rest} of the half days are left out: too few pupils stand behind them.",
                "hidden",
            )
        )
    has_headline = drawn is None or "by_week" in drawn
    persistent = rows.total if has_headline or "persistent_absence" in charts else None
    notes += headline.common_notes(row, persistent, asked, has_headline)
    if not asked.reader.is_officer:
        notes.append(Note("Totals that rest on one or two other schools besides yours are not shown to you.", "hidden"))
    return tuple(notes)
