"""What the figures of a table rest on: the deliveries behind it, when extracted, and by which version worked out."""

from dataclasses import dataclass
from typing import Any

from dashboards.kit.components import Column, Table
from dashboards.kit.formats import date, plural
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.delivery_names import day_of
from dashboards.subjects.core.figures.words import MARTS

SCHOOL_PREFIX = "School:"


@dataclass(frozen=True)
class Answer:
    """A sentence, and the deliveries, oldest first; no table where there is nothing to name."""

    sentence: str
    table: Table | None = None


def of_school(mart: str) -> bool:
    """Whether the table has rows of single schools."""
    return MARTS[mart].startswith(SCHOOL_PREFIX)


def rests_on(mart: str, row: Any, asked: PageRequest, school_name: str = "", needs_school: bool = False) -> Answer:
    """The answer for one table and school. ``row`` is that of ``provenance``, or None where there is none."""
    name = MARTS[mart].partition(": ")[2]
    subject = f"{name[:1].upper()}{name[1:]}"
    if needs_school:
        return Answer(f"{subject}: choose a school as well, since each rests on the deliveries that name it.")
    of = school_name if of_school(mart) else asked.authority_name
    if row is None or not row.deliveries:
        return Answer(f"{subject} of {of}, {asked.academic_year}: no delivery stands behind it.")
    sentence = (
        f"{subject} of {of}, {asked.academic_year}, rests on {plural(len(row.deliveries), 'delivery', 'deliveries')}. "
        f"The last was extracted on {date(row.last_extracted_at)}. "
        f"Release {asked.release.release_id}, on {date(asked.release.released_at)}, by version {row.code_version}."
    )
    if school_name and not of_school(mart):
        sentence += " These are figures of the whole authority, so the deliveries are those of all its schools."
    table = Table(
        caption=f"Deliveries behind it: {subject.lower()} of {of}, {asked.academic_year}",
        columns=(Column("Data of"), Column("Delivery")),
        rows=[(day_of(key), key) for key in row.deliveries],
    )
    return Answer(sentence, table)
