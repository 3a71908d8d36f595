"""Parts of attainment and of the senior phase on a telephone and a desk: short, for everybody, on paper in bands alone.

The council is made up and filled at random (its seed is printed), with everything that a part can hold.
"""

import random
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from dashboards.site.app import create_app
from tests.conftest import NewWarehouse
from tests.support.attainment_world import STAGES, fill_attainment, released_council
from tests.support.dashboards import reader_named, signed_in_as
from tests.support.dashboards_world import MINE, SEED
from tests.support.senior_world import SECONDARIES, fill_senior_phase
from tests.support.site import serve
from tests.support.visits import HEIGHTS, MOST_SCREENS, Visit, new_visit

PARTS = (
    "",
    "for_whom",
    "organisers",
    "levels",
    "gap",
    "progress",
    "pupil_groups",
    "looked_after",
    "trend",
    "trend_s3",
    "schools",
)
SCHOOLS = [school for school in MINE if school[1] in STAGES]
PATHS = [f"/attainment?part={part}" if part else "/attainment" for part in PARTS]
PATHS += [f"/schools/{seed_code}/{sector}/attainment" for seed_code, sector in (SCHOOLS[0], SCHOOLS[-1])]
OF_SENIOR_PHASE = ("", "levels", "breadth", "destinations", "results", "courses", "gap", "schools")
PATHS += [f"/senior-phase?part={part}" if part else "/senior-phase" for part in OF_SENIOR_PHASE]
PATHS += [f"/schools/{seed_code}/{sector}/senior-phase" for seed_code, sector in SECONDARIES[:1]]
BETWEEN_MARGINS = 680  # pixels of 180 mm
EXACT = re.compile(r"\d\.\d%|\d+ of \d+")
SEEN_ON_PAPER = """() => {
    const seen = (query) => [...document.querySelectorAll(query)].filter((each) => each.checkVisibility());
    const isRoll = (cell) => cell.closest("table").rows[0].cells[cell.cellIndex].innerText.startsWith("Roll");
    return {
        cells: seen("main td").filter((cell) => !isRoll(cell)).map((cell) => cell.innerText),
        words: seen("main p, main li, main h2, main svg text").map((each) => each.textContent),
        wide: seen("table").filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
            .map((each) => each.caption.innerText),
    };
}"""


@pytest.fixture(scope="module")
def base(new_warehouse: NewWarehouse) -> Iterator[str]:
    """Where the dashboards of the council are served to its officer."""
    settings = released_council(new_warehouse)
    fill_attainment(settings, random.Random(SEED))
    fill_senior_phase(settings, random.Random(SEED))
    with serve(create_app(settings, signed_in_as(reader_named(settings, "officer")))) as address:
        yield address


@pytest.fixture(scope="module")
def tabs(base: str, browser: Browser) -> Iterator[dict[tuple[int, bool], Visit]]:
    made = {
        (width, script): new_visit(browser, base, None, width, script)
        for width in MOST_SCREENS
        for script in (True, False)
    }
    yield made
    for tab in made.values():
        tab.close()


@pytest.mark.parametrize("width", MOST_SCREENS)
@pytest.mark.parametrize("path", PATHS)
def test_a_part_is_short_and_for_everybody(tabs: dict[tuple[int, bool], Visit], path: str, width: int) -> None:
    for script in (False, True):
        tab = tabs[width, script]
        tab.go(path)
        assert tab.sideways() <= 0
    high = tab.page.evaluate("document.documentElement.scrollHeight")  # without script the menu stands open as well
    assert high <= MOST_SCREENS[width] * HEIGHTS[width], f"{path} is {high} px high"
    assert not (found := tab.axe()), "\n".join(found)
    assert tab.sideways() <= 0, "once all is unfolded"
    assert not tab.problems


def test_paper_has_schools_in_bands_alone(tabs: dict[tuple[int, bool], Visit]) -> None:
    """In words and tables; the share of the roll in the most deprived fifth is no attainment and stays."""
    tab = tabs[1280, True]
    tab.page.emulate_media(media="print")
    tab.page.set_viewport_size({"width": BETWEEN_MARGINS, "height": 900})
    cells: list[str] = []
    try:
        for path in (
            "/attainment?part=schools",
            "/senior-phase?part=schools",
            *(path for path in PATHS if path.startswith("/schools/")),
        ):
            tab.go(path)
            seen = tab.page.evaluate(SEEN_ON_PAPER)
            assert seen["cells"], path
            assert not [text for text in (*seen["cells"], *seen["words"]) if EXACT.search(text)], path
            assert seen["wide"] == [], f"{path}: a table is wider than a sheet"
            cells += seen["cells"]
        assert any("%" in text for text in cells), "of a page alone, all may be too few pupils to show"
    finally:
        tab.page.set_viewport_size({"width": 1280, "height": HEIGHTS[1280]})
        tab.page.emulate_media(media="screen")


def test_a_table_of_many_schools_scrolls_in_a_window_of_its_own(tabs: dict[tuple[int, bool], Visit]) -> None:
    tab = tabs[1280, True]
    tab.go("/attainment?part=schools")
    region = tab.page.locator(".table-region--window")
    assert region.evaluate("each => getComputedStyle(each).overflowY") == "auto"
    assert region.get_attribute("tabindex") is None, "six schools need no scrolling, and no stop of the tab key"
    region.evaluate("each => { each.style.maxHeight = '5rem'; window.dispatchEvent(new Event('resize')); }")
    tab.page.wait_for_function("document.querySelector('.table-region--window').tabIndex === 0")
