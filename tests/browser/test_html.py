"""The HTML of every page and of every error is valid, for each reader."""

import pytest

from dashboards.subjects import PAGES
from tests.support.html_rules import problems
from tests.support.main_job import rows
from tests.support.site import ERRORS, READERS, Site


@pytest.mark.parametrize("reader", READERS)
def test_pages_are_valid(site: Site, reader: str) -> None:
    with site.client(reader) as client:
        for page in PAGES:
            path = site.address(page, reader)
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert not (found := problems(answer.text)), f"{path}\n" + "\n".join(found)


def test_pages_of_every_school_are_valid(site: Site) -> None:
    schools = rows(site.settings, "analyst", "select distinct seed_code::text, sector from aggregated.schools")
    of_a_school = [page for page in PAGES if page.is_about_a_school]
    with site.client("officer") as client:
        for page, school in ((page, school) for page in of_a_school for school in sorted(schools)):
            path = site.address(page, "officer", school)
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert not (found := problems(answer.text)), f"{path}\n" + "\n".join(found)


def test_pages_with_choices_are_valid(site: Site) -> None:
    with site.client("officer") as client:
        for page in PAGES:
            for parameter in page.parameters:
                for value in () if parameter.in_path else parameter.choices:
                    path = f"{page.path}?{parameter.name}={value}"
                    assert not (found := problems(client.get(path).text)), f"{path}\n" + "\n".join(found)


@pytest.mark.parametrize("path", ["/no-such-page", *ERRORS, "/sign-in", "/signed-out"])
def test_other_pages_are_valid(site: Site, path: str) -> None:
    with site.client("officer") as client:
        assert not (found := problems(client.get(path).text)), "\n".join(found)


@pytest.mark.parametrize(
    "wrong",
    [
        "<p><div>no</div></p>", "<ul><p>no</p></ul>", "<h3>no</h3>", "<b id=x></b><b id=x></b>", "<a href='#no'>no</a>",
        "<label for=no>no</label>", "<a href='/'><button>no</button></a>", "<dl><dd>no</dd></dl>", "<img src=no>",
        "<span onclick='no()'>no</span>", "<p>no</i></p>",
    ],
)  # fmt: skip
def test_the_rules_find_what_is_wrong(wrong: str) -> None:
    whole = "<!DOCTYPE html><html lang=en><head><title>x</title></head><body><main><h1>x</h1>{}</main></body></html>"
    assert not problems(whole.format(""))
    assert problems(whole.format(wrong))
