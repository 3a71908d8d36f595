"""Every page, as each reader, with and without JavaScript, on a telephone's width and a desk's."""

import pytest

from dashboards.kit.page import Page
from dashboards.subjects import PAGES
from tests.support.main_job import rows
from tests.support.site import READERS, Site
from tests.support.visits import HEIGHTS, MOST_SCREENS, NewVisit, Visit

WIDTHS = (320, 1280)
LOOKED_INTO = ("officer", "head-primary")  # whose pages axe goes through
OF_PAPER = {"school_brief", "authority_brief", "authority_pack"}  # tests/browser/test_paper.py prints them
# Each page as each reader in both widths and with and without JavaScript; for those whose pages axe goes through, with
# JavaScript in both widths as well.
VISITS = [
    (reader, javascript, width, page)
    for place, reader in enumerate(READERS)
    for number, page in enumerate(PAGES)
    for javascript in (True, False)
    for width in WIDTHS
    if (javascript is (width == WIDTHS[(place + number) % 2])) or (javascript and reader in LOOKED_INTO)
    if page.name not in OF_PAPER or (javascript and reader in LOOKED_INTO)
]


def parts(visit: Visit) -> dict[str, object]:
    """What stands on a page that every page has."""
    return visit.page.evaluate(
        """() => ({
            title: document.title,
            headings: [...document.querySelectorAll("h1")].map((each) => each.innerText),
            breadcrumb: document.querySelectorAll("nav[aria-label=Breadcrumb] [aria-current=page]").length,
            facts: document.querySelector(".facts")?.innerText ?? "",
            source: document.querySelector(".source")?.innerText ?? "",
            charts: [...document.querySelectorAll("svg[role=img]")].every((each) => each.querySelector("title")),
        })"""
    )


def assert_whole(visit: Visit, path: str) -> None:
    found = parts(visit)
    assert len(found["headings"]) == 1, found["headings"]  # type: ignore[arg-type]
    assert found["headings"][0], path  # type: ignore[index]
    assert str(found["title"]).startswith(found["headings"][0]), found  # type: ignore[index]
    assert found["breadcrumb"] == 1, path
    assert "Data as at" in str(found["facts"]), path
    assert "data as at" in str(found["source"]), path
    assert found["charts"], "a chart without a title"
    assert visit.sideways() <= 0, f"{path} scrolls sideways by {visit.sideways()} px"
    assert not visit.problems


def assert_short(visit: Visit, path: str, width: int) -> None:
    high = visit.page.evaluate("document.documentElement.scrollHeight")
    assert high <= MOST_SCREENS[width] * HEIGHTS[width], f"{path} is {high} px high at {width} px"


@pytest.mark.parametrize(
    ("reader", "javascript", "width", "page"),
    [
        pytest.param(
            reader, javascript, width, page, id=f"{reader}-{'script' if javascript else 'plain'}-{width}-{page.name}"
        )
        for reader, javascript, width, page in VISITS
    ],
)
def test_a_page_is_whole(visit: NewVisit, site: Site, reader: str, javascript: bool, width: int, page: Page) -> None:
    tab = visit(reader, width, javascript)
    path = site.address(page, reader)
    tab.go(path)
    assert_whole(tab, path)
    if javascript and page.name not in OF_PAPER:
        assert_short(tab, path, width)
    if javascript and reader in LOOKED_INTO:
        assert not (found := tab.axe()), "\n".join(found)
        assert tab.sideways() <= 0, f"{path} scrolls sideways once all is unfolded"
        assert not tab.problems


@pytest.mark.parametrize("width", WIDTHS)
def test_choices_of_a_page(visit: NewVisit, site: Site, width: int) -> None:
    """Each parameter at the last of its choices, each academic year, and a school of each sector."""
    tab = visit("officer", width)
    plain = [page for page in PAGES if not page.is_about_a_school]
    paths = [
        f"{page.path}?{parameter.name}={parameter.choices[-1]}"
        for page in plain
        for parameter in page.parameters
        if parameter.choices
    ]
    years = rows(site.settings, "analyst", "select distinct academic_year from aggregated.attendance_by_authority_year")
    paths += [f"{page.path}?year={year.replace('/', '-')}" for (year,) in sorted(years)[:-1] for page in plain]
    for path in paths:
        tab.go(path)
        assert_whole(tab, path)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("reader", LOOKED_INTO)
def test_no_part_is_long(visit: NewVisit, site: Site, reader: str, width: int) -> None:
    """Each part of each page, and the own school of a head."""
    tab = visit(reader, width)
    for page in PAGES:
        path = site.address(page, reader)
        parts = [choice for parameter in page.parameters if parameter.name == "part" for choice in parameter.choices]
        paths = [f"{path}?part={part}" for part in parts]
        if reader != "officer":
            parts_not_theirs = {"/data-quality?part=turned_away"}
            paths = [one for one in paths if one not in parts_not_theirs]
            tab.go(path)
            paths += [f"{path}/own"] if tab.page.query_selector('main a[href$="/own"]') else []
        for one in paths:
            tab.go(one)
            assert_short(tab, one, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_smallest_school_of_each_sector(visit: NewVisit, site: Site, width: int) -> None:
    """Where almost everything is hidden, the page is whole all the same."""
    smallest = rows(
        site.settings,
        "analyst",
        "select distinct on (sector) seed_code::text, sector from aggregated.schools "
        "order by sector, pupils nulls first, seed_code",
    )
    (page,) = (page for page in PAGES if page.name == "school")
    tab = visit("officer", width)
    for school in smallest:
        path = site.address(page, "officer", school)
        tab.go(path)
        assert_whole(tab, path)
        assert not (found := tab.axe()), "\n".join(found)
