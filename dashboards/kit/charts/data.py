"""What charts are drawn from, and the scale they are drawn on."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboards.kit.formats import Figure


@dataclass(frozen=True)
class Category:
    """A place on an axis: its name in full, and short where there is little room."""

    name: str
    short: str = ""

    @property
    def label(self) -> str:
        """The short name, or the name."""
        return self.short or self.name


@dataclass(frozen=True)
class Series:
    """A row of figures, one for each category. The first of a chart is the one it is about."""

    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Marker:
    """One figure that others are compared with, such as the national rate, with its name."""

    name: str
    figure: Figure


@dataclass(frozen=True)
class Break:
    """A point in time, by its place, that is not joined to the one before it, and why, as the end of a sentence."""

    at: int
    says: str


def categories(names: Iterable[str]) -> tuple[Category, ...]:
    """Categories whose names need no short form."""
    return tuple(Category(name) for name in names)


@dataclass(frozen=True)
class Scale:
    """An axis from ``low`` to ``high`` in steps, in the unit of the figures (rates: 0 to 1)."""

    low: float
    high: float
    step: float

    @property
    def starts_at_zero(self) -> bool:
        """Whether lengths on it can be compared."""
        return self.low == 0

    @property
    def ticks(self) -> tuple[float, ...]:
        """Where lines are drawn."""
        number = round((self.high - self.low) / self.step)
        return tuple(round(self.low + index * self.step, 6) for index in range(number + 1))

    def share(self, value: float) -> float:
        """Where a value stands, 0 (low) to 1 (high)."""
        return (value - self.low) / (self.high - self.low)


STEPS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
COUNT_STEPS = tuple(base * 10**power for power in range(7) for base in (1, 2, 5))
MOST_TICKS = 5


def shown(series: Sequence[Series], markers: Sequence[Marker] = ()) -> list[float]:
    """All values of a chart that are shown."""
    figures = [figure for one in series for figure in one.figures] + [marker.figure for marker in markers]
    return [float(figure.value) for figure in figures if figure.value is not None]


def rate_scale(values: Sequence[float], from_zero: bool = False) -> Scale:
    """A scale for rates: at most five steps that hold all values, never above 100%, never a span below one point.

    It begins at zero where ``from_zero`` asks for it (lengths) or where the values come near it.
    """
    if not values:
        return Scale(0, 1, 0.25)
    low, high = min(values), max(values)
    if from_zero or low < (high - low):
        low = 0.0
    span = max(high - low, 0.01)
    step = next((step for step in STEPS if span / step <= MOST_TICKS - 1), 0.25)
    bottom, top = _floor(low, step), _ceiling(max(high, low + step), step)
    if high <= 1:
        top = min(top, 1.0)
    return Scale(bottom, top, step) if top > bottom else Scale(bottom - step, top, step)


def count_scale(values: Sequence[float]) -> Scale:
    """A scale for counts, from zero."""
    high = max(values, default=1) or 1
    step = next(step for step in COUNT_STEPS if high / step <= MOST_TICKS)
    return Scale(0, _ceiling(high, step), step)


def _floor(value: float, step: float) -> float:
    return round(math.floor(round(value / step, 6)) * step, 6)


def _ceiling(value: float, step: float) -> float:
    return round(math.ceil(round(value / step, 6)) * step, 6)


def scale_for(values: Sequence[float], unit: str, from_zero: bool = False) -> Scale:
    """The scale for figures of a unit (``rate`` or ``count``)."""
    return count_scale(values) if unit == "count" else rate_scale(values, from_zero)


def tick_text(value: float, scale: Scale, unit: str) -> str:
    """A tick as it is written: ``95%``, ``92.5%`` or ``1,200``."""
    if unit == "count":
        return f"{value:,.0f}"
    decimals = 1 if round(scale.step * 1000) % 10 else 0
    return f"{value * 100:.{decimals}f}%"
