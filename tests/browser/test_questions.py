"""Questions that leadership asks in the morning, each answered within two clicks from Today; and the pages on the way.

The council is made up and filled at random (its seed is printed), with everything that a page can hold.
"""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page

from dashboards.site.app import create_app
from tests.conftest import NewWarehouse
from tests.support.attainment_world import fill_attainment, released_council
from tests.support.dashboards import reader_named, signed_in_as
from tests.support.dashboards_world import MINE, SEED, schools_of
from tests.support.senior_world import fill_senior_phase
from tests.support.site import serve
from tests.support.visits import HEIGHTS, MOST_SCREENS, Visit, new_visit

MOST_CLICKS = 2
WHO = ("officer", "head-primary", "head-secondary", "cluster-lead")
SEASONS = ("results_day", "returns", "september", "october", "november", "december", "february", "spring", "june")
PATHS = ["/aims", "/aims?part=paths", "/aims?part=schools", "/authority", "/authority?part=for_whom",
         "/authority?part=reasons", "/authority?part=absence"]  # fmt: skip
OVERVIEWS = [f"/schools/{seed_code}/{sector}/overview" for seed_code, sector in MINE]
EXACT_LEVELS = re.compile(r"literacy \d|literacy \d+ of")


@pytest.fixture(scope="module")
def bases(new_warehouse: NewWarehouse) -> Iterator[dict[str, str]]:
    """Where the dashboards of the council are served, to each reader."""
    settings = released_council(new_warehouse)
    fill_attainment(settings, random.Random(SEED))
    fill_senior_phase(settings, random.Random(SEED))
    with ExitStack() as stack:
        yield {
            who: stack.enter_context(serve(create_app(settings, signed_in_as(reader_named(settings, who)))))
            for who in WHO
        }


class Walk:
    """A way through the pages, beginning at Today, with its clicks counted."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.clicks = 0
        self.page: Page = visit.go("/today")

    def click(self, text: str, within: str = "body") -> "Walk":
        """Follow the first link of this text."""
        self.page.locator(within).get_by_role("link", name=re.compile(text)).first.click()
        self.page.wait_for_load_state("load")
        self.clicks += 1
        return self

    @property
    def text(self) -> str:
        """What can be read of the page."""
        return self.page.locator("main").inner_text()


@pytest.fixture
def walk(bases: dict[str, str], browser: Browser) -> Iterator[Callable[..., Walk]]:
    made: list[Visit] = []

    def start(who: str, width: int = 1280) -> Walk:
        made.append(new_visit(browser, bases[who], None, width))
        return Walk(made[-1])

    yield start
    for each in made:
        assert not each.problems
        each.close()


def test_worse_than_last_year_and_for_whom(walk: Callable[..., Walk]) -> None:
    way = walk("officer")
    assert "Attendance" in way.text
    assert "same weeks" in way.text or "last year" in way.text
    way.click("For whom")
    assert "Authority: for whom" in way.text
    assert re.search(r"same months of 2024/25|No month of this year", way.text)
    assert way.clicks <= MOST_CLICKS


def test_for_whom_at_the_own_school(walk: Callable[..., Walk]) -> None:
    way = walk("head-primary").click("Your school", "nav")
    assert "For whom: attendance by stage" in way.text
    assert way.clicks <= MOST_CLICKS


def test_is_literacy_on_the_way_and_which_organiser_holds_it_back(walk: Callable[..., Walk]) -> None:
    way = walk("officer").click("^Aims$", "nav")
    assert re.search(r"Literacy, all pupils: .*, aim 76.0% by 2025/26", way.text)
    way.click("which organiser holds literacy back")
    assert "Attainment: organisers" in way.text
    assert way.clicks <= MOST_CLICKS


def test_what_to_print_for_tonight(walk: Callable[..., Walk]) -> None:
    way = walk("head-primary").click("Your school", "nav").click("school brief")
    assert "in brief" in way.text
    assert way.clicks <= MOST_CLICKS


def test_which_ten_schools_to_call_and_why(walk: Callable[..., Walk]) -> None:
    way = walk("officer")
    named = way.page.locator(".to-call li").all_inner_texts()
    assert len(named) <= 10
    assert all(
        re.search(r"(attendance|absence|week)", text, re.IGNORECASE) and "percentage point" in text for text in named
    )
    assert "Schools to call, and why" in way.text
    assert way.clicks == 0


def test_what_is_late_and_whose_it_is(walk: Callable[..., Walk]) -> None:
    way = walk("officer")
    assert re.search(r"Data(, for the data team)?: ", way.page.locator(".late").inner_text())
    way.click("Whose it is")
    assert "Data quality" in way.text
    assert way.clicks <= MOST_CLICKS


def test_what_goes_to_committee(walk: Callable[..., Walk]) -> None:
    way = walk("officer").click("^Authority$", "nav").click("pack for committee")
    assert "ommittee" in way.text
    assert way.clicks <= MOST_CLICKS


def test_whether_our_primaries_send_us_readers(walk: Callable[..., Walk]) -> None:
    way = walk("cluster-lead")
    assert "Readers from our primaries" in way.text
    assert re.search(r"achieved second level in reading|Reading of P7 is not shown", way.text)
    mine = {name for name, _ in schools_of("cluster-lead")}
    assert len(mine) > 1
    assert way.clicks == 0


@pytest.mark.parametrize("width", MOST_SCREENS)
@pytest.mark.parametrize("who", WHO)
def test_every_season_is_short_and_for_everybody(walk: Callable[..., Walk], who: str, width: int) -> None:
    way = walk(who, width)
    for season in SEASONS:
        tab = way.visit.go(f"/today?season={season}")
        high = tab.evaluate("document.documentElement.scrollHeight")
        assert high <= MOST_SCREENS[width] * HEIGHTS[width], f"{season} is {high} px high"
        assert way.visit.sideways() <= 0
    assert not (found := way.visit.axe()), "\n".join(found)


@pytest.mark.parametrize("width", MOST_SCREENS)
def test_new_pages_are_short_and_for_everybody(walk: Callable[..., Walk], width: int) -> None:
    way = walk("officer", width)
    for path in (*PATHS, *OVERVIEWS, f"{OVERVIEWS[0]}?part=areas"):
        tab = way.visit.go(path)
        high = tab.evaluate("document.documentElement.scrollHeight")
        assert high <= MOST_SCREENS[width] * HEIGHTS[width], f"{path} is {high} px high"
        assert not (found := way.visit.axe()), f"{path}: " + "\n".join(found)
        assert way.visit.sideways() <= 0, path


def test_the_first_screen_says_it_all(walk: Callable[..., Walk]) -> None:
    """The first sentence, every lead's title and the first schools stand above 1280 by 800."""
    way = walk("officer")
    low = way.page.evaluate(
        "[...document.querySelectorAll('.lead, .leads h3, .to-call li:nth-child(-n+3)')]"
        ".map((each) => each.getBoundingClientRect().bottom)"
    )
    assert max(low) <= HEIGHTS[1280], low


def test_on_paper_today_has_no_exact_attainment_of_the_own_school(walk: Callable[..., Walk]) -> None:
    way = walk("head-primary")
    way.page.emulate_media(media="print")
    assert not EXACT_LEVELS.search(way.text.replace("literacy 90% or more", "")) or "to under" in way.text


def test_a_season_that_is_none_is_not_found(walk: Callable[..., Walk]) -> None:
    walk("officer").visit.go("/today?season=monsoon", 404)
