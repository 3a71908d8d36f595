"""Senior phase: awards and destinations of leavers and results by stage, in parts of which each has its own address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from dashboards.kit.components import Card, Chart, Link, Table
from dashboards.kit.labels import labels
from dashboards.kit.page import Note, Page, PageRequest, Parameter, Sheet
from dashboards.subjects.senior_phase.figures import (
    breadth,
    courses,
    destinations,
    gap,
    levels,
    results,
    schools,
    words,
)
from dashboards.subjects.senior_phase.figures.council import Council, council_of
from dashboards.subjects.senior_phase.figures.measures import EDITIONS, SETS
from dashboards.subjects.senior_phase.queries import released
from dashboards.subjects.senior_phase.queries.released import READS, years_of

PARTS = labels("parts_of_senior_phase")
OVERVIEW, OF_SCHOOLS = "", "schools"
PART = Parameter(
    "part", "Part of the page; the overview where it is left out", choices=tuple(filter(None, PARTS)),
    examples=("levels",),
)  # fmt: skip


@dataclass(frozen=True)
class SeniorPhaseFigures:
    """One part of the page: what there is of cards, charts and tables in it, and its words.

    ``listed`` are tables of schools for the screen, ``to_share`` the same as they may leave the council.
    """

    part: str
    parts: tuple[tuple[str, str], ...]
    own: Link | None
    says: tuple[str, ...]
    notes: Sequence[Note]
    cards: tuple[Card, ...] = ()
    charts: tuple[Chart, ...] = ()
    folded: tuple[tuple[str, Table], ...] = ()
    listed: tuple[Table, ...] = ()
    to_share: tuple[Table, ...] = ()
    not_released: tuple[str, ...] = ()


def figures(connection: Connection, asked: PageRequest) -> SeniorPhaseFigures:
    """The part asked for. A council of which nothing is released gets words and no figures.

    Who reads single schools alone gets these, and is told why nothing of the whole authority stands beside them.
    """
    found = council_of(connection, asked)
    own = _own(asked)
    if found.is_empty:
        lines = schools.lines_of(connection, asked)
        if not lines:
            return SeniorPhaseFigures(OVERVIEW, (), own, (words.NOTHING,), ())
        alone = ((OF_SCHOOLS, PARTS[OF_SCHOOLS]),)
        made = _schools(lines, asked)
        return replace(made, part=OF_SCHOOLS, parts=alone, own=own, says=(words.SINGLE_SCHOOLS,))
    part = asked.value("part")
    if part == OF_SCHOOLS:
        made = _schools(schools.lines_of(connection, asked), asked)
    else:
        made = _courses(connection, asked) if part == "courses" else _drawn(found, part)
    state = words.state_of_results(found) if part == "results" else "" if part == "courses" else words.state_of(found)
    says = tuple(said for said in (state, *made.says) if said)
    return replace(made, part=part, parts=tuple(PARTS.items()), own=own, says=says)


def _drawn(found: Council, part: str) -> SeniorPhaseFigures:
    """A part that is made of the council's figures alone."""
    if part == "levels":
        return _part(notes=(words.TWO_MEASURES, words.GRADING), charts=levels.trend_charts(found))
    if part == "breadth":
        drawn = breadth.breadth_chart(found, "council")
        return _part(
            () if drawn else (breadth.NONE_HERE,), (breadth.METHOD, words.INCOMPLETE, words.GRADING),
            charts=(drawn,) if drawn else (),
        )  # fmt: skip
    if part == "destinations":
        made = [chart for edition in EDITIONS for chart in _of_edition(found, edition) if chart]
        missing = tuple(
            f"Destinations {EDITIONS[edition]} have not come." for edition in EDITIONS
            if found.went(edition).cohort.value == 0
        )  # fmt: skip
        return _part(missing, (words.EDITIONS,), charts=tuple(made))
    if part == "results":
        charts = tuple(chart for one in SETS if (chart := results.results_chart(found, one)))
        return _part(notes=(words.ROLL, words.LATEST_AND_BEST, words.TWO_MEASURES, words.GRADING), charts=charts)
    if part == "gap":
        charts = tuple(chart for one in SETS if (chart := gap.awards_chart(found, one)))
        last = gap.destinations_chart(found)
        said = last.sentence if last else gap.NO_DESTINATIONS if charts else gap.why_not(found)
        folded = (("gap_destinations", last.table),) if last else ()
        return _part((said,), (words.of_areas(found), words.TWO_MEASURES), charts=charts, folded=folded)
    return _part(
        notes=(words.TWO_MEASURES, words.LATEST_AND_BEST, words.EDITIONS),
        cards=levels.cards(found),
        folded=tuple((f"levels_{one}", levels.levels_table(found, one)) for one in SETS),
        not_released=words.NOT_RELEASED,
    )


