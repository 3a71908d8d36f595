"""School: who its pupils are and how attendance goes, beside its authority, Scotland and schools like it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, Row

from dashboards.kit import formats, tables
from dashboards.kit.charts import Series, sentences
from dashboards.kit.components import Card, Chart
from dashboards.kit.components import Table as PageTable
from dashboards.kit.formats import NO_SCHOOLS, Figure, figure
from dashboards.kit.labels import labels, with_part
from dashboards.kit.page import (
    SECTOR_OF_SCHOOL,
    SEED_CODE,
    Note,
    NotFoundError,
    Page,
    PageRequest,
    Parameter,
    Sheet,
)
from dashboards.subjects.attendance.figures import absence, clusters, course, groups, headline, own_school, school_words
from dashboards.subjects.attendance.figures.year_before import NOTHING_BEFORE, YearBefore, window, year_before
from dashboards.subjects.attendance.queries import clusters as cluster_queries
from dashboards.subjects.attendance.queries import school as queries
from dashboards.subjects.attendance.queries.national import PERSISTENT, is_of_all_sectors
from dashboards.subjects.core.figures import codes

PARTS = labels("parts_of_school")
FOR_WHOM, WHEN, REASONS, ABSENCE, PROFILE = "for_whom", "when", "reasons", "absence", "profile"
IN_PART = {
    "": ("by_week",),
    FOR_WHOM: ("by_stage", "by_deprivation", "by_sex"),
    WHEN: ("by_month", "by_weekday"),
    REASONS: ("reasons",),
    ABSENCE: ("persistent_absence",),
    PROFILE: ("roll_by_stage", "roll_by_deprivation"),
}
"""Charts of each part by the names of their downloads."""
PART = Parameter(
    "part", "Part of the page; the overview where it is left out", choices=tuple(filter(None, PARTS)),
    examples=(FOR_WHOM,),
)  # fmt: skip


@dataclass(frozen=True)
class SchoolFigures:
    """What a part of the page shows of one school; a chart is None where nothing is released of it."""

    part: str
    parts: tuple[tuple[str, str], ...]
    name: str
    facts: tuple[tuple[str, str], ...]
    headline: tuple[Card, ...]
    roll_by_stage: Chart | None
    roll_by_deprivation: Chart | None
    by_week: Chart | None
    by_month: Chart | None
    by_stage: Chart | None
    by_deprivation: Chart | None
    by_sex: Chart | None
    by_weekday: Chart | None
    reasons: Chart | None
    bands: Chart | None
    kinds: PageTable
    size_reason: str
    cluster: clusters.Cluster | None
    cluster_table: PageTable | None
    cluster_reason: str
    notes: Sequence[Note]

    @property
    def named(self) -> tuple[tuple[str, Chart], ...]:
        """The charts that there are, by the names of their downloads."""
        found = (
            ("roll_by_stage", self.roll_by_stage), ("roll_by_deprivation", self.roll_by_deprivation),
            ("by_week", self.by_week), ("by_month", self.by_month), ("by_stage", self.by_stage),
            ("by_deprivation", self.by_deprivation), ("by_sex", self.by_sex), ("by_weekday", self.by_weekday),
            ("reasons", self.reasons), ("persistent_absence", self.bands),
        )  # fmt: skip
        return tuple((name, chart) for name, chart in found if chart is not None)

    @property
    def drawn(self) -> tuple[tuple[str, Chart], ...]:
        """The charts of the part, by the names of their downloads."""
        level: Literal[2, 3] = 2 if self.part else 3  # the cards of the overview have the headings above its charts
        return tuple((name, replace(chart, level=level)) for name, chart in self.named if name in IN_PART[self.part])


def figures(connection: Connection, asked: PageRequest) -> SchoolFigures:
    """Figures of the school. Raises NotFoundError where there is none in that year that the reader may see."""
    row = connection.execute(queries.school(asked)).first()
    if row is None:
        raise NotFoundError(f"school {asked.school}")
    weekly = connection.execute(queries.in_time(tables.attendance_by_school_week, asked)).all()
    monthly = connection.execute(queries.in_time(tables.attendance_by_school_month, asked)).all()
    parts = connection.execute(queries.breakdowns(asked)).all()
    reasons = connection.execute(queries.of_year(tables.absence_reasons_by_school, asked)).all()
    persistent = connection.execute(queries.of_year(tables.persistent_absence_by_school, asked)).first()
    around = connection.execute(queries.authority(asked)).all()
    cluster = clusters.Cluster(row.cluster_name, row.is_invented) if row.cluster_name else None
    before = asked.previous_year or ""
    weeks, weeks_before = course.weeks(weekly, asked.academic_year), course.weeks(weekly, before)
    months, months_before = course.months(monthly, asked.academic_year), course.months(monthly, before)
    nation = headline.nation(row)
    council = _council(around, row.sector)
    alike = _alike(row)
    stages = groups.released(_kind(parts, "stage"), {stage: codes.stage_name(stage) for stage in codes.STAGES})
    areas = groups.released(_kind(parts, "deprivation"), codes.DEPRIVATION_GROUPS)
    sexes = groups.released(_kind(parts, "sex"), codes.SEXES)
    is_hidden = all(groups.all_hidden(found) for found in (stages, areas, sexes) if found)
    is_partly = groups.mostly_hidden(stages) or groups.mostly_hidden(areas)
    if cluster is not None and (is_hidden or is_partly):
        seen = cluster_queries.with_figures(connection, cluster, asked, row.sector)
        cluster = clusters.whole(seen, row.cluster_rate, row.cluster_schools)
    over_until = headline.over_until(row, asked)
    cards = (
        headline.year_card(row, asked, (council, nation, alike)),
        headline.week_card(weeks, weeks_before, over_until),
        headline.month_card(months, months_before, weeks, weeks_before, over_until),
        headline.persistent_card(persistent, is_of_all_sectors(connection, PERSISTENT, persistent, row.sector)),
    )
    markers = headline.marker(council)
    then = _year_before(connection, row, asked)
    weekly_council = course.weeks([one for one in around if one.week is not None], asked.academic_year)
    also = [Series(f"Authority, {row.sector}", course.on_days(weeks, weekly_council))] if weekly_council.points else []
    found = SchoolFigures(
        part=asked.value("part"),
        parts=tuple(PARTS.items()),
        name=codes.school_name(row.school_name, row.seed_code),
        facts=school_words.facts(row, cluster),
        headline=tuple(card for card in cards if card is not None),
        roll_by_stage=groups.pupils_chart("roll-stage", "Pupils by stage", "Stage", stages),
        roll_by_deprivation=groups.pupils_chart("roll-deprivation", "Pupils by deprivation of area", "Areas", areas),
        by_week=course.weekly_chart("week", weeks, weeks_before, also, until=row.data_as_at),
        by_month=course.monthly_chart("month", months, months_before, markers=markers),
        by_stage=groups.groups_chart("stage", "Attendance by stage", "Stage", stages, markers, before=then),
        by_deprivation=groups.groups_chart(
            "deprivation", "Attendance by deprivation of the area (SIMD 2020v2)", "Areas", areas, markers,
            sentence=_gap(areas), notes=(codes.SIMD_NOTE,), before=then,
        ),
        by_sex=groups.groups_chart("sex", "Attendance by sex", "Sex", sexes, markers, before=then),
        by_weekday=groups.weekday_chart("weekday", _kind(parts, "weekday")),
        reasons=absence.reasons_chart("reasons", reasons),
        bands=absence.bands_chart("bands", persistent),
        kinds=absence.kinds_table(row, full=False),
        size_reason=school_words.TOO_SMALL if is_hidden else school_words.PARTLY if is_partly else "",
        cluster=cluster,
        cluster_table=clusters.cluster_table(cluster, row.sector) if cluster and cluster.is_shown else None,
        cluster_reason=school_words.cluster_reason(cluster, asked) if cluster is not None else "",
        notes=(),
    )  # fmt: skip
    return replace(found, notes=tuple(_notes(found, row, persistent, alike, then, asked)))


def _year_before(connection: Connection, row: Row[Any], asked: PageRequest) -> YearBefore:
    """Groups at the same time of last year, asked for the part that shows them alone."""
    days = window(row.data_as_at)
    if asked.value("part") != FOR_WHOM or days is None or asked.previous_year is None:
        return NOTHING_BEFORE
    return year_before(connection.execute(queries.groups_of_before(asked, *days)).all(), asked.previous_year)


def _kind(parts: Sequence[Row[Any]], kind: str) -> list[Row[Any]]:
    return [row for row in parts if row.kind == kind]


def _council(around: Sequence[Row[Any]], sector: str) -> headline.Beside:
    """The authority's schools of the sector; not shown where they are too few for this reader."""
    year = next((row for row in around if row.week is None), None)
    rate = figure(year, "attendance_rate") if year is not None else Figure(None, "[x]", why=NO_SCHOOLS)
    return headline.Beside(f"the authority's {sector} schools", rate, f"Authority, {sector}")


