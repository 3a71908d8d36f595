"""What needs attention: comparisons of schools out of released rows, and which of them to point out.

Only shown figures are compared: where one of the two is hidden or missing there is no difference, and none is guessed.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

from dashboards.kit.formats import Figure
from dashboards.subjects.core.figures.thresholds import ATTENTION, Attention

SchoolKey = tuple[str, str]
WEEKDAYS_TO_FRIDAY = 4
HALF_DAYS_OF_A_WEEK = 10


@dataclass(frozen=True)
class School:
    """A school: SEED code and sector, and its name."""

    seed_code: str
    sector: str
    name: str

    @property
    def key(self) -> SchoolKey:
        """SEED code and sector."""
        return (self.seed_code, self.sector)


@dataclass(frozen=True)
class Week:
    """A school's week as released: rates 0 to 1, ``completeness`` a share of the half days expected.

    ``pupils`` is how many the school has this year, where that is shown.
    """

    monday: dt.date
    pupils: int | None
    possible: int | None
    attended: int | None
    rate: Figure
    completeness: Figure

    @property
    def size(self) -> int:
        """Pupils of the school, or where they are not shown those of a full week of ten half days."""
        return self.pupils if self.pupils is not None else (self.possible or 0) // HALF_DAYS_OF_A_WEEK


@dataclass(frozen=True)
class Comparison:
    """A measure of a school now and before; ``change`` in percentage points as written, or its symbol."""

    school: School
    now: Figure
    before: Figure

    @property
    def change(self) -> Figure:
        """Now less before: below zero has fallen."""
        return self.now.minus(self.before)


@dataclass(frozen=True)
class Gap:
    """A school with too few marks in the last whole week: the share that has one, or the symbol."""

    school: School
    completeness: Figure


def by_seed_code(schools: Iterable[School]) -> dict[str, School]:
    """One school for each SEED code, for what is delivered by code alone; sectors of other names are named too."""
    found: dict[str, School] = {}
    for school in schools:
        known = found.get(school.seed_code)
        if known is None:
            found[school.seed_code] = school
        elif school.name not in known.name.split(" and "):
            found[school.seed_code] = replace(known, name=f"{known.name} and {school.name}")
    return found


def last_whole_week(mondays: Iterable[dt.date], data_as_at: dt.date | None) -> dt.date | None:
    """Monday of the latest week that was over, to its Friday, on the date of the data. None where there is none."""
    over = (
        monday
        for monday in mondays
        if data_as_at is not None and monday + dt.timedelta(days=WEEKDAYS_TO_FRIDAY) <= data_as_at
    )
    return max(over, default=None)


def with_weeks_before(
    school: School, weeks: Sequence[Week], last: dt.date, rules: Attention = ATTENTION
) -> Comparison | None:
    """The last whole week beside the school's weeks before it, all half days of these together.

    None where the school has no row for that week. ``before`` is ``[x]`` where fewer than ``weeks_needed`` of the
    ``weeks_before`` last weeks are shown; both are ``[z]`` for a school smaller than ``fewest_pupils``.
    """
    this = next((week for week in weeks if week.monday == last), None)
    if this is None:
        return None
    if this.size < rules.fewest_pupils:
        return Comparison(school, this.rate, Figure(None, "[z]"))
    earlier = sorted((week for week in weeks if week.monday < last), key=lambda week: week.monday)
    shown = [
        (week.attended, week.possible)
        for week in earlier[-rules.weeks_before :]
        if week.attended is not None and week.possible
    ]
    if len(shown) < rules.weeks_needed:
        return Comparison(school, this.rate, Figure(None, "[x]"))
    attended, possible = (sum(part) for part in zip(*shown, strict=True))
    return Comparison(school, this.rate, Figure(Decimal(attended) / Decimal(possible)))


def falls(compared: Iterable[Comparison], at_least: Decimal) -> tuple[Comparison, ...]:
    """Those that have fallen by ``at_least`` percentage points or more, the largest fall first, then by name."""
    found = [one for one in compared if one.change.value is not None and one.change.value <= -at_least]
    return tuple(sorted(found, key=lambda one: (one.change.value or 0, one.school.name, one.school.key)))


def rises(
    compared: Iterable[Comparison], at_least: Decimal, everywhere: Figure | None = None
) -> tuple[Comparison, ...]:
    """Those that have risen by ``at_least`` percentage points or more, the largest rise first, then by name.

    ``everywhere`` is the change of the whole authority (percentage points); where it is shown and a rise, only what
    goes beyond it counts.
    """
    common = Decimal(0)
    if everywhere is not None and everywhere.value is not None:
        common = max(Decimal(str(everywhere.value)), common)
    found = [one for one in compared if one.change.value is not None and one.change.value >= at_least + common]
    return tuple(sorted(found, key=lambda one: (-(one.change.value or 0), one.school.name, one.school.key)))


def middle_change(compared: Iterable[Comparison], at_least: int = 3) -> Figure | None:
    """The median change of the schools compared, in percentage points; None where fewer than ``at_least`` are shown."""
    changes = [Decimal(str(one.change.value)) for one in compared if one.change.value is not None]
    return Figure(median(changes), None, "points") if len(changes) >= at_least else None


def incomplete(weeks: Mapping[School, Sequence[Week]], last: dt.date, rules: Attention = ATTENTION) -> tuple[Gap, ...]:
    """Schools whose last whole week has too few marks, or no figure for want of them; by name.

    A suppressed week (``[c]``) says nothing about completeness and is left out.
    """
    found = []
    for school, rows in weeks.items():
        this = next((week for week in rows if week.monday == last), None)
        if this is None:
            continue
        share = this.completeness
        if (share.value is None and share.symbol == "[x]") or (
            share.value is not None and Decimal(str(share.value)) < rules.completeness
        ):
            found.append(Gap(school, share))
    return tuple(sorted(found, key=lambda gap: (gap.school.name, gap.school.key)))
