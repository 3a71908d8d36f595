"""Released tables of one made-up council, filled at random, for pages: two years, weeks, months, late and hidden rows.

No main job stands behind it, so states that the demo seldom has are there on each run: late schools, hidden weeks,
files held back. The seed is printed and may be given, so that a failing run can be repeated.
"""

import csv
import datetime as dt
import os
import random
from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from psycopg import sql

from orchestration.access import Person, Place, count_schools, grant
from orchestration.database import connect
from orchestration.settings import PROJECT_DIR, Settings
from tests.conftest import connect_as_admin
from tests.support.access_world import CLUSTER, COUNTED, HERE, READERS, SCHOOLS, released_tables

YEAR, BEFORE = "2025/26", "2024/25"
AS_AT = dt.date(2025, 10, 31)
LAST_WEEK = dt.date(2025, 10, 27)
WEEKS = [LAST_WEEK - dt.timedelta(weeks=number) for number in range(1, 13) if number not in (2, 3)] + [
    LAST_WEEK,
    LAST_WEEK + dt.timedelta(weeks=1),  # begun and not over
]
MONTHS = [dt.date(2025, 8, 1), dt.date(2025, 9, 1), dt.date(2025, 10, 1)]
FEEDS = ("attendance", "calendar", "enrolments", "establishments")
MINE = sorted(school[1:] for school in SCHOOLS if school[0] == HERE)
NAMES = {key: f"{word} {key[1].capitalize()} School" for key, word in zip(
    MINE, ("Aldan", "Brenna", "Corrie", "Dunmore", "Ecclaw", "Fernie"), strict=True)}  # fmt: skip
SECTORS = ("primary", "secondary", "special")
STAGES_HERE = {"primary": tuple(f"P{number}" for number in range(1, 8)),
               "secondary": tuple(f"S{number}" for number in range(1, 7)), "special": ("SP",)}  # fmt: skip
SEED = int(os.environ.get("DASHBOARDS_SEED") or random.SystemRandom().randrange(10**6))
READERS_HERE = {name: reach for name, reach in READERS.items() if name != "officer-there"}
Row = dict[str, Any]
FILLERS = {"text": "x", "date": AS_AT, "boolean": False, "text[]": []}


def schools_of(name: str) -> list[tuple[str, str]]:
    """Schools of a reader, as the rules say."""
    reach = READERS_HERE[name]
    return MINE if reach.authorities else sorted(reach.schools)


def fill_world(settings: Settings) -> None:
    """Write the rows, as release does, and give the readers their scopes."""
    print(f"random seed: {SEED} (DASHBOARDS_SEED={SEED} repeats this run)")
    draw = random.Random(SEED)  # made-up figures
    columns = released_tables(settings)
    with connect(settings, "releaser") as connection:
        counted = {sector: number for (code, sector), number in COUNTED.items() if code == HERE and sector != "all"}
        count_schools(connection, HERE, counted)
        for table, rows in _tables(draw).items():
            write_rows(connection, table, columns[table], rows)
    with connect_as_admin(settings) as connection:
        for seed_code, sector in sorted(CLUSTER):
            connection.execute(
                "insert into access.clusters values (%s, 'Hillfoots', %s, %s, 'invented')", [HERE, seed_code, sector]
            )
    for name, reach in READERS_HERE.items():
        whole = [Place("authority", HERE)] if reach.authorities else []
        single = [Place("establishment", HERE, seed_code=code, sector=sector) for code, sector in reach.schools]
        places = [Place("cluster", HERE, cluster_name="Hillfoots")] if name == "cluster-lead" else whole + single
        for place in places:
            grant(settings, name, place, actor="test", person=Person(name, f"{name}@example.org"))


def write_rows(connection: psycopg.Connection, table: str, columns: Mapping[str, str], rows: Iterable[Row]) -> None:
    """Write rows of the council into a released table; columns that a row lacks get a value of their type, or none."""
    names = list(columns)
    query = sql.SQL("insert into released.{} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join([sql.Placeholder()] * len(names)),
    )
    for row in rows:
        assert set(row) <= set(names), (table, set(row) - set(names))
        values = {"local_authority_code": HERE, "release_id": 7, **row}
        connection.execute(query, [values.get(name, FILLERS.get(columns[name])) for name in names])


