"""Figures as people read them: one decimal, thousands separated, dates in words, changes with their direction.

A measure is a ``Figure``: a value, or the symbol that says why there is none (``SYMBOLS``), never a bare null. Pages
say it in words, files to take away have the symbol.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from dashboards.kit.labels import label, labels, symbols

Number = int | float | Decimal

ON_PAGE, IN_DRAWING, IN_LITTLE_ROOM = symbols("on_page"), symbols("in_drawing"), symbols("in_little_room")
EXPLANATIONS = symbols("explanation")
SYMBOLS: dict[str, tuple[str, str]] = {
    symbol: (word, EXPLANATIONS[symbol]) for symbol, word in symbols("in_file").items()
}
NOT_AVAILABLE = "[x]"
NO_SCHOOLS = label("not_shown", "schools")
UNPUBLISHED = label("not_shown", "unpublished")
PART_OF_YEAR = label("not_shown", "part_of_year")
MONTHS = tuple(labels("months").values())
MINUS = "−"  # noqa: RUF001  # the sign that screen readers say as minus
SECTORS = labels("sectors")


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure as released: ``value``, or None with the symbol that says why.

    ``unit`` says how it is written: ``rate`` (0 to 1, as a percentage with one decimal), ``count`` (thousands
    separated), ``points`` (a difference of rates, with its sign), ``gap`` (the same without a plus), ``text``. ``why``
    are words instead of the symbol's, where more is known: ``not enough schools to compare``.
    """

    value: Number | None
    symbol: str | None = None
    unit: str = "rate"
    why: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    @property
    def text(self) -> str:
        """As a reader of a page reads it: ``93.4%``, ``1,204`` or ``too few pupils to show``."""
        if self.value is None:
            return self.word
        if self.unit == "count":
            return count(self.value)
        if self.unit == "points":
            return points(self.value)
        if self.unit == "gap":
            return points(self.value).removeprefix("+")
        return percentage(self.value)

    @property
    def mark(self) -> str:
        """As it stands in a file: the value as on a page, or the symbol: ``[c]``."""
        return self.text if self.is_shown else self._known_symbol

    @property
    def word(self) -> str:
        """Why there is no value, in words; empty where there is one."""
        return "" if self.is_shown else self.why or ON_PAGE[self._known_symbol]

    @property
    def explanation(self) -> str:
        """Why there is no value, in a sentence; empty where there is one."""
        return "" if self.is_shown else EXPLANATIONS[self._known_symbol]

    def in_drawing(self, has_little_room: bool = False) -> str:
        """As a drawing has it: ``93.4%``, ``too few pupils``, or ``too few`` where there is little room."""
        if self.is_shown:
            return self.text
        return (IN_LITTLE_ROOM if has_little_room else IN_DRAWING)[self._known_symbol]

    @property
    def _known_symbol(self) -> str:
        return self.symbol if self.symbol in SYMBOLS else NOT_AVAILABLE

    def minus(self, other: "Figure") -> "Figure":
        """Difference of two rates in percentage points; that one's symbol and words which is not shown."""
        for one in (self, other):
            if one.value is None:
                return Figure(None, one.symbol or NOT_AVAILABLE, "points", one.why)
        assert self.value is not None
        assert other.value is not None
        return Figure(rounded(self.value) - rounded(other.value), None, "points")

    def __str__(self) -> str:
        return self.text


def figure(row: Any, column: str, group: str = "openings", unit: str = "rate", why: str = "") -> Figure:
    """The measure ``column`` of a row (or mapping) with the symbol of its group, such as ``openings_symbol``.

    ``why`` are words for the page where the symbol is ``[x]`` and more is known.
    """
    values: Mapping[str, Any] = row if isinstance(row, Mapping) else row._mapping
    value = values[column]
    if value is not None:
        return Figure(value, None, unit)
    symbol = values.get(f"{group}_symbol") or NOT_AVAILABLE
    return Figure(None, symbol, unit, why if symbol == NOT_AVAILABLE else "")


def rounded(rate: Number) -> Decimal:
    """A rate of 0 to 1 as a percentage with one decimal, halves away from zero: the figure that is written."""
    return (Decimal(str(rate)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)


def percentage(rate: Number | None) -> str:
    """``0.9337`` as ``93.4%``; a null as ``not available``."""
    return ON_PAGE[NOT_AVAILABLE] if rate is None else f"{rounded(rate)}%"


def count(number: Number | None) -> str:
    """``1204`` as ``1,204``; a null as ``not available``."""
    return ON_PAGE[NOT_AVAILABLE] if number is None else f"{number:,}"


def one_decimal(number: Number) -> str:
    """``9.26`` as ``9.3``, halves away from zero, thousands separated."""
    return f"{Decimal(str(number)).quantize(Decimal('0.1'), ROUND_HALF_UP):,}"


def points(difference: Number | None) -> str:
    """A difference in percentage points with its sign: ``+0.8``, ``-0.8`` (with a minus sign), ``0.0``."""
    if difference is None:
        return ON_PAGE[NOT_AVAILABLE]
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
