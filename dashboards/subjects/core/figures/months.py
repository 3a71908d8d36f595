"""The same whole months of two years, group by group, out of the authority's cells by stage, quintile and month.

Months whose weekdays are not all over are left out, and so is every cell that is not shown in both years: what is
compared is the same groups in the same months, and how much was left out is said.
"""

import calendar
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from dashboards.kit.formats import MONTHS, percentage
from dashboards.subjects.core.figures.made_of import MadeOf, Part, made_of

LAST_WEEKDAY = 4
MOST_LEFT_OUT = 0.5
Cell = tuple[str, str, str, int]
Openings = tuple[int, int]


@dataclass(frozen=True)
class SameMonths:
    """Half days by cell (sector, stage, quintile, month) in this year and the one before, of months in both.

    ``left_out`` is the share of this year's cells that are not shown in both years, 0 to 1.
    """

    months: tuple[int, ...]
    now: Mapping[Cell, Openings] = field(default_factory=dict)
    before: Mapping[Cell, Openings] = field(default_factory=dict)
    left_out: float = 0.0

    @property
    def called(self) -> str:
        """The months: ``August to October``, ``August``; empty where there are none."""
        names = [MONTHS[month - 1] for month in self.months]
        return f"{names[0]} to {names[-1]}" if len(names) > 1 else "".join(names)

    @property
    def note(self) -> str:
        """What is left out, as a sentence; empty where nothing is."""
        if not self.left_out:
            return ""
        return (
            f"{percentage(self.left_out)} of the cells by stage, fifth of areas and month are left out: they are not "
            "shown in both years."
        )

    def by(self, column: str, names: Mapping[str, str], sector: str = "all") -> tuple[Part, ...]:
        """Half days by ``stage`` or ``quintile``, in the order of ``names``, of a sector or of all."""
        place = {"stage": 1, "quintile": 2}[column]
        return tuple(
            Part(name, *_added(self.now, keys), *_added(self.before, keys))
            for value, name in names.items()
            if (keys := [key for key in self.now if key[place] == value and sector in ("all", key[0])])
        )

    def made_of(self, column: str, names: Mapping[str, str], sector: str = "all") -> MadeOf | None:
        """The change of these months taken apart; None where more than half of the cells are left out."""
        return made_of(self.by(column, names, sector)) if self.left_out <= MOST_LEFT_OUT else None


def _added(cells: Mapping[Cell, Openings], keys: Iterable[Cell]) -> Openings:
    found = [cells[key] for key in keys]
    return (sum(attended for attended, _ in found), sum(possible for _, possible in found))


def is_over(month: dt.date, data_as_at: dt.date) -> bool:
    """Whether no weekday of the month lies after the day up to which the data go."""
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    while last.weekday() > LAST_WEEKDAY:
        last -= dt.timedelta(days=1)
    return last <= data_as_at


def same_months(
    rows: Sequence[Row[Any]], year: str, year_before: str | None, data_as_at: dt.date | None,
    keep: Callable[[Row[Any]], bool] = lambda row: True,
) -> SameMonths:  # fmt: skip
    """Pair the cells of two years. Rows have academic year, sector, stage, quintile, month and half days."""
    if year_before is None or data_as_at is None:
        return SameMonths(())
    kept = [row for row in rows if keep(row)]
    over = {row.month.month for row in kept if row.academic_year == year and is_over(row.month, data_as_at)}
    months = sorted(
        over & {row.month.month for row in kept if row.academic_year == year_before}, key=lambda month: (month - 8) % 12
    )
    now, before = (_cells(kept, one, months) for one in (year, year_before))
    paired = [key for key, openings in now.items() if openings and before.get(key)]
    return SameMonths(
        tuple(months),
        {key: openings for key in paired if (openings := now[key])},
        {key: openings for key in paired if (openings := before[key])},
        1 - len(paired) / len(now) if now else 0.0,
    )


def _cells(rows: Iterable[Row[Any]], year: str, months: Sequence[int]) -> dict[Cell, Openings | None]:
    """Half days by cell; None where the cell is not shown. One in which nobody is (``[z]``) is no cell."""
    return {
        (row.sector, row.stage, row.simd_quintile, row.month.month): (
            (int(row.openings_attended), int(row.openings_possible)) if row.openings_possible else None
        )
        for row in rows
        if row.academic_year == year and row.month.month in months and row.openings_symbol != "[z]"
    }