def _courses(connection: Connection, asked: PageRequest) -> SeniorPhaseFigures:
    rows = {
        (str(row.qualification), str(row.subject_group)): row for row in connection.execute(released.courses(asked))
    }
    drawn = (courses.courses_chart(rows, one, asked.academic_year) for one in courses.QUALIFICATIONS)
    charts = tuple(chart for chart in drawn if chart is not None)
    said = () if charts else (courses.NONE_HERE,)
    said = (courses.state_of(rows, asked.academic_year), *said)
    return _part(said, (courses.COUNTED, courses.NOT_ACROSS, words.GRADING), charts=charts)


def _of_edition(found: Council, edition: str) -> tuple[Chart | None, ...]:
    return destinations.kinds_chart(found, edition), destinations.trend_chart(found, edition)


def _schools(lines: Sequence[schools.SchoolLine], asked: PageRequest) -> SeniorPhaseFigures:
    return _part(
        notes=(words.BY_NAME, words.TWO_MEASURES, words.LATEST_AND_BEST, words.EDITIONS),
        listed=(
            *(schools.schools_table(lines, asked, one) for one in SETS), schools.destinations_table(lines, asked),
        ),
        to_share=tuple(schools.schools_table(lines, asked, one, on_paper=True) for one in SETS),
    )  # fmt: skip


def _part(says: tuple[str, ...] = (), notes: Sequence[Note] = (), **more: Any) -> SeniorPhaseFigures:
    return SeniorPhaseFigures(OVERVIEW, (), None, says, notes, **more)


def _own(asked: PageRequest) -> Link | None:
    """To the own school of a reader who has a secondary."""
    if asked.reader.only_school is None or asked.reader.only_school[1] != "secondary":
        return None
    seed_code, sector = asked.reader.only_school
    return Link("Your school", "school_senior_phase", {"seed_code": seed_code, "sector": sector})


def sheets(found: SeniorPhaseFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The tables of the part that is shown; schools as they may leave the council."""
    made = [chart.as_sheet(f"{found.part}_{number}") for number, chart in enumerate(found.charts, 1)]
    made += [table.as_sheet(name) for name, table in found.folded]
    made += [table.as_sheet(f"schools_{one}") for one, table in zip(SETS, found.to_share, strict=False)]
    return tuple(made)


def heading(found: SeniorPhaseFigures, asked: PageRequest) -> str:
    """Title with the part: ``Senior phase: the gap``."""
    text = PARTS[found.part]
    return f"Senior phase: {text[:1].lower()}{text[1:]}" if found.part else "Senior phase"


PAGE = Page(
    name="senior_phase",
    path="/senior-phase",
    title="Senior phase",
    description="Awards and destinations of leavers, results by the end of S4, S5 and S6, and schools.",
    template="pages/senior_phase.html",
    figures=figures,
    sheets=sheets,
    heading=heading,
    parameters=(PART,),
    years_of=years_of,
    reads=READS,
)
