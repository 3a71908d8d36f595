"""Pages over a released warehouse: each for the readers who may, in one transaction, with its tables to take away."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboards.kit.page import Page, Reader
from dashboards.site.app import create_app
from dashboards.site.database import Database
from dashboards.subjects import PAGES
from orchestration.access import Person, Place, grant, grant_example_set
from orchestration.database import connect, ensure_ready, stop
from orchestration.settings import Settings
from tests.support.dashboards import StandIn, client, reader_named, signed_in_as
from tests.support.main_job import rows

AUTHORITY = "S12000005"


class Turns(StandIn):
    """Signs in whoever was put last into the list."""

    def __init__(self, app: ASGIApp, readers: list[Reader]) -> None:
        super().__init__(app, None)
        self._readers = readers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._reader = self._readers[-1] if self._readers else None
        await super().__call__(scope, receive, send)


WITHOUT_FIGURES = {"attainment", "senior_phase"}  # neither is delivered to this warehouse: words, nothing to take away
PLAIN = [page for page in PAGES if not page.is_about_a_school]


@pytest.fixture(scope="module")
def warehouse(released: Settings) -> Settings:
    grant_example_set(released, AUTHORITY)
    return released


@pytest.fixture(scope="module")
def officer(warehouse: Settings) -> Reader:
    return reader_named(warehouse, "officer")


@pytest.fixture(scope="module")
def head(warehouse: Settings) -> Reader:
    return reader_named(warehouse, "head-primary")


@pytest.fixture(scope="module")
def browser(warehouse: Settings, officer: Reader) -> Iterator[TestClient]:
    with client(warehouse, officer) as made:
        yield made


def own_school(reader: Reader) -> str:
    seed_code, sector = reader.schools[0]
    return f"/{seed_code}/{sector}"


def address(page: Page, reader: Reader) -> str:
    seed_code, sector = reader.schools[0] if reader.schools else ("0", "primary")
    return page.path.replace("{seed_code}", seed_code).replace("{sector}", sector)


@pytest.mark.parametrize("page", PLAIN, ids=lambda page: page.name)
def test_an_officer_sees_every_page(browser: TestClient, page: Page) -> None:
    answer = browser.get(page.path)
    assert answer.status_code == 200, answer.text
    assert "Clackmannanshire" in answer.text
    assert re.search(r"data as at \d{1,2} [A-Z][a-z]+ 20\d\d", answer.text), "every page says how old its data are"
    assert answer.headers["content-encoding"] == "gzip"
    assert len(re.findall(r"<h1", answer.text)) == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_head_sees_every_page_of_the_own_school(warehouse: Settings, head: Reader, page: Page) -> None:
    with client(warehouse, head) as browser:
        assert browser.get(address(page, head)).status_code == 200


@pytest.mark.parametrize("page", PLAIN, ids=lambda page: page.name)
def test_what_can_be_taken_away_says_what_it_is(browser: TestClient, page: Page) -> None:
    links = sorted(set(re.findall(r'href="([^"]*/tables[^"]*)"', browser.get(page.path).text)))
    assert bool(links) == (bool(page.sheets) and page.name not in WITHOUT_FIGURES)
    for link in links:
        answer = browser.get(link.replace("&amp;", "&"))
        assert answer.status_code == 200, link
        assert "attachment" in answer.headers["content-disposition"]
        if link.split("?")[0].endswith(".csv"):
            head_of_file = answer.content.decode("utf-8-sig").splitlines()
            assert head_of_file[0].startswith("Title,")
            assert any(line.startswith("Page,") for line in head_of_file)
            assert any(line.startswith("Data as at,") for line in head_of_file)
        else:
            assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None


def test_a_table_that_has_left_its_page_names_school_and_sector(browser: TestClient, head: Reader) -> None:
    """Else the tables of two schools or sectors, side by side in a folder, would be told apart by their figures."""

    def taken(path: str) -> tuple[str, dict[str, str]]:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
        return answer.headers["content-disposition"], dict(line for line in lines if len(line) == 2)

    address = "/authority/tables/half_days.csv?part=reasons&sector="
    named = [taken(f"{address}{sector}") for sector in ("all", "primary", "secondary")]
    assert len({file for file, _ in named}) == 3
    assert [said["Page"] for _, said in named] == [
        "Authority: reasons", "Authority: primary schools, reasons", "Authority: secondary schools, reasons",
    ]  # fmt: skip
    seed_code, sector = head.schools[0]
    file, said = taken(f"/schools/{seed_code}/{sector}/tables/half_days.csv?part=reasons")
    assert f"{seed_code}_{sector}" in file
    assert said["Page"] in browser.get(f"/schools/{seed_code}/{sector}?part=reasons").text
    assert said["Page"] != "School"
    assert taken("/schools/tables/schools.csv?sector=primary")[1]["Chosen"] == "sector: primary"


def test_what_does_not_exist_and_what_may_not_be_seen_look_the_same(browser: TestClient) -> None:
    pages = [
        browser.get(path)
        for path in ("/nothing", "/about?authority=S12000049", "/about?authority=x", "/about?year=1999-00",
                     "/about?year=2025-27", "/about/tables/nothing.csv")
    ]  # fmt: skip
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1


def test_a_reader_without_scope_gets_no_figures(warehouse: Settings) -> None:
    nobody = Reader(999_999, "nobody", "Nobody")
    with client(warehouse, nobody) as browser:
        answer = browser.get("/about")
    assert answer.status_code == 403
    assert "Sign in first" in answer.text


def test_a_reader_is_named_in_one_transaction_and_no_longer(warehouse: Settings, officer: Reader) -> None:
    database = Database(warehouse)
    setting = "select current_setting('warehouse.reader', true)"
    try:
        with database.reading(officer) as connection:
            assert connection.exec_driver_sql(setting).scalar_one() == str(officer.reader_id)
            facts = connection.exec_driver_sql(
                "select current_setting('transaction_isolation'), "
                "current_setting('transaction_read_only'), session_user"
            ).one()
            assert tuple(facts) == ("repeatable read", "on", "dashboard")
        for _ in range(3):
            with database.reading(None) as connection:
                assert connection.exec_driver_sql(setting).scalar_one() == ""
                assert connection.exec_driver_sql("select count(*) from released.releases").scalar_one() == 0
        with pytest.raises(ValueError, match="on purpose"), database.reading(officer) as connection:
            raise ValueError("on purpose")
        with database.writing() as connection:
            assert connection.exec_driver_sql(setting).scalar_one() == ""
            assert connection.exec_driver_sql("select current_setting('transaction_read_only')").scalar_one() == "off"
    finally:
        database.close()


def test_readers_do_not_cross_in_the_pool(warehouse: Settings, officer: Reader, head: Reader) -> None:
    database = Database(warehouse)

    def ask(reader: Reader) -> tuple[int, str]:
        with database.reading(reader) as connection:
            number = connection.exec_driver_sql("select access.current_reader()").scalar_one()
            connection.exec_driver_sql("select pg_sleep(0.001)")
            setting = connection.exec_driver_sql("select current_setting('warehouse.reader', true)").scalar_one()
        return number, setting

    try:
        turns = [officer, head] * 100
        with ThreadPoolExecutor(10) as threads:
            assert list(threads.map(ask, turns)) == [(reader.reader_id, str(reader.reader_id)) for reader in turns]
    finally:
        database.close()


def test_a_page_of_one_reader_is_not_another_readers(warehouse: Settings, officer: Reader, head: Reader) -> None:
    """Same process, same cache, same address; the second officer has the very scope of the first."""
    place, person = Place("authority", AUTHORITY), Person(display_name="Another officer")
    grant(warehouse, "colleague", place, actor="test", person=person)
    colleague = reader_named(warehouse, "colleague")
    turn: list[Reader] = []
    app = create_app(warehouse, lambda app, settings: app.add_middleware(Turns, readers=turn))
    with TestClient(app) as browser:
        for reader in (officer, colleague, head, officer):
            turn.append(reader)
            answer = browser.get("/about")
            assert answer.status_code == 200
            assert reader.display_name in answer.text
            others = {officer, colleague, head} - {reader}
            assert not [other for other in others if f"</span>{other.display_name}<" in answer.text]


def test_a_missing_table_is_said_in_words_and_nothing_else(warehouse: Settings, officer: Reader) -> None:
    with client(warehouse, officer) as browser:
        with connect(warehouse, "releaser") as connection:
            connection.execute("set local role aggregated_owner")
            connection.execute("alter table released.attendance_codes rename to attendance_codes_away")
            connection.commit()
            try:
                answer = browser.get("/about")
            finally:
                connection.execute("set local role aggregated_owner")
                connection.execute("alter table released.attendance_codes_away rename to attendance_codes")
                connection.commit()
        assert answer.status_code == 503
        assert "not there at the moment" in answer.text
        assert "attendance_codes" not in answer.text
        assert browser.get("/about").status_code == 200


def test_pages_survive_a_restart_of_the_database(warehouse: Settings, officer: Reader) -> None:
    with client(warehouse, officer) as browser:
        assert browser.get("/about").status_code == 200
        assert browser.get("/ready").status_code == 200
        stop(warehouse)
        try:
            down = browser.get("/about")
            assert down.status_code == 503
            assert "does not answer" in down.text
            assert browser.get("/ready").status_code == 503
            assert browser.get("/health").status_code == 200
        finally:
            ensure_ready(warehouse)
        assert browser.get("/about").status_code == 200


def test_the_access_log_knows_what_was_read(warehouse: Settings, officer: Reader) -> None:
    """Sign-in writes the line; what stands in it is said by the page, here seen in the state of the request."""
    seen = []
    app = create_app(warehouse, signed_in_as(officer))

    @app.middleware("http")
    async def look(request, call_next):  # type: ignore[no-untyped-def]
        answer = await call_next(request)
        seen.append(request.state.page_read)
        return answer

    with TestClient(app) as browser:
        browser.get("/about")
        browser.get("/about/tables/attendance_codes.csv?year=2025-26")
        browser.get("/about?authority=S12000049")
    assert [(read.page, read.format, read.local_authority_code) for read in seen] == [
        ("about", "html", AUTHORITY),
        ("about", "csv", AUTHORITY),
        ("about", "html", "S12000049"),
    ]


def test_there_is_a_release_to_read(warehouse: Settings) -> None:
    assert rows(warehouse, "analyst", "select local_authority_code from aggregated.releases") == [(AUTHORITY,)]
