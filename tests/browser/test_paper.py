"""On paper: a brief is one sheet of A4 whatever is in it, nothing is cut off, and navigation stays on the screen."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser

from dashboards.kit.formats import Figure
from dashboards.site.app import create_app
from dashboards.subjects import PAGES
from dashboards.subjects.attendance.figures import brief, course
from dashboards.subjects.attendance.figures.groups import Group
from dashboards.subjects.core.figures.attained import sentence_of
from dashboards.subjects.core.figures.attained_by_school import BANDED
from dashboards.subjects.core.figures.leavers_in_brief import leavers_sentence
from tests.support.main_job import rows
from tests.support.site import Site, serve
from tests.support.visits import NewVisit, Visit, new_visit

PAGE_OBJECT = re.compile(rb"/Type /Page\b(?!s)")
BETWEEN_MARGINS = 680  # pixels of 180 mm
HIDDEN = ("attendance_rate", "pupils", "rate_same_weeks_last_year", "persistent_absence_rate", "persistently_absent")


def sheets_of_paper(tab: Visit) -> int:
    """How many sheets the page is when printed."""
    return len(PAGE_OBJECT.findall(tab.page.pdf(prefer_css_page_size=True)))


def schools(site: Site) -> list[tuple[str, str]]:
    """The smallest and the largest school of each sector."""
    found = rows(
        site.settings, "analyst",
        "select distinct on (sector, place) seed_code, sector from (select seed_code::text, sector, pupils, "
        "case when row_number() over (partition by sector order by pupils nulls first, seed_code) = 1 then 'first' "
        "when row_number() over (partition by sector order by pupils desc nulls last, seed_code) = 1 then 'last' end "
        "as place from aggregated.schools) as placed where place is not null order by sector, place",
    )  # fmt: skip
    return [(seed_code, sector) for seed_code, sector in found]


def test_every_brief_is_one_sheet(visit: NewVisit, site: Site) -> None:
    tab = visit("officer")
    for seed_code, sector in schools(site):
        tab.go(f"/schools/{seed_code}/{sector}/brief")
        assert sheets_of_paper(tab) == 1, (seed_code, sector)
        assert tab.page.locator(".said li").count() in {4, 5}, "the fifth is of attainment, where it is released"
    tab.go("/authority/brief")
    assert sheets_of_paper(tab) == 1
    assert not tab.problems


def a_year(first: int, symbol: str | None, whole: bool) -> brief.YearRows:
    """A year with everything in it, or with everything hidden."""
    row: dict[str, Any] = {
        "academic_year": f"{first}/{(first + 1) % 100:02}", "data_as_at": dt.date(first + 1, 6, 28 if whole else 1),
        "attendance_rate": Decimal("0.9137"), "openings_symbol": symbol, "pupils": 1234, "pupils_symbol": symbol,
        "rate_same_weeks_last_year": Decimal("0.9254"), "same_weeks_symbol": symbol, "weeks_compared": 38,
        "openings_possible": 409_876, "openings_attended": 371_234, "completeness": Decimal("0.97"),
        "persistent_absence_rate": Decimal("0.3098"), "persistently_absent": 1018, "severely_absent": 116,
        "bands_symbol": symbol, "as_at": dt.date(first + 1, 5, 31), "rate": Decimal("0.9012"),
    }  # fmt: skip
    if symbol:
        row |= dict.fromkeys(HIDDEN)
    whole_row: Any = SimpleNamespace(**row, _mapping=row)
    return brief.YearRows(whole_row, whole_row, whole_row, whole_row)


def fullest(symbol: str | None, asked: Any) -> brief.Brief:
    """Three years, a long name, forty weeks: all that a brief can hold, shown or hidden."""
    years = [a_year(2025 - back, symbol, back > 0) for back in range(3)]
    rate = Figure(None if symbol else Decimal("0.8731"), symbol)
    stages = [
        Group(name, name, Figure(rate.value and rate.value + Decimal(at) / 100, symbol), Figure(199, None, "count"))
        for at, name in enumerate(("S1", "S2", "S3", "S4", "S5", "S6"))
    ]
    areas = (Group("m", "m", rate, Figure(465, None, "count")), Group("r", "r", rate, Figure(465, None, "count")))
    names = ("the most deprived fifth of areas", "areas outside the two most deprived fifths")
    others = [brief.Beside(f"the {name} of 12 schools like it", rate) for name in ("middle", "authority's middle")]
    weeks = [dt.date(2025, 8, 11) + dt.timedelta(weeks=number) for number in range(40)]
    points = tuple(course.Point(day, number, rate, None, None) for number, day in enumerate(weeks))
    band = Figure(None, symbol, "text") if symbol else "80% to under 90%"
    said = sentence_of("2024/25", "primary", {"literacy": "70% to under 80%", "numeracy": band}, "of the pupils")
    said += f" {BANDED}"
    leavers = leavers_sentence("2024/25", "pre_review", band, "of the leavers")
    return brief.Brief(
        "Our Lady of the Assumption and Saint Columba's Roman Catholic Gaelic-medium High School", "school",
        (
            brief.level(years[0].own, asked), brief.persistent(years[0].bands),
            brief.for_whom(stages, areas, names), brief.beside(rate, others), brief.Said("Attainment", said),
            brief.Said("Leavers", leavers),
        ),
        brief.years_table(years, "Authority, secondary"),
        course.weekly_chart("week", course.Course("2025/26", points), course.Course("2024/25", points)),
        brief.rests_on(years, asked, (*stages, *areas)),
        brief.file_of(years, "Authority, secondary"),
    )  # fmt: skip


@pytest.fixture(scope="module", params=[None, "[c]"], ids=["shown", "hidden"])
def fullest_site(request: pytest.FixtureRequest, site: Site) -> Iterator[str]:
    pages = tuple(
        replace(page, figures=lambda _, asked: fullest(request.param, asked)) if page.name == "school_brief" else page
        for page in PAGES
    )
    with serve(create_app(site.settings, pages=pages)) as base:
        yield base


def test_the_fullest_brief_is_one_sheet(browser: Browser, fullest_site: str, site: Site) -> None:
    seed_code, sector = site.school("officer")
    tab = new_visit(browser, fullest_site, site.session("officer"), 1280)
    tab.go(f"/schools/{seed_code}/{sector}/brief")
    assert sheets_of_paper(tab) == 1
    tab.close()


@pytest.mark.parametrize("path", ["/schools", "/authority/pack", "/today"])
def test_on_paper_nothing_is_cut_and_navigation_is_left_out(visit: NewVisit, path: str) -> None:
    tab = visit("officer", BETWEEN_MARGINS)
    tab.go(path)
    tab.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    tab.page.emulate_media(media="print")
    found = tab.page.evaluate(
        """() => ({
            wide: [...document.querySelectorAll("table, svg")].filter((each) =>
                each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.caption?.innerText ?? "chart"),
            seen: [...document.querySelectorAll("nav, form, #downloads, .on-paper, footer")].filter((each) =>
                each.checkVisibility()).map((each) => each.outerHTML.slice(0, 80)),
        })"""
    )
    assert found == {"wide": [], "seen": []}
