"""Sessions, made-up readers and requests of other sites, on a warehouse without an identity provider."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboards.signin import SignInSettingsError
from dashboards.site.app import create_app
from orchestration.settings import Settings
from tests.support.sign_in_site import SAME_ORIGIN, browser, change, choose, give, rows, signed_in, site

pytestmark = pytest.mark.usefixtures("readers")
OTHER = ("5702437", "secondary")


def with_cookie(app: FastAPI, value: str) -> TestClient:
    client = browser(app)
    client.cookies.set("warehouse-session", value)
    return client


# Made-up readers


def test_made_up_readers_are_listed_with_what_each_may_see(site_of_examples: FastAPI) -> None:
    page = browser(site_of_examples).get("/sign-in?next=/today")
    assert page.status_code == 200
    assert "every school of" in page.text
    assert "5705231 (primary)" in page.text
    assert "Mhairi" not in page.text
    assert 'name="next" value="/today"' in page.text


def test_nobody_but_a_made_up_reader_can_be_chosen(site_of_examples: FastAPI) -> None:
    for name in ("mhairi", "analyst", "", "head-primary'--", "HEAD-PRIMARY"):
        client = browser(site_of_examples)
        assert choose(client, name) == 400
        assert client.get("/today").status_code == 303


def test_a_form_that_is_too_long_is_none(site_of_examples: FastAPI) -> None:
    client = browser(site_of_examples)
    assert choose(client, "head-primary", "/" + "a" * 10_000) == 400


def test_a_live_warehouse_does_not_start_without_a_provider(warehouse: Settings) -> None:
    with pytest.raises(SignInSettingsError, match="A live warehouse has no sign-in with made-up readers"):
        create_app(warehouse.model_copy(update={"environment": "live"}))


def test_made_up_readers_are_gone_once_a_provider_is_set(with_provider: Settings) -> None:
    with site(with_provider) as app:
        assert choose(browser(app), "officer") == 404


def test_under_another_name_of_this_machine_nothing_is_done(site_of_examples: FastAPI) -> None:
    client = browser(site_of_examples, "http://rebound.example:8000")
    same = {"origin": "http://rebound.example:8000", "sec-fetch-site": "same-origin"}
    answer = client.post("/sign-in/local", data={"reader": "officer"}, headers=same)
    assert answer.status_code == 403


# Sessions


def test_without_a_session_a_browser_goes_to_sign_in_and_a_script_is_told(site_of_examples: FastAPI) -> None:
    client = browser(site_of_examples)
    sent = client.get("/today?year=2025-26&sector=primary")
    assert (sent.status_code, sent.headers["location"]) == (
        303, "/sign-in?next=/today%3Fyear%3D2025-26%26sector%3Dprimary",
    )  # fmt: skip
    assert client.get("/").headers["location"] == "/sign-in"
    assert client.get("/today", headers={"sec-fetch-mode": "cors"}).status_code == 401
    assert client.post("/today", headers=SAME_ORIGIN).status_code == 401
    assert client.get("/no-such-page").status_code == 303, "what there is is for readers to know"
    assert client.get("/health").text == "alive"


@pytest.mark.parametrize("host", ["x/static/?", "x/sign-in?", "x/health#", "127.0.0.1:8000/static/?a=", "x/static/\\"])
def test_a_host_header_with_a_path_in_it_opens_nothing(site_of_examples: FastAPI, host: str) -> None:
    """Starlette puts the header before the path of the request, and takes the path out of the whole."""
    client = browser(site_of_examples)
    answer = client.get("/today", headers={"host": host})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/today"


@pytest.mark.parametrize(
    "path", ["/static/../today", "/static/%2e%2e/today", "//today", "/today/", "/TODAY", "/health/today"]
)
def test_no_way_round_leads_to_a_page(site_of_examples: FastAPI, path: str) -> None:
    answer = browser(site_of_examples).get(path)
    assert answer.status_code in {303, 404}
    assert "head-primary" not in answer.text


def test_a_cookie_copied_before_sign_out_is_worth_nothing_after(site_of_examples: FastAPI, warehouse: Settings) -> None:
    client = signed_in(site_of_examples)
    copied = client.cookies["warehouse-session"]
    assert with_cookie(site_of_examples, copied).get("/today").status_code == 200
    client.post("/sign-out", headers=SAME_ORIGIN)
    assert with_cookie(site_of_examples, copied).get("/today").status_code == 303
    assert rows(warehouse, "select count(*) from access.sessions") == [(0,)]


def test_a_session_that_rests_too_long_ends(site_of_examples: FastAPI, warehouse: Settings) -> None:
    client = signed_in(site_of_examples)
    change(warehouse, "update access.sessions set last_seen_at = now() - interval '29 minutes'")
    assert client.get("/today").status_code == 200
    assert rows(warehouse, "select now() - last_seen_at < '5 seconds' from access.sessions") == [(True,)], "it was used"
    change(warehouse, "update access.sessions set last_seen_at = now() - interval '31 minutes'")
    answer = client.get("/today")
    assert answer.status_code == 303
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_a_session_ends_after_its_hours_however_much_it_is_used(site_of_examples: FastAPI, warehouse: Settings) -> None:
    client = signed_in(site_of_examples)
    assert rows(warehouse, "select expires_at - created_at = '12 hours' from access.sessions") == [(True,)]
    change(warehouse, "update access.sessions set expires_at = now()")
    assert client.get("/today").status_code == 303
    signed_in(site_of_examples)
    assert rows(warehouse, "select count(*) from access.sessions") == [(1,)], "what has run out is cleared away"


def test_a_planted_session_is_not_taken_over(site_of_examples: FastAPI, warehouse: Settings) -> None:
    """Session fixation: an id that somebody else knows, put into the browser before sign-in."""
    client = with_cookie(site_of_examples, "planted-by-somebody-else-000000000000000000")
    assert choose(client, "head-primary") == 303
    values = [cookie.value for cookie in client.cookies.jar if cookie.domain]
    assert with_cookie(site_of_examples, "planted-by-somebody-else-000000000000000000").get("/today").status_code == 303
    assert any(with_cookie(site_of_examples, value or "").get("/today").status_code == 200 for value in values)


def test_signing_in_again_ends_the_session_before(site_of_examples: FastAPI, warehouse: Settings) -> None:
    client = signed_in(site_of_examples, "head-primary")
    before = client.cookies["warehouse-session"]
    assert choose(client, "officer") == 303
    assert client.cookies["warehouse-session"] != before
    assert client.get("/today").text.startswith("officer")
    assert with_cookie(site_of_examples, before).get("/today").status_code == 303
    assert rows(warehouse, "select count(*) from access.sessions") == [(1,)]


@pytest.mark.parametrize("value", ["", "x", "a" * 64, "a" * 5000, "%00", "'; drop table access.sessions; --"])
def test_a_session_is_not_guessed(site_of_examples: FastAPI, value: str) -> None:
    signed_in(site_of_examples)
    assert with_cookie(site_of_examples, value).get("/today").status_code == 303


@pytest.mark.parametrize(
    "statement",
    [
        "update access.readers set revoked_at = now() where reader_id = %s",
        "update access.readers set valid_from = current_date - 9, valid_until = current_date - 2 where reader_id = %s",
    ],
    ids=["revoked", "out of date"],
)
def test_a_reader_who_is_revoked_reads_no_further_page(
    site_of_examples: FastAPI, warehouse: Settings, readers: dict[str, int], statement: str
) -> None:
    client = signed_in(site_of_examples)
    change(warehouse, statement, readers["head-primary"])
    refused = client.get("/today")
    assert refused.status_code == 403
    assert "You do not have access yet" in refused.text
    assert client.get("/today").status_code == 303, "the session is gone"
    assert choose(client, "head-primary") == 400
    log = rows(warehouse, "select page, status from control.page_reads order by read_id")
    assert log == [("sign-in", 303), ("today", 200), ("unknown", 403)]


def test_a_reader_whose_last_scope_is_taken_back_reads_no_further_page(
    site_of_examples: FastAPI, warehouse: Settings, readers: dict[str, int]
) -> None:
    client = signed_in(site_of_examples)
    change(
        warehouse,
        "update access.scopes set revoked_at = now(), revoked_by = 'test' where reader_id = %s",
        readers["head-primary"],
    )
    assert client.get("/today").status_code == 403
    give(warehouse, readers["head-primary"], OTHER)
    assert client.get("/today").text.endswith("(('5702437', 'secondary'),)"), "scopes of this very moment"


# Requests of other sites


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "http://127.0.0.1:9000", "sec-fetch-site": "same-site"},
        {"origin": "null"},
        {},
    ],
)
def test_other_sites_cannot_sign_a_reader_out_or_in(site_of_examples: FastAPI, headers: dict[str, str]) -> None:
    client = signed_in(site_of_examples)
    assert client.post("/sign-out", headers=headers).status_code == 403
    assert client.post("/sign-in/local", data={"reader": "officer"}, headers=headers).status_code == 403
    assert client.get("/today").text.startswith("head-primary")
    assert client.get("/sign-out").status_code == 405


def test_too_many_tries_have_to_wait(warehouse: Settings) -> None:
    with site(warehouse.model_copy(update={"sign_in_tries": 3})) as app:
        client = browser(app)
        assert [choose(client, "nobody") for _ in range(4)] == [400, 400, 400, 429]
        answer = client.post("/sign-in/local", data={"reader": "officer"}, headers=SAME_ORIGIN)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
