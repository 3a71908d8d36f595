"""Sign-in with an identity provider that runs on this machine: the whole way, and what must not work."""

import base64
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from orchestration.settings import Settings
from tests.support.identity_provider import IdentityProvider
from tests.support.sign_in_site import ORIGIN, SAME_ORIGIN, begin, browser, rows, sign_in, site


def session_of(client: TestClient) -> str:
    return client.cookies["warehouse-session"]


def test_a_person_signs_in_reads_and_signs_out(
    site_with_provider: FastAPI, provider: IdentityProvider, warehouse: Settings, person: int
) -> None:
    client = browser(site_with_provider)
    answer = sign_in(client, provider, target="/today?year=2025-26")
    assert (answer.status_code, answer.headers["location"]) == (303, "/today?year=2025-26")
    page = client.get("/today")
    assert page.status_code == 200
    assert page.text == "mhairi () (('5705231', 'primary'),)"
    assert page.headers["cache-control"] == "private, no-store"
    assert rows(warehouse, "select subject from access.readers where reader_id = %s", person) == [
        (f"{provider.issuer}|mhairi",)
    ]

    out = client.post("/sign-out", headers=SAME_ORIGIN)
    assert (out.status_code, out.headers["location"]) == (303, "/signed-out")
    gone = client.get("/signed-out")
    assert f"{provider.issuer}/oauth2/end_session?client_id=dashboards" in gone.text
    assert client.get("/today").status_code == 303
    log = rows(warehouse, "select reader_id, page, status from control.page_reads order by read_id")
    assert log == [(person, "sign-in", 303), (person, "today", 200), (person, "sign-out", 303)]


def test_the_request_has_pkce_state_and_nonce_and_no_two_are_alike(site_with_provider: FastAPI, person: int) -> None:
    asked = [parse_qs(urlsplit(begin(browser(site_with_provider))).query) for _ in range(2)]
    for query in asked:
        assert query["code_challenge_method"] == ["S256"]
        assert query["response_type"] == ["code"]
        assert query["scope"] == ["openid email"]
        assert query["redirect_uri"] == [f"{ORIGIN}/sign-in/callback"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name][0]) >= 43, "256 bits"


def test_the_session_is_kept_as_a_hash(
    site_with_provider: FastAPI, provider: IdentityProvider, warehouse: Settings, person: int
) -> None:
    client = browser(site_with_provider)
    answer = sign_in(client, provider)
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("warehouse-session="))
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Max-Age" not in cookie, "it goes with the browser"
    assert len(base64.urlsafe_b64decode(session_of(client) + "=")) == 32
    (kept,) = rows(warehouse, "select session_hash from access.sessions")[0]
    assert isinstance(kept, bytes)
    assert session_of(client).encode() not in kept


def test_a_wrong_state_is_refused(
    site_with_provider: FastAPI, provider: IdentityProvider, warehouse: Settings, person: int
) -> None:
    client = browser(site_with_provider)
    back = provider.sign_in(begin(client), "mhairi")
    query = parse_qs(urlsplit(back).query)
    wrong = f"/sign-in/callback?{urlencode({'code': query['code'][0], 'state': query['state'][0][::-1]})}"
    assert client.get(wrong).status_code == 400
    same_label = query["state"][0][:8] + "A" * 35
    assert (
        client.get(f"/sign-in/callback?{urlencode({'code': query['code'][0], 'state': same_label})}").status_code == 400
    )
    assert rows(warehouse, "select count(*) from access.sessions") == [(0,)]


def test_an_answer_given_to_another_browser_is_refused(
    site_with_provider: FastAPI, provider: IdentityProvider, warehouse: Settings, person: int
) -> None:
    back = provider.sign_in(begin(browser(site_with_provider)), "mhairi")
    victim = browser(site_with_provider)
    assert victim.get(back).status_code == 400
    begin(victim)
    assert victim.get(back).status_code == 400
    assert rows(warehouse, "select count(*) from access.sessions") == [(0,)]


