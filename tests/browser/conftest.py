"""A released warehouse, the dashboards over it, and one Chromium for each file of tests.

``BROWSER_TEST_HOME`` names the home of a released warehouse to walk instead of the one that the tests make, such as
that of a demonstration with two years.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from orchestration.access import grant_example_set
from orchestration.database import ensure_ready
from orchestration.settings import Settings
from tests.support import chromium
from tests.support.site import Site, running_site
from tests.support.visits import NewVisit, Visit, new_visit

AUTHORITY = "S12000005"


@pytest.fixture(scope="session")
def readable(request: pytest.FixtureRequest) -> Settings:
    """A warehouse with a release and the made-up readers."""
    home = os.environ.get("BROWSER_TEST_HOME")
    if home:
        found = Settings(home=Path(home))
        ensure_ready(found)
    else:
        found = request.getfixturevalue("released")
    grant_example_set(found, AUTHORITY)
    return found


@pytest.fixture(scope="module")
def site(readable: Settings) -> Iterator[Site]:
    with running_site(readable) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of a file, not of the session: Playwright keeps an event loop running, in which no other test could start one."""
    program = chromium.find()
    if program is None:
        if chromium.may_install():
            pytest.fail(f"Chromium could not be installed. {chromium.HOW}")
        pytest.skip(f"This user may not install a browser, and there is none. {chromium.HOW}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=chromium.launch_arguments())
        yield started
        started.close()


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[NewVisit]:
    """Call it with a reader (None: nobody), ``width`` and ``javascript`` for a tab that notes what goes wrong."""
    made: list[Visit] = []

    def visit_as(reader: str | None, width: int = 1280, javascript: bool = True) -> Visit:
        made.append(new_visit(browser, site.base, site.session(reader) if reader else None, width, javascript))
        return made[-1]

    yield visit_as
    for each in made:
        each.close()
