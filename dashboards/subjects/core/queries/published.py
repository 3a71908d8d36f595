"""What was published of attainment: the series of Scotland and of each council, and stretch aims.

They are the government's own tables, the same for every reader: those that came with the project, and what was
imported since (``warehouse import-published``).
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from dashboards.kit import tables
from dashboards.kit.formats import UNPUBLISHED, Figure

SCOTLAND = "S92000003"
QUINTILES = ("1", "2", "3", "4", "5")
AIMED = {"bge_literacy": "literacy", "bge_numeracy": "numeracy"}  # measures of aims that a return can be set against
PERCENT = re.compile(r"[0-9]+(\.[0-9]+)?")
BAND = re.compile(r"[0-9]+ ?- ?[0-9]+%")
PUBLISHED = "published"
"""Status of an aim that its council has published."""
MADE_UP = "made up for the demonstration"
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


@dataclass(frozen=True)
class GroupAim:
    """A stretch aim of a measure for a group: ``all``, ``q1`` (most deprived fifth), ``q5`` or ``gap``.

    ``share`` is 0 to 1, of a gap its points; ``low`` and ``high`` are the ends of a trajectory that is a range.
    """

    measure: str
    group: str
    year: str
    share: Figure
    low: Figure
    high: Figure
    round: str
    status: str
    source: str


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
    raise ValueError(f"published_levels: {percent!r} is no percentage, no band, and no known symbol")


def levels_of(connection: Connection, area: str) -> Series:
    """The published series of an area (GSS code) by academic year, stage (``P1P4P7``, ``S3_fourth``) and organiser.

    Empty for an area of which nothing is published.
    """
    mart = tables.published_levels
    return {
        (row.academic_year, row.stage.removesuffix("_third"), row.organiser): Published(
            row.cohort,
            share_of(row.percent or ""),
            {quintile: share_of(row._mapping[f"percent_{quintile}"] or "") for quintile in QUINTILES},
        )
        for row in connection.execute(select(mart).where(mart.c.area_code == area))
    }


def aims_of(
    connection: Connection, authority: str, data_as_at: dt.date | None, is_live: bool = False
) -> tuple[Aim, ...]:
    """Aims of an authority whose round has not ended by the day up to which its data go; none without that day.

    On a live warehouse those that were published alone. By year, literacy before numeracy.
    """
    if data_as_at is None:
        return ()
    now = year_of(data_as_at)
    mart = tables.stretch_aims
    found = connection.execute(
        select(mart)
        .where(
            mart.c.area_code == authority,
            mart.c.measure.in_(AIMED),
            mart.c.pupil_group == "all",
            mart.c.aim_year >= now,
        )
        .order_by(mart.c.aim_year, mart.c.measure)
    )
    return tuple(
        Aim(AIMED[row.measure], row.aim_year, Figure(row.aim_percent / 100), row.aim_round, row.status)
        for row in found
        if row.status == PUBLISHED or not is_live
    )


def year_of(day: dt.date) -> str:
    """The academic year that a day lies in: ``2025/26`` for 31 October 2025."""
    first = day.year - (day.month < YEAR_BEGINS)
    return f"{first}/{(first + 1) % 100:02}"


def group_aims_of(connection: Connection, authority: str, day: dt.date, is_live: bool = False) -> tuple[GroupAim, ...]:
    """Every aim of an authority whose round has not ended on ``day``, by measure, group and year; none: no round runs.

    On a live warehouse those that were published or are drafts alone, none that is made up.
    """
    mart = tables.stretch_aims
    query = (
        select(mart)
        .where(mart.c.area_code == authority, mart.c.aim_year >= year_of(day))
        .order_by(mart.c.aim_year, mart.c.measure, mart.c.pupil_group)
    )
    return tuple(
        GroupAim(
            row.measure, row.pupil_group, row.aim_year, _aimed(row, "aim_percent"), _aimed(row, "low_percent"),
            _aimed(row, "high_percent"), row.aim_round, row.status, row.source,
        )
        for row in connection.execute(query)
        if not (is_live and row.status == MADE_UP)
    )  # fmt: skip


def _aimed(row: Any, column: str) -> Figure:
    value = row._mapping[column]
    if row.pupil_group == "gap":
        return Figure(value, None if value is not None else "[z]", "gap")
    return Figure(None, "[z]") if value is None else Figure(value / 100)
