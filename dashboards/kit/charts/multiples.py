"""Small multiples: the same small line chart for each of many, all on one scale, so that they can be compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboards.kit.charts.axes import Plot, places
from dashboards.kit.charts.data import Category, Marker, Scale, Series, scale_for, shown, tick_text
from dashboards.kit.charts.sentences import described
from dashboards.kit.charts.svg import Drawing, mark, path, straight, text
from dashboards.kit.formats import Figure

WIDTH, HEIGHT = 230, 112


@dataclass(frozen=True)
class Panel:
    """One of the many: its name and its figures, one for each point in time."""

    name: str
    figures: tuple[Figure, ...]


def multiples(
    name: str, over: Sequence[Category], panels: Sequence[Panel], markers: Sequence[Marker] = (), unit: str = "rate"
) -> tuple[Markup, ...]:
    """One small chart for each panel, in their order, on the scale of all of them.

    ``markers`` are dashed lines across each of them, such as the national rate. ``name`` is unique on the page.
    """
    scale = scale_for(shown([Series(panel.name, panel.figures) for panel in panels], markers), unit)
    scale = Scale(scale.low, scale.high, scale.high - scale.low)
    return tuple(
        _panel(over, panel, markers, scale, unit).svg(
            f"{name}-{number}", panel.name, described(over, [Series(panel.name, panel.figures)], markers)
        )
        for number, panel in enumerate(panels)
    )


def _panel(over: Sequence[Category], panel: Panel, markers: Sequence[Marker], scale: Scale, unit: str) -> Drawing:
    plot = Plot(44, 10, 178, HEIGHT - 24)
    parts = []
    for tick in (scale.low, scale.high):
        y = plot.y(scale.share(tick))
        parts += [
            straight(plot.left, y, plot.right, y, "chart-grid"),
            text(plot.left - 6, y + 5, tick_text(tick, scale, unit), anchor="end"),
        ]
    for marker in markers:
        if marker.figure.value is not None:
            y = plot.y(scale.share(float(marker.figure.value)))
            parts.append(straight(plot.left, y, plot.right, y, "chart-reference"))
    parts += _course(plot, panel.figures, scale)
    if over:
        parts.append(text(plot.left, HEIGHT - 6, over[0].label))
        if len(over) > 1:
            parts.append(text(plot.right, HEIGHT - 6, over[-1].label, anchor="end"))
    return Drawing("both", WIDTH, HEIGHT, tuple(parts))


def _course(plot: Plot, figures: Sequence[Figure], scale: Scale) -> list[str]:
    parts: list[str] = []
    run: list[tuple[float, float]] = []
    last: tuple[float, float, Figure] | None = None
    for x, figure in zip(places(plot, len(figures)), figures, strict=True):
        if figure.value is None:
            parts += _drawn(run)
            run = []
            continue
        run.append((x, plot.y(scale.share(float(figure.value)))))
        last = (*run[-1], figure)
    parts += _drawn(run)
    if last is None:
        symbol = figures[-1] if figures else Figure(None)
        middle = (plot.left + plot.right) / 2
        return [text(middle, (plot.top + plot.bottom) / 2 + 5, symbol.in_drawing(), "chart-symbol", "middle")]
    x, y, figure = last
    return [*parts, mark(0, x, y, "chart-mark chart-mark--0", 3.5), text(plot.right + 6, y + 5, figure.text)]


def _drawn(run: Sequence[tuple[float, float]]) -> list[str]:
    if len(run) > 1:
        return [path(run, "chart-line chart-line--0")]
    return [mark(0, x, y, "chart-mark chart-mark--0", 2.5) for x, y in run]
