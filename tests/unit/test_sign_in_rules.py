"""The rules of sign-in that need no database: origins, targets, cookies, rate, what must not start."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from dashboards.kit.page import PageRead
from dashboards.signin.attempts import attempt_from_cookie, label_of, new_attempt
from dashboards.signin.cookies import Cookies
from dashboards.signin.errors import SignInSettingsError
from dashboards.signin.middleware import is_public
from dashboards.signin.mode import Mode, sign_in_mode
from dashboards.signin.origins import own_origin, refusal
from dashboards.signin.rates import SignInRate, site_of
from dashboards.signin.reads import read_of
from dashboards.site.targets import own_path
from orchestration.settings import Settings

OWN = "https://attendance.example.org"
OPENID: dict[str, object] = {
    "oidc_issuer": "https://login.example.org",
    "oidc_client_id": "dashboards",
    "oidc_client_secret": "of-the-tests",
}


def settings(**overrides: object) -> Settings:
    return Settings(**overrides)  # type: ignore[arg-type]  # validated by pydantic


# What may start


def test_a_live_warehouse_does_not_start_with_made_up_readers() -> None:
    with pytest.raises(SignInSettingsError, match="A live warehouse has no sign-in with made-up readers"):
        sign_in_mode(settings(environment="live"))


def test_made_up_readers_are_off_once_a_provider_is_set() -> None:
    mode = sign_in_mode(settings(dashboards_url=OWN, **OPENID))
    assert mode == Mode("openid", OWN, is_secure=True)
    assert sign_in_mode(settings(environment="live", dashboards_url=OWN + "/", **OPENID)) == mode
    assert sign_in_mode(settings()) == Mode("local", None, is_secure=False)


@pytest.mark.parametrize("left_out", sorted(OPENID))
def test_half_a_provider_does_not_start(left_out: str) -> None:
    half = {name: value for name, value in OPENID.items() if name != left_out}
    with pytest.raises(SignInSettingsError, match=f"WAREHOUSE_{left_out.upper()}"):
        sign_in_mode(settings(dashboards_url=OWN, **half))


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        (OPENID, "WAREHOUSE_DASHBOARDS_URL"),
        (OPENID | {"dashboards_url": "attendance.example.org"}, "scheme, host and port"),
        (OPENID | {"dashboards_url": OWN + "/here"}, "scheme, host and port"),
        (OPENID | {"dashboards_url": "http://attendance.example.org"}, "https"),
        (OPENID | {"dashboards_url": OWN, "oidc_issuer": "http://login.example.org"}, "WAREHOUSE_OIDC_ISSUER"),
        (OPENID | {"environment": "live", "dashboards_url": "http://127.0.0.1:8000"}, "never live"),
        ({"dashboards_url": "http://attendance.example.org"}, "https"),
    ],
)
def test_nothing_starts_that_would_send_cookies_in_the_clear(overrides: dict[str, object], named: str) -> None:
    with pytest.raises(SignInSettingsError, match=named):
        sign_in_mode(settings(**overrides))


# Where a request comes from


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        ({"origin": OWN, "sec-fetch-site": "same-origin"}, False),
        ({"origin": OWN.upper()}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"origin": OWN, "sec-fetch-site": "same-site"}, True),
        ({"origin": OWN, "sec-fetch-site": "cross-site"}, True),
        ({"origin": OWN, "sec-fetch-site": "none"}, True),
        ({"origin": "https://attendance.example.org.evil.example"}, True),
        ({"origin": "http://attendance.example.org"}, True),
        ({"origin": OWN + ":8443"}, True),
        ({"origin": "null"}, True),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, True),
        ({"referer": OWN}, True),
        ({}, True),
    ],
)
def test_an_unsafe_request_comes_from_our_own_pages(headers: dict[str, str], is_refused: bool) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "post", "ANYTHING"):
        assert (refusal(method, headers, OWN) is not None) == is_refused
    for method in ("GET", "HEAD"):
        assert refusal(method, headers, OWN) is None


def test_without_an_address_of_ours_only_this_machine_is_trusted() -> None:
    local = Mode("local", None, is_secure=False)
    assert own_origin(local, "http", "127.0.0.1:8000") == "http://127.0.0.1:8000"
    assert own_origin(local, "http", "localhost") == "http://localhost"
    assert own_origin(local, "http", "[::1]:8000") == "http://[::1]:8000"
    assert own_origin(local, "http", "rebound.example:8000") is None
    assert own_origin(local, "http", "127.0.0.1.evil.example") is None
    assert own_origin(local, "http", "[broken") is None
    assert own_origin(local, "http", None) is None
    assert own_origin(Mode("openid", OWN, is_secure=True), "http", "10.0.0.1") == OWN
    assert refusal("POST", {"origin": "http://rebound.example:8000"}, None) is not None


# Where to go after sign-in


@pytest.mark.parametrize(
    "path", ["/", "/today", "/school/5705231/primary?year=2025-26", "/%2F%2Fevil.example", "/a//b"]
)
def test_a_path_of_ours_is_kept(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "today",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "https://evil.example",
        "HTTPS:evil.example",
        "javascript:alert(1)",
        " /today",
        "/to day",
        "/today\x00",
        "/caf\xe9",
        "/sign-in",
        "/sign-in?next=/sign-in",
        "/sign-out",
        "/signed-out",
        "/" + "a" * 2000,
    ],
)
def test_anything_else_leads_home(wanted: str | None) -> None:
    assert own_path(wanted) == "/"


@given(st.text(alphabet=string.printable + "\\/:@?#%é\u2028", max_size=40))
def test_no_target_is_ever_somebody_elses(wanted: str) -> None:
    target = own_path(wanted)
    assert target.startswith("/")
    assert not target.startswith(("//", "/\\"))
    assert target.isprintable()


# Cookies


def test_a_secure_cookie_is_bound_to_the_host() -> None:
    cookies, response = Cookies(is_secure=True), Response()
    cookies.put(response, cookies.session, "value")
    cookies.put(response, cookies.attempt("label"), "value", 600)
    session, attempt = response.headers.getlist("set-cookie")
    assert session == "__Host-warehouse-session=value; HttpOnly; Path=/; SameSite=lax; Secure"
    assert attempt == "__Host-warehouse-sign-in-label=value; HttpOnly; Max-Age=600; Path=/; SameSite=lax; Secure"


def test_plain_http_on_this_machine_has_plain_names() -> None:
    cookies, response = Cookies(is_secure=False), Response()
    cookies.put(response, cookies.session, "value")
    cookies.drop(response, cookies.session)
    put, dropped = response.headers.getlist("set-cookie")
    assert put == "warehouse-session=value; HttpOnly; Path=/; SameSite=lax"
    assert "Max-Age=0" in dropped


def test_an_attempt_comes_back_by_its_own_state_only() -> None:
    attempt, other = new_attempt("/today"), new_attempt("//evil.example")
    assert attempt_from_cookie(attempt.to_cookie(), attempt.state) == attempt
    assert other.target == "/"
    for cookie, state in [
        (attempt.to_cookie(), other.state),
        (attempt.to_cookie(), ""),
        (attempt.to_cookie(), "é"),
        ("", attempt.state),
        (None, attempt.state),
        ("no-dot", attempt.state),
    ]:
        assert attempt_from_cookie(cookie, state) is None
    assert len({attempt.state, attempt.nonce, attempt.verifier, other.state, other.nonce, other.verifier}) == 6


def test_a_target_changed_in_the_cookie_is_checked_again() -> None:
    attempt = new_attempt("/today")
    for planted in ("Ly9ldmlsLmV4YW1wbGU", "%%%", "_w", ""):
        found = attempt_from_cookie(f"{attempt.secret}.{planted}", attempt.state)
        assert found is None or found.target == "/"


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_cookie_and_no_state_break_it(cookie: str, state: str) -> None:
    assert attempt_from_cookie(cookie.encode("utf-8", "replace").decode("latin-1"), state) is None
    assert set(label_of(state)) <= set(string.ascii_letters + string.digits + "-_")


@pytest.mark.parametrize("state", [None, "", "a;b=c", "ab cd", "äöü", "../.."])
def test_a_cookie_is_not_named_by_anything(state: str | None) -> None:
    assert label_of(state) == ""


# Rate


def test_one_address_may_try_so_often_within_a_minute() -> None:
    rate = SignInRate(3)
    assert [rate.allows("192.0.2.1") for _ in range(4)] == [True, True, True, False]
    assert rate.allows("192.0.2.2")


def test_an_address_is_counted_with_its_network() -> None:
    assert site_of("2001:db8::1") == site_of("2001:db8::ffff:ffff:ffff:ffff") != site_of("2001:db8:0:1::1")
    assert site_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert site_of(None) == site_of("testclient") == "unknown"


# What is public, what is kept


def test_nothing_is_public_but_what_says_so() -> None:
    assert is_public("/static/app.css")
    assert is_public("/sign-in")
    for path in ("/", "/today", "/static", "/sign-in/other", "/signed-outside", "//static/x", "/school/1/primary"):
        assert not is_public(path)


def test_what_no_page_took_is_kept_by_format_only() -> None:
    read = read_of({"seed_code": "5705231", "q": "a child's name"}, "text/csv; charset=utf-8")
    assert read == PageRead("unknown", "csv", None, "5705231", None)
