"""Literacy and numeracy of groups of pupils: by attendance in the year of the return, and of looked after children."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import Category, Series, bars
from dashboards.kit.components import Cell, Chart, Column, Table
from dashboards.kit.formats import figure
from dashboards.kit.labels import labels
from dashboards.kit.page import Note
from dashboards.subjects.attainment.figures.council import stage_name
from dashboards.subjects.core.figures.attained import MEASURES, NOBODY, OF_SECTOR, ORGANISERS, Attained

BANDS = labels("attendance_bands")
LOOKED_AFTER = labels("looked_after_groups")
NONE_HERE = (
    "Groups of pupils are not shown for this year: no attendance of it has come, or few pupils stand behind them."
)
TOO_FEW = "Looked after children are too few here to be shown beside others."
NOT_THE_REASON = Note(
    "Pupils with a judgement in both literacy and numeracy, by attendance of the whole year; 90 percent is persistent "
    "absence and lies in the band below. This does not show that absence is the reason: pupils with low attendance "
    "differ in much else.",
    "method",
)
FROM_SCHOOLS = Note(
    "Looked after children are those whom records of schools call so at the census, at home or away from it. These "
    "records are known to be incomplete; the figures of social work are the reference.",
    "method",
)
NOT_OF_COUNCILS = Note("May not be compared: bands of two councils, whose pupils differ.", "comparison")
NOT_OF_YEARS = Note(
    "May not be compared: one year's looked after children with another's, few as they are.", "comparison"
)
Rows = Mapping[tuple[str, str, str], Row[Any]]
"""By sector, breakdown and group."""


def rows_of(found: Sequence[Row[Any]]) -> Rows:
    """Released rows of a year as they are looked up."""
    return {(str(row.sector), str(row.breakdown), str(row.pupil_group)): row for row in found}


def _of(rows: Rows, sector: str, breakdown: str, group: str, measure: str) -> Attained:
    row = rows.get((sector, breakdown, group))
    if row is None:
        return NOBODY
    achieved = f"achieved_in_{measure}"
    return Attained(
        figure(row, "cohort", "cohort", "count"),
        figure(row, achieved, achieved, "count"),
        figure(row, f"share_in_{measure}", achieved),
    )


def charts_by_attendance(rows: Rows, year: str) -> tuple[Chart, ...]:
    """Each measure by attendance; without those that show nothing."""
    made = [_by_attendance(rows, measure, year) for measure in MEASURES]
    return tuple(chart for chart in made if chart is not None)


def _by_attendance(rows: Rows, measure: str, year: str) -> Chart | None:
    cohorts = {
        sector: [_of(rows, sector, "attendance", band, measure) for band in BANDS if band != "unknown"]
        for sector in OF_SECTOR
    }
    if not any(one.share.is_shown for every in cohorts.values() for one in every):
        return None
    title = f"{ORGANISERS[measure]} by attendance, {year}"
    bands = [name for band, name in BANDS.items() if band != "unknown"]
    lines: list[Sequence[Cell]] = [
        (f"{stage_name(OF_SECTOR[sector])}: {name}", one.cell, one.cohort)
        for sector, every in cohorts.items()
        for name, one in zip(bands, every, strict=True)
    ]
    lines += [
        (f"{stage_name(stage)}: {BANDS['unknown']}", one.cell, one.cohort)
        for sector, stage in OF_SECTOR.items()
        for one in [_of(rows, sector, "attendance", "unknown", measure)]
    ]
    return Chart(
        title=title,
        sentence=sentence_of(cohorts["primary"], measure),
        svg=bars(
            f"attendance-{measure}", title, [Category(name) for name in bands],
            [Series(stage_name(OF_SECTOR[sector]), tuple(one.share for one in every))
             for sector, every in cohorts.items()],
        ),
        table=Table(
            caption=f"{title}, as a table",
            columns=(Column("Attendance"), Column("Achieved", numeric=True), Column("Pupils", numeric=True)),
            rows=lines,
        ),
    )  # fmt: skip


def sentence_of(every: Sequence[Attained], measure: str) -> str:
    """The highest and the lowest band of the primaries that are shown."""
    names = [name for band, name in BANDS.items() if band != "unknown"]
    shown = [(name, one) for name, one in zip(names, every, strict=True) if one.share.is_shown]
    if len(shown) < 2:
        return f"{ORGANISERS[measure]} by attendance is not shown for two bands of P1, P4 and P7."
    said = [f"{one.of_cohort} pupils who attended {_in_sentence(name)}" for name, one in (shown[0], shown[-1])]
    return f"In P1, P4 and P7 {ORGANISERS[measure].lower()} was achieved by {formats.listed(said)}."


def _in_sentence(band: str) -> str:
    return band[:1].lower() + band[1:]


def looked_after(rows: Rows, year: str) -> Chart | None:
    """Looked after children beside other pupils, in each measure and sector; None where none of it is shown."""
    places = [(sector, measure) for sector in OF_SECTOR for measure in MEASURES]
    groups = {
        group: [_of(rows, sector, "looked_after", group, measure) for sector, measure in places]
        for group in LOOKED_AFTER
    }
    if not any(one.share.is_shown for one in groups["looked_after"]):
        return None
    title = f"Looked after children and other pupils, {year}"
    names = [f"{ORGANISERS[measure]}, {stage_name(OF_SECTOR[sector])}" for sector, measure in places]
    columns = [Column("Measure and stage")]
    for name in LOOKED_AFTER.values():
        columns += [Column(name, numeric=True), Column("Pupils", numeric=True)]
    return Chart(
        title=title,
        sentence=looked_after_sentence(groups, names),
        svg=bars(
            "looked-after", title, [Category(name) for name in names],
            [Series(LOOKED_AFTER[group], tuple(one.share for one in every))
             for group, every in groups.items() if group != "unknown"],
        ),
        table=Table(
            caption=f"{title}, as a table",
            columns=tuple(columns),
            rows=[
                (name, *(cell for every in groups.values() for cell in (every[at].cell, every[at].cohort)))
                for at, name in enumerate(names)
            ],
        ),
    )  # fmt: skip


def looked_after_sentence(groups: Mapping[str, Sequence[Attained]], names: Sequence[str]) -> str:
    """Each measure and stage in which looked after children are shown, beside the others."""
    said = [
        f"{one.of_cohort} looked after children and {other.share.text} of other pupils achieved {_in_sentence(name)}"
        for name, one, other in zip(names, groups["looked_after"], groups["others"], strict=True)
        if one.share.is_shown and other.share.is_shown
    ]
    return f"{formats.listed(said)}." if said else "Looked after children are too few to show beside others."
