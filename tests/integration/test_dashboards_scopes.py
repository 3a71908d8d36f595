"""A head teacher sees the own school: anything else is not found, and is on record."""

import re
from dataclasses import replace

import pytest

from dashboards.kit.page import Reader
from dashboards.site.app import create_app
from dashboards.site.database import Database
from orchestration.access import grant_example_set
from orchestration.settings import Settings
from tests.support.dashboards import client, reader_named
from tests.support.main_job import rows
from tests.support.sign_in_site import browser, choose

AUTHORITY = "S12000005"
HEADS = ("head-primary", "head-secondary", "head-special")
PARTS = (
    "",
    "/tables.xlsx",
    "/tables/by_week.csv",
    "/tables/persistent_absence.csv?part=absence",
    "?part=profile",
    "?year=2025-26",
)


@pytest.fixture(scope="module")
def warehouse(released: Settings) -> Settings:
    grant_example_set(released, AUTHORITY)
    return released


@pytest.fixture(scope="module")
def schools(warehouse: Settings) -> list[tuple[str, str]]:
    return rows(warehouse, "analyst", "select seed_code, sector from aggregated.schools order by 1, 2")


def others(reader: Reader, schools: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [school for school in schools if school not in reader.schools]


@pytest.mark.parametrize("name", HEADS)
def test_another_school_is_not_found_by_any_address(
    warehouse: Settings, schools: list[tuple[str, str]], name: str
) -> None:
    head = reader_named(warehouse, name)
    strange = [f"/schools/{seed_code}/{sector}{part}" for seed_code, sector in others(head, schools) for part in PARTS]
    assert strange
    with client(warehouse, head) as browsing:
        answers = {address: browsing.get(address) for address in strange}
        nothing = browsing.get("/schools/9999999/primary")
    assert {answer.status_code for answer in answers.values()} == {404}
    assert {answer.text for answer in answers.values()} == {nothing.text}, "the answer tells whether a school exists"


@pytest.mark.parametrize("name", HEADS)
def test_a_head_reads_the_own_school_and_finds_it_in_the_navigation(warehouse: Settings, name: str) -> None:
    head = reader_named(warehouse, name)
    ((seed_code, sector),) = head.schools
    with client(warehouse, head) as browsing:
        for part in PARTS:
            assert browsing.get(f"/schools/{seed_code}/{sector}{part}").status_code == 200, part
        home = browsing.get("/authority").text
    assert f'href="/schools/{seed_code}/{sector}/overview">Your school</a>' in home


@pytest.mark.parametrize("name", HEADS)
def test_no_page_names_another_school(warehouse: Settings, name: str) -> None:
    head = reader_named(warehouse, name)
    ((seed_code, sector),) = head.schools
    everybody = rows(warehouse, "analyst", "select seed_code, sector, school_name from aggregated.schools")
    strange = [school for other, part, school in everybody if (other, part) != (seed_code, sector)]
    own_name = next(school for other, part, school in everybody if (other, part) == (seed_code, sector))
    clusters = {name for (name,) in rows(warehouse, "analyst", "select distinct cluster_name from aggregated.clusters")}
    with client(warehouse, head) as browsing:
        for address in ("/authority", "/schools", f"/schools/{seed_code}/{sector}"):
            text = browsing.get(address).text
            named = [
                school for school in strange if school in text and school not in clusters and school not in own_name
            ]
            assert not named, f"{address} names {named}"
            assert set(re.findall(r"/schools/(\d+)/(\w+)", text)) <= {(seed_code, sector)}


def test_parameters_that_reach_for_others_are_not_found(warehouse: Settings) -> None:
    head = reader_named(warehouse, "head-special")
    asked = (
        "/authority?sector=special",  # two special schools: with the own figures, the other's would follow
        "/authority?authority=S12000049",
        "/schools?sector=secondary",
        "/schools?cluster=Alva+Academy",
        "/schools?block=2",
        "/schools/tables/weeks_secondary.csv",
    )
    with client(warehouse, head) as browsing:
        assert {address: browsing.get(address).status_code for address in asked} == dict.fromkeys(asked, 404)


def test_the_database_gives_no_row_of_another_school(warehouse: Settings, schools: list[tuple[str, str]]) -> None:
    head = reader_named(warehouse, "head-primary")
    query = (
        "select seed_code, sector from aggregated.attendance_by_school_week union "
        "select seed_code, sector from aggregated.attendance_by_school_stage union "
        "select seed_code, sector from aggregated.similar_schools union "
        "select seed_code, sector from aggregated.attendance_by_cluster union "
        "select seed_code, sector from aggregated.schools"
    )
    database = Database(warehouse)
    try:
        with database.reading(head) as connection:
            assert {tuple(row) for row in connection.exec_driver_sql(query)} == set(head.schools)
        with database.reading(None) as connection:
            assert connection.exec_driver_sql(query).all() == []
    finally:
        database.close()


def test_what_was_refused_is_on_record(warehouse: Settings, schools: list[tuple[str, str]]) -> None:
    head = reader_named(warehouse, "head-primary")
    seed_code, sector = others(head, schools)[0]
    application = create_app(warehouse)
    browsing = browser(application)
    assert choose(browsing, "head-primary", "/authority") == 303
    for part in ("", "/tables.xlsx", "/tables/by_week.csv"):
        assert browsing.get(f"/schools/{seed_code}/{sector}{part}").status_code == 404
    log = rows(
        warehouse,
        "steward",
        "select page, seed_code, sector, format, status from control.page_reads where reader_id = %s "
        "order by read_id desc limit 3",
        head.reader_id,
    )
    application.state.database.close()
    assert log == [("school", seed_code, sector, kind, 404) for kind in ("csv", "xlsx", "html")]


def test_a_scope_that_changes_after_sign_in_is_that_of_the_figures(warehouse: Settings) -> None:
    """Sign-in reads the scope in a transaction of its own: figures once were kept under the scope that it had read."""
    head, officer = reader_named(warehouse, "head-primary"), reader_named(warehouse, "officer")
    before = replace(officer, reader_id=head.reader_id, reader_name=head.reader_name, display_name=head.display_name)
    with client(warehouse, head) as browsing:
        own = browsing.get("/authority").text
    with client(warehouse, before) as browsing:  # signed in as one who may see all, a moment before
        assert browsing.get("/authority").text == own
        assert browsing.get("/schools").status_code == client(warehouse, head).get("/schools").status_code
    nobody = replace(officer, reader_id=999_999)
    with client(warehouse, nobody) as browsing:
        assert browsing.get("/authority").status_code == 403