def test_a_wrong_nonce_is_refused(
    site_with_provider: FastAPI,
    provider: IdentityProvider,
    warehouse: Settings,
    person: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = browser(site_with_provider)
    address = urlsplit(begin(client))
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    tampered = address._replace(query=urlencode(query | {"nonce": "another"})).geturl()
    assert client.get(provider.sign_in(tampered, "mhairi")).status_code == 400
    assert "InvalidClaimError" in caplog.text
    assert rows(warehouse, "select count(*) from access.sessions") == [(0,)]


def test_a_code_is_of_no_use_without_its_verifier(
    site_with_provider: FastAPI,
    provider: IdentityProvider,
    warehouse: Settings,
    person: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    thief, victim = browser(site_with_provider), browser(site_with_provider)
    stolen = parse_qs(urlsplit(provider.sign_in(begin(victim), "mhairi")).query)["code"][0]
    own = parse_qs(urlsplit(begin(thief)).query)["state"][0]
    assert thief.get(f"/sign-in/callback?{urlencode({'code': stolen, 'state': own})}").status_code == 400
    assert "OAuthError" in caplog.text
    assert rows(warehouse, "select count(*) from access.sessions") == [(0,)]


def test_a_callback_works_once(site_with_provider: FastAPI, provider: IdentityProvider, person: int) -> None:
    client = browser(site_with_provider)
    back = provider.sign_in(begin(client), "mhairi")
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 400


def test_a_person_may_say_no(site_with_provider: FastAPI, provider: IdentityProvider, person: int) -> None:
    client = browser(site_with_provider)
    answer = client.get(provider.deny(begin(client)))
    assert answer.status_code == 400
    assert "You could not be signed in" in answer.text


def test_several_tabs_may_sign_in_at_once(site_with_provider: FastAPI, provider: IdentityProvider, person: int) -> None:
    client = browser(site_with_provider)
    backs = [provider.sign_in(begin(client, f"/today?tab={number}"), "mhairi") for number in range(3)]
    assert [client.get(back).headers["location"] for back in backs] == ["/today?tab=0", "/today?tab=1", "/today?tab=2"]


def test_somebody_without_a_reader_is_told_whom_to_ask(
    site_with_provider: FastAPI, provider: IdentityProvider, warehouse: Settings, person: int
) -> None:
    provider.know("stranger", email="stranger@example.org", email_verified=True)
    client = browser(site_with_provider)
    answer = sign_in(client, provider, "stranger")
    assert answer.status_code == 403
    assert "the education data team of your council" in answer.text
    assert "warehouse-session" not in client.cookies
    assert rows(warehouse, "select reader_id, page, status from control.page_reads") == [(None, "sign-in", 403)]


@pytest.mark.parametrize("verified", [False, None, "no"])
def test_an_address_that_is_not_verified_finds_nobody(
    site_with_provider: FastAPI, provider: IdentityProvider, person: int, verified: object
) -> None:
    claims = {"email": "mhairi@example.org"} | ({} if verified is None else {"email_verified": verified})
    provider.know("impostor", **claims)
    assert sign_in(browser(site_with_provider), provider, "impostor").status_code == 403


def test_a_known_person_is_found_by_subject_alone(
    site_with_provider: FastAPI, provider: IdentityProvider, person: int
) -> None:
    assert sign_in(browser(site_with_provider), provider).status_code == 303
    provider.know("mhairi", email="married@example.org", email_verified=True)
    assert sign_in(browser(site_with_provider), provider).status_code == 303


def test_an_address_given_to_somebody_new_does_not_open_the_old_reader(
    site_with_provider: FastAPI, provider: IdentityProvider, person: int
) -> None:
    assert sign_in(browser(site_with_provider), provider).status_code == 303
    provider.know("successor", email="mhairi@example.org", email_verified=True)
    assert sign_in(browser(site_with_provider), provider, "successor").status_code == 403


def test_an_identity_provider_that_is_away_gives_a_plain_page(with_provider: Settings) -> None:
    away = with_provider.model_copy(update={"oidc_issuer": "http://127.0.0.1:9"})
    with site(away) as app:
        answer = browser(app).get("/sign-in")
    assert answer.status_code == 503
    assert "Traceback" not in answer.text


def test_what_the_provider_says_of_itself_is_read_anew_after_an_hour(
    with_provider: Settings, provider: IdentityProvider, person: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that the provider has given up must not stay good here, nor a new one unknown."""
    with site(with_provider) as app:
        assert sign_in(browser(app), provider).status_code == 303
        provider.described = {"jwks_uri": f"{provider.issuer}/no-keys-any-more"}
        try:
            assert sign_in(browser(app), provider).status_code == 303, "within the hour they are kept"
            monkeypatch.setattr("dashboards.signin.provider.KEPT_SECONDS", 0)
            assert sign_in(browser(app), provider).status_code == 503
        finally:
            provider.described = {}
        assert sign_in(browser(app), provider).status_code == 303


def test_an_identity_provider_by_another_name_is_not_used(
    with_provider: Settings, provider: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.described = {"issuer": "https://login.example.org"}
    try:
        with site(with_provider) as app:
            assert browser(app).get("/sign-in").status_code == 503
        assert "calls itself by another name" in caplog.text
    finally:
        provider.described = {}


def test_the_way_to_other_sites_is_closed(site_with_provider: FastAPI, provider: IdentityProvider, person: int) -> None:
    for wanted in (
        "//elsewhere.example",
        "https://elsewhere.example",
        "/\\elsewhere.example",
        "/%09/elsewhere.example",
    ):
        client = browser(site_with_provider)
        sent = client.get(f"/sign-in?{urlencode({'next': wanted})}")
        back = provider.sign_in(sent.headers["location"], "mhairi")
        target = client.get(back).headers["location"]
        assert target in {"/", "/%09/elsewhere.example"}, "a path of ours"


def test_cookies_of_a_site_with_https_are_for_it_alone(
    with_provider: Settings, provider: IdentityProvider, person: int
) -> None:
    secure = with_provider.model_copy(update={"dashboards_url": "https://attendance.example.org"})
    with site(secure) as app:
        client = browser(app, "https://attendance.example.org")
        answer = sign_in(client, provider)
        assert answer.status_code == 303
        cookies = answer.headers.get_list("set-cookie")
        assert all(cookie.startswith("__Host-") and "Secure" in cookie for cookie in cookies)
        assert all("Domain" not in cookie and "Path=/" in cookie for cookie in cookies)
        assert client.get("/today").status_code == 200
