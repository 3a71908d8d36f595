"""Roll: pupils at the census by sector, stage and school, how full schools are, beside the census before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit import formats
from dashboards.kit.components import Card, Chart, Table
from dashboards.kit.formats import SECTORS, Figure
from dashboards.kit.page import Note, NotReadyError, Page, PageRequest, Sheet
from dashboards.subjects.core.figures.codes import school_name
from dashboards.subjects.roll.figures import census as words
from dashboards.subjects.roll.figures.census import SchoolRoll
from dashboards.subjects.roll.queries import census as queries

CENSUS = (
    "Pupils are those on roll on the census day, each once, at the base school. Attendance counts pupils over a "
    "period, so its numbers are others."
)


@dataclass(frozen=True)
class RollFigures:
    """Sectors of the authority where the reader sees them, stages, and the table of schools."""

    says: str
    cards: tuple[Card, ...]
    stages: Chart | None
    table: Table
    notes: Sequence[Note]


def figures(connection: Connection, asked: PageRequest) -> RollFigures:
    """The roll of the year asked for. Raises NotReadyError before the census of the year is released."""
    rows = connection.execute(queries.schools(asked)).all()
    now = [row for row in rows if row.academic_year == asked.academic_year]
    if not now:
        raise NotReadyError(f"The roll at the census of {asked.academic_year} has not been released yet.")
    old = {(row.seed_code, row.sector): row for row in rows if row.academic_year != asked.academic_year}
    lines = [_line(row, old.get((row.seed_code, row.sector))) for row in now]
    sectors = connection.execute(queries.sectors(asked)).all()
    of_now = _by_sector(sectors, asked.academic_year)
    of_before = _by_sector(sectors, asked.previous_year)
    chart = _stages(connection, asked, lines)
    day = formats.date(now[0].census_on)
    every = [one for line in lines for one in (line.pupils, line.language, line.meals)]
    return RollFigures(
        says=_says(lines, of_now, day),
        cards=words.sector_cards(of_now, of_before, asked.previous_year),
        stages=chart,
        table=words.schools_table(lines, asked.academic_year, asked.previous_year if old else None),
        notes=_notes(every, asked),
    )


def _line(row: Row[Any], before: Row[Any] | None) -> SchoolRoll:
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


def _says(lines: Sequence[SchoolRoll], of_now: dict[str, Figure], day: str) -> str:
    if of_now and all(one.value is not None for one in of_now.values()):
        total = sum(int(one.value or 0) for one in of_now.values())
        return f"{total:,} pupils were on roll at the census of {day}."
    return f"{formats.plural(len(lines), 'school')} at the census of {day}."


def _notes(shown: Sequence[Figure], asked: PageRequest) -> tuple[Note, ...]:
    hidden = sum(1 for one in shown if one.value is None and one.symbol == "[c]")
    notes = [Note(CENSUS, "method")]
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
    """The table of schools, and pupils by stage."""
    of_stages = (found.stages.table.as_sheet("stages"),) if found.stages else ()
    return (found.table.as_sheet("schools"), *of_stages)


PAGE = Page(
    name="roll",
    path="/roll",
    title="Roll",
    description="Pupils at the census by sector, stage and school, and how full schools are.",
    template="pages/roll.html",
    figures=figures,
    sheets=sheets,
    reads=("schools", "roll_by_school", "roll_by_school_stage", "roll_by_sector", "roll_by_sector_stage"),
)
