"""School: who its pupils are and how attendance goes, beside its authority, Scotland and schools like it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit import formats, tables
from dashboards.kit.charts import Series, sentences
from dashboards.kit.components import Card, Chart
from dashboards.kit.components import Table as PageTable
from dashboards.kit.formats import NO_SCHOOLS, Figure, figure
from dashboards.kit.labels import labels
from dashboards.kit.page import (
    SECTOR_OF_SCHOOL,
    SEED_CODE,
    Note,
    NotFoundError,
    Page,
    PageRequest,
    Sheet,
)
from dashboards.subjects.attendance.figures import absence, clusters, course, groups, headline, own_school
from dashboards.subjects.attendance.queries import clusters as cluster_queries
from dashboards.subjects.attendance.queries import school as queries
from dashboards.subjects.attendance.queries.national import PERSISTENT, is_of_all_sectors
from dashboards.subjects.core.figures import codes

TOO_SMALL = (
    "This school is too small to show groups of its pupils: one to four pupils would stand behind a figure, or could "
    "be worked out from it. What is shown is the school as a whole."
)
PARTLY = (
    "In most groups of this school one to four pupils would stand behind the figure, or could be worked out from it; "
    "these are not shown."
)
ALONE = (
    "You do not see the figures of each school of the cluster, so it is shown as a whole. Who reads the whole cluster "
    "or the authority sees groups of its pupils as well."
)
FEW = "Fewer than three schools of the cluster have a figure that is shown, so it has none."
FEW_OTHERS = (
    "Fewer than three other schools of this sector in the cluster have a figure that is shown. A figure of the cluster "
    "would tell of one or two of them, so there is none."
)


@dataclass(frozen=True)
class SchoolFigures:
    """What the page shows of one school; a chart is None where nothing is released of it."""

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
    weekly_council = course.weeks([one for one in around if one.week is not None], asked.academic_year)
    also = [Series(f"Authority, {row.sector}", course.on_days(weeks, weekly_council))] if weekly_council.points else []
    found = SchoolFigures(
        name=codes.school_name(row.school_name, row.seed_code),
        facts=_facts(row, cluster),
        headline=tuple(card for card in cards if card is not None),
        roll_by_stage=groups.pupils_chart("roll-stage", "Pupils by stage", "Stage", stages),
        roll_by_deprivation=groups.pupils_chart("roll-deprivation", "Pupils by deprivation of area", "Areas", areas),
        by_week=course.weekly_chart("week", weeks, weeks_before, also, until=row.data_as_at),
        by_month=course.monthly_chart("month", months, months_before, markers=markers),
        by_stage=groups.groups_chart("stage", "Attendance by stage", "Stage", stages, markers),
        by_deprivation=groups.groups_chart(
            "deprivation", "Attendance by deprivation of the area (SIMD 2020v2)", "Areas", areas, markers,
            sentence=_gap(areas), notes=(codes.SIMD_NOTE,),
        ),
        by_sex=groups.groups_chart("sex", "Attendance by sex", "Sex", sexes, markers),
        by_weekday=groups.weekday_chart("weekday", _kind(parts, "weekday")),
        reasons=absence.reasons_chart("reasons", reasons),
        bands=absence.bands_chart("bands", persistent),
        kinds=absence.kinds_table(row, full=False),
        size_reason=TOO_SMALL if is_hidden else PARTLY if is_partly else "",
        cluster=cluster,
        cluster_table=clusters.cluster_table(cluster, row.sector) if cluster and cluster.is_shown else None,
        cluster_reason=_cluster_reason(cluster, asked) if cluster is not None else "",
        notes=(),
    )  # fmt: skip
    return replace(found, notes=tuple(_notes(found, row, persistent, alike, asked)))


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


def _facts(row: Row[Any], cluster: clusters.Cluster | None) -> tuple[tuple[str, str], ...]:
    """What the school is, as pairs of a name and a value."""
    mediums = labels("mediums")
    found = [
        ("Sector", formats.SECTORS[row.sector]),
        ("Pupils on roll", figure(row, "roll", "roll", "count").text if row.roll_year == row.academic_year else ""),
        ("Built for", formats.plural(row.capacity, "pupil") if row.capacity else ""),
        ("Denomination", row.denomination or ""),
        ("Teaches in", mediums.get(row.medium_of_education or "", "")),
        ("Open", f"{row.half_day_openings_per_week} half days a week" if row.half_day_openings_per_week else ""),
        ("Unit for additional support needs", "Yes" if row.integrated_special_unit else ""),
        ("Cluster", cluster.name if cluster else ""),
        ("Closed on", formats.date(row.closed_on) if row.closed_on else ""),
        ("SEED code", row.seed_code),
    ]
    return tuple((name, value) for name, value in found if value)


def _cluster_reason(cluster: clusters.Cluster, asked: PageRequest) -> str:
    """Why the cluster is shown as a whole only, or not at all; empty where nothing is left out."""
    if cluster.is_shown or not cluster.rows:
        return ALONE if cluster.is_by_release else ""
    return FEW if asked.reader.is_officer else FEW_OTHERS


def _notes(
    found: SchoolFigures, row: Row[Any], persistent: Row[Any] | None, alike: headline.Beside, asked: PageRequest
) -> list[Note]:
    shown = [cell for _, chart in found.named for line in chart.table.rows for cell in line]
    shown += [cell for line in found.kinds.rows for cell in line]
    notes = [headline.not_shown([cell for cell in shown if isinstance(cell, Figure)])]
    if row.rule:
        number = formats.plural(row.schools_counted or 0, "school")
        which = (
            f"The median of the rates of {number}"
            if alike.figure.is_shown
            else ("Fewer than three of them have a rate that is shown, so there is no figure")
        )
        notes.append(
            Note(f"Schools like it: {row.rule[:1].lower()}{row.rule[1:]}. {which}. It is not a ranking.", "comparison")
        )
    if found.cluster is not None and found.cluster.is_invented:
        notes.append(
            Note(
                "The cluster is made up: the nearest secondary school, until the authority brings its own list.",
                "method",
            )
        )
    notes.append(
        Note("Pupils by stage and area: those with at least one possible half day in the year so far.", "method")
    )
    notes.append(
        Note(
            "Absence by authorised or not, lateness and reasons change only at the end of a month, where at least five "
            "pupils stand behind each part and behind its change.",
            "held",
        )
    )
    return notes + headline.common_notes(row, persistent, asked)


def sheets(found: SchoolFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The table of each chart, half days attended and missed, and the cluster's figures where they are shown."""
    made = [chart.table.as_sheet(name) for name, chart in found.named]
    made.append(found.kinds.as_sheet("half_days"))
    if found.cluster_table is not None:
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
    heading=lambda found, asked: str(found.name),
    parent="schools",
    parameters=(SEED_CODE, SECTOR_OF_SCHOOL),
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
