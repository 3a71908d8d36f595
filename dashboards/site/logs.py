"""Logs as lines of JSON on standard output: what was asked for and how it went, nobody's name, address or figure."""

import datetime as dt
import json
import logging
import sys
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

FIELDS = ("event", "kind", "reference", "frames", "method", "route", "status", "milliseconds")
log = logging.getLogger("dashboards.requests")


class JsonLines(logging.Formatter):
    """A record as one line of JSON. Only the fields named here go out, never the arguments of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        found: dict[str, object] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        found |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        return json.dumps(found)


def configure(level: int = logging.INFO) -> None:
    """Send what the process logs to standard output; uvicorn's own access log, with addresses in it, is off."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.raiseExceptions = False  # a disk that is full for logs: pages go on, without a trace for each line
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").disabled = True
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


class RequestLog:
    """ASGI middleware: one line for each request, with the route as declared, so no school and no parameter in it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            took = round((time.perf_counter() - began) * 1000, 1)
            log.info(
                "request",
                extra={"method": scope["method"], "route": route, "status": status, "milliseconds": took},
            )
