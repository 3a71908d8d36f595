"""ASGI middleware: who asks, whether the request may be served, and the line in the access log before it is answered.

Outside of what is public nothing is served without a reader. The reader stands in ``request.state.reader``; what the
page says of itself in ``request.state.page_read`` goes into the log.
"""

import logging
import time
from urllib.parse import quote

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.kit.page import PageRead
from dashboards.signin import reads
from dashboards.signin.desk import Desk
from dashboards.signin.origins import own_origin, refusal
from dashboards.signin.views import Views
from dashboards.site.targets import own_path
from orchestration.errors import WarehouseError

PUBLIC_PAGES = frozenset(
    {
        "/sign-in",
        "/sign-in/callback",
        "/sign-in/local",
        "/sign-out",
        "/signed-out",
        "/favicon.ico",
        "/robots.txt",
        "/health",
        "/ready",
    }
)
PUBLIC_FOLDER = "/static/"
AWAY = (SQLAlchemyError, WarehouseError)
log = logging.getLogger(__name__)


class SignInMiddleware:
    """Lets readers through, and sends everybody else to sign-in."""

    def __init__(self, app: ASGIApp, desk: Desk, views: Views) -> None:
        self._app = app
        self._desk = desk
        self._views = views

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        request.state.reader = None
        reason = refusal(
            request.method,
            request.headers,
            own_origin(self._desk.mode, scope["scheme"], request.headers.get("host")),
        )
        if reason:
            log.warning("refused: %s", reason, extra={"event": "forged_request"})
            await self._views.refused(request)(scope, receive, send)
        elif is_public(scope["path"]):  # never request.url: what is in the Host header may end up in its path
            await self._app(scope, receive, send)
        else:
            await self._serve(request, receive, send)

    async def _serve(self, request: Request, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        name = self._desk.cookies.session
        try:
            reader_id, reader = await run_in_threadpool(self._desk.who, request.cookies.get(name))
        except AWAY as error:
            log.error("the session cannot be looked up: %s", type(error).__name__, extra={"event": "no_database"})
            await self._views.unavailable(request)(request.scope, receive, send)
            return
        recording = Recording(self._desk, self._views, request, reader_id, began)
        if reader is None:
            response = self._views.no_access() if reader_id is not None else to_sign_in(request)
            if name in request.cookies:
                self._desk.cookies.drop(response, name)
            await response(request.scope, receive, recording.of(send) if reader_id is not None else send)
            return
        if not (reader.authorities or reader.schools):
            await self._views.no_access()(request.scope, receive, recording.of(send))
            return
        request.state.reader = reader
        try:
            await self._app(request.scope, receive, recording.of(send))
        except Exception:  # the page for it is made further out, so its line is written here
            await recording.failed()
            raise


class Recording:
    """Writes the line when an answer is about to go out; without the line it does not."""

    def __init__(self, desk: Desk, views: Views, request: Request, reader_id: int | None, began: float) -> None:
        self._desk = desk
        self._views = views
        self._request = request
        self._reader_id = reader_id
        self._began = began
        self._is_written = False
        self._is_withheld = False

    def of(self, send: Send) -> Send:
        """``send`` that records first."""

        async def recording(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._start(message, send)
            elif not self._is_withheld:
                await send(message)

        return recording

    async def failed(self) -> None:
        """Write the line of a page that broke before it answered."""
        if not self._is_written:
            await self._write(500, "text/html")

    async def _start(self, message: Message, send: Send) -> None:
        content_type = Headers(raw=message["headers"]).get("content-type", "")
        if not await self._write(int(message["status"]), content_type):
            self._is_withheld = True
            answer = self._views.unavailable(self._request)
            await answer(self._request.scope, self._request.receive, send)
            return
        await send(message)

    async def _write(self, status: int, content_type: str) -> bool:
        read = getattr(self._request.state, "page_read", None)
        if not isinstance(read, PageRead):
            read = reads.read_of(self._request.query_params, content_type)
        served = reads.Served(status, round((time.perf_counter() - self._began) * 1000))
        try:
            await run_in_threadpool(self._desk.record, self._reader_id, read, served)
        except AWAY as error:
            log.error("the access log cannot be written: %s", type(error).__name__, extra={"event": "unrecorded"})
            return False
        self._is_written = True
        return True


def is_public(path: str) -> bool:
    """Whether a path is served without a reader."""
    return path in PUBLIC_PAGES or path.startswith(PUBLIC_FOLDER)


def to_sign_in(request: Request) -> Response:
    """Send a browser to sign-in and from there back here; a script is told plainly."""
    if request.method not in {"GET", "HEAD"} or request.headers.get("sec-fetch-mode", "navigate") != "navigate":
        return Response("Sign in first.", status_code=401, media_type="text/plain")
    query = request.scope["query_string"].decode("latin-1")
    wanted = quote(request.scope["path"]) + (f"?{query}" if query else "")
    target = own_path(wanted)
    address = "/sign-in" if target == "/" else f"/sign-in?next={quote(target, safe='/')}"
    return RedirectResponse(address, status_code=303)
