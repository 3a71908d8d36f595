"""Templates: one environment per process, with the names that every template may use."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from dashboards import formats
from dashboards.page import Page, PageRequest

TEMPLATES = Path(__file__).parent / "templates"


def environment(pages: tuple[Page, ...]) -> Environment:
    """An environment that knows the pages. Everything but ``Markup`` is escaped; a missing name is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.do"],
    )
    made.filters |= {
        "date": formats.date,
        "percentage": formats.percentage,
        "count": formats.count,
        "year": formats.academic_year,
        "month": formats.month,
        "change": formats.change,
    }
    made.globals["navigation"] = tuple(page for page in pages if page.in_navigation)
    made.globals["pages"] = {page.name: page for page in pages}
    made.globals["link"] = link
    return made


def address(page: Page, asked: PageRequest | None, values: Mapping[str, Any]) -> str:
    """Address of a page that keeps the authority and year of the page it is on, unless told otherwise."""
    given = {name: str(value) for name, value in values.items() if value not in (None, "")}
    if asked is not None:
        given.setdefault("authority", asked.authority)
        given.setdefault("year", asked.academic_year)
    path = page.path
    for parameter in page.parameters:
        if parameter.in_path:
            path = path.replace("{" + parameter.name + "}", given.pop(parameter.name))
    if "year" in given:
        given["year"] = given["year"].replace("/", "-")
    defaults = {parameter.name: parameter.default for parameter in page.parameters}
    query = {name: value for name, value in given.items() if defaults.get(name) != value}
    return f"{path}?{urlencode(query)}" if query else path


@pass_context
def link(context: Context, name: str, **values: object) -> str:
    """The address of a page in the same scope.

    Examples:
        {{ link("school", seed_code="5705231", sector="primary") }}

    """
    pages: Mapping[str, Page] = context["pages"]
    return address(pages[name], context.get("asked"), values)
