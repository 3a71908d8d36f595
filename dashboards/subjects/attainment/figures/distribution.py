"""How pupils spread over levels: of each stage the shares above, at and below the expected level, as released."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import Category, Stack, stacked
from dashboards.kit.components import Cell, Chart, Column, Table
from dashboards.kit.formats import Figure, figure
from dashboards.kit.labels import labels
from dashboards.kit.page import Note
from dashboards.subjects.attainment.figures.council import Council
from dashboards.subjects.core.figures.attained import ORGANISERS, Attained, attained

DISTANCES = labels("distances")
LEVELS = {stage: labels(f"levels_of_{stage.lower()}") for stage in ("P1", "P4", "P7", "S3")}
SPREAD = tuple(organiser for organiser in ORGANISERS if organiser != "literacy")
THRESHOLD = "Right of it: level achieved"
NONE_HERE = "How pupils spread over levels is not shown for this year."
MILESTONES = Note(
    "Pupils on individual milestones stand in the lowest group of their stage, and those who could not be assessed in "
    "none. Literacy has no level of its own: it is achieved where all three organisers are.",
    "method",
)
NOT_ACROSS = Note(
    "May not be compared: one stage with another, since the expected level is another one; nor councils in S3 at "
    "fourth level, which is recorded in different ways.",
    "comparison",
)


@dataclass(frozen=True)
class Spread:
    """A cohort with how many of it are at each distance from the expected level, from below."""

    attained: Attained
    pupils: dict[str, Figure]

    def share(self, distance: str) -> Figure:
        """Share of the cohort at a distance; why there is none where the count or the cohort is not shown."""
        pupils, cohort = self.pupils[distance], self.attained.cohort
        if pupils.value is None or not cohort.value:
            return Figure(None, pupils.symbol or cohort.symbol or "[z]")
        return Figure(Decimal(pupils.value) / Decimal(cohort.value))

    def cell(self, distance: str) -> Figure | str:
        """The share in a table; of a small cohort, which a percentage would say too much of, the count."""
        share = self.share(distance)
        if self.attained.is_small and share.is_shown:
            return f"{self.pupils[distance].text} of {self.attained.cohort.text}"
        return share

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to draw: a part, or where the expected level lies."""
        return self.attained.share.is_shown or any(self.share(distance).is_shown for distance in DISTANCES)


def spread(row: Row[Any] | None, organiser: str) -> Spread:
    """How pupils of a released row spread in an organiser; nobody without a row."""
    absent = {distance: Figure(None, "[x]", "count") for distance in DISTANCES}
    if row is None:
        return Spread(attained(None, organiser), absent)
    found = {distance: figure(row, f"{organiser}_{distance}", f"{organiser}_levels", "count") for distance in DISTANCES}
    return Spread(attained(row, organiser), found)


def levels_chart(found: Council, organiser: str) -> Chart | None:
    """One bar for each stage of the year; None where nothing of it is shown."""
    stages = [stage for stage in LEVELS if (stage, found.year) in found.by_stage]
    each = [spread(found.by_stage.get((stage, found.year)), organiser) for stage in stages]
    if not any(one.is_shown for one in each):
        return None
    title = f"{ORGANISERS[organiser]}: levels reached, {found.year}"
    return Chart(
        title=title,
        sentence=sentence_of(stages, each),
        svg=stacked(
            f"levels-{organiser.replace('_', '-')}", title, [Category(stage) for stage in stages],
            [Stack(tuple(one.share(distance) for distance in DISTANCES), one.attained.share) for one in each],
            tuple(DISTANCES.values()), THRESHOLD,
        ),
        table=_table(f"{title}, as a table", stages, each),
    )  # fmt: skip


def _table(caption: str, stages: Sequence[str], each: Sequence[Spread]) -> Table:
    rows: list[Sequence[Cell]] = [
        (f"{stage}: {LEVELS[stage][distance]}", DISTANCES[distance], one.cell(distance),
         one.pupils[distance])
        for stage, one in zip(stages, each, strict=True)
        for distance in DISTANCES
        if distance in LEVELS[stage]
    ]  # fmt: skip
    columns = (
        Column("Stage and level"), Column("From the expected level"), Column("Share", numeric=True),
        Column("Pupils", numeric=True),
    )  # fmt: skip
    return Table(caption=caption, columns=columns, rows=rows)


def sentence_of(stages: Sequence[str], each: Sequence[Spread]) -> str:
    """Who is one level below, stage by stage: nearest to the expected level."""
    said = [
        f"{one.cell('one_below')} in {stage}"
        for stage, one in zip(stages, each, strict=True)
        if one.share("one_below").is_shown
    ]
    if not said:
        return "How many are one level below the expected one is not shown: few stand behind it."
    return f"One level below the expected one: {formats.listed(said)}."
