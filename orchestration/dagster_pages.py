"""Dagster's pages on one machine: who can reach them may look, and who has the operator's token may operate.

Dagster's own server knows no sign-in: any user of the machine, and any web page open in a browser on it, could stop a
sensor. Here a request must ask for a host that is ours and come from our own pages; it reads, unless it brings the
cookie that the operator's link has set. On a server a proxy with sign-in stands before Dagster (docs/deploy.md).
"""

import argparse
import hmac
import logging
import os
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

import dagster as dg
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster._core.workspace.load_target import ModuleTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

TOKEN_VARIABLE = "WAREHOUSE_OPERATOR_TOKEN"  # noqa: S105  # the name of a variable
COOKIE = "warehouse_operator"
PARAMETER = "operator"
OPERATES = "warehouse.operates"
OWN_SITES = frozenset({None, "same-origin", "none"})


class Guard:
    """ASGI middleware: refuses what comes from elsewhere, and notes in the scope whether the operator asks."""

    def __init__(self, app: ASGIApp, port: int, token: str) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused is None and scope["type"] == "http":
            refused = self._let_in(scope)
        if refused is None:
            scope[OPERATES] = self._is_operator(scope)
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await refused(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host") not in self._hosts:
            return PlainTextResponse("This host is not served here.\n", 421)
        origin = headers.get("origin")
        is_link = scope.get("method") == "GET" and headers.get("sec-fetch-mode") == "navigate"
        if origin is not None and origin not in {f"http://{host}" for host in self._hosts}:
            return PlainTextResponse("Pages of another site may not ask here.\n", 403)
        if headers.get("sec-fetch-site") not in OWN_SITES and not is_link:
            return PlainTextResponse("Pages of another site may not ask here.\n", 403)
        return None

    def _let_in(self, scope: Scope) -> Response | None:
        """The answer to the operator's link: a cookie, and the same address without the token."""
        asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = dict(asked).get(PARAMETER)
        if given is None:
            return None
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return PlainTextResponse("This is not the operator's link of now: run `warehouse up --services`.\n", 403)
        rest = urlencode([(name, value) for name, value in asked if name != PARAMETER])
        path = "/" + scope["path"].lstrip("/\\")
        answer = RedirectResponse(path + (f"?{rest}" if rest else ""), status_code=303)
        answer.set_cookie(COOKIE, self._token, httponly=True, samesite="strict", path="/")
        answer.headers["referrer-policy"] = "no-referrer"
        return answer

    def _is_operator(self, scope: Scope) -> bool:
        try:
            cookie = SimpleCookie(Headers(scope=scope).get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and hmac.compare_digest(cookie.value.encode(), self._token.encode())


class GuardedContext(WorkspaceProcessContext):
    """Dagster's context, in which only the operator's requests may change something."""

    def create_request_context(self, source: object | None = None) -> WorkspaceRequestContext:
        """What one request may do."""
        scope = getattr(source, "scope", {})
        may_operate = isinstance(scope, Mapping) and scope.get(OPERATES) is True
        return WorkspaceRequestContext(
            instance=self.instance,
            current_workspace=self.get_current_workspace(),
            process_context=self,
            version=self.version,
            source=source,
            read_only=not may_operate,
        )


def main() -> None:
    """Serve Dagster's pages until stopped, in the environment that ``warehouse up --services`` gives."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.dagster_pages", description="Serve Dagster's pages.")
    parser.add_argument("--port", type=int, required=True, help="port to listen on, on 127.0.0.1")
    port = parser.parse_args().port
    token = os.environ.get(TOKEN_VARIABLE, "")
    if len(token) < 32:
        parser.exit(1, f"Error: {TOKEN_VARIABLE} holds no token; `warehouse up --services` sets it.\n")
    logging.basicConfig(level=logging.WARNING)
    target = ModuleTarget("orchestration.definitions", None, os.getcwd(), None)
    with (
        dg.DagsterInstance.get() as instance,
        GuardedContext(instance, version=dg.__version__, workspace_load_target=target) as context,
    ):
        app = Guard(create_app_from_workspace_process_context(context), port, token)
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
