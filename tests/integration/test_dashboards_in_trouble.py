"""While figures are rebuilt, the database restarts or a released table is missing: the last release, or plain words.

Each page with nothing kept from before, in front of the real sign-in.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient

from dashboards.kit.page import Page
from dashboards.site.app import create_app
from dashboards.subjects import PAGES
from orchestration.access import Person, Place, grant_example_set
from orchestration.access.granting import grant_within
from orchestration.database import connect, ensure_ready, stop
from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.dashboards import reader_named
from tests.support.main_job import rows

ORIGIN = "http://127.0.0.1"
AUTHORITY = "S12000005"
EVERY_PAGE = ("attendance_by_authority_year", "attendance_by_school_year")  # academic years to choose from


@pytest.fixture(scope="module")
def warehouse(released: Settings) -> Settings:
    grant_example_set(released, AUTHORITY)
    return released.model_copy(update={"sign_in_tries": 10_000})


@contextmanager
def head(warehouse: Settings) -> Iterator[TestClient]:
    """A head's browser before a process that has just started."""
    with TestClient(create_app(warehouse), base_url=ORIGIN, follow_redirects=False) as client:
        form = {"reader": "head-primary", "next": "/about"}
        assert client.post("/sign-in/local", data=form, headers={"origin": ORIGIN}).status_code == 303
        yield client


@pytest.fixture(scope="module")
def school(warehouse: Settings) -> tuple[str, str]:
    return reader_named(warehouse, "head-primary").schools[0]


def address(page: Page, school: tuple[str, str]) -> str:
    return page.path.replace("{seed_code}", school[0]).replace("{sector}", school[1])


def assert_in_words(text: str) -> None:
    assert "<h1" in text
    for word in ("Traceback", "psycopg", "sqlalchemy", "aggregated.", "released.", "relation "):
        assert word not in text


def test_during_a_release_readers_have_the_last_one(warehouse: Settings, school: tuple[str, str]) -> None:
    """All rows of all released tables are gone in a transaction that has not ended; no page waits for it."""
    released = rows(
        warehouse,
        "releaser",
        "select relname from pg_class "
        "where relnamespace = 'released'::regnamespace and relkind = 'r' and has_table_privilege(oid, 'delete')",
    )
    with head(warehouse) as client:
        before = {page.name: client.get(address(page, school)).text for page in PAGES}
    with connect(warehouse, "releaser") as connection:
        gone = 0
        for (table,) in released:
            gone += connection.execute(f'delete from released."{table}"').rowcount
        assert gone > 1000
        try:
            with head(warehouse) as client:
                during = {page.name: client.get(address(page, school)).text for page in PAGES}
        finally:
            connection.rollback()
    assert during == before


@pytest.mark.parametrize("table", sorted({table for page in PAGES for table in page.reads}))
def test_without_a_table_its_pages_say_so_and_the_others_work(
    warehouse: Settings, school: tuple[str, str], table: str
) -> None:
    def rename(old: str, new: str) -> None:
        with connect(warehouse, "releaser") as connection:
            connection.execute("set local role aggregated_owner")
            connection.execute(f"alter table released.{old} rename to {new}")

    with head(warehouse) as client:
        rename(table, f"{table}_away")
        try:
            for page in PAGES:
                answer = client.get(address(page, school))
                may_fail = table in page.reads or table in EVERY_PAGE
                assert answer.status_code in ({200, 503} if may_fail else {200}), page.name
                assert_in_words(answer.text)
        finally:
            rename(f"{table}_away", table)


def test_before_the_first_release_pages_say_that_figures_are_being_prepared(new_warehouse: NewWarehouse) -> None:
    """A new council's officer, the evening before: not even the tables are there."""
    empty = new_warehouse()
    with connect(empty, "steward") as connection:
        person = Person("Head", subject="example|head-primary")
        grant_within(connection, "head-primary", Place("authority", AUTHORITY), "test", person)
    with head(empty) as client:
        for page in PAGES:
            answer = client.get(address(page, ("1003020", "primary")))
            assert answer.status_code == 503
            assert "The figures are being prepared" in answer.text
            assert_in_words(answer.text)
    stop(empty)


def test_while_the_database_is_down_and_after(warehouse: Settings, school: tuple[str, str]) -> None:
    with head(warehouse) as client:
        stop(warehouse)
        try:
            for page in PAGES:
                answer = client.get(address(page, school))
                assert answer.status_code == 503
                assert_in_words(answer.text)
        finally:
            ensure_ready(warehouse)
        for page in PAGES:
            assert client.get(address(page, school)).status_code == 200
