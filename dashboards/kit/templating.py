"""Templates: one environment per process, with the names that every template may use."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup

from dashboards.kit import formats, own_school
from dashboards.kit.components import Table, slug
from dashboards.kit.markup import figure_html, rows_html
from dashboards.kit.page import Page, PageRequest, Reader
from dashboards.kit.static_files import StaticFiles

TEMPLATES = Path(__file__).parents[1] / "templates"
PRODUCT = "School figures"
# What base.html asks for, where a template is rendered outside a page of figures: sign-in, errors, messages.
AROUND: dict[str, object] = {
    "asked": None,
    "breadcrumbs": (),
    "figures": None,
    "own_tables": (),
    "own_values": (),
    "is_head": False,
    "page": None,
    "page_address": "",
    "reader": None,
    "sheets": (),
    "sign_out": "",
}


class Compiled(BytecodeCache):
    """Compiled templates, kept in the process: a second application compiles none that is the same, to the letter."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the code of a template, if there is any of its text."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._code[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


def environment(pages: tuple[Page, ...], static: StaticFiles, folders: tuple[Path, ...] = ()) -> Environment:
    """An environment that knows the pages. Everything but ``Markup`` is escaped; a missing name is an error.

    ``folders`` hold templates of pages that do not stand in this package.
    """
    made = Environment(
        loader=FileSystemLoader((TEMPLATES, *folders)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=COMPILED,
    )
    made.filters |= {
        "date": formats.date,
        "short_date": formats.short_date,
        "percentage": formats.percentage,
        "count": formats.count,
        "year": formats.academic_year,
        "month": formats.month,
        "change": formats.change,
        "points": formats.points,
    }
    made.globals |= {
        **AROUND,
        "SYMBOLS": formats.SYMBOLS,
        "SECTORS": formats.SECTORS,
        "download": download,
        "figure_html": figure_html,
        "link": link,
        "navigation": navigation,
        "own_download": own_download,
        "own_address": own_address,
        "own_school": own_school,
        "pages": {page.name: page for page in pages},
        "plural": formats.plural,
        "product": PRODUCT,
        "rows_html": rows,
        "slug": slug,
        "static": static.address,
    }
    return made


def address(page: Page, asked: PageRequest | None, values: Mapping[str, Any], ending: str = "") -> str:
    """Address of a page in the scope that was asked for: an authority or year that is not the default stays named.

    A year stays only between pages that have the same years: a return of 2021/22 leads to no attendance of that year.
    """
    given = {name: str(value) for name, value in values.items() if value not in (None, "")}
    if asked is not None:
        if asked.authorities and asked.authority != asked.authorities[0][0]:
            given.setdefault("authority", asked.authority)
        if asked.academic_year != asked.academic_years[0] and page.years_of is asked.years_of:
            given.setdefault("year", asked.academic_year)
    path = page.path
    for parameter in page.parameters:
        if parameter.in_path:
            path = path.replace("{" + parameter.name + "}", given.pop(parameter.name))
    if "year" in given:
        given["year"] = given["year"].replace("/", "-")
    defaults = {parameter.name: parameter.default for parameter in page.parameters}
    query = {name: value for name, value in given.items() if defaults.get(name) != value}
    return f"{path}{ending}?{urlencode(query)}" if query else f"{path}{ending}"


@pass_context
def link(context: Context, name: str, **values: object) -> str:
    """The address of a page in the same scope.

    Examples:
        {{ link("school", seed_code="5705231", sector="primary") }}

    """
    pages: Mapping[str, Page] = context["pages"]
    return address(pages[name], context.get("asked"), values)


@pass_context
def navigation(context: Context, reader: Reader) -> list[tuple[str, str, str]]:
    """What leads a reader through the pages: text, address, and what ``aria-current`` says of it, if anything."""
    pages: Mapping[str, Page] = context["pages"]
    asked, shown = context.get("asked"), context.get("page")
    return [
        (entry.text, address(page, asked, entry.values), _current(page, shown))
        for page in pages.values()
        if (entry := page.entry_for(reader)) is not None
    ]


def _current(page: Page, shown: Page | None) -> str:
    if shown is None:
        return ""
    return "page" if shown.name == page.name else "true" if shown.parent == page.name else ""


@pass_context
def download(context: Context, name: str) -> str:
    """The address of a table of this page as CSV by its name; ``xlsx``: of all of them; ``docx``: of the whole."""
    asked: PageRequest = context["asked"]
    ending = {"xlsx": "/tables.xlsx", "docx": "/document.docx"}.get(name, f"/tables/{name}.csv")
    return address(context["page"], asked, asked.values, ending)


def place_of(page: Page, asked: PageRequest) -> dict[str, str]:
    """Values of a page's address itself, such as the school that it is of."""
    return {parameter.name: asked.values[parameter.name] for parameter in page.parameters if parameter.in_path}


@pass_context
def own_address(context: Context) -> str:
    """The address of own school of this page."""
    page, asked = context["page"], context["asked"]
    return address(page, asked, place_of(page, asked), own_school.OWN)


@pass_context
def own_download(context: Context, name: str) -> str:
    """The address of a table of own school as CSV by its id."""
    asked: PageRequest = context["asked"]
    return address(context["page"], asked, asked.values, f"{own_school.OWN}/{name}.csv")


@pass_context
def rows(context: Context, table: Table) -> Markup:
    """Rows of a table, links in the same scope; a link to a page that this application lacks is its text."""
    pages: Mapping[str, Page] = context["pages"]
    asked = context.get("asked")
    return rows_html(
        table, lambda found: address(pages[found.page], asked, found.values) if found.page in pages else ""
    )


def breadcrumbs_of(page: Page, asked: PageRequest, heading: str, pages: Mapping[str, Page]) -> list[tuple[str, str]]:
    """Where the page stands: pairs of text and address, the page itself without one."""
    trail = [(heading, "")]
    above = page.parent
    while above is not None:
        trail.insert(0, (pages[above].title, address(pages[above], asked, {})))
        above = pages[above].parent
    first = next(iter(pages.values()))
    if trail[0][0] != first.title:
        trail.insert(0, (first.title, address(first, asked, {})))
    return trail
