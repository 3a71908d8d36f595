"""Half days of pupils as bits, cut off at a day, and what differs between two states of them.

Bit 2 * (day - 1) of a month is the morning, the next one the afternoon, as in the models of dbt.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from orchestration.release.held.periods import end_of_month

OPENINGS = ("AM", "PM")
COUNTS = ("openings_possible", "openings_attended", "openings_not_counted", "openings_not_recorded")
"""What the bits of a pupil's month are of, in this order."""
Amounts = tuple[int, int, int, int]
Bits = tuple[int, int, int, int]
NONE: Bits = (0, 0, 0, 0)


@dataclass(frozen=True)
class Who:
    """Pupil, school and month of a row of half days; the pupil as a number."""

    pupil: int
    seed_code: str
    month: date


@dataclass(frozen=True)
class Group:
    """Where a pupil's half days count: sector, stage, sex, quintile of the area, and that in three groups."""

    sector: str
    stage: str
    sex: str
    simd_quintile: str
    deprivation_group: str


@dataclass(frozen=True)
class State:
    """A pupil's half days in a month at one time; ``group`` is None where there are none."""

    group: Group | None
    bits: Bits

    def until(self, day: date, month: date) -> "State":
        """The same without half days after a day."""
        mask = mask_until(day, month)
        first, second, third, fourth = self.bits
        return State(self.group, (first & mask, second & mask, third & mask, fourth & mask))


NOTHING = State(None, NONE)


def mask_until(day: date, month: date) -> int:
    """Bits of a month's days up to a day."""
    if day < month:
        return 0
    days = (min(day, end_of_month(month)) - month).days + 1
    return (1 << (2 * days)) - 1


@dataclass(frozen=True)
class HalfDay:
    """One half day of one pupil in one group, and by how much its counts differ (-1, 0 or 1 each)."""

    who: Who
    group: Group
    day: date
    opening: str
    amounts: Amounts

    @property
    def week(self) -> date:
        """The Monday of its week."""
        return self.day - timedelta(days=self.day.weekday())

    def value(self, column: str) -> object:
        """What stands in a key column of a mart for it."""
        match column:
            case "seed_code":
                return self.who.seed_code
            case "month":
                return self.who.month
            case "week":
                return self.week
            case "weekday":
                return self.day.isoweekday()
            case "opening":
                return self.opening
            case _:
                return getattr(self.group, column)


def _of(who: Who, group: Group, bits: int, states: tuple[tuple[int, Bits], ...]) -> Iterator[HalfDay]:
    position = 0
    while bits >> position:
        if bits >> position & 1:
            found = [sum(sign * (one[number] >> position & 1) for sign, one in states) for number in range(4)]
            day = who.month + timedelta(days=position // 2)
            amounts = (found[0], found[1], found[2], found[3])
            yield HalfDay(who, group, day, OPENINGS[position % 2], amounts)
        position += 1


def _any(bits: Bits) -> int:
    return bits[0] | bits[1] | bits[2] | bits[3]


def differences(who: Who, before: State, now: State) -> Iterator[HalfDay]:
    """Half days of a pupil's month that differ between two states; all of them where the group is another."""
    if before.group is not None and before.group == now.group:
        differ = _any(tuple(a ^ b for a, b in zip(before.bits, now.bits, strict=True)))  # type: ignore[arg-type]
        yield from _of(who, before.group, differ, ((-1, before.bits), (1, now.bits)))
        return
    if before.group is not None:
        yield from _of(who, before.group, _any(before.bits), ((-1, before.bits),))
    if now.group is not None:
        yield from _of(who, now.group, _any(now.bits), ((1, now.bits),))