def _tables(draw: random.Random) -> dict[str, Iterable[Row]]:
    return {
        "releases": [_release()],
        "schools": [_school(key) for key in MINE],
        "attendance_by_school_year": [_year(draw, key, year) for key in MINE for year in (YEAR, BEFORE)],
        "attendance_by_school_week": [_week(draw, key, week) for key in MINE for week in WEEKS],
        "attendance_by_authority_year": [_whole_year(draw, year) for year in (YEAR, BEFORE)],
        "attendance_by_authority_week": [_whole_week(draw, week) for week in WEEKS],
        "persistent_absence_by_month": [
            *(_month(draw, seed_code, sector, "school", month) for seed_code, sector in MINE for month in MONTHS),
            *(_month(draw, "", "all", "sector", month) for month in MONTHS),
        ],
        **_groups(draw),
        "data_freshness": list(_freshness(draw)),
        "data_quality": list(_verdicts(draw)),
        "deliveries": list(_deliveries(draw)),
        "provenance": list(_provenance(draw)),
        "attendance_codes": [
            {"attendance_code": "10", "description": "Attendance", "category": "attendance"},
            {"attendance_code": "30", "description": "Unauthorised holiday", "category": "unauthorised_absence"},
        ],
        "national_statistics": [
            {"measure": measure, "academic_year": year, "sector": sector, "stage": "all", "pupil_group": "all",
             "rate": round(draw.uniform(0.3, 0.95), 4), "basis": "published", "source": "Statistics"}
            for measure in ("attendance_rate", "persistent_absence_rate")
            for year in ("2023/24", "2022/23")
            for sector in ("all", "primary")
        ],
    }  # fmt: skip


def _groups(draw: random.Random) -> dict[str, Iterable[Row]]:
    """Months, stages and areas of schools and of the authority, in both years: what *for whom* is made of."""
    months = [(YEAR, month) for month in MONTHS] + [(BEFORE, month.replace(year=2024)) for month in MONTHS]
    schools = [(key, STAGES_HERE[key[1]]) for key in MINE]
    return {
        "today_seasons": rows_of_seed("today_seasons"),
        "attendance_by_school_month": [
            _of_group(draw, key, year, month=month) for key in MINE for year, month in months
        ],
        "attendance_by_authority_month": [
            _of_group(draw, ("", sector), year, month=month) for sector in SECTORS for year, month in months
        ],
        "attendance_by_school_stage": [
            _of_group(draw, key, YEAR, stage=stage) for key, stages in schools for stage in stages
        ],
        "attendance_by_school_deprivation": [
            _of_group(draw, key, YEAR, deprivation_group=group)
            for key in MINE
            for group in ("most_deprived_fifth", "second_fifth", "rest")
        ],
        "attendance_by_authority_stage_simd_quintile_month": [
            _of_group(draw, ("", sector), year, stage=stage, simd_quintile=quintile, month=month)
            for sector, stages in STAGES_HERE.items()
            for stage in stages
            for quintile in ("1", "2", "3", "4", "5", "unknown")
            for year, month in months
        ],
        "similar_schools": [
            {"seed_code": key[0], "sector": key[1], "academic_year": YEAR, "similar_to": [], "rule": "Alike.",
             "schools_counted": 4, "attendance_rate": draw.uniform(0.85, 0.95)}
            for key in MINE
        ],
    }  # fmt: skip


