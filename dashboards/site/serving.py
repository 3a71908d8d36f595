"""One page from request to response: scope, figures (from the cache where it may), template, or a table to save."""

import datetime as dt
import gzip
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from jinja2 import Environment
from sqlalchemy import Connection
from starlette.responses import Response

from dashboards.kit import downloads
from dashboards.kit.own_school import MARKING, OWN
from dashboards.kit.page import Format, Note, NotFoundError, Page, PageRead, PageRequest, Reader, Release, Sheet
from dashboards.kit.templating import address, breadcrumbs_of, place_of
from dashboards.signin.readers import reader_by_number
from dashboards.site.cache import Cache
from dashboards.site.database import Database
from dashboards.site.own_school import is_own, own_tables
from dashboards.site.scope import page_request, releases_of
from dashboards.site.signed_in import NotSignedInError, reader_of

FIGURES_KEPT = 128  # those of a page of 200 schools take 1 MB, so at most about 100 MB in a process
OWN_TEMPLATE = "pages/own_school.html"
PAGES_KEPT = 2048  # 10 kB each, compressed
GZIP_LEVEL = 5  # 60 kB of HTML: 1.1 ms to 9.1 kB; level 9 takes 2.0 ms for 8.9 kB


@dataclass(frozen=True)
class Found:
    """What a page shows: the checked request and its figures."""

    asked: PageRequest
    figures: Any

    def read(self, page: Page, wanted: Format) -> PageRead:
        """What the access log says of it."""
        sector = self.asked.school[1] if self.asked.school else None
        return PageRead(page.name, wanted, self.asked.authority, school_named(page, self.asked.values), sector)


@dataclass(frozen=True)
class OwnSchoolAlone:
    """What a page has besides the tables of the own school: nothing."""

    notes: Sequence[Note] = ()


@dataclass(frozen=True)
class Made:
    """A page as it is sent, and what the access log says of it."""

    zipped: bytes
    read: PageRead


class PageServer:
    """Serves pages out of one database with one set of templates."""

    def __init__(
        self, database: Database, templates: Environment, authorities: Mapping[str, str], pages: tuple[Page, ...],
        is_live: bool = False,
    ) -> None:  # fmt: skip
        self._database = database
        self._templates = templates
        self._authorities = authorities
        self._is_live = is_live
        self._by_name = {page.name: page for page in pages}
        self._figures: Cache[Found] = Cache(FIGURES_KEPT)
        self._pages: Cache[Made] = Cache(PAGES_KEPT)

    def show(self, page: Page, request: Request, given: Mapping[str, str]) -> Response:
        """The page as HTML. Raises NotFoundError, NotReadyError and the errors of the database."""
        request.state.page_read = wanted_of(page, given, "html")
        found = None
        with self._database.reading(reader_of(request)) as connection:
            reader = reader_within(connection, request)
            releases = releases_of(connection)
            key = cache_key(page, reader, given, releases)
            is_head = is_own(connection, page, given)
            made = None if is_head else self._pages.get((key, reader.display_name))
            if made is None:
                found = self._figures_of(connection, page, reader, given, releases)
        if found is not None:
            made = _made(self._render(page, found, is_head=is_head), found.read(page, "html"))
            if not is_head:  # who is no head, and has the same scope and name, is not led to the own school
                self._pages.put((key, reader.display_name), made)
        assert made is not None
        request.state.page_read = made.read
        return _answer(made, request)

    def own(self, page: Page, request: Request, given: Mapping[str, str]) -> Response:
        """Own school of a page, exact, for this request alone. Raises NotFoundError for who is not its head."""
        found = self._find(page, request, given, "html")
        own = own_tables(self._database, page, found.asked)
        if not own:
            raise NotFoundError(f"own school of {page.name}")
        return _answer(_made(self._render(page, found, own=own), found.read(page, "html")), request)

    def csv(self, page: Page, request: Request, given: Mapping[str, str], name: str) -> Response:
        """One table of the page as CSV. Raises NotFoundError where the page has no such table."""
        found = self._find(page, request, given, "csv")
        sheet = next((sheet for sheet in sheets_of(page, found) if sheet.name == name), None)
        if sheet is None:
            raise NotFoundError(f"table {name}")
        return downloads.csv_response(page, found.asked, heading_of(page, found), sheet)

    def own_csv(self, page: Page, request: Request, given: Mapping[str, str], name: str) -> Response:
        """One table of own school as CSV, marked in name and first line. Raises NotFoundError for who is not its head.

        Asked for by name alone: nothing else to take away has a figure of it.
        """
        found = self._find(page, request, given, "csv")
        tables = own_tables(self._database, page, found.asked)
        table = next((table for table in tables if table.id == name), None)
        if table is None:
            raise NotFoundError(f"table {name}")
        return downloads.own_csv_response(page, found.asked, heading_of(page, found), table.as_sheet(name))

    def xlsx(self, page: Page, request: Request, given: Mapping[str, str]) -> Response:
        """All tables of the page as one workbook. Raises NotFoundError where it has none."""
        found = self._find(page, request, given, "xlsx")
        sheets = sheets_of(page, found)
        if not sheets:
            raise NotFoundError(f"tables of {page.name}")
        return downloads.xlsx_response(page, found.asked, heading_of(page, found), sheets)

    def docx(self, page: Page, request: Request, given: Mapping[str, str]) -> Response:
        """The page as a file of Word. Raises NotFoundError where it has none."""
        if page.document is None:
            raise NotFoundError(f"document of {page.name}")
        found = self._find(page, request, given, "docx")
        document = page.document(found.figures, found.asked)
        return downloads.docx_response(page, found.asked, heading_of(page, found), document)

    def _find(self, page: Page, request: Request, given: Mapping[str, str], wanted: Format) -> Found:
        request.state.page_read = wanted_of(page, given, wanted)
        with self._database.reading(reader_of(request)) as connection:
            reader = reader_within(connection, request)
            found = self._figures_of(connection, page, reader, given, releases_of(connection))
        request.state.page_read = found.read(page, wanted)
        return found

    def _figures_of(
        self, connection: Connection, page: Page, reader: Reader, given: Mapping[str, str],
        releases: tuple[Release, ...],
    ) -> Found:  # fmt: skip
        key = cache_key(page, reader, given, releases)
        found = self._figures.get(key)
        if found is None:
            asked = page_request(connection, page, reader, self._authorities, given, releases, self._is_live)
            found = Found(asked, page.figures(connection, asked))
            self._figures.put(key, found)
        # Readers of one scope share figures, never a name.
        return Found(replace(found.asked, reader=reader), found.figures)

    def _render(self, page: Page, found: Found, own: Sequence[Any] = (), is_head: bool = False) -> str:
        heading = heading_of(page, found)
        trail = breadcrumbs_of(page, found.asked, heading, self._by_name)
        if own:
            trail[-1:] = [(heading, address(page, found.asked, place_of(page, found.asked))), (MARKING, "")]
        return self._templates.get_template(OWN_TEMPLATE if own else page.template).render(
            page=page,
            asked=found.asked,
            reader=found.asked.reader,
            figures=OwnSchoolAlone() if own else found.figures,
            heading=heading,
            sheets=() if own else sheets_of(page, found),
            breadcrumbs=trail,
            page_address=address(page, None, found.asked.values, OWN if own else "").partition("?")[0],
            own_values=own_values(page, found.asked),
            own_tables=own,
            is_head=is_head,
        )


