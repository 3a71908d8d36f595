"""The application: settings in, a FastAPI application out."""

import functools
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from jinja2 import Environment
from starlette.responses import Response

from dashboards.kit.page import Page
from dashboards.kit.static_files import StaticFiles
from dashboards.kit.templating import PRODUCT, environment
from dashboards.signin import install as install_sign_in
from dashboards.site import errors, health
from dashboards.site.database import Database
from dashboards.site.logs import RequestLog
from dashboards.site.routes import add_pages
from dashboards.site.scope import authority_names
from dashboards.site.security import SecurityHeaders
from dashboards.site.serving import PageServer
from dashboards.subjects import PAGES
from orchestration.settings import Settings

SignIn = Callable[[FastAPI, Settings], None]


def create_app(
    settings: Settings,
    sign_in: SignIn = install_sign_in,
    pages: tuple[Page, ...] = PAGES,
    template_folders: tuple[Path, ...] = (),
) -> FastAPI:
    """The dashboards over the warehouse of these settings.

    ``sign_in`` adds what sets ``request.state.reader``; tests bring a stand-in. ``template_folders`` hold templates
    of pages that do not stand in this package. ``app.state`` holds ``settings``,
    ``database``, ``templates``, ``static`` and ``pages``. Raises ``SignInSettingsError`` where settings of sign-in
    must not start.
    """
    database = Database(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        warm_up(app.state.templates, database)
        yield
        database.close()

    app = FastAPI(
        title=PRODUCT, docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan,
        redirect_slashes=False,  # it would lead to whatever host the request names
    )  # fmt: skip
    static = StaticFiles()
    templates = environment(pages, static, template_folders)
    app.state.settings = settings
    app.state.database = database
    app.state.templates = templates
    app.state.static = static
    app.state.pages = pages
    errors.install(app)
    app.include_router(health.router)
    is_live = settings.environment == "live"
    server = PageServer(database, templates, authority_names(settings.seeds_dir), pages, is_live)
    add_pages(app.router, pages, server)

    @app.get("/static/{version}/{name:path}", include_in_schema=False)
    def static_file(request: Request, version: str, name: str) -> Response:
        return static.serve(request, version, name)

    app.add_middleware(errors.SafetyNet)  # within sign-in, so that its access log has the line
    sign_in(app, settings)
    app.add_middleware(errors.SafetyNet)  # and for sign-in itself
    app.add_middleware(RequestLog)
    app.add_middleware(SecurityHeaders, is_live=is_live)
    return app


@functools.cache
def _stay_for_good() -> None:
    gc.collect()
    gc.freeze()


def warm_up(templates: Environment, database: Database) -> None:
    """Do before the first request what it would wait for: templates compiled, one connection open.

    What stands in a process with its first application stays for good, so the garbage collector need not look at it
    again and again.
    """
    for name in templates.list_templates(extensions=["html"]):
        templates.get_template(name)
    database.is_reachable()
    _stay_for_good()
