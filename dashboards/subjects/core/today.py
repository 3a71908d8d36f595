"""Today: what the season asks for, how attendance stands and for whom, and which schools to call and why."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit.components import Table
from dashboards.kit.formats import date, listed
from dashboards.kit.labels import labels
from dashboards.kit.page import Note, NotFoundError, NotReadyError, Page, PageRequest, Parameter, Sheet
from dashboards.subjects.core.figures import attention, checks, movements, to_call
from dashboards.subjects.core.figures.attention import School
from dashboards.subjects.core.figures.checks import Audience, Check
from dashboards.subjects.core.figures.held_back import held_back
from dashboards.subjects.core.figures.morning import Lead, Morning
from dashboards.subjects.core.figures.seasons import (
    Season,
    SeasonRow,
    in_force,
    morning_of,
    names_of,
    season_of,
    season_on,
)
from dashboards.subjects.core.figures.thresholds import ATTENTION
from dashboards.subjects.core.figures.to_call import ToCall
from dashboards.subjects.core.figures.topics import leads_of
from dashboards.subjects.core.queries import morning as queries

SEASON = Parameter(
    "season", "Season that is led with; that of the day where it is left out", pattern=r"[a-z_]{1,40}",
    examples=("december",), is_kept=False,
)  # fmt: skip
OF_DATA = ("late", "incomplete", "deliveries")
"""Checks of files and marks: the data team's, after everything that is about pupils."""


@dataclass(frozen=True)
class TodayFigures:
    """The page: a first sentence, what the season leads with, schools to call, and what is the data team's.

    ``seasons`` are pairs of name and title for links; ``checks`` is everything that was looked at, with all schools.
    """

    summary: str
    season: Season
    seasons: tuple[tuple[str, str], ...]
    leads: tuple[Lead, ...]
    to_call: tuple[ToCall, ...]
    call_table: Table | None
    late: str
    checks: tuple[Check, ...]
    is_own: bool
    is_past_year: bool
    latest_year: str
    notes: Sequence[Note]
    states: Mapping[str, str] = field(default_factory=lambda: labels("states_of_today"))


def figures(connection: Connection, asked: PageRequest) -> TodayFigures:
    """The morning of the reader. Raises NotReadyError where the reader sees no school of the year."""
    years = queries.years_of_schools(connection, asked)
    if not years:
        raise NotReadyError("Figures of schools have not been released for this academic year yet.")
    rows = in_force(queries.seasons(connection), asked.authority)
    morning = morning_rows(connection, asked, years)
    season = _season(rows, morning)
    found = _checks(connection, morning)
    named = to_call.schools_to_call(morning)
    several = morning.own is None
    most = named[: ATTENTION.most_named]
    is_past = asked.academic_year != asked.academic_years[0]
    leads = leads_of(connection, morning, season)
    return TodayFigures(
        summary=summary_of(leads, named, morning),
        season=season,
        seasons=tuple((name, season_of(rows, name, _readers(morning)).title) for name in names_of(rows)),
        leads=leads,
        to_call=most if several else (),
        call_table=to_call.table_of(named, "Schools to call, and why") if several and named else None,
        late=late_line(found, morning),
        checks=checks.in_order(found),
        is_own=not several,
        is_past_year=is_past,
        latest_year=asked.academic_years[0],
        notes=_notes(morning),
    )


def morning_rows(connection: Connection, asked: PageRequest, years: Sequence[Row[Any]]) -> Morning:
    """Everything that topics and checks look at; ``years`` are the reader's schools of the year."""
    schools = {(row.seed_code, row.sector): School(row.seed_code, row.sector, row.school_name) for row in years}
    pupils = {(row.seed_code, row.sector): row.pupils for row in years}
    weeks = queries.weeks_of_schools(connection, asked, schools, pupils)
    return Morning(
        asked=asked,
        audience=Audience(next(iter(schools.values())) if len(schools) == 1 else None, len(schools)),
        day=morning_of(asked),
        schools=schools,
        years=years,
        weeks=weeks,
        last_week=attention.last_whole_week(
            {week.monday for rows in weeks.values() for week in rows}, asked.release.data_as_at
        ),
        months=queries.months_of_absence(connection, asked),
        authority=queries.authority_years(connection, asked),
        authority_before=queries.authority_years(connection, asked, asked.previous_year) if asked.previous_year else {},
    )


def _readers(morning: Morning) -> Any:
    return "authority" if morning.reads_authority else "schools"


def _season(rows: Sequence[SeasonRow], morning: Morning) -> Season:
    """The season asked for, or that of the day. Raises NotFoundError for one that is in no row."""
    asked = morning.asked.value("season")
    if asked and asked not in names_of(rows):
        raise NotFoundError(f"season {asked}")
    return season_of(rows, asked or season_on(rows, morning.day), _readers(morning))


