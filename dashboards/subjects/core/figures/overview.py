"""A school at a glance: for each measure its level, direction, for whom, and how it stands beside others.

On the screen attainment is exact as released; what goes on paper has the official bands of a school, so there is a card
for each (``to_share``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import sentences
from dashboards.kit.components import Card, Column, Link, Table
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.attained import EXPECTED, MEASURES, Attained, attained
from dashboards.subjects.core.figures.same_weeks import so_far
from dashboards.subjects.core.queries.overview import SchoolRows

FEWEST_ALIKE = 3  # schools like it: of fewer no middle one is said, as in attendance


@dataclass(frozen=True)
class Glance:
    """A measure at a glance: ``level`` on the screen and, where it differs, ``shared`` on paper; sentences beside it.

    ``on_desk`` are sentences that have exact attainment of the school: the screen has them alone.
    """

    heading: str
    level: Figure | str
    says: tuple[str, ...]
    link: Link
    shared: Figure | str | None = None
    on_desk: tuple[str, ...] = ()

    @property
    def card(self) -> Card:
        """As the screen has it."""
        return Card(self.heading, self.level, (*self.on_desk, *self.says), self.link, is_brief=True)

    @property
    def to_share(self) -> Card:
        """As paper has it."""
        return Card(self.heading, self.level if self.shared is None else self.shared, self.says)


def glances(rows: SchoolRows, asked: PageRequest) -> tuple[Glance, ...]:
    """Attendance, persistent absence, levels, leavers and roll: those that the school has."""
    made: list[Glance | None] = [_attendance(rows, asked), _absence(rows, asked)]
    made += [_levels(rows, asked, measure) for measure in MEASURES]
    made += [_leavers(rows, asked), _destinations(rows, asked), _roll(rows, asked)]
    return tuple(one for one in made if one is not None)


def _to(asked: PageRequest, page: str, text: str) -> Link:
    seed_code, sector = asked.school or ("", "")
    return Link(text, page, {"seed_code": seed_code, "sector": sector})


def _attendance(rows: SchoolRows, asked: PageRequest) -> Glance:
    rate = figure(rows.year, "attendance_rate")
    direction = so_far(rows.year, asked.previous_year).partition(", ")[2] if rate.is_shown else ""
    says = [_sentence(direction)]
    sector = (asked.school or ("", ""))[1]
    if rate.is_shown and rows.council is not None:
        around = figure(rows.council, "attendance_rate")
        says.append(_beside(rate, around, f"the authority's {sector} schools"))
    alike = figure({"rate": rows.year.alike_rate, "alike_symbol": rows.year.alike_symbol}, "rate", "alike")
    if rate.is_shown and alike.is_shown:
        number = formats.plural(rows.year.schools_counted or 0, "school")
        says.append(_beside(rate, alike, f"the middle one of {number} like it"))
    is_over = asked.academic_year != asked.academic_years[0]
    heading = f"Attendance, {asked.academic_year}" if is_over else "Attendance so far"
    return Glance(heading, rate, _shown(says), _to(asked, "school", "Attendance of the school"))


def _absence(rows: SchoolRows, asked: PageRequest) -> Glance | None:
    if not rows.absence:
        return None
    row = rows.absence[0]
    share = figure(row, "persistent_absence_rate", "bands")
    says = []
    if row.persistently_absent is not None and row.pupils is not None:
        number = f"{formats.count(row.persistently_absent)} of {formats.plural(row.pupils, 'pupil')}"
        says.append(f"{number} by {formats.date(row.as_at)}.")
    if len(rows.absence) > 1 and share.is_shown:
        before = figure(rows.absence[1], "persistent_absence_rate", "bands")
        if before.is_shown:
            says.append(f"{sentences.changed(share, before, formats.month(rows.absence[1].month))}.")
    around = rows.council_absence.get(row.month)
    if around is not None and share.is_shown:
        beside = figure(around, "persistent_absence_rate", "bands")
        says.append(_beside(share, beside, f"the authority's {rows.year.sector} schools at that time"))
    return Glance("Persistent absence", share, _shown(says), _to(asked, "school", "Attendance of the school"))


def _levels(rows: SchoolRows, asked: PageRequest, measure: str) -> Glance | None:
    sector = rows.year.sector
    if sector not in EXPECTED or not rows.attainment:
        return None
    row = rows.attainment[0]
    now = attained(row, measure)
    heading = f"{measure.capitalize()}, {EXPECTED[sector][0]}, {row.academic_year}"
    link = _to(asked, "school_attainment", "Attainment of the school")
    on_desk = []
    if now.share.is_shown and not now.is_small:
        on_desk.append(f"{now.achieved.text} of {now.cohort.text} pupils.")
        if len(rows.attainment) > 1:
            earlier = rows.attainment[1]
            before = attained(earlier, measure)
            if before.share.is_shown and not before.is_small:
                on_desk.append(f"{sentences.changed(now.share, before.share, earlier.academic_year)}.")
        around = rows.council_attainment.get(row.academic_year)
        if around is not None:
            on_desk.append(_beside(now.share, attained(around, measure).share, f"the authority's {sector} schools"))
        alike = _middle([attained(one, measure).share for one in rows.alike])
        if alike.is_shown:
            on_desk.append(_beside(now.share, alike, f"the middle one of {len(rows.alike)} schools like it"))
    elif now.is_small:
        on_desk.append("Of so few pupils no percentage is given and no direction said.")
    whom = _lowest_stage(rows, row.academic_year, measure)
    on_desk += [whom] if whom else []
    shared = now.band if now.share.is_shown else now.share
    return Glance(heading, now.text if now.is_small else now.share, (), link, shared, _shown(on_desk))


def _middle(shares: Sequence[Figure]) -> Figure:
    known = [Decimal(share.value) for share in shares if share.value is not None]
    return Figure(median(known)) if len(known) >= FEWEST_ALIKE else Figure(None, "[x]")


def _lowest_stage(rows: SchoolRows, year: str, measure: str) -> str:
    """The stage with the lowest share, where at least two stages with a percentage are shown."""
    found = [
        (one.share.value, row.stage, one)
        for row in rows.attainment_stages
        if row.academic_year == year and (one := attained(row, measure)).share.value is not None and not one.is_small
    ]
    if len(found) < 2:
        return ""
    _, stage, one = min(found, key=lambda each: (each[0], each[1]))
    return f"Lowest in {stage} ({one.of_cohort})."


def _leavers(rows: SchoolRows, asked: PageRequest) -> Glance | None:
    if not rows.leavers:
        return None
    row = rows.leavers[0]
    measure = "national_1_at_5"
    now = _counted(row, "cohort", measure)
    around = rows.council_leavers.get(row.academic_year)
    beside = figure(around, f"{measure}_share", measure) if around is not None else Figure(None, "[x]")
    return _of_leavers(
        f"Leavers with National Qualifications at level 5, {row.academic_year}", now, beside,
        _to(asked, "school_senior_phase", "Senior phase of the school"),
    )  # fmt: skip


def _destinations(rows: SchoolRows, asked: PageRequest) -> Glance | None:
    if not rows.destinations:
        return None
    row = rows.destinations[0]
    now = _counted(row, "initial_cohort", "initial_positive")
    around = rows.council_destinations.get(row.academic_year)
    beside = figure(around, "initial_positive_share", "initial_positive") if around is not None else Figure(None, "[x]")
    return _of_leavers(
        f"Leavers in a positive destination, {row.academic_year}", now, beside,
        _to(asked, "school_senior_phase", "Senior phase of the school"),
    )  # fmt: skip


def _counted(row: Row[Any], cohort: str, measure: str) -> Attained:
    return Attained(
        figure(row, cohort, cohort, "count"), figure(row, measure, measure, "count"),
        figure(row, f"{measure}_share", measure), row._mapping.get(f"{measure}_band"),
    )  # fmt: skip


def _of_leavers(heading: str, now: Attained, around: Figure, link: Link) -> Glance:
    on_desk = []
    if now.share.is_shown and not now.is_small:
        on_desk.append(f"{now.achieved.text} of {now.cohort.text} leavers.")
        on_desk.append(_beside(now.share, around, "the authority"))
    shared = now.band if now.share.is_shown else now.share
    return Glance(heading, now.text if now.is_small else now.share, (), link, shared, _shown(on_desk))


def _roll(rows: SchoolRows, asked: PageRequest) -> Glance | None:
    if not rows.roll:
        return None
    row = rows.roll[0]
    pupils = figure(row, "pupils", "pupils", "count")
    says = [f"At the census of {formats.date(row.census_on)}."]
    if len(rows.roll) > 1:
        before = figure(rows.roll[1], "pupils", "pupils", "count")
        if pupils.value is not None and before.value is not None:
            moved = int(pupils.value) - int(before.value)
            words = f"{'up' if moved > 0 else 'down'} {abs(moved):,}" if moved else "as many as"
            says.append(
                f"{words[:1].upper()}{words[1:]} {'from' if moved else 'at'} the census of {_year(rows.roll[1])}."
            )
    if row.occupancy is not None:
        says.append(f"{formats.percentage(row.occupancy)} of its {formats.count(row.capacity)} places are taken.")
    most = next(
        (
            area for area in rows.roll_areas
            if area.academic_year == row.academic_year and area.deprivation_group == "most_deprived_fifth"
        ),
        None,
    )  # fmt: skip
    if most is not None and most.pupils is not None and pupils.value:
        share = formats.percentage(Decimal(most.pupils) / int(pupils.value))
        says.append(f"{share} live in the most deprived fifth of areas.")
    return Glance("Roll", pupils, tuple(says), Link("Roll of all schools", "roll"))


def _year(row: Row[Any]) -> str:
    return str(row.census_on.year) if row.census_on else str(row.academic_year)


def _beside(own: Figure, other: Figure, name: str) -> str:
    return f"{sentences.comparison(own, other, name)}." if other.is_shown else ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _shown(says: Sequence[str]) -> tuple[str, ...]:
    return tuple(said for said in says if said)


def glance_table(found: Sequence[Glance], is_shared: bool) -> Table:
    """All measures as rows, to take away: ``is_shared`` with the official bands."""
    pick: Callable[[Glance], Card] = (lambda one: one.to_share) if is_shared else (lambda one: one.card)
    cards = [pick(one) for one in found]
    return Table(
        caption="The school at a glance",
        columns=(Column("Measure"), Column("Level"), Column("How it stands")),
        rows=[(card.heading, str(card.figure), " ".join(card.lines)) for card in cards],
    )
