"""Groups of a school, and girls and boys of the authority, stand beside the same time of last year, as shown then."""

import datetime as dt
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from orchestration.database import connect
from orchestration.settings import Settings
from tests.conftest import NewWarehouse, connect_as_admin
from tests.support.access_world import released_tables
from tests.support.attainment_world import released_council
from tests.support.dashboard_cells import PageTables
from tests.support.dashboards import client, reader_named
from tests.support.dashboards_world import AS_AT, BEFORE, HERE, MINE, YEAR, schools_of, write_rows

((KEY, SECTOR),) = schools_of("head-primary")
CAPTION, BY_SEX = "Attendance by stage", "Attendance by sex"
KEEP = """
insert into control.released_before (mart, local_authority_code, cell, release_id, until_release_id, released)
select 'attendance_by_school_stage', local_authority_code, stage || %(day)s::text, 1, 2,
    to_jsonb(rows) || jsonb_build_object('academic_year', %(year)s::text, 'data_as_at', %(day)s::date, 'release_id', 1,
        'attendance_rate', %(rate)s::numeric, 'openings_symbol', null)
from released.attendance_by_school_stage as rows
where seed_code = %(seed_code)s and sector = %(sector)s and academic_year = %(now)s
"""
KEEP_SEXES = """
insert into control.released_before (mart, local_authority_code, cell, release_id, until_release_id, released)
select 'attendance_by_authority_sex', local_authority_code, sector || sex || %(day)s::text, 1, 2,
    to_jsonb(rows) || jsonb_build_object('academic_year', %(year)s::text, 'data_as_at', %(day)s::date, 'release_id', 1,
        'attendance_rate', %(rate)s::numeric, 'openings_symbol', null)
from released.attendance_by_authority_sex as rows
where local_authority_code = %(here)s and academic_year = %(now)s
"""


@pytest.fixture(scope="module")
def world(new_warehouse: NewWarehouse) -> Settings:
    """The council a year on: its stages stood at 80% at the end of September and at 75% at that of October 2024."""
    settings = released_council(new_warehouse)
    columns = released_tables(settings)["attendance_by_authority_sex"]
    with connect(settings, "releaser") as connection:
        key = {"sector": "all", "academic_year": YEAR, "openings_symbol": None}
        sexes = ({**key, "sex": sex, "attendance_rate": rate} for sex, rate in (("F", 0.912), ("M", 0.905)))
        write_rows(connection, "attendance_by_authority_sex", columns, sexes)
    with connect_as_admin(settings) as admin:
        admin.execute(
            "insert into control.releases (local_authority_code, event_id, data_as_at, code_version, deliveries, "
            "rows_changed) select %s, 1, date '2024-10-31', 'v', '{}', '{}' from generate_series(1, 2)",
            [HERE],
        )
        for day, rate in ((dt.date(2024, 9, 30), 0.80), (dt.date(2024, 10, 31), 0.75), (dt.date(2025, 6, 27), 0.60)):
            values = {"day": str(day), "rate": rate, "year": BEFORE, "now": YEAR, "seed_code": KEY, "sector": SECTOR}
            admin.execute(KEEP, values)
            admin.execute(KEEP_SEXES, {**values, "here": HERE})
    return settings


@pytest.fixture
def browser(world: Settings, request: pytest.FixtureRequest) -> Iterator[TestClient]:
    with client(world, reader_named(world, request.param)) as found:
        yield found


@pytest.mark.parametrize("browser", ["officer", "head-primary"], indirect=True)
def test_stages_stand_beside_the_same_time_of_last_year(browser: TestClient) -> None:
    answer = browser.get(f"/schools/{KEY}/{SECTOR}?part=for_whom")
    assert answer.status_code == 200
    cells = PageTables(answer.text).cells
    then = {row: text for (caption, row, column), text in cells.items() if (caption, column) == (CAPTION, BEFORE)}
    assert then
    assert set(then.values()) == {"75.0%"}, "neither September's nor the whole year's"
    assert "when data went up to 31 October 2024" in answer.text
    now = {row: text for (caption, row, column), text in cells.items() if (caption, column) == (CAPTION, "Attendance")}
    change = {
        row: text
        for (caption, row, column), text in cells.items()
        if column == "Change (points)" and caption == CAPTION
    }
    for stage, rate in now.items():
        if rate.endswith("%"):
            assert abs(float(rate.rstrip("%")) - 75.0 - float(change[stage].split()[0].replace("+", ""))) < 0.11
    assert AS_AT - dt.timedelta(weeks=52) == dt.date(2024, 11, 1)


@pytest.mark.parametrize("browser", ["officer"], indirect=True)
def test_a_school_without_kept_states_says_so(browser: TestClient) -> None:
    other = next(school for school in MINE if school != (KEY, SECTOR) and school[1] == "primary")
    text = browser.get(f"/schools/{other[0]}/{other[1]}?part=for_whom").text
    assert "no state of then has been kept" in text
    assert BEFORE not in {column for caption, _, column in PageTables(text).cells if caption == CAPTION}


@pytest.mark.parametrize("browser", ["officer"], indirect=True)
def test_girls_and_boys_of_the_authority_stand_beside_the_same_time_of_last_year(browser: TestClient) -> None:
    text = browser.get("/authority?part=for_whom").text
    cells = PageTables(text).cells
    then = {row: said for (caption, row, column), said in cells.items() if (caption, column) == (BY_SEX, BEFORE)}
    assert set(then.values()) == {"75.0%"}, "neither September's nor the whole year's"
    assert len(then) == 2
    assert f"By sex {BEFORE} is as it was shown when data went up to 31 October 2024." in text
    for sex in then:
        now, change = (cells[BY_SEX, sex, column] for column in ("Attendance", "Change (points)"))
        assert abs(float(now.rstrip("%")) - 75.0 - float(change.split()[0].replace("+", ""))) < 0.11
