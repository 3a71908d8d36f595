"""A heat map: figures by row and column, each written in its cell, so that the colour only helps."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from dashboards.kit.charts.data import Category
from dashboards.kit.charts.svg import Drawing, box, text, width_of
from dashboards.kit.formats import Figure

STEPS = 5
ROW = 34
NARROW_COLUMNS = 5
KEY = "Darker is higher"


def heat(
    name: str,
    title: str,
    rows: Sequence[Category],
    columns: Sequence[Category],
    figures: Sequence[Sequence[Figure]],
) -> Markup:
    """A heat map in two variants; ``figures[row][column]``. Darker is higher, and the key says from where to where.

    Narrow, the columns are parted into blocks of five below each other. ``name`` is unique on the page. Raises
    ValueError where the figures do not fit rows and columns.
    """
    if len(figures) != len(rows) or any(len(row) != len(columns) for row in figures):
        raise ValueError(f"{name}: figures must have {len(rows)} rows of {len(columns)}")
    wide = _wide(rows, columns, figures)
    narrow = _narrow(rows, columns, figures)
    description = _described(rows, columns, figures)
    return Markup("").join(drawing.svg(name, title, description) for drawing in (wide, narrow))


def _range(figures: Sequence[Sequence[Figure]]) -> tuple[float, float]:
    values = [float(figure.value) for row in figures for figure in row if figure.value is not None]
    return (min(values), max(values)) if values else (0.0, 1.0)


def step_of(value: float, low: float, high: float) -> int:
    """Which of the five steps of colour a value gets."""
    return 0 if high <= low else min(int((value - low) / (high - low) * STEPS), STEPS - 1)


def _described(rows: Sequence[Category], columns: Sequence[Category], figures: Sequence[Sequence[Figure]]) -> str:
    known = [
        (float(figure.value), f"{row.name}, {column.name} ({figure.text})")
        for row, line in zip(rows, figures, strict=True)
        for column, figure in zip(columns, line, strict=True)
        if figure.value is not None
    ]
    missing = len(rows) * len(columns) - len(known)
    parts = [f"{len(rows)} rows by {len(columns)} columns."]
    if known:
        parts.append(f"Highest: {max(known)[1]}. Lowest: {min(known)[1]}.")
    if missing:
        parts.append(f"{missing} not shown.")
    return " ".join([*parts, "All figures are in the table below the chart."])


def _wide(rows: Sequence[Category], columns: Sequence[Category], figures: Sequence[Sequence[Figure]]) -> Drawing:
    left = min(max((width_of(row.name) for row in rows), default=60) + 14, 200)
    parts, bottom = _block(rows, columns, figures, left, 640, 0, _range(figures))
    parts += _key(left, bottom + 10, figures)
    return Drawing("wide", 640, bottom + 36, tuple(parts))


def _narrow(rows: Sequence[Category], columns: Sequence[Category], figures: Sequence[Sequence[Figure]]) -> Drawing:
    left = min(max((width_of(row.label) for row in rows), default=60) + 8, 96)
    parts: list[str] = []
    bottom = 0.0
    blocks = max(math.ceil(len(columns) / NARROW_COLUMNS), 1)
    size = math.ceil(len(columns) / blocks)
    for start in range(0, len(columns), size or 1):
        some = slice(start, start + size)
        block, bottom = _block(
            [Category(row.label) for row in rows], columns[some], [line[some] for line in figures],
            left, 320, bottom + (14 if start else 0), _range(figures),
        )  # fmt: skip
        parts += block
    parts += _key(0, bottom + 10, figures, is_narrow=True)
    return Drawing("narrow", 320, bottom + 56, tuple(parts))


def _block(
    rows: Sequence[Category], columns: Sequence[Category], figures: Sequence[Sequence[Figure]],
    left: float, right: float, top: float, between: tuple[float, float],
) -> tuple[list[str], float]:  # fmt: skip
    cell = min((right - left) / max(len(columns), 1), 120)
    parts = [
        text(left + (index + 0.5) * cell, top + 16, _fitting(column, cell), anchor="middle")
        for index, column in enumerate(columns)
    ]
    for number, (row, line) in enumerate(zip(rows, figures, strict=True)):
        y = top + 26 + number * ROW
        parts.append(text(left - 8, y + ROW / 2 + 5, row.name, anchor="end"))
        for index, figure in enumerate(line):
            x = left + index * cell
            look = "none" if figure.value is None else str(step_of(float(figure.value), *between))
            parts.append(box(x + 1, y + 1, cell - 2, ROW - 2, f"chart-heat chart-heat--{look}"))
            parts.append(text(x + cell / 2, y + ROW / 2 + 5, _said(figure, cell), f"chart-heat-text--{look}", "middle"))
    return parts, top + 26 + len(rows) * ROW


def _said(figure: Figure, room: float) -> str:
    said = figure.in_drawing()
    return said if width_of(said) <= room - 2 else figure.in_drawing(has_little_room=True)


def _key(left: float, y: float, figures: Sequence[Sequence[Figure]], is_narrow: bool = False) -> list[str]:
    shown = [figure for row in figures for figure in row if figure.value is not None]
    if not shown:
        return []
    low = min(shown, key=lambda figure: figure.value or 0)
    high = max(shown, key=lambda figure: figure.value or 0)
    parts = [text(left, y + 15, low.text)]
    x = left + width_of(low.text) + 8
    for step in range(STEPS):
        parts.append(box(x + step * 26, y + 2, 26, 17, f"chart-heat chart-heat--{step}"))
    end = x + STEPS * 26 + 8
    parts.append(text(end, y + 15, high.text))
    parts.append(text(left, y + 38, KEY) if is_narrow else text(end + width_of(high.text) + 14, y + 15, KEY))
    return parts


def _fitting(category: Category, room: float) -> str:
    return category.name if width_of(category.name) <= room - 4 else category.label
