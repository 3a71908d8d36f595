"""Pupils behind the split of absence and behind late arrivals, now and as last shown (RULES 37)."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from orchestration.release.thresholds import SMALL

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
PARTS = {"absence": ("authorised", "not_authorised"), "late": ("late",)}
"""Parts of each group of measures: each needs five pupils behind it."""


@dataclass(frozen=True)
class SplitPupils:
    """Openings of each pupil and month: pseudonym as a number, month as yyyymm, and a column for each part."""

    pupil: IntArray
    month: IntArray
    parts: IntArray

    def where(self, chosen: BoolArray | IntArray) -> "SplitPupils":
        """Some of the rows."""
        return SplitPupils(self.pupil[chosen], self.month[chosen], self.parts[chosen])

    def of_months(self, months: Iterable[int]) -> "SplitPupils":
        """Rows of some months."""
        return self.where(np.isin(self.month, np.array(sorted(months), dtype=np.int64)))

    def of_pupils(self, pupils: IntArray) -> "SplitPupils":
        """Rows of some pupils."""
        return self.where(np.isin(self.pupil, pupils))

    def joined(self, other: "SplitPupils") -> "SplitPupils":
        """These rows and others."""
        return SplitPupils(
            np.concatenate([self.pupil, other.pupil]),
            np.concatenate([self.month, other.month]),
            np.concatenate([self.parts, other.parts]),
        )

    def behind(self) -> IntArray:
        """Pupils with at least one opening in each part."""
        return changed_behind(self, nobody(self.parts.shape[1]))

    def sums(self) -> list[int]:
        """Openings in each part."""
        return [int(total) for total in self.parts.sum(axis=0)]


def nobody(parts: int) -> SplitPupils:
    """No rows."""
    return SplitPupils(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros((0, parts), dtype=np.int64))


def changed_behind(now: SplitPupils, before: SplitPupils) -> IntArray:
    """Pupils whose openings differ between two states, by part, summed over the months given."""
    pupils = np.concatenate([now.pupil, before.pupil])
    if not len(pupils):
        return np.zeros(now.parts.shape[1], dtype=np.int64)
    unique, position = np.unique(pupils, return_inverse=True)
    difference = np.zeros((len(unique), now.parts.shape[1]), dtype=np.int64)
    np.add.at(difference, position, np.concatenate([now.parts, -before.parts]))
    return np.asarray((difference != 0).sum(axis=0), dtype=np.int64)


def enough(behind: IntArray) -> bool:
    """At least five pupils behind each part."""
    return bool((behind >= SMALL).all())


def none_or_enough(behind: IntArray) -> bool:
    """Nobody, or at least five pupils, behind each part."""
    return bool(((behind == 0) | (behind >= SMALL)).all())


def pack(state: SplitPupils) -> bytes:
    """A state for the database."""
    columns = np.column_stack([state.pupil, state.month, state.parts]).astype("<i8")
    return zlib.compress(columns.tobytes(), 1)


def unpack(packed: bytes, parts: int) -> SplitPupils:
    """The reverse of ``pack``."""
    columns = np.frombuffer(zlib.decompress(packed), dtype="<i8").reshape(-1, 2 + parts).astype(np.int64)
    return SplitPupils(columns[:, 0], columns[:, 1], columns[:, 2:])


def month_number(month: date) -> int:
    """2025-10-01 as 202510."""
    return month.year * 100 + month.month


def last_closed_month(data_as_at: date | None, extracted_on: date | None) -> int:
    """The last month that is over: data reach its last weekday, or were extracted after it. As yyyymm."""
    known = [found for found in (data_as_at, extracted_on - timedelta(days=1) if extracted_on else None) if found]
    if not known:
        return 0
    through = max(known)
    first_of_next = (through.replace(day=1) + timedelta(days=32)).replace(day=1)
    last_weekday = first_of_next - timedelta(days=1)
    while last_weekday.weekday() > 4:
        last_weekday -= timedelta(days=1)
    if through >= last_weekday:
        return month_number(through)
    return month_number(through.replace(day=1) - timedelta(days=1))


@dataclass(frozen=True)
class Shown:
    """What of a place (school or sector) is shown of a group: months with their sums, and the year to date.

    ``hidden_months`` stay hidden for the year. ``breakdowns`` has, by mart, the sums of each category shown with
    the year to date.
    """

    months: dict[int, list[int]]
    hidden_months: frozenset[int]
    year: list[int] | None
    breakdowns: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """For ``control.released_pupil_states``."""
        return {
            "months": {str(month): sums for month, sums in sorted(self.months.items())},
            "hidden_months": sorted(self.hidden_months),
            "year": self.year,
            "breakdowns": self.breakdowns,
        }

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> "Shown":
        """The reverse."""
        months = {int(month): sums for month, sums in found["months"].items()}
        return cls(months, frozenset(found["hidden_months"]), found["year"], found["breakdowns"])


NOTHING = Shown({}, frozenset(), None)


@dataclass(frozen=True)
class Earlier:
    """What was shown before, the pupils of each month when it was last shown, and those of the year to date."""

    shown: Shown
    months: SplitPupils
    year: SplitPupils | None


def judge_months(
    now: SplitPupils, closed: Sequence[int], earlier: Earlier, withheld: frozenset[int]
) -> tuple[set[int], set[int]]:
    """Months that can be shown by themselves, and those that stay hidden for the year.

    A month is judged once, when it has closed: five pupils behind each part, or it stays hidden, because a
    month that came later would give the others away. A shown month that was corrected is out until five
    pupils stand behind each part of the change. ``withheld`` are months that are [x].
    """
    shown, hidden = set(), {*earlier.shown.hidden_months}
    for month in closed:
        if month in hidden:
            continue
        own = now.of_months([month])
        if month in earlier.shown.months:
            if month not in withheld and none_or_enough(changed_behind(own, earlier.months.of_months([month]))):
                shown.add(month)
        elif month not in withheld and enough(own.behind()):
            shown.add(month)
        else:
            hidden.add(month)
    return shown, hidden


def judge_year(now: SplitPupils, earlier: Earlier) -> bool:
    """Whether the year to date can be shown by itself: five pupils behind each part, and behind its change."""
    before = earlier.year or nobody(now.parts.shape[1])
    return enough(now.behind()) and none_or_enough(changed_behind(now, before))
