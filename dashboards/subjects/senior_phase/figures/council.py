"""A council's leavers and S4 rolls as pages look them up, beside what is published of Scotland."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit import tables_of_attainment
from dashboards.kit.formats import UNPUBLISHED, Figure
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.attained import Attained
from dashboards.subjects.senior_phase.figures.measures import End, by_end, reached, went
from dashboards.subjects.senior_phase.queries import released

Rows = Mapping[str, Row[Any]]
NOT_PUBLISHED = Figure(None, "[x]", why=UNPUBLISHED)
SCOTLAND = {"national_1_at_5": "leavers_one_or_more_scqf5", "national_1_at_6": "leavers_one_or_more_scqf6"}


@dataclass(frozen=True)
class Council:
    """Rows by year, those of fifths of areas in the year by fifth, and published rates by measure and year."""

    asked: PageRequest
    awards: Rows
    destinations: Rows
    rolls: Rows
    areas: Rows
    areas_of_destinations: Rows
    nation: Mapping[tuple[str, str], Figure] = field(default_factory=dict)

    @property
    def year(self) -> str:
        """The year that is shown: the leaver year, and the year of the results."""
        return self.asked.academic_year

    @property
    def before(self) -> str:
        """The year before; empty where there is none."""
        return self.asked.previous_year or ""

    @property
    def years(self) -> tuple[str, ...]:
        """Every year from the first to the last with leavers, the oldest first."""
        return through(self.destinations)

    @property
    def is_empty(self) -> bool:
        """Whether the reader sees nothing of the authority."""
        return not (self.destinations or self.rolls)

    @property
    def edition(self) -> str:
        """Edition of the index of deprivation, as the rows say: ``SIMD 2020v2``."""
        return next((str(row.simd_edition) for row in self.awards.values()), "")

    def at(self, measure: str, year: str = "") -> Attained:
        """Leavers who reached a measure, in the year that is shown unless another is named."""
        return reached(self.awards.get(year or self.year), measure)

    def went(self, edition: str, year: str = "") -> Attained:
        """Leavers in a positive destination."""
        return went(self.destinations.get(year or self.year), edition)

    def of(self, quintile: str, measure: str) -> Attained:
        """Leavers of a fifth of areas."""
        return reached(self.areas.get(quintile), measure)

    def went_from(self, quintile: str, edition: str) -> Attained:
        """Leavers of a fifth of areas in a positive destination."""
        return went(self.areas_of_destinations.get(quintile), edition)

    def by_end(self, end: End, award_set: str, measure: str, results_of: str = "") -> Attained:
        """The S4 roll of which this was the end of the stage, in results of a year: of S5 that of the year before."""
        return by_end(self.rolls.get(earlier(results_of or self.year, end.years)), end.name, award_set, measure)

    def scotland(self, measure: str, year: str = "") -> Figure:
        """What is published of Scotland for the same year."""
        return self.nation.get((SCOTLAND.get(measure, ""), year or self.year), NOT_PUBLISHED)


def earlier(year: str, years: int) -> str:
    """The academic year so many years before: ``2023/24`` is one before ``2024/25``."""
    first = int(year[:4]) - years
    return f"{first}/{(first + 1) % 100:02}"


def through(known: Iterable[str]) -> tuple[str, ...]:
    """Every year from the first to the last of these, so that an axis has those without figures too."""
    every = sorted(known)
    if not every:
        return ()
    span = int(every[-1][:4]) - int(every[0][:4])
    return tuple(earlier(every[-1], back) for back in range(span, -1, -1))


def council_of(connection: Connection, asked: PageRequest) -> Council:
    """Everything that the parts of the page are made of; empty where nothing is released or the reader has a school."""
    of, areas = released.of_authority, released.of_areas
    return Council(
        asked,
        _by(connection.execute(of(tables_of_attainment.leaver_attainment_by_authority, asked)), "academic_year"),
        _by(connection.execute(of(tables_of_attainment.leaver_destinations_by_authority, asked)), "academic_year"),
        _by(connection.execute(of(tables_of_attainment.s4_roll_results_by_authority, asked)), "academic_year"),
        _by(
            connection.execute(areas(tables_of_attainment.leaver_attainment_by_authority_deprivation, asked)),
            "simd_quintile",
        ),
        _by(
            connection.execute(areas(tables_of_attainment.leaver_destinations_by_authority_deprivation, asked)),
            "simd_quintile",
        ),
        {(row.measure, row.academic_year): Figure(row.rate) for row in connection.execute(released.scotland())},
    )


def _by(rows: Iterable[Row[Any]], column: str) -> dict[str, Row[Any]]:
    return {str(row._mapping[column]): row for row in rows}
