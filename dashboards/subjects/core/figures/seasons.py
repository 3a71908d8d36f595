"""Which season of the school year a day lies in, and what *Today* leads with in it: out of rows of ``today_seasons``.

A season lasts until the next one begins. A council's own rows of a season stand instead of Scotland's.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from dashboards.kit.labels import labels
from dashboards.kit.page import PageRequest

SCOTLAND = "S92000003"
STANDING = ("attendance_same_weeks", "persistent_absence")
"""Topics that lead in no season stand at its end: how attendance goes, and how high persistent absence is."""
NAMES = labels("seasons")
WEEK = 7
Readers = Literal["authority", "schools"]


@dataclass(frozen=True)
class SeasonRow:
    """A row of the table of seasons. ``begins_weekday`` is 1 (Monday) to 7, or None for the day itself."""

    area_code: str
    season: str
    begins_month: int
    begins_day: int
    begins_weekday: int | None
    place: int
    topic: str
    audience: str

    def begins_in(self, year: int) -> dt.date:
        """The day on which the season begins in a calendar year."""
        first = dt.date(year, self.begins_month, self.begins_day)
        if self.begins_weekday is None:
            return first
        return first + dt.timedelta(days=(self.begins_weekday - first.isoweekday()) % WEEK)


@dataclass(frozen=True)
class Season:
    """A season with its topics in order, for one kind of readers."""

    name: str
    topics: tuple[str, ...]

    @property
    def title(self) -> str:
        """The season as a heading; a council's own in plain letters."""
        return NAMES.get(self.name, self.name.replace("_", " ").capitalize())


def morning_of(asked: PageRequest) -> dt.date:
    """The day that the page is of: of a live warehouse today, of made-up data the day up to which they go."""
    if asked.is_live or asked.release.data_as_at is None:
        return dt.date.today()
    return asked.release.data_as_at


def in_force(rows: Iterable[SeasonRow], area: str) -> tuple[SeasonRow, ...]:
    """Rows that hold for a council (GSS code): its own of a season, else Scotland's; by season and place."""
    every = list(rows)
    own = {row.season for row in every if row.area_code == area}
    held = [row for row in every if row.area_code == (area if row.season in own else SCOTLAND)]
    return tuple(sorted(held, key=lambda row: (row.season, row.place)))


def season_on(rows: Sequence[SeasonRow], day: dt.date) -> str:
    """Name of the season that ``day`` lies in; empty without rows. Rows are those in force."""
    begun = [
        (began, row.season)
        for row in rows
        for year in (day.year - 1, day.year)
        if (began := row.begins_in(year)) <= day
    ]
    return max(begun, default=(dt.date.min, ""))[1]


def season_of(rows: Sequence[SeasonRow], name: str, readers: Readers) -> Season:
    """A season by its name for these readers: its topics in order, then those that always stand."""
    own = [row.topic for row in rows if row.season == name and row.audience in ("all", readers)]
    return Season(name, tuple(dict.fromkeys((*own, *STANDING))))


def names_of(rows: Sequence[SeasonRow]) -> tuple[str, ...]:
    """Seasons in the order of the school year, which begins in August."""
    begin = {row.season: row.begins_in(1) for row in rows}
    return tuple(sorted(begin, key=lambda name: ((begin[name].month - 8) % 12, begin[name].day)))
