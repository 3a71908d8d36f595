"""What was published of attainment: the series of Scotland and of each council, and stretch aims.

They are the government's own tables, the same for every reader, and stand in no released table yet: they are read from
the seeds that the warehouse itself uses, as the names of authorities are (``dashboards/site/scope.py``).
"""

import csv
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from dashboards.kit.formats import UNPUBLISHED, Figure
from orchestration.settings import PROJECT_DIR

SEEDS = PROJECT_DIR / "seeds"
SCOTLAND = "S92000003"
QUINTILES = ("1", "2", "3", "4", "5")
AIMED = {"bge_literacy": "literacy", "bge_numeracy": "numeracy"}  # measures of aims that a return can be set against
PERCENT = re.compile(r"[0-9]+(\.[0-9]+)?")
BAND = re.compile(r"[0-9]+ ?- ?[0-9]+%")
PUBLISHED = "published"
"""Status of an aim that its council has published; any other is made up for the demonstration."""
YEAR_BEGINS = 8  # month


@dataclass(frozen=True)
class Published:
    """A published cohort: pupils (None where not said), the share that achieved, and that of each fifth of areas."""

    cohort: int | None
    share: Figure
    by_quintile: Mapping[str, Figure]

    @property
    def gap(self) -> Figure:
        """Points by which the least deprived fifth lies above the most deprived, from unrounded shares."""
        most, least = self.by_quintile["1"], self.by_quintile["5"]
        if most.value is None or least.value is None:
            return Figure(None, "[x]", "gap", UNPUBLISHED)
        return Figure(100 * (Decimal(least.value) - Decimal(most.value)), None, "gap")


@dataclass(frozen=True)
class Aim:
    """A stretch aim: share (0 to 1) to be reached by a year, the round it belongs to, and what it is worth."""

    organiser: str
    year: str
    share: Figure
    round: str
    status: str


NOT_PUBLISHED = Figure(None, "[x]", why=UNPUBLISHED)
NOTHING = Published(None, NOT_PUBLISHED, dict.fromkeys(QUINTILES, NOT_PUBLISHED))
Series = Mapping[tuple[str, str, str], Published]


def share_of(percent: str) -> Figure:
    """A share as published: ``72.241``; a band such as ``93 - 100%`` stays in words; ``c`` is suppressed.

    ``-`` is of a fifth in which the council has nobody. Raises ValueError naming any other text.
    """
    if PERCENT.fullmatch(percent):
        return Figure(Decimal(percent) / 100)
    if not percent:
        return NOT_PUBLISHED
    if percent == "-":
        return Figure(None, "[z]")
    if percent == "c" or BAND.fullmatch(percent):
        return Figure(None, "[c]", why="" if percent == "c" else percent)
    raise ValueError(f"published_levels.csv: {percent!r} is no percentage, no band, and no known symbol")


@cache
def levels_of(area: str, seeds: Path = SEEDS) -> Series:
    """The published series of an area (GSS code) by academic year, stage (``P1P4P7``, ``S3_fourth``) and organiser.

    Empty for an area of which nothing is published. Raises OSError where the seeds cannot be read.
    """
    return {
        (row["academic_year"], row["stage"].removesuffix("_third"), row["organiser"]): Published(
            int(row["cohort"]) if row["cohort"] else None,
            share_of(row["percent"]),
            {quintile: share_of(row[f"percent_{quintile}"]) for quintile in QUINTILES},
        )
        for row in _rows(seeds / "published_levels.csv")
        if row["area_code"] == area
    }


def aims_of(authority: str, data_as_at: dt.date | None, is_live: bool = False, seeds: Path = SEEDS) -> tuple[Aim, ...]:
    """Aims of an authority whose round has not ended by the day up to which its data go; none without that day.

    On a live warehouse those that were published alone.
    """
    if data_as_at is None:
        return ()
    first = data_as_at.year - (data_as_at.month < YEAR_BEGINS)
    now = f"{first}/{(first + 1) % 100:02}"
    return tuple(
        Aim(AIMED[row["measure"]], row["aim_year"], share_of(row["aim_percent"]), row["aim_round"], row["status"])
        for row in _rows(seeds / "stretch_aims.csv")
        if row["local_authority_code"] == authority
        and row["measure"] in AIMED
        and row["pupil_group"] == "all"
        and row["aim_year"] >= now
        and (row["status"] == PUBLISHED or not is_live)
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
