"""A head's page has the own school exactly, marked, noted, and for that request alone (RULES 47, 48)."""

import datetime as dt
import io
import logging
import re
import zipfile
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboards.kit.own_school import MARKING, ON_PAPER
from dashboards.kit.page import Reader
from dashboards.site.app import create_app
from dashboards.subjects import PAGES
from orchestration.access import Person, Place, Validity, grant, grant_example_set, grant_head, turn_own_school
from orchestration.release import release_authority
from orchestration.settings import Settings
from tests.conftest import NewWarehouse, connect_as_admin
from tests.support.dashboards import reader_named
from tests.support.main_job import rows

AUTHORITY = "S12000005"
PART = 'id="own-school"'
LINK = '/own">Your own school'
OWN_FILE = re.compile(r'href="([^"]*/own/[^"]*)"')
GROUPS = "own-school-attendance-by-group-2025-26"
School = tuple[str, str]


class Turns:
    """A sign-in in which whoever is named reads, all on one site and so with its one cache."""

    def __init__(self, settings: Settings) -> None:
        self.reader: Reader | None = None
        self.client = TestClient(create_app(settings, self._install, PAGES))
        self._settings = settings

    def _install(self, app: FastAPI, settings: Settings) -> None:
        app.add_middleware(_Named, turns=self)

    def be(self, name: str) -> "Turns":
        """From now on this reader asks."""
        self.reader = reader_named(self._settings, name)
        return self

    def text(self, address: str) -> str:
        """The page, or what is told in its place."""
        return self.client.get(address).text


class _Named:
    def __init__(self, app: ASGIApp, turns: Turns) -> None:
        self._app, self._turns = app, turns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["reader"] = self._turns.reader
        await self._app(scope, receive, send)


@pytest.fixture(scope="module")
def warehouse(new_warehouse: NewWarehouse, released_home: object) -> Settings:
    """The released council with own school on and its example readers; a deputy sees the school of the first head."""
    settings = new_warehouse(copy_of=released_home)  # type: ignore[arg-type]
    grant_example_set(settings, AUTHORITY)
    return settings


@pytest.fixture(scope="module")
def school(warehouse: Settings) -> School:
    ((found,),) = [reader_named(warehouse, "head-primary").schools]
    return found


@pytest.fixture
def site(warehouse: Settings, school: School) -> Iterator[Turns]:
    """A site, own school on, the example's head the head until tomorrow, and a deputy with the school's scope alone."""
    if turn_own_school(warehouse, AUTHORITY, is_on=True, reason="for a test", actor="test"):
        release_authority(warehouse, AUTHORITY)
    place = Place("establishment", AUTHORITY, seed_code=school[0], sector=school[1])
    until = Validity(last=dt.date.today() + dt.timedelta(days=1))
    grant_head(warehouse, "head-primary", place, actor="test", validity=until, same_person=True)
    grant(warehouse, "deputy", place, actor="test", person=Person("Head teacher", "deputy@example.org"))
    with connect_as_admin(warehouse) as admin:
        # the same name on pages, so that nothing but the headship tells the two apart
        admin.execute("update access.readers set display_name = (select display_name from access.readers "
                      "where reader_name = 'head-primary') where reader_name = 'deputy'")  # fmt: skip
    made = Turns(warehouse)
    with made.client:
        yield made


def page_of(school: School, part: str = "") -> str:
    return f"/schools/{school[0]}/{school[1]}{part}"


def own_of(school: School) -> str:
    return page_of(school, "/own")


def lines(settings: Settings) -> list[tuple[str, str]]:
    query = ("select r.reader_name, o.mart from control.own_school_reads o join access.readers r using (reader_id) "
             "order by o.read_id")  # fmt: skip
    return rows(settings, "auditor", query)


def test_a_head_finds_exact_figures_marked_and_counts_first(site: Turns, warehouse: Settings, school: School) -> None:
    text = site.be("head-primary").text(own_of(school))
    assert f">{MARKING}</h2>" in text
    with connect_as_admin(warehouse) as admin:
        exact = admin.execute(
            "select stage, pupils, openings_possible, openings_attended "
            "from aggregated_exact.attendance_by_school_stage "
            "where seed_code = %s and sector = %s and academic_year = '2025/26' and openings_possible > 0 order by 1",
            [*school],
        ).fetchall()
    assert exact
    table = text[text.index('<caption id="own-school-attendance-by-group') :]
    for stage, *figures in exact:
        row = re.search(rf'<th scope="row">{stage}</th>(.*?)</tr>', table, re.DOTALL)
        assert row, stage
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.DOTALL)
        assert [re.sub("<[^>]*>", "", cell).strip() for cell in cells[:3]] == [f"{figure:,}" for figure in figures]


