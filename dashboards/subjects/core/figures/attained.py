"""Who achieved the level expected of their stage: a cohort out of a released row, as screen and paper may have it.

On the screen (the *desk* edition) a cohort under ``FEW`` is a count, since one pupil is many points. What leaves the
council (the *to share* edition) has schools in the bands of the official statistics: ten points, closed below, none of
a cohort of 20 or fewer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from dashboards.kit import formats, tables
from dashboards.kit.formats import Figure, figure
from dashboards.kit.labels import labels
from dashboards.kit.page import PageRequest

FEW = 50  # pupils: below, a count stands before the percentage, and no direction is said
BANDED_FROM = 21  # pupils: the official statistics show no school with fewer
ORGANISERS = labels("organisers")
STAGES = labels("returned_stages")
OF_SECTOR = {"primary": "P1P4P7", "secondary": "S3"}


@dataclass(frozen=True)
class Attained:
    """A cohort: pupils with a judgement, and those of them who achieved the expected level, as count and share."""

    cohort: Figure
    achieved: Figure
    share: Figure

    @property
    def is_small(self) -> bool:
        """Whether the cohort is shown and so small that a percentage would say more than it knows."""
        return self.cohort.value is not None and 0 < self.cohort.value < FEW

    @property
    def text(self) -> str:
        """On the screen: ``72.2%``, ``31 of 42``, or in words why there is none."""
        if self.is_small and self.achieved.is_shown:
            return f"{self.achieved.text} of {self.cohort.text}"
        return self.share.text

    @property
    def cell(self) -> Figure | str:
        """The same in a table: a figure keeps why it is not shown."""
        return self.text if self.is_small and self.achieved.is_shown else self.share

    @property
    def of_cohort(self) -> Figure | str:
        """On the screen where the cohort has no column of its own: ``72.2% of 139``, ``31 of 42``."""
        if self.is_small or not self.share.is_shown or not self.cohort.is_shown:
            return self.cell
        return f"{self.share.text} of {self.cohort.text}"

    @property
    def band(self) -> Figure | str:
        """On paper, of a school: ``70% to under 80%``, ``90% or more``, or why there is none."""
        if self.achieved.value is None or self.cohort.value is None:
            return Figure(None, self.share.symbol, "text", self.share.why)
        if self.cohort.value == 0:
            return Figure(None, "[z]", "text")
        if self.cohort.value < BANDED_FROM:
            return Figure(None, "[c]", "text")
        tens = 10 * int(self.achieved.value) // int(self.cohort.value)
        if tens >= 9:
            return "90% or more"
        return f"{tens}0% to under {tens + 1}0%" if tens else "under 10%"


NOBODY = Attained(Figure(None, "[x]", "count"), Figure(None, "[x]", "count"), Figure(None, "[x]"))


def attained(row: Row[Any] | None, organiser: str) -> Attained:
    """The cohort of an organiser, such as ``literacy`` or ``gaelic_reading``, in a released row; none without a row."""
    if row is None:
        return NOBODY
    achieved = f"{organiser}_achieved"
    return Attained(
        figure(row, f"{organiser}_cohort", f"{organiser}_cohort", "count"),
        figure(row, achieved, achieved, "count"),
        figure(row, f"{organiser}_share", achieved),
    )


def pooled(found: Iterable[Attained]) -> Attained:
    """Cohorts of several years as one, added up from counts that are shown; where one is not, neither is the sum."""
    every = list(found)
    for one in every:
        if one.cohort.value is None or one.achieved.value is None:
            why = Figure(None, one.achieved.symbol or one.cohort.symbol or "[x]", "count")
            return Attained(why, why, Figure(None, why.symbol))
    cohort = sum(int(one.cohort.value or 0) for one in every)
    achieved = sum(int(one.achieved.value or 0) for one in every)
    share = Figure(achieved / cohort) if cohort else Figure(None, "[z]")
    return Attained(Figure(cohort, None, "count"), Figure(achieved, None, "count"), share)


def of_authority(asked: PageRequest) -> Select[Any]:
    """The latest return of each sector of the authority."""
    mart = tables.attainment_by_sector
    return select(mart).where(mart.c.local_authority_code == asked.authority).order_by(mart.c.academic_year)


def of_school(asked: PageRequest) -> Select[Any]:
    """The returns of the school of the page, the oldest first."""
    mart = tables.attainment_by_school
    seed_code, sector = asked.school or ("", "")
    return (
        select(mart)
        .where(mart.c.local_authority_code == asked.authority, mart.c.seed_code == seed_code, mart.c.sector == sector)
        .order_by(mart.c.academic_year)
    )


def authority_sentence(connection: Connection, asked: PageRequest) -> str:
    """What the brief of an authority says of its latest return; empty where nothing of it is released."""
    latest = {row.sector: row for row in connection.execute(of_authority(asked))}
    said = [sentence for sector in OF_SECTOR if (sentence := _of_sector(latest.get(sector), sector))]
    return f"{' '.join(said)} These are teachers' judgements." if said else ""


def _of_sector(row: Row[Any] | None, sector: str) -> str:
    literacy, numeracy = attained(row, "literacy"), attained(row, "numeracy")
    if row is None or not (literacy.share.is_shown or numeracy.share.is_shown):
        return ""
    who = STAGES[OF_SECTOR[sector]]
    return (
        f"In the return of {row.academic_year} {literacy.share.text} of pupils in {who} achieved the expected level in "
        f"literacy ({formats.count(literacy.cohort.value)} pupils) and {numeracy.share.text} in numeracy."
    )


def school_sentence(connection: Connection, asked: PageRequest) -> str:
    """What the brief of a school says of its latest return, in official bands; empty where nothing is released of it.

    A brief leaves the council, so no share of a school stands in it.
    """
    rows = connection.execute(of_school(asked)).all()
    if not rows:
        return ""
    literacy, numeracy = attained(rows[-1], "literacy"), attained(rows[-1], "numeracy")
    if not isinstance(literacy.band, str) and not isinstance(numeracy.band, str):
        word = str(literacy.band)
        return f"Achievement of levels in the return of {rows[-1].academic_year} is not shown: {word}."
    who = STAGES[OF_SECTOR[rows[-1].sector]]
    return (
        f"In the return of {rows[-1].academic_year} {literacy.band} of pupils in {who} achieved the expected level in "
        f"literacy and {numeracy.band} in numeracy, in the bands of the official statistics and by teachers' judgement."
    )
