"""Which deliveries a year has, and which marks are put right late."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.uint8]

_LATE_SHARE = 0.014  # of a day's rows
_LOOK_BACK = 8  # school days within which a mark is put right


@dataclass(frozen=True)
class PlannedDelivery:
    """One delivery: its date, the school days whose marks it brings first, whether it has snapshots."""

    extract_date: date
    first_day: int
    last_day: int  # exclusive
    has_snapshots: bool
    is_opening: bool


@dataclass(frozen=True)
class Correction:
    """Marks put right in one delivery: enrolments and half days, sorted by half day."""

    rows: Ints
    columns: Ints


def plan_year(
    open_dates: tuple[date, ...], daily: int, until: date | None, cuts: tuple[date, ...] = ()
) -> tuple[PlannedDelivery, ...]:
    """An opening delivery, one for each of the last ``daily`` school days, and between them one at each of ``cuts``.

    Snapshots come with what brings more than a day, and once a week.
    """
    days = [day for day in open_dates if until is None or day <= until]
    if not days:
        return ()
    tail = min(daily, len(days) - 1)
    first = len(days) - tail
    ends = sorted({sum(day <= cut for day in days[:first]) for cut in cuts} - {0} | {first})
    starts = [0, *ends[:-1]]
    planned = [
        PlannedDelivery(days[end - 1], start, end, has_snapshots=True, is_opening=start == 0)
        for start, end in zip(starts, ends, strict=True)
    ]
    for place in range(first, len(days)):
        fresh = days[place].isocalendar()[:2] != planned[-1].extract_date.isocalendar()[:2]
        planned.append(PlannedDelivery(days[place], place, place + 1, fresh, is_opening=False))
    return tuple(planned)


def plan_corrections(
    marks: Codes, planned: tuple[PlannedDelivery, ...], never: Ints, random: np.random.Generator
) -> tuple[Correction, ...]:
    """For each delivery the earlier marks that it puts right; each mark once, none of the rows ``never``."""
    used = np.zeros(0, dtype=np.int64)
    width = marks.shape[1]
    corrections = []
    for one in planned:
        if one.is_opening:
            corrections.append(Correction(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)))
            continue
        rows_of_day = int((marks[:, 2 * one.first_day : 2 * one.last_day] > 0).sum())
        wanted = round(rows_of_day * _LATE_SHARE)
        earliest = 2 * max(0, one.first_day - _LOOK_BACK)
        rows = random.integers(marks.shape[0], size=3 * wanted + 10)
        columns = random.integers(earliest, 2 * one.first_day, size=len(rows))
        good = (marks[rows, columns] > 0) & (marks[rows, columns] != 99) & ~np.isin(rows, never)
        cells = np.unique(rows[good] * width + columns[good])
        cells = random.permutation(cells[~np.isin(cells, used)])[:wanted]
        used = np.concatenate([used, cells])
        rows, columns = np.divmod(cells, width)
        order = np.lexsort((rows, columns))
        corrections.append(Correction(rows[order], columns[order]))
    return tuple(corrections)


def first_version(marks: Codes, corrections: tuple[Correction, ...]) -> Codes:
    """Marks as they were delivered first: where they are put right later, something else."""
    delivered = marks.copy()
    for one in corrections:
        final = marks[one.rows, one.columns]
        # an absence is usually unexplained until a parent calls; a pupil marked absent may have come late
        delivered[one.rows, one.columns] = np.where(final == 31, 10, 31)
    return delivered
