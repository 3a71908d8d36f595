"""What the overview of a school asks: its newest rows of every subject, of its authority, and of schools like it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, select

from dashboards.kit import tables, tables_of_attainment
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.attention import SchoolKey
from dashboards.subjects.core.queries.cells import cells_by_month
from dashboards.subjects.core.queries.rows import latest, of_authority

SCHOOL = ("local_authority_code", "seed_code", "sector")


@dataclass(frozen=True)
class SchoolRows:
    """Released rows of one school; ``absence`` are its months of persistent absence, the latest first.

    ``council`` is the authority's sector in the year, ``council_absence`` its persistent absence by month; ``alike``
    are rows of attainment of schools like it that the reader may see.
    """

    year: Row[Any]
    months: Sequence[Row[Any]]
    council_months: Sequence[Row[Any]]
    absence: Sequence[Row[Any]]
    council: Row[Any] | None
    council_absence: Mapping[Any, Row[Any]]
    stages: Sequence[Row[Any]]
    areas: Sequence[Row[Any]]
    cells: Sequence[Row[Any]]
    attainment: Sequence[Row[Any]]
    attainment_stages: Sequence[Row[Any]]
    council_attainment: Mapping[str, Row[Any]]
    alike: Sequence[Row[Any]]
    leavers: Sequence[Row[Any]]
    destinations: Sequence[Row[Any]]
    council_leavers: Mapping[str, Row[Any]]
    council_destinations: Mapping[str, Row[Any]]
    roll: Sequence[Row[Any]]
    roll_areas: Sequence[Row[Any]]


def school_rows(connection: Connection, asked: PageRequest) -> SchoolRows | None:
    """Everything of the school of the page; None where it has no row of attendance in the year for this reader."""
    key = asked.school or ("", "")
    year = connection.execute(_profile(asked)).first()
    if year is None:
        return None
    sector = key[1]
    newest = latest(connection, tables_of_attainment.attainment_by_school, asked, key)
    similar = [tuple(one.split(" ", 1)) for one in year.similar_to or ()]
    is_secondary = sector != "primary"
    return SchoolRows(
        year=year,
        months=connection.execute(_months(tables.attendance_by_school_month, asked, key)).all(),
        council_months=connection.execute(_months(tables.attendance_by_authority_month, asked, None)).all(),
        absence=_absence(connection, asked, key),
        council=connection.execute(_sector(tables.attendance_by_authority_year, asked)).first(),
        council_absence={row.month: row for row in _absence(connection, asked, None)},
        stages=connection.execute(_of_year(tables.attendance_by_school_stage, asked, key)).all(),
        areas=connection.execute(_of_year(tables.attendance_by_school_deprivation, asked, key)).all(),
        cells=cells_by_month(connection, asked),
        attainment=newest,
        attainment_stages=latest(connection, tables_of_attainment.attainment_by_school_stage, asked, key),
        council_attainment=_by_year(latest(connection, tables_of_attainment.attainment_by_sector, asked), sector),
        alike=_alike(connection, asked, similar, newest),
        leavers=latest(connection, tables_of_attainment.leaver_attainment_by_school, asked, key)
        if is_secondary
        else (),
        destinations=latest(connection, tables_of_attainment.leaver_destinations_by_school, asked, key)
        if is_secondary
        else (),
        council_leavers=_by_year(latest(connection, tables_of_attainment.leaver_attainment_by_authority, asked)),
        council_destinations=_by_year(latest(connection, tables_of_attainment.leaver_destinations_by_authority, asked)),
        roll=latest(connection, tables.roll_by_school, asked, key),
        roll_areas=latest(connection, tables.roll_by_school_deprivation, asked, key),
    )


def _profile(asked: PageRequest) -> Select[Any]:
    year, own, alike = tables.attendance_by_school_year, tables.schools, tables.similar_schools
    key = asked.school or ("", "")
    return (
        select(
            year, own.c.school_name, alike.c.similar_to, alike.c.attendance_rate.label("alike_rate"),
            alike.c.openings_symbol.label("alike_symbol"), alike.c.schools_counted,
        )
        .outerjoin(own, and_(*(own.c[name] == year.c[name] for name in SCHOOL)))
        .outerjoin(alike, and_(*(alike.c[name] == year.c[name] for name in (*SCHOOL, "academic_year"))))
        .where(
            year.c.local_authority_code == asked.authority, year.c.academic_year == asked.academic_year,
            year.c.seed_code == key[0], year.c.sector == key[1],
        )
    )  # fmt: skip


def _of_year(mart: Table, asked: PageRequest, key: SchoolKey) -> Select[Any]:
    return of_authority(mart, asked).where(mart.c.seed_code == key[0], mart.c.sector == key[1])


def _sector(mart: Table, asked: PageRequest) -> Select[Any]:
    return of_authority(mart, asked).where(mart.c.sector == (asked.school or ("", ""))[1])


def _months(mart: Table, asked: PageRequest, key: SchoolKey | None) -> Select[Any]:
    """Months of the school (or, without a key, of its sector) in the year and the one before."""
    years = [year for year in (asked.academic_year, asked.previous_year) if year]
    query = select(mart).where(mart.c.local_authority_code == asked.authority, mart.c.academic_year.in_(years))
    if key is not None:
        return query.where(mart.c.seed_code == key[0], mart.c.sector == key[1]).order_by(mart.c.month)
    return query.where(mart.c.sector == (asked.school or ("", ""))[1]).order_by(mart.c.month)


def _absence(connection: Connection, asked: PageRequest, key: SchoolKey | None) -> Sequence[Row[Any]]:
    mart = tables.persistent_absence_by_month
    query = of_authority(mart, asked).order_by(mart.c.month.desc())
    if key is not None:
        return connection.execute(query.where(mart.c.seed_code == key[0], mart.c.sector == key[1])).all()
    sector = (asked.school or ("", ""))[1]
    found = query.where(mart.c.seed_code == "", mart.c.breakdown == "sector", mart.c.value == sector)
    return connection.execute(found).all()


def _by_year(rows: Sequence[Row[Any]], sector: str = "") -> dict[str, Row[Any]]:
    return {row.academic_year: row for row in rows if not sector or row.sector == sector}


def _alike(
    connection: Connection, asked: PageRequest, similar: Sequence[tuple[str, ...]], newest: Sequence[Row[Any]]
) -> Sequence[Row[Any]]:
    if not similar or not newest:
        return ()
    mart = tables_of_attainment.attainment_by_school
    query = select(mart).where(
        mart.c.local_authority_code == asked.authority, mart.c.academic_year == newest[0].academic_year
    )
    keys = set(similar)
    return [row for row in connection.execute(query) if (row.seed_code, row.sector) in keys]
