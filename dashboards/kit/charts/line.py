"""A line chart: figures over time, at most four series, each with its dash, its marker and its name at its end."""

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from dashboards.kit.charts.axes import Plot, names_below, places, says_where_it_begins, spread, upright
from dashboards.kit.charts.data import Break, Category, Marker, Scale, Series, scale_for, shown
from dashboards.kit.charts.sentences import described
from dashboards.kit.charts.svg import Drawing, mark, path, straight, text, width_of
from dashboards.kit.formats import Figure

MOST_SERIES = 4
MARKERS_UP_TO = 14  # points; beyond, a marker stands only at the end of a line and where a point has no neighbour
LINE = 18


def line(
    name: str,
    title: str,
    over: Sequence[Category],
    series: Sequence[Series],
    markers: Sequence[Marker] = (),
    unit: str = "rate",
    breaks: Sequence[Break] = (),
) -> Markup:
    """A line chart in two variants.

    ``name`` is unique on the page. ``over`` are the points in time, and each series has one figure for each of
    them; one that is not shown leaves a gap that says why. ``markers`` are lines across, such as the national
    rate. At ``breaks`` a line up is drawn, and no series is joined across it; the description says why. Raises
    ValueError where a series does not fit or there are more than four.
    """
    if len(series) > MOST_SERIES or any(len(one.figures) != len(over) for one in series):
        raise ValueError(f"{name}: at most {MOST_SERIES} series, each with {len(over)} figures")
    scale = scale_for(shown(series, markers), unit)
    begins = says_where_it_begins(scale, unit)
    said = [f"Not joined before {over[one.at].name}: {one.says}." for one in breaks]
    description = described(over, series, markers, " ".join(part for part in (*said, begins) if part))
    cuts = frozenset(one.at for one in breaks)
    return Markup("").join(
        drawing.svg(name, title, description)
        for drawing in (
            _wide(over, series, markers, scale, unit, begins, cuts),
            _narrow(over, series, markers, scale, unit, begins, cuts),
        )
    )  # fmt: skip


def _wide(
    over: Sequence[Category], series: Sequence[Series], markers: Sequence[Marker],
    scale: Scale, unit: str, begins: str, cuts: frozenset[int],
) -> Drawing:  # fmt: skip
    labels = [_label(one.name, _last(one.figures)) for one in series]
    labels += [_label(marker.name, marker.figure) for marker in markers]
    room = min(max((width_of(label) for label in labels), default=0) + 16, 220)
    plot = Plot(56, 14, 640 - room, 262)
    parts = [*upright(plot, scale, unit), *_lines(plot, over, series, markers, scale, cuts)]
    ends = [_end(plot, len(over), one.figures, scale) for one in series]
    ends += [plot.y(scale.share(float(m.figure.value))) if m.figure.value is not None else None for m in markers]
    known = [(label, end) for label, end in zip(labels, ends, strict=True) if end is not None]
    heights = spread([end for _, end in known], LINE, plot.top + 4, plot.bottom)
    parts += [text(plot.right + 8, y + 5, label) for (label, _), y in zip(known, heights, strict=True)]
    parts += names_below(plot, over, plot.bottom + 20)
    parts.append(text(plot.left, plot.bottom + 42, begins, "chart-note"))
    return Drawing("wide", 640, plot.bottom + (50 if begins else 28), tuple(parts))


def _narrow(
    over: Sequence[Category], series: Sequence[Series], markers: Sequence[Marker],
    scale: Scale, unit: str, begins: str, cuts: frozenset[int],
) -> Drawing:  # fmt: skip
    named = [(f"chart-line chart-line--{n}", f"chart-mark chart-mark--{n}", n, one.name, _last(one.figures))
             for n, one in enumerate(series)]  # fmt: skip
    parts: list[str] = []
    for row, (look, marked, number, label, figure) in enumerate(named):
        y = 12 + row * (LINE + 2)
        parts += [straight(0, y, 34, y, look), mark(number, 17, y, marked), text(42, y + 5, _label(label, figure))]
    for row, marker in enumerate(markers, len(named)):
        y = 12 + row * (LINE + 2)
        parts += [straight(0, y, 34, y, "chart-reference"), text(42, y + 5, _label(marker.name, marker.figure))]
    top = 16 + (len(named) + len(markers)) * (LINE + 2)
    plot = Plot(48, top, 316, top + 180)
    parts += [*upright(plot, scale, unit), *_lines(plot, over, series, markers, scale, cuts)]
    parts += names_below(plot, over, plot.bottom + 20)
    parts.append(text(0, plot.bottom + 42, begins, "chart-note"))
    return Drawing("narrow", 320, plot.bottom + (50 if begins else 28), tuple(parts))


def _lines(
    plot: Plot, over: Sequence[Category], series: Sequence[Series], markers: Sequence[Marker], scale: Scale,
    cuts: frozenset[int],
) -> list[str]:  # fmt: skip
    parts = []
    step = (plot.right - plot.left) / max(len(over), 1)
    for cut in sorted(cuts):
        x = plot.left + cut * step
        parts.append(straight(x, plot.top, x, plot.bottom, "chart-break"))
    for marker in markers:
        if marker.figure.value is not None:
            y = plot.y(scale.share(float(marker.figure.value)))
            parts.append(straight(plot.left, y, plot.right, y, "chart-reference"))
    across = places(plot, len(over))
    for number, one in reversed(list(enumerate(series))):
        runs = _runs(one.figures, cuts)
        for run in runs:
            points = [(across[at], plot.y(scale.share(float(one.figures[at].value or 0)))) for at in run]
            if len(points) > 1:
                parts.append(path(points, f"chart-line chart-line--{number}"))
            marked = points if len(over) <= MARKERS_UP_TO or len(points) == 1 else points[-1:] * (run is runs[-1])
            parts += [mark(number, x, y, f"chart-mark chart-mark--{number}") for x, y in marked]
    parts += _gaps(plot, across, series)
    return parts


def _gaps(plot: Plot, across: Sequence[float], series: Sequence[Series]) -> list[str]:
    """Why the line of the first series breaks, at the foot of the plot; once for a run of the same, where it fits."""
    parts = []
    free = plot.left
    points = zip(across, series[0].figures if series else (), strict=bool(series))
    for word, run in groupby(points, key=lambda point: "" if point[1].is_shown else point[1].in_drawing(True)):
        places_of_run = [x for x, _ in run]
        half = width_of(word) / 2
        middle = min(max((places_of_run[0] + places_of_run[-1]) / 2, free + half), plot.right - half)
        if word and middle - half >= free:
            parts.append(text(middle, plot.bottom - 6, word, "chart-symbol", "middle"))
            free = middle + half + 6
    return parts


def _runs(figures: Sequence[Figure], cuts: frozenset[int]) -> list[list[int]]:
    """Positions of figures that are shown, in runs without a gap or a break."""
    runs: list[list[int]] = []
    for at, figure in enumerate(figures):
        if figure.is_shown:
            if runs and runs[-1][-1] == at - 1 and at not in cuts:
                runs[-1].append(at)
            else:
                runs.append([at])
    return runs


def _last(figures: Sequence[Figure]) -> Figure | None:
    return next((figure for figure in reversed(figures) if figure.is_shown), None)


def _end(plot: Plot, number: int, figures: Sequence[Figure], scale: Scale) -> float | None:
    figure = _last(figures)
    return None if figure is None or figure.value is None else plot.y(scale.share(float(figure.value)))


def _label(name: str, figure: Figure | None) -> str:
    return name if figure is None or not figure.is_shown else f"{name} {figure.text}"
