"""Each page stands in the lineage, on the tables that it says it reads, and says what it reads truthfully."""

import ast

import pytest

from dashboards.kit import tables
from dashboards.kit.page import Page
from dashboards.subjects import PAGES
from orchestration.settings import PROJECT_DIR
from tests.support.dbt_project import Project
from tests.support.imports import imported_modules

PREFIX = "page_"
PACKAGE = PROJECT_DIR / "dashboards"


def exposures(project: Project) -> dict[str, dict]:
    return {
        exposure["name"].removeprefix(PREFIX): exposure
        for exposure in project.exposures.values()
        if exposure["type"] == "dashboard"
    }


def test_every_page_is_an_exposure_and_every_exposure_a_page(project: Project) -> None:
    assert set(exposures(project)) == {page.name for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_exposure_stands_on_what_its_page_reads(project: Project, page: Page) -> None:
    exposure = exposures(project)[page.name]
    assert {node["alias"] for node in project.parents(exposure)} == set(page.reads)
    assert exposure["config"]["meta"]["path"] == page.path
    assert exposure["description"] == page.description


def files_of(page: Page) -> list[ast.Module]:
    """The page's file, and the figures and queries of subjects that it rests on."""
    waiting = list((PACKAGE / "subjects").glob(f"*/{page.name}.py"))
    assert len(waiting) == 1
    found = {}
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found[path] = ast.parse(path.read_text())
        for name in imported_modules(path, ".".join(path.parent.relative_to(PACKAGE.parent).parts)):
            parts = name.split(".")
            if parts[:2] == ["dashboards", "subjects"] and len(parts) > 4:
                below = PACKAGE.joinpath(*parts[1:4], f"{parts[4]}.py")
                waiting += [below] if below.exists() else []
    return list(found.values())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_every_table_that_it_asks(page: Page) -> None:
    known = {name.removeprefix("released.") for name in tables.METADATA.tables}
    asked = {
        node.attr
        for module in files_of(page)
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "tables"
    }
    assert asked & known <= set(page.reads)