def _alike(row: Row[Any]) -> headline.Beside:
    rate = figure({"rate": row.alike_rate, "alike_symbol": row.alike_symbol}, "rate", "alike", why=NO_SCHOOLS)
    return headline.Beside("schools like it", rate)


def _gap(areas: Sequence[groups.Group]) -> str:
    """The gap between the most deprived fifth of areas and all others but the second fifth; empty if one is hidden."""
    rates = {group.value: group.rate for group in areas if group.rate.is_shown}
    most, rest = rates.get("most_deprived_fifth"), rates.get("rest")
    if most is None or rest is None:
        return ""
    said = sentences.gap(
        "Attendance", rest, "areas outside the two most deprived fifths", most, "the most deprived fifth"
    )
    return f"{groups.each(areas)} {said}"


def _notes(
    found: SchoolFigures, row: Row[Any], persistent: Row[Any] | None, alike: headline.Beside, then: YearBefore,
    asked: PageRequest,
) -> list[Note]:  # fmt: skip
    shown = [cell for _, chart in found.drawn for line in chart.table.rows for cell in line]
    shown += [cell for line in found.kinds.rows for cell in line] if found.part == REASONS else []
    notes = [headline.not_shown([cell for cell in shown if isinstance(cell, Figure)])]
    if row.rule and not found.part:
        number = formats.plural(row.schools_counted or 0, "school")
        which = (
            f"The median of the rates of {number}"
            if alike.figure.is_shown
            else ("Fewer than three of them have a rate that is shown, so there is no figure")
        )
        notes.append(
            Note(f"Schools like it: {row.rule[:1].lower()}{row.rule[1:]}. {which}. It is not a ranking.", "comparison")
        )
    if found.cluster is not None and found.cluster.is_invented and found.part in (FOR_WHOM, PROFILE):
        notes.append(
            Note(
                "The cluster is made up: the nearest secondary school, until the authority brings its own list.",
                "method",
            )
        )
    if found.part == FOR_WHOM:
        notes.append(then.note)
    if found.part == PROFILE:
        notes.append(Note(school_words.COUNTED, "method"))
    if found.part == REASONS:
        notes.append(
            Note(
                "Absence by authorised or not, lateness and reasons change only at the end of a month, where at least "
                "five pupils stand behind each part and behind its change.",
                "held",
            )
        )
    of_part = persistent if found.part in ("", ABSENCE) else None
    return notes + headline.common_notes(row, of_part, asked, is_beside_scotland=not found.part)


