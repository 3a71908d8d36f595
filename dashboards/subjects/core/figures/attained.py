"""Who achieved the level expected of their stage: a cohort out of a released row, as screen and paper may have it.

On the screen (the *desk* edition) a cohort under ``FEW`` is a count, since one pupil is many points. What leaves the
council (the *to share* edition) has schools in the bands of the official statistics: ten points, closed below, none of
a cohort of 20 or fewer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from dashboards.kit.formats import Figure, figure
from dashboards.kit.labels import labels

FEW = 50  # pupils: below, a count stands before the percentage, and no direction is said
NOT_SHARED = 20  # pupils: of a school's cohort of so many or fewer nothing leaves the council
MEASURES = ("literacy", "numeracy")
ORGANISERS = labels("organisers")
STAGES = labels("returned_stages")
EXPECTED = {
    "primary": ("P1, P4 and P7", "the level expected of their stage"),
    "secondary": ("S3", "third level or better"),
}
OF_SECTOR = {"primary": "P1P4P7", "secondary": "S3"}


@dataclass(frozen=True)
class Attained:
    """A cohort: pupils with a judgement, and those of them who achieved the expected level, as count and share.

    ``official_band`` is the released band of a school's share; None where there is none, and for a council.
    """

    cohort: Figure
    achieved: Figure
    share: Figure
    official_band: str | None = None

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
        """On paper, of a school: the released band, ``70% to under 80%``, ``90% or more``, or why there is none."""
        if self.official_band is not None and self.share.is_shown and self.cohort_to_share.is_shown:
            return self.official_band
        return Figure(None, self.share.symbol or "[c]", "text")

    @property
    def cohort_to_share(self) -> Figure:
        """On paper, of a school: its pupils, unless they are as few as the official statistics leave out."""
        return to_share(self.cohort)


def to_share(pupils: Figure) -> Figure:
    """A school's number of pupils as it may leave the council: ``[c]`` where they are 20 or fewer; zero is shown."""
    return Figure(None, "[c]", pupils.unit) if 0 < (pupils.value or 0) <= NOT_SHARED else pupils


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
        row._mapping.get(f"{organiser}_band"),
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


def sentence_of(year: str, sector: str, by_measure: Mapping[str, Figure | str], whose: str = "pupils") -> str:
    """What a brief says of a return: ``In the return of 2024/25 72.2% of 1,477 pupils of S3 achieved ... in literacy``.

    ``by_measure`` are literacy and numeracy as they may be shown; a figure without a value is said with its reason.
    """
    known = {name: str(one) for name, one in by_measure.items() if isinstance(one, str) or one.is_shown}
    who, what = EXPECTED[sector]
    if not known:
        why = next(str(one) for one in by_measure.values())
        return f"How many pupils of {who} achieved {what} in the return of {year} is not shown: {why}."
    (first, share), *others = known.items()
    said = f"In the return of {year} {share} {whose} of {who} achieved {what} in {first}"
    said += "".join(f", and {other} in {name}" for name, other in others)
    hidden = "".join(f"; {name} is not shown: {one}" for name, one in by_measure.items() if name not in known)
    return f"{said}{hidden}."
