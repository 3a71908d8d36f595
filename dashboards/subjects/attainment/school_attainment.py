"""Attainment of one school: level beside its council, organisers and stages, the years; on paper in official bands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from dashboards.kit import formats
from dashboards.kit.components import Card, Chart, Table
from dashboards.kit.page import SECTOR_OF_SCHOOL, SEED_CODE, Note, NotFoundError, Page, PageRequest, Sheet
from dashboards.subjects.attainment.figures import one_school, organisers, own_school, predictions, words
from dashboards.subjects.attainment.queries import returned
from dashboards.subjects.attainment.queries.returned import years_of
from dashboards.subjects.core.figures.attained import OF_SECTOR

NO_GROUPS = (
    "The gap between areas is shown for the authority and not for one school, where too few pupils stand behind its "
    "ends. Levels of a single pupil stand in SEEMiS alone."
)


@dataclass(frozen=True)
class SchoolAttainment:
    """What the page shows of a school: exact on the screen, ``to_share`` for what is printed and downloaded.

    ``says`` may stand on paper; ``says_on_desk`` has exact figures and may not.
    """

    name: str
    says: tuple[str, ...]
    notes: Sequence[Note]
    says_on_desk: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    chart: Chart | None = None
    by_stage: Table | None = None
    by_year: Table | None = None
    gaelic: Table | None = None
    foreseen: Table | None = None
    foreseen_says: str = ""
    to_share: tuple[Table, ...] = ()


def figures(connection: Connection, asked: PageRequest) -> SchoolAttainment:
    """Figures of the school. Raises NotFoundError where it is not among what the reader may see."""
    row = connection.execute(returned.profile(asked)).first()
    found = one_school.school_of(connection, asked)
    if row is None and found is None:
        raise NotFoundError(f"school {asked.school}")
    name = one_school.named(row, asked)
    if found is None:
        is_special = asked.school is not None and asked.school[1] not in OF_SECTOR
        return SchoolAttainment(name, (words.SPECIAL if is_special else words.NO_RETURN,), ())
    chart = one_school.organisers_chart(found)
    gaelic = [
        organisers.gaelic_table(asked.academic_year, found.stages, found.at, on_paper) for on_paper in (False, True)
    ]
    to_share = (one_school.stages_table(found, on_paper=True), one_school.years_table(found, on_paper=True), gaelic[1])
    state = words.STATES.get(str(found.rows[found.whole, asked.academic_year].state), "")
    says = (f"Judgements of {words.return_of(asked.academic_year)}: {state}.", NO_GROUPS)
    return SchoolAttainment(
        name=name,
        says=says,
        notes=_notes(found),
        says_on_desk=() if chart else tuple(one_school.said_of(found)),
        cards=one_school.cards(found),
        chart=chart,
        by_stage=one_school.stages_table(found),
        by_year=one_school.years_table(found),
        gaelic=gaelic[0],
        foreseen=predictions.school_table(found.foreseen, asked.academic_year),
        foreseen_says=" ".join((predictions.school_sentence(found.foreseen), predictions.NOT_OF_PUPILS.text)).strip(),
        to_share=tuple(table for table in to_share if table is not None),
    )


def _notes(found: one_school.School) -> tuple[Note, ...]:
    hidden = one_school.not_shown(found)
    few = (
        Note(
            f"{formats.plural(hidden, 'figure')} {'is' if hidden == 1 else 'are'} not shown, because few pupils stand "
            "behind them or others could be worked out with them.",
            "hidden",
        ),
    )
    foreseen = (
        (predictions.LAST_PREDICTION,) if predictions.school_table(found.foreseen, found.asked.academic_year) else ()
    )
    return (*(few if hidden else ()), words.JUDGEMENT, words.COHORT, *foreseen, words.NOT_COMPARED)


def sheets(found: SchoolAttainment, asked: PageRequest) -> tuple[Sheet, ...]:
    """The tables as they may leave the council."""
    return tuple(
        table.as_sheet(name) for name, table in zip(("by_stage", "by_year", "gaelic"), found.to_share, strict=False)
    )


PAGE = Page(
    name="school_attainment",
    path="/schools/{seed_code}/{sector}/attainment",
    title="School attainment",
    description="Levels of the curriculum achieved in one school, beside its authority, by stage and year.",
    template="pages/school_attainment.html",
    figures=figures,
    sheets=sheets,
    heading=lambda found, asked: f"{found.name}: attainment",
    parent="attainment",
    parameters=(SEED_CODE, SECTOR_OF_SCHOOL),
    in_navigation=False,
    own=own_school.OWN,
    years_of=years_of,
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
        "published_levels",
        "stretch_aims",
    ),
)
