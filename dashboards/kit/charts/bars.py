"""Bars across, always from zero: counts, shares and rates whose lengths may be compared. At most two series."""

from collections.abc import Sequence

from markupsafe import Markup

from dashboards.kit.charts.axes import Plot, level
from dashboards.kit.charts.data import Category, Scale, Series, scale_for, shown
from dashboards.kit.charts.sentences import described
from dashboards.kit.charts.svg import Drawing, box, straight, text, width_of

THICK = 20
KEY = 26


def bars(name: str, title: str, among: Sequence[Category], series: Sequence[Series], unit: str = "rate") -> Markup:
    """Bars in two variants, each with its value at its end; a figure that is not shown says so there in words.

    The second series is drawn hollow. ``name`` is unique on the page. Raises ValueError where a series does not
    fit or there are more than two.
    """
    if len(series) > 2 or any(len(one.figures) != len(among) for one in series):
        raise ValueError(f"{name}: at most 2 series, each with {len(among)} figures")
    scale = scale_for(shown(series), unit, from_zero=True)
    description = described(among, series, in_time=False)
    drawings = (_wide(among, series, scale, unit), _narrow(among, series, scale, unit))
    return Markup("").join(drawing.svg(name, title, description) for drawing in drawings)


def _wide(among: Sequence[Category], series: Sequence[Series], scale: Scale, unit: str) -> Drawing:
    left = min(max((width_of(category.name) for category in among), default=60) + 16, 250)
    top = 8.0 + (KEY if len(series) > 1 else 0)
    row = THICK * len(series) + 14
    plot = Plot(left, top, 584, top + row * len(among))
    parts = [*_key(series, left), *level(plot, scale, unit)]
    for index, category in enumerate(among):
        y = top + index * row + 7
        parts.append(text(left - 10, y + THICK * len(series) / 2 + 5, _fitting(category, left - 16), anchor="end"))
        parts += _bars(plot, y, index, series, scale)
    parts.append(straight(plot.left, plot.top, plot.left, plot.bottom, "chart-base"))
    return Drawing("wide", 640, plot.bottom + 28, tuple(parts))


def _narrow(among: Sequence[Category], series: Sequence[Series], scale: Scale, unit: str) -> Drawing:
    top = 8.0 + KEY * (len(series) if len(series) > 1 else 0)
    row = THICK * len(series) + 32
    plot = Plot(2, top, 262, top + row * len(among))
    parts = _key(series, 0, stacked=True)
    for index, category in enumerate(among):
        y = top + index * row + 22
        parts.append(text(0, y - 6, category.name))
        parts += _bars(plot, y, index, series, scale)
        parts.append(straight(plot.left, y - 1, plot.left, y + THICK * len(series), "chart-base"))
    return Drawing("narrow", 320, plot.bottom + 8, tuple(parts))


def _bars(plot: Plot, y: float, index: int, series: Sequence[Series], scale: Scale) -> list[str]:
    parts = []
    for number, one in enumerate(series):
        figure, top = one.figures[index], y + number * THICK
        if figure.value is None:
            parts.append(text(plot.left + 6, top + 15, figure.word, "chart-symbol"))
            continue
        end = plot.x(scale.share(float(figure.value)))
        parts.append(box(plot.left, top + 1, end - plot.left, THICK - 3, f"chart-bar chart-bar--{number}"))
        parts.append(text(end + 6, top + 15, figure.text))
    return parts


def _key(series: Sequence[Series], left: float, stacked: bool = False) -> list[str]:
    if len(series) < 2:
        return []
    parts, x, y = [], left, 2.0
    for number, one in enumerate(series):
        parts += [box(x + 1, y, 24, 14, f"chart-bar chart-bar--{number}"), text(x + 32, y + 12, one.name)]
        x, y = (x, y + KEY) if stacked else (x + width_of(one.name) + 64, y)
    return parts


def _fitting(category: Category, room: float) -> str:
    return category.name if width_of(category.name) <= room else category.label
