"""Courses: entries and results of National 5, Higher and Advanced Higher by group of subjects, of council or school."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import Category, Series, bars
from dashboards.kit.components import Cell, Chart, Column, Table
from dashboards.kit.formats import Figure, figure
from dashboards.kit.labels import labels
from dashboards.kit.page import Note
from dashboards.subjects.core.figures.attained import Attained

QUALIFICATIONS, STATES = labels("qualifications"), labels("results_states")
SHARES = ("A to C", "A to C, share")
DRAWN = 8
"""Groups of subjects in a chart: those with the most entries, which says nothing of their results."""
MOST_ENTRIES = "Drawn are the groups of subjects with the most entries; all are in the table."
NONE_HERE = "No results of courses are shown for this year."
COUNTED = Note(
    "A pupil counts once in a group of subjects and qualification, by the best result of the year. Of those entered "
    "some are withdrawn, and have no result.",
    "method",
)
NOT_ACROSS = Note(
    "May not be compared: one subject with another, since other pupils choose them, nor one qualification with "
    "another.",
    "comparison",
)
Courses = Mapping[tuple[str, str], Row[Any]]
"""Released rows of a year by qualification and group of subjects."""


def result_of(row: Row[Any]) -> Attained:
    """Who has an A to C, of those with a result."""
    return Attained(
        figure(row, "resulted", "resulted", "count"), figure(row, "grade_a_to_c", "grade_a_to_c", "count"),
        figure(row, "grade_a_to_c_share", "grade_a_to_c"),
    )  # fmt: skip


def state_of(rows: Courses, year: str) -> str:
    """What state the results of the year have, such as ``Results of August 2025: after review.``."""
    state = next((STATES[str(row.state)] for row in rows.values()), STATES["not_yet"])
    return f"Results of August {int(year[:4]) + 1}: {state}."


def school_tables(rows: Courses, year: str) -> tuple[Table, ...]:
    """Groups of subjects of one school with results, National 5 first in each; none without any, the screen alone."""
    order = list(QUALIFICATIONS)
    found = sorted((subject, order.index(of)) for (of, subject), row in rows.items() if row.resulted != 0)
    lines: list[Sequence[Cell]] = []
    for subject, number in found:
        one = result_of(rows[order[number], subject])
        lines.append((f"{subject}, {QUALIFICATIONS[order[number]]}", one.cohort, one.achieved, one.cell))
    if not lines:
        return ()
    notes = (COUNTED.text, NOT_ACROSS.text)
    return (_of_subjects(f"Courses by subject, {year}", ("With a result", *SHARES), lines, notes),)


def courses_chart(rows: Courses, qualification: str, year: str) -> Chart | None:
    """Shares of A to C in the groups with the most entries; None where nothing of the qualification is shown."""
    found = {subject: row for (of, subject), row in rows.items() if of == qualification and row.entered != 0}
    drawn = _largest(found)
    if not drawn:
        return None
    title = f"{QUALIFICATIONS[qualification]}: A to C, {year}"
    shares = tuple(result_of(found[subject]).share for subject in drawn)
    return Chart(
        title=title,
        sentence=_sentence(found, drawn),
        svg=bars(
            f"courses-{qualification.replace('_', '-')}", title, [Category(subject) for subject in drawn],
            [Series("A to C of all with a result", shares)],
        ),
        table=_table(f"{QUALIFICATIONS[qualification]} by subject, {year}", found),
        notes=(MOST_ENTRIES,) if len(drawn) == DRAWN else (),
    )  # fmt: skip


def _largest(found: Mapping[str, Row[Any]]) -> list[str]:
    shown = [subject for subject, row in found.items() if row.entered is not None and result_of(row).share.is_shown]
    return sorted(shown, key=lambda subject: (-int(found[subject].entered), subject))[:DRAWN]


def _sentence(found: Mapping[str, Row[Any]], drawn: Sequence[str]) -> str:
    """The group with the most entries, and how many of its results are A to C."""
    row = found[drawn[0]]
    one = result_of(row)
    return (
        f"{drawn[0]} has the most entries ({formats.count(row.entered)}); of its results {one.text} "
        f"{'is' if one.achieved.value == 1 and one.is_small else 'are'} at A to C."
    )


def _table(caption: str, found: Mapping[str, Row[Any]]) -> Table:
    rows: list[Sequence[Cell]] = []
    for subject, row in sorted(found.items()):
        one = result_of(row)
        grade_a: Figure = figure(row, "grade_a", "grade_a", "count")
        rows.append((subject, figure(row, "entered", "entered", "count"), one.cohort, grade_a, one.achieved, one.cell))
    return _of_subjects(caption, ("Entered", "With a result", "A", *SHARES), rows)


def _of_subjects(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], notes: tuple[str, ...] = ()
) -> Table:
    return Table(
        caption=caption,
        columns=(Column("Subjects"), *(Column(name, numeric=True) for name in columns)),
        rows=rows,
        sortable=True,
        notes=notes,
    )
