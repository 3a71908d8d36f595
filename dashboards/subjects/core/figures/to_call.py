"""Which schools to call, and why: those that attendance points out, each with its reasons, the most pressing first.

Attainment is no reason here: its schools are never put in an order by result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboards.kit.components import Column, Table
from dashboards.kit.formats import SECTORS, Figure, change, figure, listed, month
from dashboards.subjects.core.figures import attention
from dashboards.subjects.core.figures.attention import Comparison, School
from dashboards.subjects.core.figures.checks import named
from dashboards.subjects.core.figures.morning import Morning
from dashboards.subjects.core.figures.thresholds import ATTENTION, Attention


@dataclass(frozen=True)
class Reason:
    """Why a school is named: in words, and how many times over it is past what is pointed out (1 is just past)."""

    text: str
    weight: Decimal


@dataclass(frozen=True)
class ToCall:
    """A school with its reasons, the heaviest first."""

    school: School
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> Decimal:
        """Of all reasons together."""
        return sum((reason.weight for reason in self.reasons), Decimal(0))

    @property
    def why(self) -> str:
        """All reasons as a sentence."""
        text = "; ".join(reason.text for reason in self.reasons)
        return f"{text[:1].upper()}{text[1:]}."


def schools_to_call(morning: Morning, rules: Attention = ATTENTION) -> tuple[ToCall, ...]:
    """Schools that something is pointed out of, by weight of their reasons, then by name."""
    found = [
        ToCall(school, tuple(sorted(reasons, key=lambda reason: -reason.weight)))
        for school in morning.schools.values()
        if (reasons := reasons_of(school, morning, rules))
    ]
    return tuple(sorted(found, key=lambda one: (-one.weight, one.school.name, one.school.key)))


def reasons_of(school: School, morning: Morning, rules: Attention = ATTENTION) -> tuple[Reason, ...]:
    """Everything of a school that is pointed out; figures that are not shown give no reason."""
    made = (
        _fall_of_year(school, morning, rules),
        _fall_of_week(school, morning, rules),
        _low(school, morning, rules),
        _rise_of_absence(school, morning, rules),
        _high_absence(school, morning, rules),
    )
    return tuple(reason for reason in made if reason is not None)


def _fall_of_year(school: School, morning: Morning, rules: Attention) -> Reason | None:
    row = next(row for row in morning.years if (row.seed_code, row.sector) == school.key)
    pair = Comparison(school, figure(row, "attendance_rate"), figure(row, "rate_same_weeks_last_year", "same_weeks"))
    if not attention.falls([pair], rules.fall_from_last_year):
        return None
    return Reason(
        f"attendance {pair.now.text}, {change(pair.change)} from the same weeks of last year",
        _times(pair.change, rules.fall_from_last_year),
    )


def _fall_of_week(school: School, morning: Morning, rules: Attention) -> Reason | None:
    if morning.last_week is None:
        return None
    pair = attention.with_weeks_before(school, morning.weeks[school], morning.last_week, rules)
    if pair is None or not attention.falls([pair], rules.fall_from_weeks_before):
        return None
    return Reason(
        f"{pair.now.text} in the last whole week, {change(pair.change)} from the {rules.weeks_before} weeks before",
        _times(pair.change, rules.fall_from_weeks_before),
    )


def _low(school: School, morning: Morning, rules: Attention) -> Reason | None:
    row = next(row for row in morning.years if (row.seed_code, row.sector) == school.key)
    rate = figure(row, "attendance_rate")
    apart = rate.minus(morning.rate_of_sector(school.sector))
    is_low = rate.value is not None and rate.value * 100 < rules.low_attendance
    if not is_low or apart.value is None or apart.value > -rules.below_sector:
        return None
    return Reason(
        f"attendance {rate.text}, {_size(apart)} below all {school.sector} schools", _times(apart, rules.below_sector)
    )


def _rise_of_absence(school: School, morning: Morning, rules: Attention) -> Reason | None:
    now, before = morning.share(*school.key), morning.share(*school.key, months_ago=1)
    everywhere = morning.common_rise
    pair = Comparison(school, now, before)
    if not attention.rises([pair], rules.rise_of_persistent_absence, everywhere):
        return None
    row = morning.absence(*school.key, months_ago=1)
    assert row is not None
    common = max(Decimal(everywhere.value or 0), Decimal(0))
    return Reason(
        f"persistent absence {now.text}, {change(pair.change)} from {month(row.month)}",
        (Decimal(pair.change.value or 0) - common) / rules.rise_of_persistent_absence,
    )


def _high_absence(school: School, morning: Morning, rules: Attention) -> Reason | None:
    share = morning.share(*school.key)
    apart = share.minus(morning.share("", school.sector))
    is_high = share.value is not None and share.value * 100 >= rules.high_persistent_absence
    if not is_high or apart.value is None or apart.value < rules.above_sector:
        return None
    return Reason(
        f"persistent absence {share.text}, {_size(apart)} above all {school.sector} schools",
        _times(apart, rules.above_sector),
    )


def _times(moved: Figure, limit: Decimal) -> Decimal:
    return abs(Decimal(moved.value or 0)) / limit


def _size(apart: Figure) -> str:
    return change(abs(Decimal(apart.value or 0))).removeprefix("up ")


def sentence_of(found: Sequence[ToCall], morning: Morning) -> str:
    """How many schools are named, of how many: ``4 of 23 schools are worth a call``."""
    if not found:
        return f"Nothing about attendance is pointed out at any of {morning.audience.schools:,} schools."
    verb = "is" if len(found) == 1 else "are"
    most = listed([one.school.name for one in found[:2]]) if len(found) > 2 else ""
    first = f", {most} first" if most else ""
    return f"{morning.audience.some(len(found))} {verb} worth a call{first}."


def table_of(found: Sequence[ToCall], caption: str) -> Table:
    """Schools with their reasons, for the page and to take away."""
    return Table(
        caption=caption,
        columns=(Column("School"), Column("Why"), Column("Sector")),
        rows=[(named(one.school), one.why, SECTORS[one.school.sector]) for one in found],
    )
