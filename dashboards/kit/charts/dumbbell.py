"""Two ends of each row with the line between them: how far apart two groups are, where both of them are seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from dashboards.kit.charts.axes import Plot, level, says_where_it_begins
from dashboards.kit.charts.data import Category, Scale, Series, scale_for, shown
from dashboards.kit.charts.sentences import described
from dashboards.kit.charts.svg import Anchor, Drawing, mark, straight, text, width_of
from dashboards.kit.formats import Figure

ROW, ABOVE = 34, 20
KEY = 22
VALUE = 50  # room beside an end for its value
ANCHORS: tuple[Anchor, Anchor] = ("start", "end")
LOOKS = ("chart-mark chart-mark--1", "chart-mark chart-mark--0")


@dataclass(frozen=True)
class Ends:
    """The figures of the two groups in one row, in the order of their names."""

    first: Figure
    second: Figure


def dumbbell(name: str, title: str, among: Sequence[Category], ends: Sequence[Ends], names: tuple[str, str]) -> Markup:
    """Rates (0 to 1) of two groups in two variants, each with its value beside it, on a scale that holds all of them.

    ``names`` are the two groups: the first is drawn hollow and square, the second filled and round. A row of which an
    end is not shown says so in words. ``name`` is unique on the page. Raises ValueError where ends do not fit rows.
    """
    if len(ends) != len(among):
        raise ValueError(f"{name}: {len(among)} rows need as many pairs of ends")
    series = [Series(names[0], tuple(one.first for one in ends)), Series(names[1], tuple(one.second for one in ends))]
    scale = scale_for(shown(series), "rate")
    begins = says_where_it_begins(scale, "rate")
    description = described(among, series, (), begins, in_time=False)
    left = min(max((width_of(category.name) for category in among), default=60) + 16, 230)
    drawings = (
        _draw("wide", 640, left, among, ends, names, scale, begins),
        _draw("narrow", 320, 0, among, ends, names, scale, begins),
    )
    return Markup("").join(drawing.svg(name, title, description) for drawing in drawings)


def _draw(
    variant: Literal["wide", "narrow"], width: float, left: float, among: Sequence[Category], ends: Sequence[Ends],
    names: tuple[str, str], scale: Scale, begins: str,
) -> Drawing:  # fmt: skip
    """Names stand beside the rows where there is room (``left``), otherwise above them."""
    row: float = ROW if left else ROW + ABOVE
    parts: list[str] = []
    y: float
    for number, said in enumerate(names):
        y = 12 + number * KEY
        parts += [mark(1 - number, left + 12, y, LOOKS[number], 6), text(left + 28, y + 5, said)]
    top = 10.0 + len(names) * KEY
    plot = Plot(left + VALUE, top, width - VALUE, top + row * len(among))
    parts += level(plot, scale, "rate")
    for index, (category, one) in enumerate(zip(among, ends, strict=True)):
        y = top + index * row + (row / 2 if left else row - 15)
        parts.append(straight(plot.left, y, plot.right, y, "chart-track"))
        if left:
            parts.append(text(left - 10, y + 5, category.name, anchor="end"))
        else:
            parts.append(text(0, y - 14, category.name, "chart-above"))
        parts += _row(plot, y, one, scale)
    if begins:
        parts.append(text(left if variant == "wide" else 0, plot.bottom + 42, begins, "chart-note"))
    return Drawing(variant, width, plot.bottom + (50 if begins else 28), tuple(parts))


def _row(plot: Plot, y: float, one: Ends, scale: Scale) -> list[str]:
    """The ends that are shown, joined where both are; why one is not, in words, where the other one leaves room."""
    known = [
        (plot.x(scale.share(float(figure.value))), number, figure)
        for number, figure in enumerate((one.first, one.second))
        if figure.value is not None
    ]
    parts = []
    if len(known) == 2:
        parts.append(straight(known[0][0], y, known[1][0], y, "chart-link"))
    for x, number, figure in known:
        is_left = x < max(at for at, _, _ in known) or (len(known) == 2 and number == 0 and known[0][0] == known[1][0])
        parts.append(mark(1 - number, x, y, LOOKS[number], 6))
        parts.append(text(x - 12 if is_left else x + 12, y + 5, figure.text, anchor="end" if is_left else "start"))
    hidden = [figure for figure in (one.first, one.second) if not figure.is_shown]
    if hidden and not known:
        parts.append(text(plot.left + 6, y + 5, hidden[0].word, "chart-symbol"))
    elif hidden:
        is_far = known[0][0] > (plot.left + plot.right) / 2
        at, anchor = (plot.left + 6, ANCHORS[0]) if is_far else (plot.right - 6, ANCHORS[1])
        parts.append(text(at, y + 5, hidden[0].in_drawing(True), "chart-symbol", anchor))
    return parts
