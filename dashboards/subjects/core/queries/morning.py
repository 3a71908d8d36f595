"""What *Today* asks of released tables: schools with their weeks and months, the authority, files late or held."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from dashboards.kit import tables
from dashboards.kit.formats import figure
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.attention import School, SchoolKey, Week
from dashboards.subjects.core.figures.checks import Delay
from dashboards.subjects.core.figures.held_back import Delivered
from dashboards.subjects.core.figures.seasons import SeasonRow
from dashboards.subjects.core.queries.rows import of_authority

WEEKS_READ = dt.timedelta(weeks=10)  # holds the last whole week and four before it, with a fortnight's holiday
WHOLE = "all"
SCHOOL = ("local_authority_code", "seed_code", "sector")


def seasons(connection: Connection) -> tuple[SeasonRow, ...]:
    """The table of seasons, of every council."""
    names = SeasonRow.__dataclass_fields__
    query = select(*(tables.today_seasons.c[name] for name in names))
    return tuple(SeasonRow(**row) for row in connection.execute(query).mappings())


def years_of_schools(connection: Connection, asked: PageRequest) -> Sequence[Row[Any]]:
    """Schools of the year that the reader may see, with attendance so far and in the same weeks a year before."""
    year, schools = tables.attendance_by_school_year, tables.schools
    query = (
        select(year, func.coalesce(schools.c.school_name, year.c.seed_code).label("school_name"))
        .join_from(year, schools, and_(*(year.c[key] == schools.c[key] for key in SCHOOL)), isouter=True)
        .where(year.c.local_authority_code == asked.authority, year.c.academic_year == asked.academic_year)
        .order_by("school_name", year.c.sector)
    )
    return connection.execute(query).all()


def weeks_of_schools(
    connection: Connection,
    asked: PageRequest,
    schools: dict[SchoolKey, School],
    pupils: Mapping[SchoolKey, int | None],
) -> dict[School, tuple[Week, ...]]:
    """The last weeks of each school, up to the day of the data; ``pupils`` has how many each school has, if shown."""
    table = tables.attendance_by_school_week
    as_at = asked.release.data_as_at
    of_year = and_(table.c.local_authority_code == asked.authority, table.c.academic_year == asked.academic_year)
    latest = select(func.max(table.c.week)).where(of_year).scalar_subquery()
    query = select(table).where(of_year, table.c.week > latest - WEEKS_READ.days)
    found: dict[School, list[Week]] = {school: [] for school in schools.values()}
    for row in connection.execute(query.order_by(table.c.seed_code, table.c.sector, table.c.week)):
        school = schools.get((row.seed_code, row.sector))
        if school is not None and (as_at is None or row.week <= as_at):
            found[school].append(
                Week(
                    row.week, pupils.get(school.key), row.openings_possible, row.openings_attended,
                    figure(row, "attendance_rate"), figure(row, "completeness"),
                )
            )  # fmt: skip
    return {school: tuple(rows) for school, rows in found.items()}


def months_of_absence(connection: Connection, asked: PageRequest) -> Sequence[Row[Any]]:
    """Persistent absence of the last two months on record: of each school, and of the authority by sector."""
    table = tables.persistent_absence_by_month
    of_year = and_(table.c.local_authority_code == asked.authority, table.c.academic_year == asked.academic_year)
    two = select(table.c.month).where(of_year).distinct().order_by(table.c.month.desc()).limit(2)
    query = select(table).where(
        of_year, table.c.month.in_(two), or_(table.c.seed_code != "", table.c.breakdown == "sector")
    )
    return connection.execute(query.order_by(table.c.month)).all()


def authority_years(connection: Connection, asked: PageRequest, year: str = "") -> dict[str, Row[Any]]:
    """The authority by sector, ``all`` among them: those rows that the reader may see."""
    query = of_authority(tables.attendance_by_authority_year, asked, year)
    return {row.sector: row for row in connection.execute(query)}


def year_of_school(connection: Connection, asked: PageRequest, school: SchoolKey, year: str) -> Row[Any] | None:
    """A school in another academic year; None where there is no row."""
    mart = tables.attendance_by_school_year
    query = of_authority(mart, asked, year).where(mart.c.seed_code == school[0], mart.c.sector == school[1])
    return connection.execute(query).first()


def stages_of_school(connection: Connection, asked: PageRequest, school: SchoolKey) -> Sequence[Row[Any]]:
    """Stages of a school in the year."""
    mart = tables.attendance_by_school_stage
    query = of_authority(mart, asked).where(mart.c.seed_code == school[0], mart.c.sector == school[1])
    return connection.execute(query).all()


def freshness(connection: Connection, asked: PageRequest) -> Sequence[Row[Any]]:
    """How fresh each feed of each school is, and those of the whole authority."""
    table = tables.data_freshness
    query = select(table).where(table.c.local_authority_code == asked.authority)
    return connection.execute(query.order_by(table.c.seed_code, table.c.feed)).all()


def delays(rows: Sequence[Row[Any]], by_seed: dict[str, School]) -> list[Delay]:
    """What has not come when it was due, of schools that the reader has and of the whole authority."""
    found = [
        Delay(
            by_seed[row.seed_code].name if row.seed_code in by_seed else "Whole authority",
            by_seed.get(row.seed_code), row.feed, row.status, row.last_extracted_on, row.data_to, row.due_on,
        )
        for row in rows
        if row.status != "fresh" and (row.seed_code in by_seed or row.seed_code == WHOLE)
    ]  # fmt: skip
    return sorted(found, key=lambda delay: (delay.school is None, delay.name, delay.feed))


def deliveries(connection: Connection, asked: PageRequest, since: dt.date) -> tuple[Delivered, ...]:
    """Files that came since a day, the latest first."""
    table = tables.deliveries
    query = select(table).where(table.c.local_authority_code == asked.authority, table.c.extract_date >= since)
    rows = connection.execute(query.order_by(table.c.extract_date.desc(), table.c.delivery_key.desc(), table.c.feed))
    return tuple(
        Delivered(row.delivery_key, row.extract_date, row.feed, row.status, row.reason or "", row.is_in_force)
        for row in rows
    )
