"""Pages for what goes wrong: what it is, in a reader's words, and the way on. Never a trace, never a value.

A reference goes onto pages of errors that nobody foresaw, and into the log with the trace of frames alone.
"""

import logging
import re
import secrets
import traceback

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg import errors as database_errors
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.kit.page import NotFoundError, NotReadyError, PageRead, UnknownChoiceError
from dashboards.site.signed_in import NotSignedInError
from dashboards.site.targets import own_path
from orchestration.errors import WarehouseError

RETRY_SECONDS = "30"
HOME = ("Go to the first page", "/")
AGAIN = ("Try again", "")
MISSING = (
    database_errors.UndefinedTable, database_errors.UndefinedColumn, database_errors.UndefinedFunction,
    database_errors.InvalidSchemaName, database_errors.InsufficientPrivilege,
)  # fmt: skip
SCHOOL = re.compile(r"/([0-9]{7})/+(primary|secondary|special)\b")  # in an address that is nearly one of ours
log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Give the application its pages for errors."""
    app.add_exception_handler(NotFoundError, _not_found)
    app.add_exception_handler(UnknownChoiceError, _unknown_choice)
    app.add_exception_handler(RequestValidationError, _not_found)
    app.add_exception_handler(NotSignedInError, _not_signed_in)
    app.add_exception_handler(NotReadyError, _not_ready)
    app.add_exception_handler(SQLAlchemyError, _database)
    app.add_exception_handler(WarehouseError, _away)
    app.add_exception_handler(HTTPException, _http)


def message(
    request: Request, status: int, heading: str, *paragraphs: str, way_on: tuple[str, str] = HOME, reference: str = ""
) -> Response:
    """A page of a few words."""
    text, address = way_on
    html = request.app.state.templates.get_template("message.html").render(
        heading=heading,
        paragraphs=paragraphs,
        # a path such as //host would lead elsewhere
        way_on=(text, address or own_path(request.url.path + (f"?{request.url.query}" if request.url.query else ""))),
        reference=reference,
        reader=getattr(request.state, "reader", None),
    )
    headers = {"retry-after": RETRY_SECONDS} if status in {429, 503} else {}
    return HTMLResponse(html, status_code=status, headers=headers)


def not_found(request: Request) -> Response:
    """The one answer for what does not exist and for what this reader may not see."""
    return message(
        request, 404, "Page not found",
        "There is no such page, or it is not among what you may see.",
        "If you typed the address, check it. If you followed a link, the school or year may no longer be shown.",
    )  # fmt: skip


async def _not_found(request: Request, error: Exception) -> Response:
    _note_unknown(request)
    return not_found(request)


async def _unknown_choice(request: Request, error: Exception) -> Response:
    """Said before anything is looked up, so the answer tells of no school, year or reader."""
    _note_unknown(request)
    return message(
        request, 404, "Page not found",
        "The address asks for a choice that this page does not have. What can be chosen stands on the page itself.",
        "Single pupils are not here: they are in SEEMiS. Nor are crossings of groups of one school, such as girls in "
        "S3: too few pupils stand behind most of them.",
    )  # fmt: skip


async def _not_signed_in(request: Request, error: Exception) -> Response:
    return message(request, 403, "Sign in first", "These pages are for readers who have signed in.")


async def _not_ready(request: Request, error: Exception) -> Response:
    return message(
        request, 503, "The figures are being prepared", str(error),
        "They appear here with the next release. Nothing is wrong with your access.", way_on=AGAIN,
    )  # fmt: skip


async def _database(request: Request, error: Exception) -> Response:
    cause = error.orig if isinstance(error, DBAPIError) else None
    kind = type(cause).__name__ if cause is not None else type(error).__name__
    if isinstance(cause, MISSING):
        log.error("a released table is missing or closed", extra={"event": "mart_missing", "kind": kind})
        return message(
            request, 503, "These figures are not there at the moment",
            "Part of what this page rests on is missing or is being rebuilt. Other pages may work.", way_on=AGAIN,
        )  # fmt: skip
    if not isinstance(error, OperationalError | InterfaceError | PoolTimeoutError):
        return unforeseen(request, error)
    log.error("the database does not answer", extra={"event": "no_database", "kind": kind})
    return _plain_away(request)


async def _away(request: Request, error: Exception) -> Response:
    log.error("the database is away", extra={"event": "no_database", "kind": type(error).__name__})
    return _plain_away(request)


def _plain_away(request: Request) -> Response:
    return message(
        request, 503, "The figures cannot be read at the moment",
        "The database does not answer. It may be restarting; please try again in a minute.",
        "No figures are lost: they are as they were with the last release.", way_on=AGAIN,
    )  # fmt: skip


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code in {404, 405}:
        _note_unknown(request)
        answer = not_found(request) if error.status_code == 404 else message(
            request, 405, "This cannot be done here", "Pages are read, and nothing is sent to them."
        )  # fmt: skip
        answer.headers.update(error.headers or {})
        return answer
    if error.status_code == 403:
        return message(request, 403, "You may not see this", "Your access does not cover this page.")
    if error.status_code == 429:
        return message(
            request, 429, "Please wait a minute", "There have been very many requests from here.", way_on=AGAIN
        )
    return message(request, error.status_code, "This could not be done", "Please go back and try again.")


def unforeseen(request: Request, error: Exception) -> Response:
    """The page for an error that nobody foresaw; its frames go to the log, its message nowhere."""
    reference = secrets.token_hex(4)
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error(
        "an error that nobody foresaw",
        extra={"event": "unforeseen", "kind": type(error).__name__, "reference": reference, "frames": frames},
    )
    return message(
        request, 500, "Something went wrong", "This page could not be made. It is not your doing, and it is on record.",
        reference=reference,
    )  # fmt: skip


class SafetyNet:
    """ASGI middleware that turns what nothing else has caught into a page, where no answer has begun yet.

    Starlette's own handler of this kind lies outside of all middleware (no security headers, no line in the access
    log) and raises again, with the values of the error in the trace.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        began = False

        async def watched(message: Message) -> None:
            nonlocal began
            began = began or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http" or began:
                raise
            await unforeseen(Request(scope), error)(scope, receive, send)


def _note_unknown(request: Request) -> None:
    """What was asked for in vain stands in the access log too."""
    if not hasattr(request.state, "page_read"):
        given = request.query_params
        school = SCHOOL.search(request.scope["path"].lower())
        seed_code, sector = school.groups() if school else (given.get("seed_code"), given.get("sector"))
        request.state.page_read = PageRead("unknown", "html", given.get("authority"), seed_code, sector)