def _checks(connection: Connection, morning: Morning) -> list[Check]:
    """All that is looked at, in the year; of a past year neither late data nor files held back."""
    asked, audience = morning.asked, morning.audience
    last = morning.last_week
    found = [
        checks.incomplete(audience, last, attention.incomplete(morning.weeks, last) if last else ()),
        movements.same_weeks(audience, morning.years, morning.schools, asked.previous_year, asked.academic_year),
        movements.weeks_before(audience, morning.weeks, last),
        movements.persistent(audience, morning.months, morning.schools),
    ]
    if asked.academic_year == asked.academic_years[0]:
        found.insert(0, _late(connection, morning))
        if morning.reads_authority:
            since = (asked.release.data_as_at or dt.date.today()) - dt.timedelta(days=ATTENTION.days_of_deliveries)
            found.append(held_back(queries.deliveries(connection, asked, since)))
    return found


def _late(connection: Connection, morning: Morning) -> Check:
    rows = queries.freshness(connection, morning.asked)
    by_seed = attention.by_seed_code(morning.schools.values())
    marked = max((row.data_to for row in rows if row.data_to and row.seed_code in by_seed), default=None)
    return checks.late(morning.audience, queries.delays(rows, by_seed), marked)


def late_line(found: Sequence[Check], morning: Morning) -> str:
    """One line about files and marks, whose they are: the data team's, or the own school's office."""
    open_ones = [check for check in found if check.id in OF_DATA and check.state == "attention"]
    whose = "your school office and the data team" if morning.own else "the data team"
    if not open_ones:
        return "Data: nothing that was due is late or missing."
    return f"Data, for {whose}: {' '.join(check.sentence for check in open_ones)}"


def summary_of(leads: Sequence[Lead], named: Sequence[ToCall], morning: Morning) -> str:
    """The first sentence: what needs attention, by name; for who has several schools, how many are worth a call."""
    open_ones = [lead.title for lead in leads if lead.state == "attention"]
    titles = [title if index == 0 else f"{title[:1].lower()}{title[1:]}" for index, title in enumerate(open_ones)]
    parts = []
    if titles:
        verb = "needs" if len(titles) == 1 else "need"
        parts.append(f"{listed(titles)} {verb} attention{' at your school' if morning.own else ''}.")
    elif morning.own:
        parts.append("Nothing that can be judged needs attention at your school.")
    if morning.own is None:
        parts.append(to_call.sentence_of(named, morning))
    return " ".join(parts)


def _notes(morning: Morning) -> tuple[Note, ...]:
    notes = [
        Note(
            "A figure that is hidden or missing is compared with nothing: such a school can stand in no list of falls.",
            "hidden",
        ),
        Note(
            "Like is set beside like: the year so far with the same weeks, whole months with the same months. "
            "Scotland's figures are of whole years, so no difference from them is worked out within a year.",
            "comparison",
        ),
        Note("Weeks before are counted together: half days attended of all half days possible in them."),
    ]
    if morning.last_week:
        notes.append(Note(f"The last whole week is the one that began on Monday {date(morning.last_week)}."))
    return tuple(notes)


def sheets(found: TodayFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """Schools to call, and every check with all schools, also those that nothing is pointed out of."""
    named: list[tuple[str, Table]] = [("to_call", found.call_table)] if found.call_table else []
    named += [(check.id, check.all_rows) for check in found.checks if check.all_rows]
    return tuple(table.as_sheet(name.replace("-", "_")) for name, table in named)


PAGE = Page(
    name="today",
    path="/today",
    title="Today",
    description="What the season asks for, how attendance stands, and which schools to call and why.",
    template="pages/today.html",
    figures=figures,
    sheets=sheets,
    parameters=(SEASON,),
    reads=(
        "attendance_by_school_year", "attendance_by_school_week", "attendance_by_authority_year",
        "attendance_by_authority_stage_simd_quintile_month", "attendance_by_school_stage",
        "persistent_absence_by_month", "data_freshness", "deliveries", "schools",
        "today_seasons", "stretch_aims", "published_levels", "attainment_by_school", "attainment_by_school_stage",
        "attainment_by_sector", "attainment_by_sector_deprivation",
        "leaver_attainment_by_school", "leaver_attainment_by_authority", "leaver_attainment_by_authority_deprivation",
        "leaver_destinations_by_school", "leaver_destinations_by_authority", "s4_roll_results_by_school",
        "s4_roll_results_by_authority", "roll_by_school_stage", "roll_by_sector_stage",
    ),
)  # fmt: skip