def rows_of_seed(name: str) -> list[Row]:
    """Rows of a seed under the columns of the released table of its name."""
    with (PROJECT_DIR / "seeds" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return [{column: text or None for column, text in row.items()} for row in csv.DictReader(file)]


def _of_group(draw: random.Random, key: tuple[str, str], year: str, **group: Any) -> Row:
    """A group's half days, one in eight hidden; ``key`` without a SEED code is of the authority's sector."""
    possible = draw.randint(500, 4000)
    symbol = draw.choice(["[c]", "[x]"]) if draw.random() < 0.125 else None
    attended = round(possible * draw.uniform(0.8, 0.98))
    place = {"seed_code": key[0], "sector": key[1]} if key[0] else {"sector": key[1], "schools_counted": 6}
    pupils = {} if "month" in group else {"pupils": None if symbol else draw.randint(20, 300)}
    return {
        **place, **group, **pupils, "academic_year": year,
        "openings_possible": None if symbol else possible, "openings_attended": None if symbol else attended,
        "attendance_rate": None if symbol else round(attended / possible, 8), "openings_symbol": symbol,
    }  # fmt: skip


def _release() -> Row:
    return {"data_as_at": AS_AT, "released_at": dt.datetime(2025, 11, 1, 4, tzinfo=dt.UTC),
            "checked_at": dt.datetime(2025, 11, 1, 4, tzinfo=dt.UTC), "code_version": "1.2.3",
            "deliveries": [f"{HERE}/2025-10-31"], "label": "Made up for a test."}  # fmt: skip


def _school(key: tuple[str, str]) -> Row:
    return {"seed_code": key[0], "sector": key[1], "academic_year": YEAR, "school_name": NAMES[key], "pupils": 100}


def rate(
    draw: random.Random, hidden: float = 0.15, low: float = 0.85, high: float = 0.97
) -> tuple[float | None, str | None]:
    """A rate, or none with the symbol that says why."""
    if draw.random() < hidden:
        return None, draw.choice(["[c]", "[x]"])
    return round(draw.uniform(low, high), 8), None


def _year(draw: random.Random, key: tuple[str, str], year: str) -> Row:
    value, symbol = rate(draw)
    same, same_symbol = rate(draw) if year == YEAR else (None, "[z]")
    pupils = draw.choice([None, 12, 100, 100, 100, 100])
    return {"seed_code": key[0], "sector": key[1], "academic_year": year, "pupils": pupils, "attendance_rate": value,
            "openings_symbol": symbol, "rate_same_weeks_last_year": same, "same_weeks_symbol": same_symbol}  # fmt: skip


def _week(draw: random.Random, key: tuple[str, str], week: dt.date) -> Row:
    """A quarter hidden, some incomplete."""
    possible = draw.randint(50, 4000)
    symbol = draw.choice(["[c]", "[x]"]) if draw.random() < 0.25 else None
    attended = round(possible * draw.uniform(0.8, 0.99))
    return {
        "seed_code": key[0], "sector": key[1], "academic_year": YEAR, "week": week,
        "openings_possible": None if symbol else possible, "openings_attended": None if symbol else attended,
        "attendance_rate": None if symbol else round(attended / possible, 8), "openings_symbol": symbol,
        "completeness": None if symbol else draw.choice([1, 1, 0.99, 0.98, 0.97, 0.91]),
    }  # fmt: skip


def _whole_year(draw: random.Random, year: str) -> Row:
    row = _year(draw, ("", "all"), year)
    return {name: value for name, value in row.items() if name != "seed_code"} | {"schools_counted": 6}


def _whole_week(draw: random.Random, week: dt.date) -> Row:
    row = _week(draw, ("", "all"), week)
    return {name: value for name, value in row.items() if name != "seed_code"} | {"schools_counted": 6}


def _month(draw: random.Random, seed_code: str, sector: str, breakdown: str, month: dt.date) -> Row:
    value, symbol = rate(draw, 0.15 if seed_code else 0.3, 0.1, 0.5)
    return {"seed_code": seed_code, "sector": sector, "breakdown": breakdown, "value": "all", "academic_year": YEAR,
            "month": month, "persistent_absence_rate": value, "bands_symbol": symbol,
            "schools_counted": 1 if seed_code else 6}  # fmt: skip


def _freshness(draw: random.Random) -> Iterable[Row]:
    places = [(code, feed) for code in sorted({key[0] for key in MINE}) for feed in FEEDS] + [("all", "pupils")]
    for code, feed in places:
        status = draw.choice(["fresh", "fresh", "fresh", "late", "missing"])
        seen = None if status == "missing" else AS_AT - dt.timedelta(days=draw.randint(0, 9))
        yield {"seed_code": code, "feed": feed, "status": status, "last_extracted_on": seen,
               "data_to": seen if feed == "attendance" else None, "due_on": AS_AT}  # fmt: skip


def _verdicts(draw: random.Random) -> Iterable[Row]:
    for subject, kinds, verdicts in (
        ("balance sheet", ("manifest to file", "file to raw"), ("closes", "does not close")),
        ("rejected rows", ("wrong_type in scn", "duplicate_key"), ("under 0.1% of rows", "1% of rows or more")),
        ("warnings", ("crlf", "unmapped_code in attendance_code"), ("under 0.1% of rows", "1% of rows or more")),
        ("files not landed", ("quarantined: hash_mismatch",), ("one file", "several files")),
        ("expected schools", ("marks on the last day due",), ("all schools delivered", "some schools missing")),
    ):
        for kind in kinds:
            for feed in ("attendance", "pupils"):
                yield {"academic_year": YEAR, "subject": subject, "feed": feed, "kind": kind,
                       "verdict": draw.choice(verdicts)}  # fmt: skip


def _deliveries(draw: random.Random) -> Iterable[Row]:
    for day in range(20, 32):
        for feed in ("attendance", "pupils"):
            status = draw.choice(["landed", "landed", "quarantined", "refused"])
            yield {"delivery_key": f"{HERE}/2025-10-{day}", "feed": feed, "academic_year": YEAR,
                   "extract_date": dt.date(2025, 10, day), "outcome": "landed in part", "status": status,
                   "landed_at": dt.datetime(2025, 10, day, 23, tzinfo=dt.UTC), "is_in_force": status == "landed",
                   "reason": None if status == "landed" else "It cannot be read."}  # fmt: skip


def _provenance(draw: random.Random) -> Iterable[Row]:
    marts = [("attendance_by_school_year", code) for code in sorted({key[0] for key in MINE})]
    for mart, code in [*marts, ("attendance_by_authority_year", "")]:
        days = sorted(draw.sample(range(1, 32), draw.randint(1, 9)))
        yield {"mart": mart, "seed_code": code, "academic_year": YEAR, "code_version": "1.2.3",
               "deliveries": [f"{HERE}/2025-10-{day:02}" for day in days],
               "last_extracted_at": dt.datetime(2025, 10, days[-1], 12, tzinfo=dt.UTC)}  # fmt: skip
