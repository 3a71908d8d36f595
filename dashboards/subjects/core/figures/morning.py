"""The rows of one morning: what *Today* is made of, read once and looked at by its topics."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Row

from dashboards.kit.components import Link
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.attention import Comparison, School, SchoolKey, Week, middle_change
from dashboards.subjects.core.figures.checks import Audience

WHOLE = "all"
LeadState = Literal["attention", "clear", "told", "unknown", "elsewhere"]


@dataclass(frozen=True)
class Lead:
    """Something that Today leads with: a title, how it stands, a sentence or two, and where there is more of it.

    ``clear`` is said of a good level that has not moved for the worse, ``told`` of what is neither good nor bad, and
    ``elsewhere`` of what the warehouse does not hold or release. ``to_share`` is said instead of the text on paper and
    in the digest, where the text has what single schools achieved.
    """

    title: str
    state: LeadState
    text: str
    link: Link | None = None
    to_share: str = ""

    @property
    def shared(self) -> str:
        """What may leave the council: the text, or what is said instead."""
        return self.to_share or self.text


@dataclass(frozen=True)
class Morning:
    """Released rows of the day: ``authority`` by sector, ``months`` of persistent absence by school or sector."""

    asked: PageRequest
    audience: Audience
    day: dt.date
    schools: Mapping[SchoolKey, School]
    years: Sequence[Row[Any]]
    weeks: Mapping[School, Sequence[Week]]
    last_week: dt.date | None
    months: Sequence[Row[Any]]
    authority: Mapping[str, Row[Any]]
    authority_before: Mapping[str, Row[Any]]

    @property
    def reads_authority(self) -> bool:
        """Whether the reader reads the whole authority."""
        return self.asked.authority in self.asked.reader.authorities

    @property
    def own(self) -> School | None:
        """The school of a reader who has one."""
        return self.audience.own

    def absence(self, seed_code: str, sector: str, months_ago: int = 0) -> Row[Any] | None:
        """Persistent absence of a school, or (without a code) of the authority's sector, at the last month or earlier.

        ``sector`` of the authority is ``all`` or one of its sectors.
        """
        known = sorted({row.month for row in self.months})
        if len(known) <= months_ago:
            return None
        at = known[-1 - months_ago]
        for row in self.months:
            named = row.sector if row.seed_code else row.value
            if (row.seed_code, named, row.month) == (seed_code, sector, at):
                return row
        return None

    def share(self, seed_code: str, sector: str, months_ago: int = 0) -> Figure:
        """The share of pupils who are persistently absent, as ``absence``."""
        row = self.absence(seed_code, sector, months_ago)
        return Figure(None, "[x]") if row is None else figure(row, "persistent_absence_rate", "bands")

    @property
    def common_rise(self) -> Figure:
        """How much persistent absence has risen everywhere since the month before, in percentage points.

        Of the authority where that is shown, else of the middle one of the reader's schools; or its symbol.
        """
        whole = self.share("", WHOLE).minus(self.share("", WHOLE, months_ago=1))
        if whole.is_shown:
            return whole
        every = [
            Comparison(school, self.share(*school.key), self.share(*school.key, months_ago=1))
            for school in self.schools.values()
        ]
        return middle_change(every) or whole

    def rate_of_sector(self, sector: str) -> Figure:
        """Attendance so far of the authority's schools of a sector."""
        row = self.authority.get(sector)
        return Figure(None, "[x]") if row is None else figure(row, "attendance_rate")


def to_school(school: School, text: str = "", page: str = "school") -> Link:
    """A link to a page of a school."""
    return Link(text or school.name, page, {"seed_code": school.seed_code, "sector": school.sector})
