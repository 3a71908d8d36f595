"""Axes that say what they are: ticks in words, labels that do not run into each other, and where they begin."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.kit.charts.data import Category, Scale, tick_text
from dashboards.kit.charts.svg import straight, text, width_of


@dataclass(frozen=True)
class Plot:
    """The rectangle that values are drawn in, in units of the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def x(self, share: float) -> float:
        """Across: 0 is left, 1 right."""
        return self.left + share * (self.right - self.left)

    def y(self, share: float) -> float:
        """Up: 0 is the bottom, 1 the top."""
        return self.bottom - share * (self.bottom - self.top)


def says_where_it_begins(scale: Scale, unit: str) -> str:
    """A sentence where a scale does not begin at zero; empty where it does."""
    return "" if scale.starts_at_zero else f"The axis begins at {tick_text(scale.low, scale, unit)}, not at zero."


def upright(plot: Plot, scale: Scale, unit: str) -> list[str]:
    """A scale that goes up: lines across, each with its value."""
    parts = []
    for tick in scale.ticks:
        y = plot.y(scale.share(tick))
        base = "chart-base" if tick == scale.low and scale.starts_at_zero else "chart-grid"
        parts.append(straight(plot.left, y, plot.right, y, base))
        parts.append(text(plot.left - 8, y + 5, tick_text(tick, scale, unit), anchor="end"))
    return parts


def level(plot: Plot, scale: Scale, unit: str) -> list[str]:
    """A scale that goes across: lines up, each with its value below."""
    parts = []
    for tick in scale.ticks:
        x = plot.x(scale.share(tick))
        base = "chart-base" if tick == scale.low and scale.starts_at_zero else "chart-grid"
        parts.append(straight(x, plot.top, x, plot.bottom, base))
        parts.append(text(x, plot.bottom + 18, tick_text(tick, scale, unit), anchor="middle"))
    return parts


def places(plot: Plot, number: int) -> list[float]:
    """Where categories stand across: half a step from each side."""
    return [plot.x((index + 0.5) / number) for index in range(number)]


def names_below(plot: Plot, names: Sequence[Category], y: float) -> list[str]:
    """Names of categories across, every second or third where all of them would run into each other."""
    if not names:
        return []
    room = (plot.right - plot.left) / len(names)
    widest = max(width_of(name.label) for name in names) + 8
    every = next(step for step in range(1, len(names) + 1) if step * room >= widest or step == len(names))
    found = zip(names, places(plot, len(names)), strict=True)
    return [text(x, y, name.label, anchor="middle") for index, (name, x) in enumerate(found) if index % every == 0]


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Move label positions so that none is nearer than ``apart`` to another, within ``low`` to ``high``."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed: list[float] = []
    for index in order:
        placed.append(max(wanted[index], placed[-1] + apart if placed else low))
    if placed and placed[-1] > high:
        ceiling = high
        for position in range(len(placed) - 1, -1, -1):
            placed[position] = min(placed[position], ceiling)
            ceiling = placed[position] - apart
    found = [0.0] * len(wanted)
    for position, index in enumerate(order):
        found[index] = placed[position]
    return found
