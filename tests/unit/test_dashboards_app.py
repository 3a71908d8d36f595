"""The application without a database: headers, error pages, static files, logs, and what pages must have."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from psycopg.errors import UndefinedTable
from sqlalchemy.exc import DataError, OperationalError, ProgrammingError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from dashboards.assets import LIST, contents
from dashboards.kit.page import NotReadyError, Page
from dashboards.kit.static_files import FOLDER, StaticFiles
from dashboards.site.app import create_app
from dashboards.site.errors import AGAIN, message
from dashboards.site.logs import JsonLines
from dashboards.site.security import CONTENT_POLICY
from dashboards.subjects import PAGES
from orchestration.database import NotRunningError
from orchestration.settings import Settings
from tests.support.dashboards import OFFICER, client, signed_in_as


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[TestClient]:
    with client(Settings(home=tmp_path)) as made:
        yield made


def test_without_a_database_a_page_says_so_and_nothing_else(browser: TestClient) -> None:
    answer = browser.get("/about")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "The figures cannot be read at the moment" in answer.text
    assert not re.search(r"Traceback|psycopg|sqlalchemy|File &#34;|warehouse up", answer.text)


@pytest.mark.parametrize("path", ["//example.org/x", "/sign-in"])
def test_trying_again_never_leads_to_another_host(tmp_path: Path, path: str) -> None:
    app = create_app(Settings(home=tmp_path), signed_in_as(None))
    asked = {
        "type": "http", "method": "GET", "scheme": "http", "server": ("testserver", 80), "path": path,
        "query_string": b"a=1", "headers": [], "app": app,
    }  # fmt: skip
    said = bytes(message(Request(asked), 503, "Away", way_on=AGAIN).body).decode()
    assert 'href="/">Try again' in said
    said = bytes(message(Request(asked | {"path": "/about"}), 503, "Away", way_on=AGAIN).body).decode()
    assert 'href="/about?a=1">Try again' in said


def test_health_and_readiness_differ(browser: TestClient) -> None:
    assert browser.get("/health").status_code == 200
    answer = browser.get("/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "no database"})


@pytest.mark.parametrize(
    "path", ["/about", "/nothing", "/health", "/static/x/dashboards.css", "/static/x/none.css", "/"]
)
def test_every_answer_carries_the_security_headers(browser: TestClient, path: str) -> None:
    headers = browser.get(path, follow_redirects=False).headers
    assert headers["content-security-policy"] == CONTENT_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    assert "unsafe" not in CONTENT_POLICY
    assert "http" not in CONTENT_POLICY
    assert "frame-ancestors 'none'" in CONTENT_POLICY


def test_templates_hold_no_inline_style_script_or_handler() -> None:
    for path in (FOLDER.parent / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:|https?://", text), path


def test_pages_are_never_kept_and_files_are_kept_for_a_year(browser: TestClient) -> None:
    assert browser.get("/nothing").headers["cache-control"] == "private, no-store"
    address = StaticFiles().address("dashboards.css")
    assert "immutable" in browser.get(address).headers["cache-control"]
    assert browser.get(address).headers["content-encoding"] == "gzip"
    assert browser.get("/static/older/dashboards.css").headers["cache-control"] == "no-cache"
    assert browser.get(f"{address}/../../../app.py").status_code == 404


def test_what_is_not_there_is_a_page(browser: TestClient) -> None:
    answer = browser.get("/nothing")
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert browser.post("/about").status_code == 405


@pytest.mark.parametrize("path", ["/about?stage=S3", "/authority?sector=all&stage=S3", "/about/tables.xlsx?x="])
def test_a_choice_that_a_page_does_not_have_is_not_found(browser: TestClient, path: str) -> None:
    """It was ignored once, and the answer looked as if it were of that stage."""
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "a choice that this page does not have" in answer.text
    assert "SEEMiS" in answer.text


def test_nobody_signed_in_sees_no_figures(tmp_path: Path) -> None:
    with client(Settings(home=tmp_path), reader=None) as browser:
        assert browser.get("/about").status_code == 403


def broken(error: Exception) -> Page:
    def figures(connection: object, asked: object) -> None:
        raise error

    return Page("broken", "/broken", "Broken", "message.html", figures, ())


def test_an_error_nobody_foresaw_shows_a_reference_and_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(Settings(home=tmp_path), signed_in_as(OFFICER))

    told = "pupil 123 of Alva"

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError(told)

    monkeypatch.setattr(app.state.database, "reading", fails)
    with TestClient(app) as browser:
        answer = browser.get("/about")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    found = re.search(r"Reference for support: <strong>([0-9a-f]{8})</strong>", answer.text)
    assert found
    record = next(record for record in caplog.records if getattr(record, "reference", "") == found[1])
    line = JsonLines().format(record)
    assert told not in answer.text + line, "the message of an error may hold a value"
    assert "fails" in json.loads(line)["frames"]


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (NotReadyError("The first figures are on their way."), 503, "The figures are being prepared"),
        (OperationalError("select", {}, Exception("x")), 503, "cannot be read at the moment"),
        (DataError("select secret", {}, Exception("x")), 500, "Something went wrong"),
        (ProgrammingError("select", {}, UndefinedTable("aggregated.secret")), 503, "not there at the moment"),
        (NotRunningError("start it in /srv/warehouse"), 503, "cannot be read at the moment"),
        (HTTPException(403), 403, "You may not see this"),
        (HTTPException(429), 429, "Please wait a minute"),
        (HTTPException(418), 418, "This could not be done"),
    ],
)
def test_what_was_foreseen_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, says: str
) -> None:
    app = create_app(Settings(home=tmp_path), signed_in_as(OFFICER))

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(app.state.database, "reading", fails)
    with TestClient(app) as browser:
        answer = browser.get("/about")
    assert answer.status_code == status
    assert says in answer.text
    assert not re.search(r"secret|/srv/warehouse|Traceback", answer.text)
    assert ("retry-after" in answer.headers) == (status in {429, 503})


ODD = ("%00", "%F0%9F%98%80", "%ED%A0%80", "'%20or%201=1--", "%3Cscript%3E", "x" * 5000, "..%2F..", "2025/26", "-1")


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize(
    "address", ["/about?year={}", "/about?authority={}", "/about/tables/{}.csv", "/{}", "/static/{}/{}"]
)
def test_no_address_is_too_odd(browser: TestClient, address: str, odd: str) -> None:
    answer = browser.get(address.replace("{}", odd))
    assert answer.status_code in {404, 503}, "not found, or the database is away before it is known"
    assert "<script>" not in answer.text


def test_logs_hold_the_route_and_nobody(browser: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "dashboards.requests"):
        browser.get("/about?authority=S12000005")
    record = next(record for record in caplog.records if record.name == "dashboards.requests")
    line = json.loads(JsonLines().format(record))
    assert line["route"] == "/about"
    assert line["status"] == 503
    assert not {"S12000005", OFFICER.display_name, "testclient"} & set(json.dumps(line).split('"'))


def test_pages_are_named_once_and_lead_somewhere() -> None:
    assert len({page.name for page in PAGES}) == len({page.path for page in PAGES}) == len(PAGES)
    names = {page.name for page in PAGES}
    for page in PAGES:
        assert page.path.startswith("/")
        assert page.parent is None or page.parent in names
        assert (FOLDER.parent / "templates" / page.template).exists()
        assert page.description, f"{page.name} says what it is for"


def test_vendor_files_are_those_of_the_lock_file() -> None:
    """After a change of versions run `python -m dashboards.assets`, and commit what it makes."""
    assert json.loads(LIST.read_text()) == contents()


def test_the_lock_file_names_no_registry() -> None:
    text = (FOLDER.parent / "assets" / "package-lock.json").read_text()
    assert "resolved" not in text
    assert "integrity" in text