def test_each_reading_is_on_record_with_reader_and_marts(site: Turns, warehouse: Settings, school: School) -> None:
    before = len(lines(warehouse))
    site.be("head-primary").text(own_of(school))
    noted = lines(warehouse)[before:]
    assert {mart for _, mart in noted} >= {"attendance_by_school_year", "persistent_absence_by_school"}
    assert {name for name, _ in noted} == {"head-primary"}
    again = len(lines(warehouse))
    site.client.get(page_of(school, f"/own/{GROUPS}.csv"))
    assert len(lines(warehouse)) > again
    after = len(lines(warehouse))
    site.be("deputy").text(page_of(school))
    site.be("officer").text(page_of(school))
    assert len(lines(warehouse)) == after


def test_nobody_else_gets_them_from_any_cache(site: Turns, school: School) -> None:
    """The deputy has the very scope and name of the head: kept pages and figures are shared between the two."""
    page, address = page_of(school), own_of(school)
    assert PART not in site.be("deputy").text(address)
    assert PART in site.be("head-primary").text(address)
    assert LINK in site.text(page)
    for name in ("deputy", "officer", "cluster-lead", "deputy"):
        assert PART not in site.be(name).text(address), name
        assert LINK not in site.text(page), name
        assert site.client.get(page_of(school, f"/own/{GROUPS}.csv")).status_code == 404
    for name in ("head-secondary", "head-special"):
        assert site.be(name).client.get(address).status_code == 404
    answer = site.be("head-primary").client.get(address)
    assert PART in answer.text
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("ending", ["over", "revoked", "council off", "wider scope"])
def test_an_end_holds_while_the_page_is_open(site: Turns, warehouse: Settings, school: School, ending: str) -> None:
    address, file = own_of(school), page_of(school, f"/own/{GROUPS}.csv")
    assert PART in site.be("head-primary").text(address)
    with connect_as_admin(warehouse) as admin:
        if ending == "over":
            admin.execute("update access.heads set valid_from = current_date - 9, valid_until = current_date - 1")
        elif ending == "revoked":
            admin.execute("update access.heads set revoked_at = now(), revoked_by = 'x' where revoked_at is null")
    if ending == "council off":
        turn_own_school(warehouse, AUTHORITY, is_on=False, reason="for a test", actor="test")
    if ending == "wider scope":
        grant(warehouse, "head-primary", Place("authority", AUTHORITY), actor="test")
    assert PART not in site.text(address)
    assert site.client.get(file).status_code == 404
    with connect_as_admin(warehouse) as admin:
        admin.execute("delete from access.scopes where kind = 'authority' and reader_id = (select reader_id from "
                      "access.readers where reader_name = 'head-primary')")  # fmt: skip


def test_print_files_and_packs_are_the_edition_to_share(site: Turns, school: School) -> None:
    own = site.be("head-primary").text(own_of(school))
    assert '<section class="own-school on-desk"' in own, "print.css hides what is on the desk alone"
    assert f'<p class="print-only">{ON_PAPER}</p>' in own
    text = site.text(page_of(school)) + own
    for found in set(re.findall(r'href="([^"]*(?:\.csv|\.xlsx|\.docx)[^"]*)"', text)) - set(OWN_FILE.findall(text)):
        content = site.client.get(found).content
        if found.partition("?")[0].endswith(("xlsx", "docx")):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = b"".join(archive.read(name) for name in archive.namelist())
        assert b"wn school" not in content, found
    brief = site.text(page_of(school, "/brief"))
    assert MARKING not in brief


def test_a_file_that_is_asked_for_by_name_says_so_in_name_and_first_line(site: Turns, school: School) -> None:
    text = site.be("head-primary").text(own_of(school))
    files = OWN_FILE.findall(text)
    assert files
    for file in files:
        answer = site.client.get(file)
        assert answer.content.decode("utf-8-sig").splitlines()[0] == MARKING
        assert 'filename="DO_NOT_SHARE_own_school_' in answer.headers["content-disposition"]
        assert answer.headers["cache-control"] == "private, no-store"


def test_nothing_of_it_is_logged_or_left_on_disk(
    site: Turns, warehouse: Settings, school: School, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        site.be("head-primary").text(own_of(school))
    assert "own_school" not in caplog.text.replace("/own/", "")
    assert MARKING not in caplog.text
    folders = ("scratch", "services", "postgres/log")
    written = [path for folder in folders for path in (warehouse.home / folder).rglob("*")]
    for path in [*warehouse.home.glob("*.log"), *written]:
        if path.is_file():
            assert b"attendance_by_group" not in path.read_bytes(), path
    elsewhere = rows(
        warehouse, "auditor",
        "select distinct v.oid::regclass::text from pg_depend d inner join pg_rewrite w on w.oid = d.objid "
        "inner join pg_class v on v.oid = w.ev_class inner join pg_class t on t.oid = d.refobjid "
        "where t.relnamespace = to_regnamespace('own_school') and v.oid <> t.oid",
    )  # fmt: skip
    assert elsewhere == []
