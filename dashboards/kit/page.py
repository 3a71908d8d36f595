"""What a page is: an address, the figures it asks for, a template, and the tables that can be taken away.

A page is one file in ``dashboards/subjects`` and one template; ``docs/dashboards.md`` shows how one is added.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from markupsafe import Markup
from sqlalchemy import Connection

Format = Literal["html", "csv", "xlsx", "docx"]
NO_DRAWING = Markup()
SECTORS = ("primary", "secondary", "special")


class NotFoundError(Exception):
    """There is no such thing for this reader: the same answer whether it does not exist or may not be seen."""


class UnknownChoiceError(NotFoundError):
    """The address asks for a choice that the page does not have: ``?stage=S3``. Says nothing of what there is."""


class NotReadyError(Exception):
    """The figures of this page are not there yet; the message says, in a reader's words, which."""


@dataclass(frozen=True)
class Reader:
    """Who reads, and what they may see; the database enforces the same by row-level security.

    ``authorities`` are GSS codes with authority scope, ``schools`` pairs of SEED code and sector (clusters
    expanded). Officers have the scope of at least one authority.
    """

    reader_id: int
    reader_name: str
    display_name: str
    authorities: tuple[str, ...] = ()
    schools: tuple[tuple[str, str], ...] = ()
    is_officer: bool = False

    @property
    def only_school(self) -> tuple[str, str] | None:
        """The school of a reader who has one and no authority: a head teacher."""
        return self.schools[0] if len(self.schools) == 1 and not self.authorities else None


@dataclass(frozen=True)
class Release:
    """The current release of one authority, as its readers see it (rule 27)."""

    local_authority_code: str
    release_id: int
    data_as_at: dt.date | None
    released_at: dt.datetime
    checked_at: dt.datetime
    code_version: str
    deliveries: tuple[str, ...]
    label: str


@dataclass(frozen=True)
class PageRequest:
    """What is asked for, already checked: the authority has a release and a name, the academic year has figures.

    ``values`` holds the page's own parameters by name, each given or its default; ``school`` is set on pages whose
    address names one. ``previous_year`` is None where the year before has no figures. ``authorities`` are code and
    name of all authorities that the reader may see something of. ``years_of`` is where the years come from, as in
    ``Page``. ``is_live``: pupils are real, and nothing made up for the demonstration may stand beside them.
    """

    reader: Reader
    release: Release
    authority_name: str
    academic_year: str
    academic_years: tuple[str, ...]
    previous_year: str | None = None
    school: tuple[str, str] | None = None
    authorities: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    years_of: "YearsOf | None" = None
    is_live: bool = False

    @property
    def authority(self) -> str:
        """GSS code of the authority."""
        return self.release.local_authority_code

    def value(self, name: str) -> str:
        """A parameter of the page; empty where it was not given and has no default."""
        return self.values.get(name, "")


@dataclass(frozen=True)
class Note:
    """One sentence under a page or table that a reader needs in order not to misread it."""

    text: str
    kind: Literal["hidden", "held", "provisional", "comparison", "method"] = "method"


@dataclass(frozen=True)
class SheetColumn:
    """A column of a table to take away. ``unit`` is said in the heading: "Attendance rate (%)"."""

    heading: str
    unit: str = ""

    @property
    def title(self) -> str:
        """Heading with its unit."""
        return f"{self.heading} ({self.unit})" if self.unit else self.heading


@dataclass(frozen=True)
class Sheet:
    """A table to take away, in the scope of the page. ``rows`` hold plain values, or ``formats.Figure`` for measures.

    ``name`` is the address of the CSV and the name of the worksheet: lower case, digits, underscores, at most 31.
    ``drawing`` is the chart of these rows where a workbook shall have its picture, ``says`` the sentence for it.
    """

    name: str
    title: str
    columns: tuple[SheetColumn, ...]
    rows: Sequence[Sequence[Any]]
    notes: tuple[str, ...] = ()
    drawing: Markup = NO_DRAWING
    says: str = ""


