"""Dots on a line across: rates of groups beside each other, where the axis need not begin at zero and says so."""

from collections.abc import Sequence
from typing import Literal

from markupsafe import Markup

from dashboards.kit.charts.axes import Plot, level, says_where_it_begins
from dashboards.kit.charts.data import Category, Marker, Scale, Series, scale_for, shown
from dashboards.kit.charts.sentences import described
from dashboards.kit.charts.svg import Drawing, mark, straight, text, width_of

ROW = 30
KEY = 22
ROOM_BESIDE = 80  # of 320: names up to a dozen letters stand beside their rows in the narrow drawing too


def dots(
    name: str,
    title: str,
    among: Sequence[Category],
    series: Sequence[Series],
    markers: Sequence[Marker] = (),
    unit: str = "rate",
) -> Markup:
    """Dots in two variants. The first series is filled and has its values written beside the rows.

    The others are hollow, each with its own marker; ``markers`` are lines up, such as the national rate. ``name``
    is unique on the page. Raises ValueError where a series does not fit or there are more than three.
    """
    if len(series) > 3 or any(len(one.figures) != len(among) for one in series):
        raise ValueError(f"{name}: at most 3 series, each with {len(among)} figures")
    scale = scale_for(shown(series, markers), unit)
    begins = says_where_it_begins(scale, unit)
    description = described(among, series, markers, begins, in_time=False)
    left = min(max((width_of(category.name) for category in among), default=60) + 16, 230)
    wide = _draw("wide", 640, left, among, series, markers, scale, unit, begins)
    beside = max((width_of(category.label) for category in among), default=60) + 16
    beside = beside if beside <= ROOM_BESIDE else 0
    narrow = _draw("narrow", 320, beside, among, series, markers, scale, unit, begins)
    return Markup("").join(drawing.svg(name, title, description) for drawing in (wide, narrow))


def _draw(
    variant: Literal["wide", "narrow"], width: float, left: float, among: Sequence[Category], series: Sequence[Series],
    markers: Sequence[Marker], scale: Scale, unit: str, begins: str,
) -> Drawing:  # fmt: skip
    """Names stand beside the rows where there is room (``left``), otherwise above them."""
    row = ROW if left else ROW + 18
    key = _key(series, markers, left if variant == "wide" else 0)
    top = 6.0 + len(key) * KEY
    plot = Plot(left + 20, top, width - 66, top + row * len(among))
    parts = [part for line in key for part in line]
    parts += level(plot, scale, unit)
    for marker in markers:
        if marker.figure.value is not None:
            x = plot.x(scale.share(float(marker.figure.value)))
            parts.append(straight(x, plot.top, x, plot.bottom, "chart-reference"))
    for index, category in enumerate(among):
        y = top + index * row + (row / 2 if left else row - 13)
        parts.append(straight(plot.left, y, plot.right, y, "chart-track"))
        if left:
            name = category.name if width_of(category.name) <= left - 16 else category.label
            parts.append(text(left - 10, y + 5, name, anchor="end"))
        else:
            parts.append(text(0, y - 12, category.name, "chart-above"))
        parts += _row(plot, y, index, series, scale)
    if begins:
        parts.append(text(left if variant == "wide" else 0, plot.bottom + 42, begins, "chart-note"))
    return Drawing(variant, width, plot.bottom + (50 if begins else 28), tuple(parts))


def _row(plot: Plot, y: float, index: int, series: Sequence[Series], scale: Scale) -> list[str]:
    parts = []
    for number, one in reversed(list(enumerate(series))):
        figure = one.figures[index]
        if figure.value is not None:
            x = plot.x(scale.share(float(figure.value)))
            parts.append(mark(number, x, y, f"chart-mark chart-mark--{number}", 6 if number == 0 else 5))
    first = series[0].figures[index]
    parts.append(text(plot.right + 10, y + 5, first.in_drawing(True), "" if first.is_shown else "chart-symbol"))
    return parts


def _key(series: Sequence[Series], markers: Sequence[Marker], left: float) -> list[list[str]]:
    if len(series) + len(markers) < 2:
        return []
    lines: list[list[str]] = []
    for number, one in enumerate(series):
        y = 12 + len(lines) * KEY
        lines.append([mark(number, left + 12, y, f"chart-mark chart-mark--{number}"), text(left + 28, y + 5, one.name)])
    for marker in markers:
        y = 12 + len(lines) * KEY
        label = f"{marker.name} {marker.figure.text}"
        lines.append([straight(left + 12, y - 8, left + 12, y + 8, "chart-reference"), text(left + 28, y + 5, label)])
    return lines
