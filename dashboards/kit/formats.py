"""Figures as people read them: one decimal, thousands separated, dates in words, changes with their direction.

A measure is a ``Figure``: a value, or the symbol that says why there is none (``SYMBOLS``), never a bare null.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Number = int | float | Decimal

SYMBOLS: dict[str, tuple[str, str]] = {
    "[c]": ("suppressed", "Not shown, so that no pupil can be recognised in it or worked out from other figures."),
    "[x]": ("not available", "Not available: too little has arrived, or it is not yet time to show it."),
    "[z]": ("not applicable", "Does not apply here."),
    "[low]": ("rounds to zero", "More than none, but so little that it rounds to zero."),
}
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MINUS = "−"  # noqa: RUF001  # the sign that screen readers say as minus
SECTORS = {"primary": "Primary", "secondary": "Secondary", "special": "Special", "all": "All sectors"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure as released: ``value``, or None with the symbol that says why.

    ``unit`` says how it is written: ``rate`` (0 to 1, as a percentage with one decimal), ``count`` (thousands
    separated), ``points`` (a difference of rates), ``text``.
    """

    value: Number | None
    symbol: str | None = None
    unit: str = "rate"

    @property
    def is_shown(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    @property
    def text(self) -> str:
        """As a reader reads it: ``93.4%``, ``1,204`` or ``[c]``."""
        if self.value is None:
            return self.symbol or "[x]"
        if self.unit == "count":
            return count(self.value)
        if self.unit == "points":
            return points(self.value)
        return percentage(self.value)

    @property
    def explanation(self) -> str:
        """Why there is no value; empty where there is one."""
        return "" if self.is_shown else SYMBOLS.get(self.symbol or "[x]", SYMBOLS["[x]"])[1]

    @property
    def word(self) -> str:
        """The symbol in words, such as ``suppressed``; empty where there is a value."""
        return "" if self.is_shown else SYMBOLS.get(self.symbol or "[x]", SYMBOLS["[x]"])[0]

    def minus(self, other: "Figure") -> "Figure":
        """Difference of two rates in percentage points; ``[x]`` unless both are shown."""
        if self.value is None or other.value is None:
            return Figure(None, self.symbol or other.symbol or "[x]", "points")
        return Figure(rounded(self.value) - rounded(other.value), None, "points")

    def __str__(self) -> str:
        return self.text


def figure(row: Any, column: str, group: str = "openings", unit: str = "rate") -> Figure:
    """The measure ``column`` of a row (or mapping) with the symbol of its group, such as ``openings_symbol``."""
    values: Mapping[str, Any] = row if isinstance(row, Mapping) else row._mapping
    value = values[column]
    return Figure(value, None if value is not None else values.get(f"{group}_symbol") or "[x]", unit)


def rounded(rate: Number) -> Decimal:
    """A rate of 0 to 1 as a percentage with one decimal, halves away from zero: the figure that is written."""
    return (Decimal(str(rate)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)


def percentage(rate: Number | None) -> str:
    """``0.9337`` as ``93.4%``; a null as ``[x]``."""
    return "[x]" if rate is None else f"{rounded(rate)}%"


def count(number: Number | None) -> str:
    """``1204`` as ``1,204``; a null as ``[x]``."""
    return "[x]" if number is None else f"{number:,}"


def points(difference: Number | None) -> str:
    """A difference in percentage points with its sign: ``+0.8``, ``-0.8`` (with a minus sign), ``0.0``."""
    if difference is None:
        return "[x]"
    found = Decimal(str(difference)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    sign = "+" if found > 0 else MINUS if found < 0 else ""
    return f"{sign}{abs(found)}"


def change(difference: Number | Figure | None) -> str:
    """A difference in percentage points, in words: ``down 0.8 percentage points``, ``no change``."""
    value = difference.value if isinstance(difference, Figure) else difference
    if value is None:
        return "no comparison"
    found = Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if found == 0:
        return "no change"
    unit = "percentage point" if abs(found) == 1 else "percentage points"
    return f"{'up' if found > 0 else 'down'} {abs(found)} {unit}"


def date(day: dt.date | dt.datetime | None) -> str:
    """``24 November 2026``; a null as ``not known``."""
    return "not known" if day is None else f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: dt.date) -> str:
    """``24 Nov``, for axes and narrow columns."""
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def month(day: dt.date) -> str:
    """``November 2026``."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def short_month(day: dt.date) -> str:
    """``Nov``, for axes."""
    return MONTHS[day.month - 1][:3]


def academic_year(text: str) -> str:
    """``2025-26`` (addresses) or ``2025/26`` (figures) as ``2025/26``."""
    return text.replace("-", "/")


def plural(number: int, one: str, many: str | None = None) -> str:
    """``1 school``, ``1,204 schools``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: list[str] | tuple[str, ...]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)
