"""Small panels beside each other, each with the same groups as dots, all on one scale: one organiser, one panel."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboards.kit.charts.axes import Plot
from dashboards.kit.charts.data import Category, Scale, Series, scale_for, shown, tick_text
from dashboards.kit.charts.sentences import described
from dashboards.kit.charts.svg import Anchor, Drawing, mark, straight, text, width_of
from dashboards.kit.formats import Figure

WIDTH, ROW, VALUE = 200, 24, 48


@dataclass(frozen=True)
class Compared:
    """A panel: its name, the figure of each group, and what each of them is compared with."""

    name: str
    figures: tuple[Figure, ...]
    beside: tuple[Figure, ...]


def panels(
    name: str, among: Sequence[Category], found: Sequence[Compared], names: tuple[str, str]
) -> tuple[Markup, ...]:
    """A drawing for each panel, in their order, rates (0 to 1) on the scale of all of them.

    Figures are filled dots with their value beside them, what they are compared with hollow triangles; ``names`` are
    what these are called. ``name`` is unique on the page. Raises ValueError where figures do not fit the groups.
    """
    if any(len(one.figures) != len(among) or len(one.beside) != len(among) for one in found):
        raise ValueError(f"{name}: each panel has {len(among)} figures, and as many beside them")
    series = [(Series(names[0], one.figures), Series(names[1], one.beside)) for one in found]
    scale = scale_for(shown([one for pair in series for one in pair]), "rate")
    return tuple(
        _panel(among, one, scale).svg(f"{name}-{number}", one.name, described(among, pair, in_time=False))
        for number, (one, pair) in enumerate(zip(found, series, strict=True))
    )


def _panel(among: Sequence[Category], one: Compared, scale: Scale) -> Drawing:
    left = max((width_of(category.label) for category in among), default=20) + 10
    plot = Plot(left + 6, 4, WIDTH - VALUE - 4, 4 + ROW * len(among))
    parts = []
    for tick in (scale.low, scale.high):
        x = plot.x(scale.share(tick))
        anchor: Anchor = "start" if tick == scale.low else "end"
        parts.append(straight(x, plot.top, x, plot.bottom, "chart-grid"))
        parts.append(text(x, plot.bottom + 16, tick_text(tick, scale, "rate"), anchor=anchor))
    for index, (category, figure, other) in enumerate(zip(among, one.figures, one.beside, strict=True)):
        y = plot.top + (index + 0.5) * ROW
        parts.append(straight(plot.left, y, plot.right, y, "chart-track"))
        parts.append(text(left - 4, y + 5, category.label, anchor="end"))
        for number, (kind, value) in enumerate(((2, other.value), (0, figure.value))):
            if value is not None:
                x = plot.x(scale.share(float(value)))
                parts.append(mark(kind, x, y, f"chart-mark chart-mark--{kind}", 4 + number))
        look = "" if figure.is_shown else "chart-symbol"
        parts.append(text(plot.right + 8, y + 5, figure.in_drawing(True), look))
    return Drawing("both", WIDTH, plot.bottom + 22, tuple(parts))
