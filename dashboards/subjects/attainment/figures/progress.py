"""Progress from P4 to P7: of the same pupils at first level, how many reached second three years on."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import Category, Series, bars
from dashboards.kit.components import Cell, Chart, Column, Table
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import Note
from dashboards.subjects.core.figures.attained import MEASURES, ORGANISERS, Attained

SAME_PUPILS = Note(
    "Of the same pupils: those with a judgement in P4 and, three years on, in P7 of a school of this council. Who came "
    "or left in between, or could not be assessed in one of the two, is in one return alone.",
    "method",
)
NOT_COMPARED = Note(
    "May not be compared: this share with that of all P7, in which those below first level in P4 are, too; and one "
    "organiser's with another's, since others were at first level in it.",
    "comparison",
)


@dataclass(frozen=True)
class Progress:
    """An organiser: pupils followed, those at first level in P4 who reached second in P7, and both returns."""

    organiser: str
    followed: Figure
    reached: Attained
    in_p4: Attained
    in_p7: Attained


def progress_of(row: Row[Any]) -> tuple[Progress, ...]:
    """Each organiser of a released row."""
    return tuple(
        Progress(
            organiser,
            _count(row, f"{organiser}_followed"),
            _attained(row, f"{organiser}_at_first_level", f"{organiser}_reached_second_level",
                      f"{organiser}_progress_share"),
            _attained(row, f"{organiser}_p4_cohort", f"{organiser}_p4_achieved"),
            _attained(row, f"{organiser}_p7_cohort", f"{organiser}_p7_achieved"),
        )
        for organiser in ORGANISERS
    )  # fmt: skip


def _count(row: Row[Any], name: str) -> Figure:
    return figure(row, name, name, "count")


def _attained(row: Row[Any], cohort: str, achieved: str, share: str = "") -> Attained:
    whole, part = _count(row, cohort), _count(row, achieved)
    if share:
        return Attained(whole, part, figure(row, share, achieved))
    if whole.value is None or part.value is None:
        return Attained(whole, part, Figure(None, part.symbol or whole.symbol or "[x]"))
    rate = Decimal(part.value) / Decimal(whole.value) if whole.value else None
    return Attained(whole, part, Figure(rate, None if whole.value else "[z]"))


def progress_chart(row: Row[Any] | None) -> Chart | None:
    """A bar for each organiser; None where nothing of it is shown."""
    if row is None:
        return None
    every = progress_of(row)
    if not any(one.reached.share.is_shown for one in every):
        return None
    then, now = str(row.academic_year_of_p4), str(row.academic_year)
    title = f"Second level in P7, {now}, of those at first level in P4, {then}"
    return Chart(
        title=title,
        sentence=sentence_of(every, then, now),
        svg=bars(
            "progress", title, [Category(ORGANISERS[one.organiser]) for one in every],
            [Series("Reached second level", tuple(one.reached.share for one in every))],
        ),
        table=_table(f"The same pupils in P4, {then}, and P7, {now}", every),
    )  # fmt: skip


def _table(caption: str, every: Sequence[Progress]) -> Table:
    rows: list[Sequence[Cell]] = [
        (
            ORGANISERS[one.organiser], one.reached.cell, one.reached.cohort, one.followed, one.in_p4.of_cohort,
            one.in_p7.of_cohort,
        )
        for one in every
    ]  # fmt: skip
    columns = (
        Column("Organiser"), Column("Reached second level", numeric=True), Column("Were at first level", numeric=True),
        Column("Pupils followed", numeric=True), Column("All of P4", numeric=True), Column("All of P7", numeric=True),
    )  # fmt: skip
    return Table(caption=caption, columns=columns, rows=rows)


def sentence_of(every: Sequence[Progress], then: str, now: str) -> str:
    """Literacy and numeracy, where they are shown."""
    known = {one.organiser: one.reached for one in every}
    said = [
        f"{known[measure].of_cohort} in {ORGANISERS[measure].lower()}"
        for measure in MEASURES
        if known[measure].share.is_shown and known[measure].cohort.is_shown
    ]
    if not said:
        return "Progress in literacy and numeracy is not shown: few pupils stand behind it."
    return (
        f"Of the pupils who were at first level or better in P4 in {then}, second level in P7 in {now} was reached by "
        f"{formats.listed(said)}."
    )


def none_here(year: str) -> str:
    """Why a year has no progress."""
    first = int(year[:4]) - 3
    return (
        f"Progress needs the return of P4 three years before, of {first}/{(first + 1) % 100:02}: it is not in this "
        "warehouse, or the figures are not shown."
    )
