"""Dagster's pages on one machine: anybody there may look, the token alone operates, own pages alone may ask."""

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from orchestration.dagster_pages import COOKIE, OPERATES, Guard

TOKEN = "0" * 48


async def _asked(scope: Scope, receive: Receive, send: Send) -> None:
    said = "may operate" if scope[OPERATES] else "may look"
    await PlainTextResponse(f"{said}: {Request(scope).url.query}")(scope, receive, send)


def _browser(host: str = "127.0.0.1:3000", cookie: str | None = None) -> TestClient:
    found = TestClient(Guard(_asked, 3000, TOKEN), base_url=f"http://{host}", follow_redirects=False)
    if cookie is not None:
        found.headers["cookie"] = f"{COOKIE}={cookie}"
    return found


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "localhost:3000"])
def test_who_brings_nothing_may_look(host: str) -> None:
    assert _browser(host).get("/").text == "may look: "


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1", "127.0.0.1:3001", "evil.localhost:3000"])
def test_a_name_that_leads_here_from_elsewhere_is_refused(host: str) -> None:
    """DNS rebinding: the browser takes the other site's name for its own."""
    assert _browser(host).get("/").status_code == 421


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_sites_page_may_not_ask(site: str, method: str) -> None:
    browser = _browser(cookie=TOKEN)
    asked = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors"}
    assert browser.request(method, "/graphql?query=mutation", headers=asked).status_code == 403
    assert browser.request(method, "/", headers={"origin": "http://example.org"}).status_code == 403
    link = {"sec-fetch-site": site, "sec-fetch-mode": "navigate"}
    assert browser.request(method, "/", headers=link).status_code == (200 if method == "GET" else 403)


def test_own_pages_may_ask() -> None:
    asked = {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:3000"}
    assert _browser(cookie=TOKEN).post("/graphql", headers=asked).text == "may operate: "


def test_the_operators_link_leaves_a_cookie_and_no_token_in_the_address() -> None:
    answer = _browser().get(f"/runs?operator={TOKEN}&tab=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/runs?tab=1"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert (
        _browser().get(f"http://127.0.0.1:3000//example.org/?operator={TOKEN}").headers["location"] == "/example.org/"
    )


@pytest.mark.parametrize("token", ["", "1" * 48, TOKEN[:-1], "ä"])
def test_another_token_opens_nothing(token: str) -> None:
    assert _browser().get("/", params={"operator": token}).status_code == 403
    if token.isascii():
        assert _browser(cookie=token).get("/").text == "may look: "
