"""The worked example of docs/dashboards.md is a page as it stands there."""

import importlib.util
import re
from pathlib import Path

from dashboards.kit.page import Page
from dashboards.subjects import PAGES
from orchestration.access import grant_example_set
from orchestration.settings import PROJECT_DIR, Settings
from tests.support.dashboards import client, reader_named

GUIDE = (PROJECT_DIR / "docs" / "dashboards.md").read_text()


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    return str(found)


def example(folder: Path) -> Page:
    """The page of the guide, out of files like those that it tells to write."""
    (folder / "pages").mkdir()
    (folder / "pages" / "sectors.html").write_text(block("jinja"))
    source = folder / "sectors.py"
    source.write_text(block("python"))
    spec = importlib.util.spec_from_file_location("worked_example", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = module.PAGE
    assert isinstance(page, Page)
    return page


def test_the_worked_example_is_a_page(released: Settings, tmp_path: Path) -> None:
    grant_example_set(released, "S12000005")
    page = example(tmp_path)
    with client(released, reader_named(released, "officer"), (*PAGES, page), (tmp_path,)) as browser:
        answer = browser.get("/sectors")
        assert answer.status_code == 200, answer.text
        assert "Attendance by sector" in answer.text
        assert re.search(r"Attendance was highest for \w+", answer.text)
        assert answer.text.count('role="img"') == 2
        table = browser.get("/sectors/tables/sectors.csv")
        assert "Sector,Pupils,Attendance (%),Scotland (%)" in table.text
