"""At which schools the pupils are who have not achieved their level: counted from what is shown, listed by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.components import Column, Link, Table
from dashboards.kit.formats import Figure
from dashboards.subjects.core.figures.attained import Attained, attained
from dashboards.subjects.core.figures.codes import school_name


@dataclass(frozen=True)
class Place:
    """A school with how many of its pupils have not achieved, by organiser; figures as released."""

    row: Row[Any]

    @property
    def link(self) -> Link:
        """To the school's page of attainment."""
        name = school_name(self.row.school_name, self.row.seed_code)
        return Link(name, "school_attainment", {"seed_code": self.row.seed_code, "sector": self.row.sector})

    def one(self, organiser: str) -> Attained:
        """The school's cohort."""
        return attained(self.row, organiser)

    def missing(self, organiser: str) -> Figure:
        """Pupils with a judgement who have not achieved the level, where both counts are shown."""
        found = self.one(organiser)
        if found.cohort.value is None or found.achieved.value is None:
            return Figure(None, found.achieved.symbol or found.cohort.symbol or "[c]", "count")
        return Figure(int(found.cohort.value) - int(found.achieved.value), None, "count")


def places_table(places: Sequence[Place], year: str) -> Table:
    """Where the pupils are who have not achieved yet, by name of the school, never by result."""
    return Table(
        caption=f"Pupils of P1, P4 and P7 who had not achieved their level, {year}",
        columns=(
            Column("School"), Column("Literacy: not yet", numeric=True), Column("of pupils", numeric=True),
            Column("Numeracy: not yet", numeric=True), Column("of pupils", numeric=True),
        ),
        rows=[
            (
                place.link, place.missing("literacy"), place.one("literacy").cohort, place.missing("numeracy"),
                place.one("numeracy").cohort,
            )
            for place in places
        ],
        dense=True,
        in_window=True,
        notes=("By name. Counts that are not shown would tell of a few pupils.",),
    )  # fmt: skip


def places_sentence(places: Sequence[Place], organiser: str) -> str:
    """How many they are and how concentrated: ``411 pupils ...; half of them or more are at 6 of these``."""
    known = [(int(found.value), place) for place in places if (found := place.missing(organiser)).value is not None]
    total = sum(number for number, _ in known)
    if not total:
        return ""
    running, schools = 0, 0
    for number, _ in sorted(known, key=lambda pair: -pair[0]):
        running, schools = running + number, schools + 1
        if 2 * running >= total:
            break
    hidden = len(places) - len(known)
    more = f"; {formats.plural(hidden, 'school is', 'schools are')} not shown" if hidden else ""
    return (
        f"In {organiser}, {formats.plural(total, 'pupil')} had not achieved their level at "
        f"{formats.plural(len(known), 'school')} that are shown; half of them or more are at {schools} of these{more}."
    )
