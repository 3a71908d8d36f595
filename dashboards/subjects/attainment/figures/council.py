"""A council's returns as pages look them up: released rows by stage, area and year, beside what is published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit.formats import Figure, figure
from dashboards.kit.labels import labels
from dashboards.kit.page import PageRequest
from dashboards.subjects.attainment.queries import returned
from dashboards.subjects.core.figures.attained import OF_SECTOR, STAGES, Attained, attained
from dashboards.subjects.core.queries import published
from dashboards.subjects.core.queries.published import NOTHING, Aim, Published

ORDER = ("P1", "P4", "P7", "P1P4P7", "S3")  # as pages have them; P1P4P7 are the three pooled, never a mean of shares
POOLED = tuple(OF_SECTOR.values())
MOST, LEAST = "1", "5"
QUINTILES = labels("quintiles")
Found = Mapping[tuple[str, ...], Row[Any]]


@dataclass(frozen=True)
class Council:
    """Rows by (stage, year) and (stage, quintile, year), the published series of council and Scotland, and aims.

    ``by_stage`` are rows of single stages alone, which say how pupils spread over levels.
    """

    asked: PageRequest
    rows: Found
    areas: Found
    own: published.Series = field(default_factory=dict)
    scotland: published.Series = field(default_factory=dict)
    aims: tuple[Aim, ...] = ()
    by_stage: Found = field(default_factory=dict)

    @property
    def year(self) -> str:
        """The year of the return that is shown."""
        return self.asked.academic_year

    @property
    def before(self) -> str:
        """The year before it; empty where there is none."""
        return self.asked.previous_year or ""

    @property
    def stages(self) -> tuple[str, ...]:
        """Stages that the council has in this year, those pooled among them."""
        return tuple(stage for stage in ORDER if (stage, self.year) in self.rows)

    @property
    def state(self) -> str:
        """``returned`` or ``published``; empty where there is no row."""
        return next((str(self.rows[stage, self.year].state) for stage in self.stages), "")

    @property
    def edition(self) -> str:
        """Edition of the index of deprivation by which areas are parted, as the rows say: ``SIMD 2020v2``."""
        return next((str(self.rows[stage, self.year].simd_edition) for stage in self.stages), "")

    @property
    def year_before(self) -> str:
        """The school year before the one that is shown, whether or not the council has a return of it."""
        first = int(self.year[:4]) - 1
        return f"{first}/{(first + 1) % 100:02}"

    @property
    def years(self) -> tuple[str, ...]:
        """Years of returns of the council, the oldest first."""
        return tuple(sorted({key[1] for key in self.rows if key[0] in POOLED}))

    def at(self, stage: str, organiser: str, year: str = "") -> Attained:
        """The cohort of a stage, in the year that is shown unless another is named."""
        return attained(self.rows.get((stage, year or self.year)), organiser)

    def of(self, stage: str, quintile: str, organiser: str, year: str = "") -> Attained:
        """The cohort of a fifth of areas."""
        return attained(self.areas.get((stage, quintile, year or self.year)), organiser)

    def gap(self, stage: str, organiser: str, year: str = "") -> Figure:
        """The released gap between least and most deprived fifth, in points."""
        row = self.rows.get((stage, year or self.year))
        if row is None:
            return Figure(None, "[x]", "gap")
        return figure(row, f"{organiser}_gap", f"{organiser}_gap", "gap")

    def nation(self, stage: str, organiser: str, year: str = "") -> Published:
        """What is published of Scotland."""
        return self.scotland.get((year or self.year, stage, organiser), NOTHING)

    def said(self, stage: str, organiser: str, year: str = "") -> Published:
        """What is published of the council."""
        return self.own.get((year or self.year, stage, organiser), NOTHING)


def stage_name(stage: str) -> str:
    """A stage as pages call it: ``P1, P4 and P7``."""
    return STAGES[stage]


def council_of(connection: Connection, asked: PageRequest) -> Council:
    """Everything that the pages of a council are made of; without rows where nothing is released."""
    totals = _by(connection.execute(returned.sectors(asked)), "sector", "academic_year")
    stages = _by(connection.execute(returned.stages(asked)), "stage", "academic_year")
    areas = _by(connection.execute(returned.areas(asked)), "sector", "simd_quintile", "academic_year")
    finer = _by(connection.execute(returned.stage_areas(asked)), "stage", "simd_quintile", "academic_year")
    return Council(
        asked,
        {**stages, **_pooled(totals)},
        {**finer, **_pooled(areas)},
        published.levels_of(connection, asked.authority),
        published.levels_of(connection, published.SCOTLAND),
        published.aims_of(connection, asked.authority, asked.release.data_as_at, asked.is_live),
        stages,
    )


def _by(rows: Iterable[Row[Any]], *columns: str) -> dict[tuple[str, ...], Row[Any]]:
    return {tuple(str(row._mapping[column]) for column in columns): row for row in rows}


def _pooled(rows: Found) -> dict[tuple[str, ...], Row[Any]]:
    """Rows of sectors under the stages that they pool."""
    return {(OF_SECTOR[key[0]], *key[1:]): row for key, row in rows.items() if key[0] in OF_SECTOR}
