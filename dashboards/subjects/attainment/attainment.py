"""Attainment: levels of the curriculum in all schools of a council, in parts of which each has its own address."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from sqlalchemy import Connection

from dashboards.kit.components import Card, Chart, Link, Multiples, Table
from dashboards.kit.labels import labels
from dashboards.kit.page import Note, Page, PageRequest, Parameter, Sheet
from dashboards.subjects.attainment.figures import (
    distribution,
    gap,
    organisers,
    overview,
    predictions,
    progress,
    pupil_groups,
    schools,
    trend,
    words,
)
from dashboards.subjects.attainment.figures.council import Council, council_of
from dashboards.subjects.attainment.queries import returned
from dashboards.subjects.core.figures.attained import MEASURES

PARTS = labels("parts_of_attainment")
OVERVIEW, OF_SCHOOLS = "", "schools"
TRENDS = {"trend": ("P1P4P7",), "trend_s3": ("S3", "S3_fourth")}  # stages by part
PART = Parameter(
    "part", "Part of the page; the overview where it is left out", choices=tuple(filter(None, PARTS)),
    examples=("organisers",),
)  # fmt: skip
ORDER = Parameter(
    "order", "Order of the schools; by name where it is left out", choices=tuple(schools.ORDERS), default="name"
)


@dataclass(frozen=True)
class AttainmentFigures:
    """One part of the page: what there is of cards, charts and tables in it, and its words."""

    part: str
    parts: tuple[tuple[str, str], ...]
    own: Link | None
    says: tuple[str, ...]
    notes: Sequence[Note]
    cards: tuple[Card, ...] = ()
    charts: tuple[Chart, ...] = ()
    multiples: Multiples | None = None
    folded: tuple[tuple[str, Table], ...] = ()
    listed: Table | None = None
    to_share: Table | None = None
    not_released: tuple[str, ...] = ()
    orders: tuple[tuple[str, str], ...] = field(default=tuple(schools.ORDERS.items()))


def figures(connection: Connection, asked: PageRequest) -> AttainmentFigures:
    """The part asked for. A council without a return, or without attainment at all, gets words and no figures.

    Who reads single schools alone gets these, and is told why nothing of the whole authority stands beside them.
    """
    found = council_of(connection, asked)
    own = _own(asked)
    if not found.stages:
        made = _schools(connection, found)
        if made.listed is None or not made.listed.rows:
            return AttainmentFigures(OVERVIEW, (), own, (words.NOTHING,), ())
        alone = ((OF_SCHOOLS, PARTS[OF_SCHOOLS]),)
        return replace(made, part=OF_SCHOOLS, parts=alone, own=own, says=(words.SINGLE_SCHOOLS,))
    part = asked.value("part")
    made = ASKED_APART[part](connection, found) if part in ASKED_APART else _drawn(found, part)
    says = tuple(said for said in (words.state_of(found), *made.says) if said)
    return replace(made, part=part, parts=tuple(PARTS.items()), own=own, says=says)


def _drawn(found: Council, part: str) -> AttainmentFigures:
    """A part that is made of the council's figures alone."""
    if part == "organisers":
        gaelic = organisers.gaelic_table(found.year, found.stages, found.at)
        return _part(
            notes=(words.JUDGEMENT, words.COHORT, words.NOT_COMPARED), multiples=organisers.organisers(found),
            folded=(("gaelic", gaelic),) if gaelic else (),
        )  # fmt: skip
    if part == "levels":
        charts = tuple(chart for one in distribution.SPREAD if (chart := distribution.levels_chart(found, one)))
        said = () if charts else (distribution.NONE_HERE,)
        return _part(said, (words.JUDGEMENT, distribution.MILESTONES, distribution.NOT_ACROSS), charts=charts)
    if part == "gap":
        charts = tuple(chart for one in MEASURES if (chart := gap.gap_chart(found, one)))
        instead = "" if charts else gap.gap_sentence(found, "literacy")
        return _part((instead,), (words.JUDGEMENT, words.of_areas(found)), charts=charts)
    if part == "predictions":
        charts = tuple(chart for one in MEASURES if (chart := predictions.predictions_chart(found, one)))
        said = () if charts else (predictions.NONE_HERE,)
        return _part(said, (predictions.LAST_PREDICTION, predictions.NOT_OF_PUPILS, words.JUDGEMENT), charts=charts)
    if part in TRENDS:
        asked_for = product(TRENDS[part], MEASURES)
        charts = tuple(chart for stage, one in asked_for if (chart := trend.trend_chart(found, stage, one)))
        folded = (("gap_by_year", gap.gap_over_years(found)),) if part == "trend" else ()
        return _part(
            trend.words_of(TRENDS[part][0]), (words.JUDGEMENT, words.NOT_COMPARED), charts=charts, folded=folded
        )
    notes = (words.JUDGEMENT, words.COHORT, words.of_areas(found), words.NOT_COMPARED)
    if part == "for_whom":
        charts = tuple(chart for one in MEASURES if (chart := overview.for_whom(found, one)))
        return _part((words.composition(found),), notes, charts=charts)
    says = (overview.whom_said(found), words.composition(found), overview.without_aim(found))
    return _part(
        says, notes, cards=overview.cards(found), folded=(("levels", overview.levels_table(found)),),
        not_released=words.NOT_RELEASED,
    )  # fmt: skip


