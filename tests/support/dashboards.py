"""Dashboards for tests: an application with a stand-in for sign-in, and readers as the database has them."""

from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboards.kit.page import Page, Reader
from dashboards.signin.readers import reader_by_number
from dashboards.site.app import create_app
from dashboards.site.database import Database
from dashboards.subjects import PAGES
from orchestration.settings import Settings
from tests.support.main_job import rows

OFFICER = Reader(0, "officer", "Officer of the authority", authorities=("S12000005",), is_officer=True)


class StandIn:
    """ASGI middleware that says who reads, without a session."""

    def __init__(self, app: ASGIApp, reader: Reader | None) -> None:
        self._app = app
        self._reader = reader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["reader"] = self._reader
        await self._app(scope, receive, send)


def signed_in_as(reader: Reader | None) -> Callable[[FastAPI, Settings], None]:
    """A sign-in for ``create_app`` that has let this reader in already."""
    return lambda app, settings: app.add_middleware(StandIn, reader=reader)


def client(
    settings: Settings,
    reader: Reader | None = OFFICER,
    pages: tuple[Page, ...] = PAGES,
    template_folders: tuple[Path, ...] = (),
) -> TestClient:
    """A browser without JavaScript, signed in as a reader."""
    return TestClient(create_app(settings, signed_in_as(reader), pages, template_folders))


def reader_named(settings: Settings, name: str) -> Reader:
    """A reader with the scopes that the database knows."""
    ((number,),) = rows(settings, "steward", "select reader_id from access.readers where reader_name = %s", name)
    database = Database(settings)
    try:
        with database.writing() as connection:
            found = reader_by_number(connection, number)
    finally:
        database.close()
    assert found is not None, f"{name} may see nothing"
    return found