def sheets(found: SchoolFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The table of each chart of the part, half days attended and missed, and the cluster's figures where shown."""
    made = [chart.table.as_sheet(name) for name, chart in found.drawn]
    if found.part == REASONS:
        made.append(found.kinds.as_sheet("half_days"))
    if found.cluster_table is not None and found.part == FOR_WHOM:
        made.append(found.cluster_table.as_sheet("cluster"))
    return tuple(made)


PAGE = Page(
    name="school",
    path="/schools/{seed_code}/{sector}",
    title="School",
    description="One school: its pupils, and attendance beside authority, Scotland and schools like it.",
    template="pages/school.html",
    figures=figures,
    sheets=sheets,
    heading=lambda found, asked: with_part(found.name, PARTS, found.part),
    parent="schools",
    parameters=(SEED_CODE, SECTOR_OF_SCHOOL, PART),
    in_navigation=False,
    own=own_school.OWN,
    reads=(
        "schools",
        "attendance_by_school_year",
        "attendance_by_school_week",
        "attendance_by_school_month",
        "attendance_by_school_stage",
        "attendance_by_school_deprivation",
        "attendance_by_school_sex",
        "attendance_by_school_weekday",
        "absence_reasons_by_school",
        "persistent_absence_by_school",
        "attendance_by_authority_year",
        "attendance_by_authority_week",
        "similar_schools",
        "attendance_by_cluster",
        "clusters",
        "national_statistics",
    ),
)
