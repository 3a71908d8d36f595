"""Breadth and depth: how many leavers have one, three or five awards at each level or better, by All SCQF alone."""

from collections.abc import Sequence
from typing import Protocol

from dashboards.kit import formats
from dashboards.kit.charts import Category, heat
from dashboards.kit.components import Cell, Chart, Column, Table
from dashboards.kit.formats import Figure
from dashboards.kit.page import Note
from dashboards.subjects.core.figures.attained import Attained
from dashboards.subjects.senior_phase.figures.measures import FURTHER, NUMBERS, OF_LEAVERS, SETS, named

LEVELS = ("4", "5", "6", "7")
TITLE = "Breadth and depth of awards"
NOT_SHOWN = Figure(None, "[z]")
"""One or more at level 4 is told of National Qualifications alone, and at level 7 one or more alone."""
SAID = {"1": "one or more", "3": "three or more", "5": "five or more"}
NONE_HERE = "How many awards leavers have at each level is not shown for this year."
METHOD = Note(
    "Breadth and depth counts awards of All SCQF, each subject once by its latest and best, at a level or better. One "
    "or more at level 4 stands under National Qualifications alone; at level 7 one or more alone is counted.",
    "method",
)


class OfLeavers(Protocol):
    """A council or school whose leavers can be asked for by measure and year."""

    @property
    def year(self) -> str:
        """The leaver year that is shown."""

    def at(self, measure: str, year: str = "") -> Attained:
        """Leavers who reached a measure."""


def measure_of(number: str, level: str) -> str | None:
    """The measure of so many awards at a level or better; None where there is none."""
    name = f"all_scqf_{number}_at_{level}"
    return name if name in (*OF_LEAVERS["all_scqf"], *FURTHER) else None


def breadth_chart(found: OfLeavers, name: str) -> Chart | None:
    """Numbers of awards by level, darker where more leavers have them; None where nothing of it is shown."""
    each = [[_at(found, number, level) for level in LEVELS] for number in SAID]
    if not any(one.share.is_shown for row in each for one in row if one is not None):
        return None
    title = f"{TITLE}, {found.year}"
    grid = [[NOT_SHOWN if one is None else one.share for one in row] for row in each]
    return Chart(
        title=title,
        sentence=_sentence(found),
        svg=heat(
            f"breadth-{name}", title, [Category(NUMBERS[number]) for number in SAID],
            [Category(f"Level {level}") for level in LEVELS], grid,
        ),
        table=breadth_table(found),
    )  # fmt: skip


def _at(found: OfLeavers, number: str, level: str) -> Attained | None:
    measure = measure_of(number, level)
    return None if measure is None else found.at(measure)


def _sentence(found: OfLeavers) -> str:
    """How many awards leavers have at level 5 and 6, where it is shown."""
    said = []
    for level in ("5", "6"):
        shown = [
            f"{one.text} had {words}"
            for number, words in SAID.items()
            if (one := _at(found, number, level)) is not None and one.share.is_shown
        ]
        if shown:
            said.append(f"at level {level} or better {formats.listed(shown)}")
    return f"Of leavers of {found.year}, {'; '.join(said)}." if said else f"Of {found.year} no such figure is shown."


def breadth_table(found: OfLeavers, on_paper: bool = False) -> Table:
    """Each number and level: the share, who reached it, and all leavers; ``on_paper`` in official bands."""
    rows: list[Sequence[Cell]] = []
    for level in LEVELS:
        for number in SAID:
            measure = measure_of(number, level)
            if measure is None:
                continue
            one = found.at(measure)
            rows.append(
                (named(measure), one.band, one.cohort_to_share) if on_paper
                else (named(measure), one.cell, one.achieved, one.cohort)
            )  # fmt: skip
    reached = () if on_paper else (Column("Reached", numeric=True),)
    return Table(
        caption=f"{TITLE}, {SETS['all_scqf']}, {found.year}{', in official bands' if on_paper else ', as a table'}",
        columns=(Column("Awards"), Column("Share", numeric=not on_paper), *reached, Column("Leavers", numeric=True)),
        rows=rows,
    )
