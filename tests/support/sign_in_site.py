"""A small site with sign-in, and a browser for it: two pages, readers written straight into the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import PlainTextResponse
from httpx2 import Response
from starlette.testclient import TestClient

from dashboards.kit.page import PageRead, Reader
from dashboards.kit.static_files import StaticFiles
from dashboards.kit.templating import environment
from dashboards.signin import install
from dashboards.site import errors
from dashboards.site.database import Database
from dashboards.site.security import SecurityHeaders
from dashboards.subjects import PAGES
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.identity_provider import IdentityProvider

COUNCIL = "S12000005"
ORIGIN = "http://127.0.0.1:8000"
SAME_ORIGIN = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}


@contextmanager
def site(settings: Settings) -> Iterator[FastAPI]:
    """An application with ``/today`` for every reader and ``/school/<seed code>/<sector>`` for that school's."""
    app = FastAPI()
    database = Database(settings)
    app.state.database = database
    app.state.templates = environment(PAGES, StaticFiles())
    errors.install(app)

    @app.get("/today")
    def today(request: Request) -> PlainTextResponse:
        reader: Reader = request.state.reader
        request.state.page_read = PageRead("today", "html", COUNCIL)
        return PlainTextResponse(f"{reader.reader_name} {reader.authorities} {reader.schools}")

    @app.get("/school/{seed_code}/{sector}")
    def school(request: Request, seed_code: str, sector: str) -> PlainTextResponse:
        request.state.page_read = PageRead("school", "html", COUNCIL, seed_code, sector)
        if (seed_code, sector) not in request.state.reader.schools:
            raise HTTPException(404)
        return PlainTextResponse("the school")

    @app.get("/broken")
    def broken() -> PlainTextResponse:
        raise RuntimeError("nobody foresaw this")

    @app.get("/health")
    def live() -> PlainTextResponse:
        return PlainTextResponse("alive")

    install(app, settings)
    app.add_middleware(SecurityHeaders, is_live=False)
    try:
        yield app
    finally:
        database.close()


def browser(app: FastAPI, origin: str = ORIGIN) -> TestClient:
    """A browser that stops at each redirect, so that a test sees it."""
    return TestClient(app, base_url=origin, follow_redirects=False, raise_server_exceptions=False)


def add_reader(settings: Settings, name: str, **columns: object) -> int:
    """A person of this name, made or changed; ``columns`` of access.readers. Returns the number."""
    values = {"display_name": name.title(), "kind": "person", "reader_name": name} | columns
    names = ", ".join(values)
    marks = ", ".join(f"%({column})s" for column in values)
    changes = ", ".join(f"{column} = excluded.{column}" for column in values)
    with connect_as_admin(settings) as connection:
        row = connection.execute(
            f"insert into access.readers ({names}) values ({marks}) "
            f"on conflict (reader_name) do update set {changes} returning reader_id",
            values,
        ).fetchone()
    assert row is not None
    return int(row[0])


def give(settings: Settings, reader_id: int, school: tuple[str, str] | None = None) -> None:
    """Let a reader see a school, or the whole council."""
    with connect_as_admin(settings) as connection:
        connection.execute(
            "insert into access.scopes (reader_id, kind, local_authority_code, seed_code, sector, granted_by) "
            "values (%s, %s, %s, %s, %s, 'test')",
            (reader_id, "establishment" if school else "authority", COUNCIL, *(school or (None, None))),
        )


def rows(settings: Settings, query: str, *values: object) -> list[tuple[object, ...]]:
    """What a query finds, as the admin."""
    with connect_as_admin(settings) as connection:
        return list(connection.execute(query, values).fetchall())


def change(settings: Settings, statement: str, *values: object) -> None:
    """Change something, as the admin."""
    with connect_as_admin(settings) as connection:
        connection.execute(statement, values)


def begin(client: TestClient, target: str = "/today") -> str:
    """Ask for a page and follow to the address of the identity provider."""
    asked = client.get(target)
    assert asked.status_code == 303, asked.text
    sent = client.get(asked.headers["location"])
    assert sent.status_code == 303, sent.text
    return sent.headers["location"]


def sign_in(
    client: TestClient, provider: IdentityProvider, subject: str = "mhairi", target: str = "/today"
) -> Response:
    """All the way through the identity provider. Returns the answer to the callback."""
    return client.get(provider.sign_in(begin(client, target), subject))


def choose(client: TestClient, name: str, next_page: str = "/today") -> int:
    """Be a made-up reader. Returns the status."""
    form = {"reader": name, "next": next_page}
    return client.post("/sign-in/local", data=form, headers=SAME_ORIGIN).status_code


def signed_in(app: FastAPI, name: str = "head-primary") -> TestClient:
    """A browser in which a made-up reader has signed in and read a page."""
    client = browser(app)
    assert choose(client, name) == 303
    assert client.get("/today").status_code == 200
    return client
