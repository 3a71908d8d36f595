"""Aims: each stretch aim beside the newest figure, how far and how many pupils, and at which schools they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from dashboards.kit.components import Chart, Table
from dashboards.kit.labels import labels
from dashboards.kit.page import Entry, Note, Page, PageRequest, Parameter, Reader, Sheet
from dashboards.subjects.core.figures import forecast, on_track
from dashboards.subjects.core.figures.aim_places import Place, places_sentence, places_table
from dashboards.subjects.core.figures.aims import (
    LEVELS,
    Aimed,
    aimed_of,
    pace,
    path_chart,
    sentence_of,
    table_of,
)
from dashboards.subjects.core.queries.aims import AimRows, aim_rows, schools_in, years_of_attendance
from dashboards.subjects.core.queries.forecast import forecast_rows

PARTS = labels("parts_of_aims")
PART = Parameter(
    "part", "Part of the page; the aims where it is left out", choices=tuple(filter(None, PARTS)),
    examples=("schools",),
)  # fmt: skip
NO_ROUND = (
    "There is no current round of stretch aims of this authority, so nothing is set against one and no line is drawn "
    "onwards. A council's own aims are added by its data team from a file, with their source."
)
NOT_HELD = (
    "Aims for participation at 16 to 19 and a council's own aim for health and wellbeing are not in this warehouse: "
    "Skills Development Scotland publishes the first."
)
PATHS = "paths"
AS_PUBLISHED = (
    "As published, since the return was last broken: nothing before 2021/22 may be compared. The line across is the "
    "aim for all pupils."
)
FORECAST = "forecast"


@dataclass(frozen=True)
class AimsFigures:
    """The page: sentences for each measure, the table of aims; paths, forecast and schools in parts of their own.

    ``forecast`` is the table of what is predicted of the year that is still open, ``on_track`` of who is on track.
    """

    part: str
    parts: tuple[tuple[str, str], ...]
    says: tuple[str, ...]
    measures: tuple[str, ...]
    table: Table | None
    charts: tuple[Chart, ...]
    places: Table | None
    not_here: tuple[str, ...]
    notes: Sequence[Note]
    forecast: Table | None = None
    on_track: Table | None = None


def figures(connection: Connection, asked: PageRequest) -> AimsFigures:
    """Aims of the round that runs; words where none does."""
    rows = aim_rows(connection, asked)
    every = aimed_of(rows)
    if not every:
        return AimsFigures("", (), (NO_ROUND,), (), None, (), None, (), ())
    part = asked.value("part")
    year = rows.level_years[-1] if rows.level_years else ""
    of_schools = tuple(Place(row) for row in schools_in(connection, asked, year)) if part and year else ()
    if part == FORECAST:
        return _ahead(connection, asked, rows, every)
    if part == PATHS:
        charts = tuple(chart for measure in LEVELS if (chart := path_chart(rows, every, measure)))
        return AimsFigures(part, tuple(PARTS.items()), (AS_PUBLISHED,), (), None, charts, None, (), ())
    if part:
        said = tuple(filter(None, (places_sentence(of_schools, organiser) for organiser in LEVELS.values())))
        says = said or ("No school that you may see has a figure that is shown.",)
        return AimsFigures(
            part, tuple(PARTS.items()), says, (), None, (), places_table(of_schools, year), (), _notes(every)
        )
    levels = [one for one in every if one.aim.group == "all" and one.aim.measure in LEVELS]
    said = tuple(f"{sentence_of(one)} {pace(rows, one)}".strip() for one in levels)
    return AimsFigures(
        part, tuple(PARTS.items()), (_summary(every),), said, table_of(every), (), None, (NOT_HELD,), _notes(every)
    )


def _ahead(connection: Connection, asked: PageRequest, rows: AimRows, every: Sequence[Aimed]) -> AimsFigures:
    """What is predicted of the year that is still open."""
    released = forecast_rows(connection, asked)
    primaries = next((row for row in released if row.sector == "primary"), None)
    ahead = forecast.forecasts_of(primaries, rows, every)
    said = tuple(forecast.sentence_of(one) for one in ahead) or (forecast.NO_FORECAST,)
    followed = on_track.on_track_of(released)
    says = tuple(filter(None, (*said, on_track.sentence_of(followed))))
    notes = (*((forecast.CORRECTED,) if ahead else ()), *((on_track.SAID,) if followed else ()))
    tables = (forecast.table_of(ahead) if ahead else None, on_track.table_of(followed) if followed else None)
    return AimsFigures(FORECAST, tuple(PARTS.items()), says, (), None, (), None, (), notes, *tables)


def _summary(every: Sequence[Aimed]) -> str:
    judged = [one for one in every if one.is_reached is not None]
    reached = sum(1 for one in judged if one.is_reached)
    first = every[0].aim
    status = "" if first.status == "published" else f" ({first.status})"
    unjudged = len(every) - len(judged)
    rest = f" {unjudged} cannot be judged." if unjudged else ""
    verb = "is" if reached == 1 else "are"
    return f"Round {first.round}{status}: {reached} of {len(judged)} aims that can be judged {verb} reached.{rest}"


def _notes(every: Sequence[Aimed]) -> tuple[Note, ...]:
    found = [
        Note(
            "Pupils to go are those who were missing in the newest year: the aim's share of its cohort, rounded up, "
            "less those who achieved.",
            "method",
        ),
        Note(
            "The straight line goes from the published figure of the year before the round to the aim; it is ours and "
            "no part of the aim.",
            "method",
        ),
        Note(
            "An aim for a gap that a council has not set is what its aims for both ends leave between them.", "method"
        ),
    ]
    if any(not one.is_comparable for one in every):
        found.insert(
            0,
            Note(
                "All SCQF asks for awards of every provider. Those of other providers have not come in full, so its "
                "figures stand beside the aim and no distance is worked out.",
                "comparison",
            ),
        )
    return tuple(found)


def sheets(found: AimsFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The aims, the forecast, and the paths. Counts of single schools stay on the screen."""
    tables = {"aims": found.table, "forecast": found.forecast, "on_track": found.on_track}
    made = [table.as_sheet(name) for name, table in tables.items() if table is not None]
    return (*made, *(chart.as_sheet(f"path_{number}") for number, chart in enumerate(found.charts, 1)))


def heading(found: AimsFigures, asked: PageRequest) -> str:
    """Title with the part: ``Aims: where the pupils are``."""
    return f"Aims: {PARTS[found.part][:1].lower()}{PARTS[found.part][1:]}" if found.part else "Aims"


def entry(reader: Reader) -> Entry | None:
    """For readers of a whole authority."""
    return Entry("Aims") if reader.authorities else None


def newest_year(connection: Connection, authority: str) -> tuple[str, ...]:
    """The newest academic year alone: aims are of the round that runs, and no other can be chosen."""
    return years_of_attendance(connection, authority)[:1]


PAGE = Page(
    name="aims",
    path="/aims",
    title="Aims",
    description="Stretch aims of the authority beside the newest figures, and at which schools the pupils are.",
    template="pages/aims.html",
    figures=figures,
    sheets=sheets,
    heading=heading,
    parameters=(PART,),
    years_of=newest_year,
    in_navigation=False,
    entry=entry,
    reads=(
        "stretch_aims",
        "published_levels",
        "attainment_by_sector",
        "attainment_by_sector_deprivation",
        "forecast_by_sector",
        "leaver_attainment_by_authority",
        "leaver_attainment_by_authority_deprivation",
        "attainment_by_school",
        "schools",
        "attendance_by_school_year",
        "attendance_by_authority_year",
    ),
)
