"""Senior phase of one school: leavers' awards and destinations, results by stage, courses; on paper official bands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from dashboards.kit import formats
from dashboards.kit.components import Card, Chart, Table
from dashboards.kit.page import SECTOR_OF_SCHOOL, SEED_CODE, Note, NotFoundError, Page, PageRequest, Sheet
from dashboards.subjects.core.figures.codes import school_name
from dashboards.subjects.senior_phase.figures import breadth, comparisons, courses, one_school, own_school, words
from dashboards.subjects.senior_phase.figures.measures import SETS
from dashboards.subjects.senior_phase.queries import released
from dashboards.subjects.senior_phase.queries.released import READS, years_of

NO_LEAVERS = "No leavers and no results of this school have been released."
NOT_SECONDARY = "This school has no senior phase: pupils are in S4 to S6 in a secondary school."
NO_GROUPS = (
    "The gap between areas is shown for the authority and not for one school, where too few leavers stand behind its "
    "ends. Awards of a single pupil stand in SEEMiS alone."
)


@dataclass(frozen=True)
class SchoolSeniorPhase:
    """What the page shows of a school: exact on the screen, ``to_share`` for what is printed and downloaded."""

    name: str
    says: tuple[str, ...]
    notes: Sequence[Note]
    cards: tuple[Card, ...] = ()
    chart: Chart | None = None
    compared: tuple[Table, ...] = ()
    folded: tuple[Table, ...] = ()
    to_share: tuple[Table, ...] = ()


def figures(connection: Connection, asked: PageRequest) -> SchoolSeniorPhase:
    """Figures of the school. Raises NotFoundError where it is not among what the reader may see."""
    row = connection.execute(released.profile(asked)).first()
    found = one_school.school_of(connection, asked)
    if row is None and found is None:
        raise NotFoundError(f"school {asked.school}")
    seed_code, sector = asked.school or ("", "")
    name = school_name(None if row is None else row.school_name, seed_code)
    if found is None:
        return SchoolSeniorPhase(name, (NO_LEAVERS if sector == "secondary" else NOT_SECONDARY,), ())
    chart = breadth.breadth_chart(found, "school")
    rows = connection.execute(released.courses_of_school(asked))
    compared = comparisons.comparison_tables(
        connection.execute(released.comparison(asked)).first(), asked.academic_year
    )
    taken = {(str(row.qualification), str(row.subject_group)): row for row in rows}
    return SchoolSeniorPhase(
        name=name,
        says=_says(found, bool(compared)),
        notes=_notes(found),
        cards=one_school.cards(found),
        chart=chart,
        compared=compared,
        folded=(
            *(() if chart else (breadth.breadth_table(found),)),
            *(one_school.awards_table(found, one) for one in SETS),
            one_school.destinations_table(found),
            *(one_school.results_table(found, one) for one in SETS),
            *(one_school.years_table(found, one) for one in SETS),
            *courses.school_tables(taken, asked.academic_year),
        ),
        to_share=(
            *(
                table(found, one, on_paper=True)
                for table in (one_school.awards_table, one_school.years_table)
                for one in SETS
            ),
            breadth.breadth_table(found, on_paper=True),
        ),
    )


def _says(found: one_school.School, is_compared: bool) -> tuple[str, ...]:
    row = found.awards.get(found.year)
    if row is None:
        return (words.NO_LEAVERS, NO_GROUPS)
    more = () if is_compared else (comparisons.NO_GROUP,)
    return (f"Awards of leavers of {found.year}: {words.RESULTS[str(row.state)]}.", NO_GROUPS, *more)


def _notes(found: one_school.School) -> tuple[Note, ...]:
    hidden = one_school.not_shown(found)
    few = Note(
        f"{formats.plural(hidden, 'figure')} {'is' if hidden == 1 else 'are'} not shown, because few leavers stand "
        "behind them or others could be worked out with them.",
        "hidden",
    )
    always = (words.TWO_MEASURES, words.LATEST_AND_BEST, breadth.METHOD, words.EDITIONS, words.GRADING, words.ROLL)
    return (*((few,) if hidden else ()), *always)


def sheets(found: SchoolSeniorPhase, asked: PageRequest) -> tuple[Sheet, ...]:
    """The tables as they may leave the council."""
    names = [*(f"{what}_{one}" for what in ("awards", "years") for one in SETS), "breadth"]
    return tuple(table.as_sheet(name) for name, table in zip(names, found.to_share, strict=False))


PAGE = Page(
    name="school_senior_phase",
    path="/schools/{seed_code}/{sector}/senior-phase",
    title="School senior phase",
    description="Awards and destinations of leavers of one school, results of its S4 rolls by stage, and courses.",
    template="pages/school_senior_phase.html",
    figures=figures,
    sheets=sheets,
    heading=lambda found, asked: f"{found.name}: senior phase",
    parent="senior_phase",
    parameters=(SEED_CODE, SECTOR_OF_SCHOOL),
    in_navigation=False,
    own=own_school.OWN,
    years_of=years_of,
    reads=READS,
)
