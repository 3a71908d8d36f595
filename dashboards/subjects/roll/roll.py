"""Roll: pupils at the census and month by month, who came and left, how full schools are, beside what was published."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit import formats
from dashboards.kit.components import Card, Chart, Table
from dashboards.kit.formats import SECTORS, Figure
from dashboards.kit.labels import labels
from dashboards.kit.page import Note, NotReadyError, Page, PageRequest, Parameter, Sheet
from dashboards.subjects.core.figures.codes import school_name
from dashboards.subjects.roll.figures import beside, months
from dashboards.subjects.roll.figures import census as words
from dashboards.subjects.roll.figures.census import SchoolRoll
from dashboards.subjects.roll.queries import census as queries
from dashboards.subjects.roll.queries import moments

PARTS = labels("parts_of_roll")
MONTHS, PLACES, SCHOOLS = "months", "places", "schools"
PART = Parameter(
    "part", "Part of the page; the census where it is left out", choices=tuple(filter(None, PARTS)), examples=(MONTHS,)
)
CENSUS = (
    "Pupils are those on roll on the census day, each once, at the base school. Attendance counts pupils over a "
    "period, so its numbers are others."
)


@dataclass(frozen=True)
class RollFigures:
    """What a part of the page shows: sectors, stages, months, movements, places, or the table of schools.

    What is of another part, or of the authority for readers of schools alone, is None.
    """

    part: str
    parts: tuple[tuple[str, str], ...]
    says: str
    cards: tuple[Card, ...]
    stages: Chart | None
    months: Chart | None
    stage_months: Table | None
    movements: Chart | None
    capacity: Chart | None
    agreement: beside.Agreement | None
    table: Table | None
    notes: Sequence[Note]


def figures(connection: Connection, asked: PageRequest) -> RollFigures:
    """The roll of the year asked for. Raises NotReadyError before the census of the year is released."""
    rows = connection.execute(queries.schools(asked)).all()
    now = [row for row in rows if row.academic_year == asked.academic_year]
    if not now:
        raise NotReadyError(f"The roll at the census of {asked.academic_year} has not been released yet.")
    old = {(row.seed_code, row.sector): row for row in rows if row.academic_year != asked.academic_year}
    latest = {(row.seed_code, row.sector): row for row in connection.execute(moments.now(asked)).all()}
    lines = [_line(row, old.get((row.seed_code, row.sector)), latest.get((row.seed_code, row.sector))) for row in now]
    sectors = connection.execute(queries.sectors(asked)).all()
    of_now = _by_sector(sectors, asked.academic_year)
    of_before = _by_sector(sectors, asked.previous_year)
    chart = _stages(connection, asked, lines)
    day = formats.date(now[0].census_on)
    every = [one for line in lines for one in (line.pupils, line.language, line.meals)]
    published = {(row.seed_code, row.sector): row for row in connection.execute(moments.published(asked)).all()}
    of_months = connection.execute(moments.authority_months(asked)).all()
    total = words.total(connection.execute(moments.authority(asked)).first())
    whole = RollFigures(
        part=asked.value("part"),
        parts=tuple(PARTS.items()),
        says=_says(lines, total, day),
        cards=words.sector_cards(of_now, of_before, asked.previous_year),
        stages=chart,
        months=months.authority_chart(
            of_months, connection.execute(moments.sector_months(asked)).all(), total, of_now, day
        ),
        stage_months=months.stages_table(
            connection.execute(moments.stage_months(asked)).all(), _census(connection, asked)
        ),
        movements=months.movements_chart(connection.execute(moments.movements(asked)).all()),
        capacity=beside.capacity_chart(lines),
        agreement=beside.agreement(lines, published, asked.academic_year),
        table=words.schools_table(lines, asked.academic_year, asked.previous_year if old else None),
        notes=(),
    )
    return _of_part(whole, every, asked)


def _of_part(whole: RollFigures, shown: Sequence[Figure], asked: PageRequest) -> RollFigures:
    """What belongs to the part asked for, and its notes."""
    part = whole.part
    return replace(
        whole,
        cards=whole.cards if not part else (),
        stages=_headed(whole.stages) if not part else None,
        months=_headed(whole.months) if part == MONTHS else None,
        stage_months=whole.stage_months if part == MONTHS else None,
        movements=_headed(whole.movements) if part == MONTHS else None,
        capacity=_headed(whole.capacity) if part == PLACES else None,
        agreement=whole.agreement if part == PLACES else None,
        table=whole.table if part == SCHOOLS else None,
        notes=_notes(part, shown, asked),
    )


def _headed(chart: Chart | None) -> Chart | None:
    return None if chart is None else replace(chart, level=2)


def _census(connection: Connection, asked: PageRequest) -> dict[tuple[str, str], Figure]:
    rows = connection.execute(queries.sector_stages(asked)).all()
    return {(row.sector, row.stage): words.counted(row, "pupils") for row in rows}


def _line(row: Row[Any], before: Row[Any] | None, latest: Row[Any] | None) -> SchoolRoll:
    occupancy = row.occupancy
    symbol = None if occupancy is not None else row.pupils_symbol or "[z]"
    return SchoolRoll(
        row.seed_code,
        row.sector,
        school_name(row.school_name, row.seed_code),
        words.counted(row, "pupils"),
        words.counted(before, "pupils") if before is not None else words.NONE,
        row.capacity,
        Figure(occupancy, symbol),
        words.counted(row, "pupils_with_english_as_additional_language"),
        words.counted(row, "pupils_registered_for_free_meals"),
        words.counted(row, "pupils_asked_for_free_meals"),
        words.counted(latest, "pupils") if latest is not None else words.NONE,
    )


def _by_sector(rows: Sequence[Row[Any]], year: str | None) -> dict[str, Figure]:
    found = {row.sector: words.counted(row, "pupils") for row in rows if row.academic_year == year}
    return {sector: found[sector] for sector in SECTORS if sector in found}


def _stages(connection: Connection, asked: PageRequest, lines: Sequence[SchoolRoll]) -> Chart | None:
    """Stages of the reader's one school, or of the authority for those who see it."""
    if len(lines) == 1:
        rows = connection.execute(queries.stages(asked)).all()
        one = {row.stage: words.counted(row, "pupils") for row in rows}
        return words.stage_chart(one, lines[0].name, asked.academic_year)
    parts: dict[str, list[Figure]] = {}
    for row in connection.execute(queries.sector_stages(asked)).all():
        parts.setdefault(row.stage, []).append(words.counted(row, "pupils"))
    by_stage = {stage: words.summed(found) for stage, found in parts.items()}
    return words.stage_chart(by_stage, "the authority's schools", asked.academic_year)


