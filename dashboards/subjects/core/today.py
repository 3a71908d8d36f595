"""Today: what needs attention this morning, school by school; for a head teacher, at the own school."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from dashboards.kit import tables
from dashboards.kit.charts import sentences
from dashboards.kit.components import Card, Link, Table
from dashboards.kit.formats import date, figure, month
from dashboards.kit.page import Note, NotReadyError, Page, PageRequest, Sheet
from dashboards.subjects.core.figures import attention, checks, movements
from dashboards.subjects.core.figures.attention import School, SchoolKey, Week
from dashboards.subjects.core.figures.checks import Audience, Check, Delay
from dashboards.subjects.core.figures.held_back import Delivered, held_back
from dashboards.subjects.core.figures.thresholds import ATTENTION

WEEKS_READ = dt.timedelta(weeks=10)  # holds the last whole week and four before it, with a fortnight's holiday
WHOLE = "all"
SCHOOL = ("local_authority_code", "seed_code", "sector")


@dataclass(frozen=True)
class TodayFigures:
    """The page: a first sentence, headline cards, and one check for each thing that is looked at."""

    summary: str
    headline: tuple[Card, ...]
    checks: tuple[Check, ...]
    is_past_year: bool
    latest_year: str
    notes: Sequence[Note]

    @property
    def to_look_at(self) -> tuple[Check, ...]:
        """Checks that need attention."""
        return tuple(check for check in self.checks if check.state == "attention")


def figures(connection: Connection, asked: PageRequest) -> TodayFigures:
    """Six questions, seven for officers. Raises NotReadyError where the reader sees no school of the year."""
    years = _years(connection, asked)
    if not years:
        raise NotReadyError("Figures of schools have not been released for this academic year yet.")
    schools = {(row.seed_code, row.sector): School(row.seed_code, row.sector, row.school_name) for row in years}
    audience = Audience(next(iter(schools.values())) if len(schools) == 1 else None, len(schools))
    weeks = _weeks(connection, asked, schools)
    last = attention.last_whole_week(
        {week.monday for rows in weeks.values() for week in rows}, asked.release.data_as_at
    )
    months = _months(connection, asked)
    is_past = asked.academic_year != asked.academic_years[0]
    found = [
        checks.incomplete(audience, last, attention.incomplete(weeks, last) if last else ()),
        movements.same_weeks(audience, years, schools, asked.previous_year, asked.academic_year),
        movements.weeks_before(audience, weeks, last),
        movements.persistent(audience, months, schools),
    ]
    if not is_past:
        found.insert(0, _late(connection, asked, audience, schools))
        if asked.authority in asked.reader.authorities:
            found.append(held_back(_deliveries(connection, asked)))
    return TodayFigures(
        summary=checks.summary(found, audience, is_past),
        headline=_headline(connection, asked, audience, years, weeks, last, months),
        checks=checks.in_order(found),
        is_past_year=is_past,
        latest_year=asked.academic_years[0],
        notes=_notes(last),
    )


def _notes(last: dt.date | None) -> tuple[Note, ...]:
    notes = [
        Note(
            "A figure that is hidden or missing is compared with nothing: such a school can stand in no list of falls.",
            "hidden",
        ),
        Note("Weeks before are counted together: half days attended of all half days possible in them."),
    ]
    if last:
        notes.append(Note(f"The last whole week is the one that began on Monday {date(last)}."))
    return tuple(notes)


def _years(connection: Connection, asked: PageRequest) -> Sequence[Row[Any]]:
    year, schools = tables.attendance_by_school_year, tables.schools
    query = (
        select(
            year.c.seed_code, year.c.sector,
            func.coalesce(schools.c.school_name, year.c.seed_code).label("school_name"),
            year.c.attendance_rate, year.c.openings_symbol, year.c.rate_same_weeks_last_year, year.c.same_weeks_symbol,
        )
        .join_from(
            year,
            schools,
            and_(*(year.c[key] == schools.c[key] for key in SCHOOL)),
            isouter=True,
        )
        .where(year.c.local_authority_code == asked.authority, year.c.academic_year == asked.academic_year)
        .order_by("school_name", year.c.sector)
    )  # fmt: skip
    return connection.execute(query).all()


def _weeks(
    connection: Connection, asked: PageRequest, schools: dict[SchoolKey, School]
) -> dict[School, tuple[Week, ...]]:
    table = tables.attendance_by_school_week
    as_at = asked.release.data_as_at
    query = select(table).where(
        table.c.local_authority_code == asked.authority, table.c.academic_year == asked.academic_year
    )
    latest = (
        select(func.max(table.c.week))
        .where(table.c.local_authority_code == asked.authority, table.c.academic_year == asked.academic_year)
        .scalar_subquery()
    )
    query = query.where(table.c.week > latest - WEEKS_READ.days)
    found: dict[School, list[Week]] = {school: [] for school in schools.values()}
    for row in connection.execute(query.order_by(table.c.seed_code, table.c.sector, table.c.week)):
        school = schools.get((row.seed_code, row.sector))
        if school is not None and (as_at is None or row.week <= as_at):
            found[school].append(
                Week(
                    row.week, row.pupils, row.openings_possible, row.openings_attended,
                    figure(row, "attendance_rate"), figure(row, "completeness"),
                )
            )  # fmt: skip
    return {school: tuple(rows) for school, rows in found.items()}


def _months(connection: Connection, asked: PageRequest) -> Sequence[Row[Any]]:
    """Persistent absence of the last two months on record: of each school, and of the whole authority."""
    table = tables.persistent_absence_by_month
    of_year = and_(table.c.local_authority_code == asked.authority, table.c.academic_year == asked.academic_year)
    two = select(table.c.month).where(of_year).distinct().order_by(table.c.month.desc()).limit(2)
    query = select(table).where(
        of_year,
        table.c.month.in_(two),
        or_(table.c.seed_code != "", and_(table.c.breakdown == "sector", table.c.value == WHOLE)),
    )
    return connection.execute(query.order_by(table.c.month)).all()


def _late(connection: Connection, asked: PageRequest, audience: Audience, schools: dict[SchoolKey, School]) -> Check:
    table = tables.data_freshness
    query = select(table).where(table.c.local_authority_code == asked.authority)
    rows = connection.execute(query.order_by(table.c.seed_code, table.c.feed)).all()
    by_seed = attention.by_seed_code(schools.values())
    delays = [
        Delay(
            by_seed[row.seed_code].name if row.seed_code in by_seed else "Whole authority",
            by_seed.get(row.seed_code), row.feed, row.status, row.last_extracted_on, row.data_to, row.due_on,
        )
        for row in rows
        if row.status != "fresh" and (row.seed_code in by_seed or row.seed_code == WHOLE)
    ]  # fmt: skip
    delays.sort(key=lambda delay: (delay.school is None, delay.name, delay.feed))
    marked = max((row.data_to for row in rows if row.data_to and row.seed_code in by_seed), default=None)
    return checks.late(audience, delays, marked)


def _deliveries(connection: Connection, asked: PageRequest) -> tuple[Delivered, ...]:
    table = tables.deliveries
    since = (asked.release.data_as_at or dt.date.today()) - dt.timedelta(days=ATTENTION.days_of_deliveries)
    query = select(table).where(table.c.local_authority_code == asked.authority, table.c.extract_date >= since)
    rows = connection.execute(query.order_by(table.c.extract_date.desc(), table.c.delivery_key.desc(), table.c.feed))
    return tuple(
        Delivered(row.delivery_key, row.extract_date, row.feed, row.status, row.reason or "", row.is_in_force)
        for row in rows
    )


def _headline(
    connection: Connection, asked: PageRequest, audience: Audience, years: Sequence[Row[Any]],
    weeks: dict[School, tuple[Week, ...]], last: dt.date | None, months: Sequence[Row[Any]],
) -> tuple[Card, ...]:  # fmt: skip
    """Attendance of the year and the last whole week, and persistent absence: of the own school, or the authority."""
    if audience.own:
        year, of, key = years[0], audience.own.name, audience.own.key
        week = next((row.rate for row in weeks[audience.own] if row.monday == last), None)
    else:
        found = _of_authority(connection, asked, last)
        if found is None:
            return ()
        year, of, key = found, asked.authority_name, ("", WHOLE)
        week = figure({"week_rate": found.week_rate, "openings_symbol": found.week_symbol}, "week_rate")
    rate, same = figure(year, "attendance_rate"), figure(year, "rate_same_weeks_last_year", "same_weeks")
    before = f"the same weeks of {asked.previous_year}" if asked.previous_year else "the year before"
    lines = (of, sentences.changed(rate, same, before))
    cards = [Card(f"Attendance {asked.academic_year} so far", rate, lines, _more(audience))]
    if last and week:
        cards.append(Card("Attendance in the last whole week", week, (of, f"Week of {date(last)}")))
    shares = [
        (row.month, row.as_at, figure(row, "persistent_absence_rate", "bands"))
        for row in months
        if (row.seed_code, row.sector) == key
    ]
    if shares:
        _, as_at, share = shares[-1]
        said = [of, "Pupils absent in 10% or more of their half days", f"As at {date(as_at)}"]
        if len(shares) > 1:
            said.insert(1, sentences.changed(share, shares[0][2], month(shares[0][0])))
        cards.append(Card("Persistent absence", share, tuple(said)))
    return tuple(cards)


def _more(audience: Audience) -> Link:
    """To the page with more about it."""
    if audience.own:
        values = {"seed_code": audience.own.seed_code, "sector": audience.own.sector}
        return Link("More about your school", "school", values)
    return Link("More about the authority", "authority")


def _of_authority(connection: Connection, asked: PageRequest, last: dt.date | None) -> Row[Any] | None:
    """The authority over all sectors, with its last whole week; None where the reader may not see that row."""
    year, week = tables.attendance_by_authority_year, tables.attendance_by_authority_week
    keys = ("local_authority_code", "sector", "academic_year")
    query = (
        select(
            year, week.c.attendance_rate.label("week_rate"), week.c.openings_symbol.label("week_symbol"),
        )
        .join_from(year, week, and_(*(year.c[key] == week.c[key] for key in keys), week.c.week == last), isouter=True)
        .where(
            year.c.local_authority_code == asked.authority,
            year.c.academic_year == asked.academic_year,
            year.c.sector == WHOLE,
        )
    )  # fmt: skip
    return connection.execute(query).first()


def sheets(found: TodayFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """Every check with all schools, also those that nothing is pointed out of."""
    named: list[tuple[str, Table]] = [(check.id, check.all_rows) for check in found.checks if check.all_rows]
    return tuple(table.as_sheet(name.replace("-", "_")) for name, table in named)


PAGE = Page(
    name="today",
    path="/today",
    title="Today",
    description="What needs attention this morning.",
    template="pages/today.html",
    figures=figures,
    sheets=sheets,
    reads=(
        "attendance_by_school_year", "attendance_by_school_week", "attendance_by_authority_year",
        "attendance_by_authority_week", "persistent_absence_by_month", "data_freshness", "deliveries", "schools",
    ),
)  # fmt: skip
