"""Bars of one whole each, parted from left to right: how a cohort spreads, and where a threshold lies in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from dashboards.kit.charts.axes import Plot, level
from dashboards.kit.charts.data import Category, Scale, Series
from dashboards.kit.charts.sentences import described
from dashboards.kit.charts.svg import Drawing, box, straight, text, width_of
from dashboards.kit.formats import Figure

THICK, GAP, ABOVE, KEY = 22, 12, 20, 22
WHOLE = Scale(0, 1, 0.25)
SHADES = (0, 1, 3, 4)
"""Shades of parts, from the lightest; the two darker ones lie above the threshold."""
LEAST = 0.004
"""Share of a whole that is still seen in a drawing."""


@dataclass(frozen=True)
class Stack:
    """Shares of one whole (0 to 1) from left to right; ``over`` is that of the parts above the threshold together."""

    parts: tuple[Figure, ...]
    over: Figure


def stacked(
    name: str, title: str, among: Sequence[Category], stacks: Sequence[Stack], names: Sequence[str], threshold: str
) -> Markup:
    """Four parts of each whole in two variants, with a line where the threshold lies between the second and third.

    Parts that are not shown are one dashed box on their side of the line, or the whole bar where the line is not known
    either. ``names`` are those of the parts, ``threshold`` what the line says. ``name`` is unique on the page. Raises
    ValueError where a whole has not four parts, or wholes do not fit their places.
    """
    if len(stacks) != len(among) or any(len(one.parts) != len(SHADES) for one in stacks) or len(names) != len(SHADES):
        raise ValueError(f"{name}: {len(among)} wholes of {len(SHADES)} parts each are needed")
    series = [Series(said, tuple(one.parts[at] for one in stacks)) for at, said in enumerate(names)]
    description = described(among, series, in_time=False)
    left = min(max((width_of(category.name) for category in among), default=60) + 16, 230)
    drawings = (
        _draw("wide", 640, left, among, stacks, names, threshold),
        _draw("narrow", 320, 0, among, stacks, names, threshold),
    )
    return Markup("").join(drawing.svg(name, title, description) for drawing in drawings)


def _draw(
    variant: Literal["wide", "narrow"], width: float, left: float, among: Sequence[Category], stacks: Sequence[Stack],
    names: Sequence[str], threshold: str,
) -> Drawing:  # fmt: skip
    """Names stand beside the bars, above an axis, where there is room (``left``), otherwise above the bars alone."""
    parts, top = _key(names, threshold, left, width)
    row = THICK + GAP + (0 if left else ABOVE)
    plot = Plot(left or 2, top, width - (22 if left else 2), top + row * len(among))
    parts += level(plot, WHOLE, "rate") if left else []
    for index, (category, one) in enumerate(zip(among, stacks, strict=True)):
        y = top + index * row + (GAP / 2 if left else ABOVE)
        if left:
            parts.append(text(left - 10, y + THICK / 2 + 5, category.name, anchor="end"))
        else:
            parts.append(text(0, y - 6, category.name, "chart-above"))
        parts += _bar(plot, y, one)
    return Drawing(variant, width, plot.bottom + (28 if left else 0), tuple(parts))


def _key(names: Sequence[str], threshold: str, left: float, width: float) -> tuple[list[str], float]:
    """The key, as many entries to a line as there is room for, and where the plot begins below it."""
    parts: list[str] = []
    x, y = left, 2.0
    for number, name in enumerate((*names, threshold)):
        room = width_of(name) + 42
        if x > left and x + room > width:
            x, y = left, y + KEY
        if number < len(names):
            parts.append(box(x + 1, y, 24, 14, f"chart-heat chart-heat--{SHADES[number]}"))
        else:
            parts.append(straight(x + 13, y - 2, x + 13, y + 16, "chart-threshold"))
        parts.append(text(x + 32, y + 12, name))
        x += room
    return parts, y + KEY + 6


def _bar(plot: Plot, y: float, one: Stack) -> list[str]:
    if one.over.value is None:
        word = one.over.in_drawing()
        empty = box(plot.left, y, plot.right - plot.left, THICK, "chart-heat chart-heat--none")
        return [empty, text(plot.left + 6, y + 16, word, "chart-symbol")]
    at = 1 - float(one.over.value)
    parts = [
        *_side(plot, y, one.parts[:2], SHADES[:2], 0.0, at),
        *_side(plot, y, one.parts[2:], SHADES[2:], at, 1.0),
    ]
    x = plot.x(at)
    return [*parts, straight(x, y - 5, x, y + THICK + 5, "chart-threshold")]


def _side(
    plot: Plot, y: float, figures: Sequence[Figure], shades: Sequence[int], start: float, end: float
) -> list[str]:
    """The parts on one side of the threshold; together, in words, where one of them is not shown."""
    hidden = next((figure for figure in figures if not figure.is_shown), None)
    if hidden is not None:
        return _part(plot, y, start, end, "none", hidden.in_drawing(True))
    parts: list[str] = []
    for figure, shade in zip(figures, shades, strict=True):
        share = float(figure.value or 0)
        parts += _part(plot, y, start, start + share, str(shade), figure.text)
        start += share
    return parts


def _part(plot: Plot, y: float, start: float, end: float, shade: str, said: str) -> list[str]:
    """One part with its share in it, where there is room."""
    if end - start < LEAST:
        return []
    x, wide = plot.x(start), plot.x(end) - plot.x(start)
    parts = [box(x, y, wide, THICK, f"chart-heat chart-heat--{shade}")]
    if width_of(said) + 8 <= wide:
        look = "chart-symbol" if shade == "none" else f"chart-heat-text--{shade}"
        parts.append(text(x + wide / 2, y + 16, said, look, anchor="middle"))
    return parts
