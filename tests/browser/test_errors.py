"""Pages of errors, sign-in and sign-out: whole, readable by everybody, and nothing of the inside on them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from dashboards.site.app import create_app
from tests.support.site import ERRORS, Site, serve
from tests.support.visits import NewVisit, Visit, new_visit

PATHS = {"/no-such-page": 404, "/authority?authority=S12000049": 404} | ERRORS
WIDTHS = (320, 1280)


def assert_plain(visit: Visit) -> None:
    """One heading, nothing wrong with it for anybody, nothing of the inside."""
    assert visit.page.locator("h1").count() == 1
    assert "Traceback" not in visit.page.content()
    assert visit.sideways() <= 0
    assert not (found := visit.axe()), "\n".join(found)
    assert not visit.problems


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("path", "status"), PATHS.items())
def test_a_page_of_an_error(visit: NewVisit, path: str, status: int, width: int) -> None:
    tab = visit("head-primary", width)
    tab.go(path, status)
    assert_plain(tab)
    assert "nobody foresaw" not in tab.page.content()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in?next=/schools", "/signed-out"])
def test_the_pages_of_sign_in(visit: NewVisit, path: str, width: int) -> None:
    tab = visit(None, width)
    tab.go(path)
    assert_plain(tab)


def test_without_a_session_a_reader_comes_to_sign_in(visit: NewVisit) -> None:
    tab = visit(None, javascript=False)
    tab.go("/schools")
    assert tab.page.locator("form[action='/sign-in/local']").count() >= 5


@pytest.fixture(scope="module")
def strict_site(site: Site) -> Iterator[str]:
    """The same with one try to sign in a minute."""
    with serve(create_app(site.settings.model_copy(update={"sign_in_tries": 1}))) as base:
        yield base


def test_too_many_tries(browser: Browser, strict_site: str) -> None:
    tab = new_visit(browser, strict_site, None, 320)
    for _ in range(2):
        tab.go("/sign-in")
        tab._expected = 429
        with tab.page.expect_navigation():
            tab.page.locator("form[action='/sign-in/local'] button").first.click()
        tab.page.context.clear_cookies()
    assert "Please wait" in tab.page.locator("h1").inner_text()
    assert_plain(tab)
    tab.close()


def test_a_form_of_another_site(visit: NewVisit, site: Site) -> None:
    """Sent from elsewhere, nothing is done, and the page says so."""
    tab = visit("officer", 320)
    form = f"<form method=post action='{site.base}/sign-out'><button>Win</button></form>"
    tab.page.route("http://elsewhere.example/", lambda route: route.fulfill(body=form, content_type="text/html"))
    tab.page.goto("http://elsewhere.example/")
    tab.problems.clear()
    tab._expected = 403
    with tab.page.expect_navigation():
        tab.page.locator("button").click()
    assert "could not be done" in tab.page.locator("h1").inner_text()
    assert_plain(tab)
    tab.go("/today")