def _progress(connection: Connection, found: Council) -> AttainmentFigures:
    chart = progress.progress_chart(connection.execute(returned.progress(found.asked)).one_or_none())
    said = () if chart else (progress.none_here(found.year),)
    notes = (progress.SAME_PUPILS, words.JUDGEMENT, progress.NOT_COMPARED)
    return _part(said, notes, charts=(chart,) if chart else ())


def _by_attendance(connection: Connection, found: Council) -> AttainmentFigures:
    rows = pupil_groups.rows_of(connection.execute(returned.groups(found.asked)).all())
    charts = pupil_groups.charts_by_attendance(rows, found.year)
    said = () if charts else (pupil_groups.NONE_HERE,)
    return _part(said, (pupil_groups.NOT_THE_REASON, words.JUDGEMENT, pupil_groups.NOT_OF_COUNCILS), charts=charts)


def _looked_after(connection: Connection, found: Council) -> AttainmentFigures:
    rows = pupil_groups.rows_of(connection.execute(returned.groups(found.asked)).all())
    chart = pupil_groups.looked_after(rows, found.year)
    said = () if chart else (pupil_groups.TOO_FEW if rows else pupil_groups.NONE_HERE,)
    notes = (pupil_groups.FROM_SCHOOLS, words.JUDGEMENT, pupil_groups.NOT_OF_YEARS)
    return _part(said, notes, charts=(chart,) if chart else ())


def _schools(connection: Connection, found: Council) -> AttainmentFigures:
    lines = schools.lines_of(connection, found.asked)
    return _part(
        notes=(words.SMALL, words.JUDGEMENT, *((words.of_areas(found),) if found.edition else ()), words.NOT_COMPARED),
        listed=schools.schools_table(lines, found.asked),
        to_share=schools.schools_to_share(lines, found.asked),
    )


ASKED_APART = {
    OF_SCHOOLS: _schools,
    "progress": _progress,
    "pupil_groups": _by_attendance,
    "looked_after": _looked_after,
}
"""Parts with rows of their own."""


def _part(says: tuple[str, ...] = (), notes: Sequence[Note] = (), **more: Any) -> AttainmentFigures:
    return AttainmentFigures(OVERVIEW, (), None, says, notes, **more)


def _own(asked: PageRequest) -> Link | None:
    """To the own school of a reader who has one."""
    if asked.reader.only_school is None:
        return None
    seed_code, sector = asked.reader.only_school
    return Link("Your school", "school_attainment", {"seed_code": seed_code, "sector": sector})


def sheets(found: AttainmentFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The tables of the part that is shown; schools as they may leave the council."""
    made = [chart.as_sheet(name) for name, chart in zip(_names(found), found.charts, strict=True)]
    if found.multiples is not None:
        made.append(found.multiples.table.as_sheet("organisers"))
    made += [table.as_sheet(name) for name, table in found.folded]
    if found.to_share is not None:
        made.append(found.to_share.as_sheet("schools"))
    return tuple(made)


def _names(found: AttainmentFigures) -> list[str]:
    """Names of the charts of a part as files: ``trend_1`` and so on."""
    return [f"{found.part or 'overview'}_{number}" for number, _ in enumerate(found.charts, 1)]


def heading(found: AttainmentFigures, asked: PageRequest) -> str:
    """Title with the part: ``Attainment: the gap``."""
    text = PARTS[found.part]
    return f"Attainment: {text[:1].lower()}{text[1:]}" if found.part else "Attainment"


PAGE = Page(
    name="attainment",
    path="/attainment",
    title="Attainment",
    description="Levels of the curriculum achieved in all schools of the authority, beside Scotland, and schools.",
    template="pages/attainment.html",
    figures=figures,
    sheets=sheets,
    heading=heading,
    parameters=(PART, ORDER),
    years_of=returned.years_of,
    reads=(
        "schools",
        "clusters",
        "roll_by_school",
        "roll_by_school_deprivation",
        "attainment_by_school",
        "attainment_by_school_stage",
        "attainment_by_sector",
        "attainment_by_sector_stage",
        "attainment_by_sector_deprivation",
        "attainment_by_sector_stage_deprivation",
        "attainment_by_sector_group",
        "progress_by_sector",
        "published_levels",
        "stretch_aims",
    ),
)