class Figures(Protocol):
    """Figures of a page: a frozen dataclass of typed values, with the notes that belong under the page."""

    @property
    def notes(self) -> Sequence[Note]:
        """What to know before these figures are used."""
        ...


@dataclass(frozen=True)
class Parameter:
    """A parameter of one page, such as ``sector``. Anything but ``choices`` (or the ``pattern``) is not found.

    ``is_kept`` is whether it still makes sense when another authority or academic year is chosen; ``names_school``
    whether its value is a SEED code, which then stands in the access log.
    """

    name: str
    description: str
    choices: tuple[str, ...] = ()
    pattern: str = ""
    default: str = ""
    in_path: bool = False
    is_kept: bool = True
    names_school: bool = False
    examples: tuple[str, ...] = ()


SEED_CODE = Parameter("seed_code", "SEED code of the school", pattern=r"[0-9]{1,8}", in_path=True, names_school=True)
SECTOR_OF_SCHOOL = Parameter("sector", "Sector of the school", choices=SECTORS, in_path=True)

FiguresOf = Callable[[Connection, PageRequest], Any]
YearsOf = Callable[[Connection, str], tuple[str, ...]]


@dataclass(frozen=True)
class Entry:
    """An entry of the navigation: its text, and the values that the address of the page needs."""

    text: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OwnSchool:
    """The part of a school's page that its head alone sees: exact figures, in no cache, print or pack.

    ``marts`` are the tables of ``own_school`` that it reads: each reading is noted before. ``tables`` asks for them in
    a transaction of the head's and answers ``components.Table``.
    """

    marts: tuple[str, ...]
    tables: Callable[[Connection, PageRequest], Sequence[Any]]


@dataclass(frozen=True)
class Page:
    """A page of the dashboards.

    ``path`` begins with a slash and may hold parameters declared with ``in_path``; with ``{seed_code}`` and
    ``{sector}`` the request's ``school`` is set. ``figures`` asks the database and answers a ``Figures``; it
    raises ``NotFoundError`` or ``NotReadyError``. ``sheets`` gives the tables of the same figures, ``document`` (of
    ``dashboards.kit.document``) the whole as a file of Word. ``heading``
    names what is shown where that is more than ``title``. ``parent`` is the page above it in the breadcrumb.
    ``reads`` names the released tables that the page rests on: its source line, and its place in the lineage.
    ``entry`` is the page's entry in the navigation of a reader, where that is not its title for everybody.
    ``years_of`` answers the academic years, latest first, that the subject of the page has of an authority (GSS code),
    where these are not those of attendance; where it has none, the years of attendance are offered.
    ``own`` is the part of a school's page for its head alone.
    """

    name: str
    path: str
    title: str
    template: str
    figures: FiguresOf
    reads: tuple[str, ...]
    sheets: Callable[[Any, PageRequest], Sequence[Sheet]] | None = None
    heading: Callable[[Any, PageRequest], str] | None = None
    document: Callable[[Any, PageRequest], Any] | None = None
    description: str = ""
    parent: str | None = None
    parameters: tuple[Parameter, ...] = ()
    in_navigation: bool = True
    entry: Callable[[Reader], Entry | None] | None = None
    years_of: YearsOf | None = None
    own: OwnSchool | None = None

    def entry_for(self, reader: Reader) -> Entry | None:
        """The page's entry in the navigation of this reader; None where it has none."""
        if self.entry is not None:
            return self.entry(reader)
        return Entry(self.title) if self.in_navigation else None

    @property
    def is_about_a_school(self) -> bool:
        """Whether the address names one school."""
        return "{seed_code}" in self.path and "{sector}" in self.path


@dataclass(frozen=True)
class PageRead:
    """What a request read, for the access log: ``request.state.page_read``, also where it was refused."""

    page: str
    format: Format
    local_authority_code: str | None = None
    seed_code: str | None = None
    sector: str | None = None
