"""A page made while its reader's scope changes is of the one scope or the other, and never kept for somebody else."""

import random
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, select

from dashboards.kit import tables
from dashboards.kit.page import Page, PageRequest
from dashboards.site import app as application
from dashboards.site.serving import PageServer
from orchestration.access import Person, Place, grant, grant_example_set
from orchestration.database import connect
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.dashboards import reader_named
from tests.support.sign_in_site import browser, choose

AUTHORITY = "S12000005"
TRIES = 200
TEMPLATE = "{{ reader.reader_name }} {% for one in figures %}{{ one.seed_code }}/{{ one.sector }} {% endfor %}"
OTHER_SCOPE = """
with before as (
    update access.scopes set revoked_at = clock_timestamp(), revoked_by = 'test'
    where reader_id = %(reader)s and revoked_at is null
)
insert into access.scopes (reader_id, kind, local_authority_code, seed_code, sector, granted_by)
values (%(reader)s, %(kind)s, 'S12000005', %(seed_code)s, %(sector)s, 'test')
"""
School = tuple[str, str]


def schools(connection: Connection, asked: PageRequest) -> Any:
    """Every school of which the reader of this transaction sees a row."""
    found = tables.schools
    return connection.execute(select(found.c.seed_code, found.c.sector).distinct().order_by("seed_code")).all()


PAGE = Page(name="race", path="/race", title="Schools", template="race.html", figures=schools, reads=("schools",))


@pytest.fixture
def turncoat(released: Settings) -> Iterator[int]:
    """A reader who is head of a school one moment and officer the next. Gone afterwards."""
    grant_example_set(released, AUTHORITY)
    made = grant(released, "turncoat", Place("authority", AUTHORITY), actor="test",
                 person=Person("Turncoat", "turncoat@example.org", "example|turncoat"))  # fmt: skip
    yield made.reader_id
    with connect_as_admin(released) as admin:
        for table in ("access.sessions", "access.scopes", "access.readers"):
            admin.execute(f"delete from {table} where reader_id = %s", [made.reader_id])


def seen(client: TestClient) -> tuple[str, frozenset[School]]:
    """Whose page it is, and of which schools."""
    answer = client.get("/race")
    assert answer.status_code == 200, answer.text
    name, _, listed = answer.text.partition(" ")
    return name, frozenset(re.findall(r"(\d+)/(\w+)", listed))


def change(steward: psycopg.Connection, reader: int, school: School | None) -> None:
    """Give the reader one school, or the authority, for all that there was, in one transaction."""
    seed_code, sector = school or (None, None)
    kind = "establishment" if school else "authority"
    steward.execute(OTHER_SCOPE, {"reader": reader, "kind": kind, "seed_code": seed_code, "sector": sector})


def test_200_pages_made_while_scopes_change(
    released: Settings, turncoat: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures once were kept under the scope that sign-in had read a moment before."""
    (tmp_path / "race.html").write_text(TEMPLATE)
    servers: list[PageServer] = []

    def remembered(*given: Any) -> PageServer:
        servers.append(PageServer(*given))
        return servers[-1]

    monkeypatch.setattr(application, "PageServer", remembered)
    served = application.create_app(released, pages=(PAGE,), template_folders=(tmp_path,))
    clients = {name: browser(served) for name in ("turncoat", "officer", "head-primary")}
    for name, client in clients.items():
        assert choose(client, name, "/race") == 303
    (own,) = reader_named(released, "head-primary").schools
    whole = seen(clients["officer"])[1]
    assert len(whole) > 20
    assert seen(clients["head-primary"])[1] == {own}
    problems, between = [], set()
    with (
        connect(released, "steward", autocommit=True) as steward,
        ThreadPoolExecutor(1) as beside,
        clients["turncoat"],
        clients["officer"],
        clients["head-primary"],
    ):
        for attempt in range(TRIES):
            for kept in (servers[0]._figures, servers[0]._pages):
                kept.clear()
            asked = beside.submit(seen, clients["turncoat"])
            time.sleep(random.random() * 0.006)  # anywhere in a request  # made-up delay
            school = None if attempt % 2 else own
            change(steward, turncoat, school)
            name, caught = asked.result()
            if name != "turncoat" or caught not in (whole, {own}):
                problems.append(f"{attempt}: a page of neither scope, {name} {sorted(caught)[:3]}")
            between.add(caught == (whole if school is None else {own}))
            now = {"turncoat": whole if school is None else {own}, "officer": whole, "head-primary": {own}}
            name = random.choice(list(now))  # made-up choice: whoever asks next
            if seen(clients[name]) != (name, now[name]):
                problems.append(f"{attempt}: {name} got a page of another scope")
    assert problems == []
    assert between == {False, True}, "every change came before, or after, every page: this was no race"
