"""By keyboard alone: every stop is reached, seen and marked; menu, forms, folds, tables and downloads work."""

import pytest
from playwright.sync_api import Page as Tab

from dashboards.kit.page import Page
from dashboards.subjects import PAGES
from tests.support.focus import walk
from tests.support.site import Site
from tests.support.visits import NewVisit


def press_until(tab: Tab, selector: str, most: int = 400) -> None:
    """Press the tab key until the focus is on what is looked for."""
    for _ in range(most):
        tab.keyboard.press("Tab")
        if tab.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"the tab key never came to {selector}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.parametrize(
    ("width", "javascript"), [(1280, True), (320, True), (320, False)], ids=["wide", "narrow", "plain"]
)
def test_every_stop_is_reached_seen_and_marked(
    visit: NewVisit, site: Site, width: int, javascript: bool, page: Page
) -> None:
    tab = visit("officer", width, javascript)
    tab.go(site.address(page, "officer"))
    went = walk(tab.page)
    assert went.met[0].startswith("a Skip to"), went.met[:3]
    assert not went.missed, "the tab key does not come to these"
    assert not went.unseen, "these have the focus and are not seen"
    assert not went.unmarked, "these look the same with the focus as without"
    assert went.is_in_order


def test_the_skip_link_leads_past_the_navigation(visit: NewVisit) -> None:
    tab = visit("officer").go("/today")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_the_menu_of_a_telephone(visit: NewVisit, site: Site, javascript: bool) -> None:
    tab = visit("head-primary", 320, javascript).go("/today")
    if javascript:
        press_until(tab, ".js-toggle-menu, .menu-toggle *, #menu")
        assert not tab.locator("nav a", has_text="About the data").is_visible()
        tab.keyboard.press("Enter")
        tab.locator("nav a", has_text="About the data").wait_for(state="visible")
    for _ in range(30):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.innerText") == "About the data":
            break
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert tab.url == f"{site.base}/about"


def test_a_heading_sorts_its_table(visit: NewVisit) -> None:
    tab = visit("officer").go("/schools")
    first = "document.querySelector('table[data-sortable] tbody tr th').innerText"
    press_until(tab, "th .sort")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.closest('th').getAttribute('aria-sort')") == "ascending"
    up = tab.evaluate(first)
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.closest('th').getAttribute('aria-sort')") == "descending"
    assert tab.evaluate(first) != up
    assert "Sorted by" in tab.locator("#status").inner_text()


def test_a_table_is_searched(visit: NewVisit) -> None:
    tab = visit("officer").go("/schools")
    press_until(tab, "input[type=search]")
    tab.keyboard.type("zzz")
    assert tab.locator("table[data-searchable] tbody tr:visible").count() == 0
    assert "0 rows shown" in tab.locator("#status").inner_text()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_a_choice_shows_other_figures(visit: NewVisit, javascript: bool) -> None:
    tab = visit("officer", javascript=javascript).go("/authority")
    press_until(tab, "select[name=sector]")
    tab.keyboard.type("Pri")
    if javascript:
        tab.wait_for_url("**sector=primary*")
        assert "updated" in tab.locator("#status").inner_text()
        assert tab.evaluate("document.activeElement.name") == "sector", "the focus stays where it was"
    else:
        press_until(tab, "button[type=submit]")
        with tab.expect_navigation():
            tab.keyboard.press("Enter")
    assert "sector=primary" in tab.url
    assert tab.locator("select[name=sector]").input_value() == "primary"


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_a_fold_opens(visit: NewVisit, site: Site, javascript: bool) -> None:
    tab = visit("head-primary", javascript=javascript).go("/authority")
    press_until(tab, "summary")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.parentElement.open")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_figures_are_taken_away(visit: NewVisit, javascript: bool) -> None:
    tab = visit("head-primary", javascript=javascript).go("/authority")
    press_until(tab, "a[href*='tables.xlsx']")
    with tab.expect_download() as workbook:
        tab.keyboard.press("Enter")
    assert workbook.value.suggested_filename.endswith(".xlsx")
    press_until(tab, "a[href*='.csv']")
    with tab.expect_download() as table:
        tab.keyboard.press("Enter")
    assert table.value.suggested_filename.endswith(".csv")


def test_signing_in_and_out(visit: NewVisit, site: Site) -> None:
    tab = visit(None).go("/about")
    assert "/sign-in?next=/about" in tab.url
    press_until(tab, "button")
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert tab.url == f"{site.base}/about"
    press_until(tab, ".account button")
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert tab.url == f"{site.base}/signed-out"