def _made(html: str, read: PageRead) -> Made:
    return Made(gzip.compress(html.encode(), GZIP_LEVEL, mtime=0), read)


def _answer(made: Made, request: Request) -> Response:
    headers = {"vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(made.zipped, media_type="text/html", headers=headers | {"content-encoding": "gzip"})
    return Response(gzip.decompress(made.zipped), media_type="text/html", headers=headers)


def reader_within(connection: Connection, request: Request) -> Reader:
    """The signed-in reader with the scope of this very transaction, in which figures are read too.

    Sign-in has read it a moment ago, in another transaction: a scope that was taken away or given between the two would
    be the name under which the other one's figures are kept. Raises NotSignedInError where nothing is left of it.
    """
    reader = reader_by_number(connection, reader_of(request).reader_id)
    if reader is None:
        raise NotSignedInError
    return reader


def own_values(page: Page, asked: PageRequest) -> list[tuple[str, str]]:
    """The page's own parameters that are not their defaults, for a form that chooses another authority or year."""
    given = [(one.name, asked.value(one.name)) for one in page.parameters if one.is_kept and not one.in_path]
    defaults = {one.name: one.default for one in page.parameters}
    return [(name, value) for name, value in given if value != defaults[name]]


def wanted_of(page: Page, given: Mapping[str, str], wanted: Format) -> PageRead:
    """What the access log says while it is not known whether the reader may see it."""
    seed_code = school_named(page, given)
    return PageRead(page.name, wanted, given.get("authority") or None, seed_code, given.get("sector"))


def school_named(page: Page, values: Mapping[str, str]) -> str | None:
    """SEED code of the school that the parameters of a page name, if any."""
    return next((values[one.name] for one in page.parameters if one.names_school and values.get(one.name)), None)


def heading_of(page: Page, found: Found) -> str:
    """What is shown: the school, the authority with its sector, or the title of the page."""
    return page.heading(found.figures, found.asked) if page.heading else page.title


def sheets_of(page: Page, found: Found) -> tuple[Sheet, ...]:
    """Tables of the page to take away, in the same scope."""
    return tuple(page.sheets(found.figures, found.asked)) if page.sheets else ()


def cache_key(page: Page, reader: Reader, given: Mapping[str, str], releases: tuple[Release, ...]) -> Hashable:
    """Everything that figures depend on: page, parameters, the reader's scope, the releases, and the day."""
    return (
        page.name,
        tuple(sorted((name, value) for name, value in given.items() if value)),
        (reader.authorities, reader.schools, reader.is_officer),
        tuple((release.local_authority_code, release.release_id, release.checked_at) for release in releases),
        dt.date.today(),
    )