def _says(lines: Sequence[SchoolRoll], total: Figure, day: str) -> str:
    if total.value is not None:
        return f"{total.value:,} pupils were on roll at the census of {day}."
    return f"{formats.plural(len(lines), 'school')} at the census of {day}."


OF_PART = {
    "": (Note(CENSUS, "method"),),
    MONTHS: (months.HELD, months.AS_KNOWN, months.MOVEMENTS),
    PLACES: (beside.CAPACITY, beside.PUBLISHED),
    SCHOOLS: (Note(CENSUS, "method"), months.AS_KNOWN),
}


def _notes(part: str, shown: Sequence[Figure], asked: PageRequest) -> tuple[Note, ...]:
    hidden = sum(1 for one in shown if one.value is None and one.symbol == "[c]") if part == SCHOOLS else 0
    notes = [*OF_PART[part]]
    if hidden:
        notes.append(
            Note(
                f"{formats.plural(hidden, 'figure')} {'is' if hidden == 1 else 'are'} not shown, because few pupils "
                "stand behind them or others could be worked out with them.",
                "hidden",
            )
        )
    if not asked.reader.is_officer:
        notes.append(Note("You see the schools that you are a reader of, and no others.", "hidden"))
    return tuple(notes)


def sheets(found: RollFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The tables of the part: of schools, or what there is of stages, months, movements, places and published rolls."""
    charts = {
        "stages": found.stages, "months": found.months, "movements": found.movements, "capacity": found.capacity,
    }  # fmt: skip
    return (
        *((found.table.as_sheet("schools"),) if found.table else ()),
        *(chart.table.as_sheet(name) for name, chart in charts.items() if chart is not None),
        *((found.stage_months.as_sheet("stages_by_month"),) if found.stage_months else ()),
        *((found.agreement.table.as_sheet("published"),) if found.agreement else ()),
    )


PAGE = Page(
    name="roll",
    path="/roll",
    title="Roll",
    description=(
        "Pupils at the census and month by month, who came and who left, how full schools are, and what was published."
    ),
    template="pages/roll.html",
    figures=figures,
    sheets=sheets,
    heading=lambda found, asked: (
        f"Roll: {PARTS[found.part][:1].lower()}{PARTS[found.part][1:]}" if found.part else "Roll"
    ),
    parameters=(PART,),
    reads=(
        "schools",
        "roll_by_school",
        "roll_by_school_stage",
        "roll_by_school_now",
        "roll_by_authority",
        "roll_by_sector",
        "roll_by_sector_stage",
        "roll_by_authority_month",
        "roll_by_sector_month",
        "roll_by_sector_stage_month",
        "roll_movements_by_month",
        "published_school_rolls",
    ),
)
