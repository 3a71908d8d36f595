"""The application: settings in, a FastAPI application out."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec

from fastapi import FastAPI

from dashboards.database import Database
from dashboards.page import Page
from dashboards.pages import PAGES
from dashboards.routes import router
from dashboards.scope import authority_names
from dashboards.serving import PageServer
from dashboards.templating import environment
from orchestration.settings import Settings

SignIn = Callable[[FastAPI, Settings], None]


def create_app(settings: Settings, sign_in: SignIn | None = None, pages: tuple[Page, ...] = PAGES) -> FastAPI:
    """The dashboards over the warehouse of these settings.

    ``sign_in`` adds what sets ``request.state.reader``: ``dashboards.signin.install`` unless told otherwise.
    ``app.state`` holds ``settings``, ``database``, ``templates`` and ``pages``.
    """
    database = Database(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        database.close()

    app = FastAPI(title="School attendance", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    templates = environment(pages)
    app.state.settings = settings
    app.state.database = database
    app.state.templates = templates
    app.state.pages = pages
    app.include_router(router(pages, PageServer(database, templates, authority_names(settings.seeds_dir))))
    (sign_in or _sign_in())(app, settings)
    return app


def _sign_in() -> SignIn:
    found = find_spec("dashboards.signin")
    if found is None or found.origin is None:
        return lambda app, settings: None
    install: SignIn = import_module("dashboards.signin").install
    return install
