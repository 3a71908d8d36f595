"""The few pieces of SVG that charts are made of. All text is escaped here and nowhere else."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

Anchor = Literal["start", "middle", "end"]
CHARACTER = 0.56  # mean width of a character of Roboto, as a share of its size
TEXT_SIZE = 14  # in units of the drawing; the style sheet sets the same


def number(value: float) -> str:
    """A coordinate with one decimal, without a needless zero."""
    return f"{value:.1f}".removesuffix(".0")


def width_of(text: str, size: float = TEXT_SIZE) -> float:
    """How wide a text is, about, in units of the drawing."""
    return len(text) * CHARACTER * size


def text(x: float, y: float, content: str, look: str = "", anchor: Anchor = "start") -> str:
    """A text; ``look`` are classes of the style sheet."""
    side = "" if anchor == "start" else f' text-anchor="{anchor}"'
    kind = f' class="{look}"' if look else ""
    return f'<text x="{number(x)}" y="{number(y)}"{side}{kind}>{escape(content)}</text>'


def straight(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
    """A straight line."""
    return f'<path class="{look}" d="M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}"/>'


def box(x: float, y: float, width: float, height: float, look: str) -> str:
    """A rectangle."""
    return (
        f'<rect class="{look}" x="{number(x)}" y="{number(y)}" '
        f'width="{number(max(width, 0))}" height="{number(max(height, 0))}"/>'
    )


def path(points: Iterable[tuple[float, float]], look: str) -> str:
    """A line through points."""
    return f'<path class="{look}" d="M{"L".join(f"{number(x)} {number(y)}" for x, y in points)}"/>'


def mark(kind: int, x: float, y: float, look: str, size: float = 4.5) -> str:
    """The marker of the series of this number: circle, square, triangle, diamond."""
    if kind % 4 == 0:
        return f'<circle class="{look}" cx="{number(x)}" cy="{number(y)}" r="{number(size)}"/>'
    corners = (4, 3, 4)[kind % 4 - 1]
    turn = (math.pi / 4, -math.pi / 2, 0.0)[kind % 4 - 1]
    radius = size * 1.3
    points = (
        (x + radius * math.cos(turn + 2 * math.pi * step / corners),
         y + radius * math.sin(turn + 2 * math.pi * step / corners))
        for step in range(corners)
    )  # fmt: skip
    return f'<path class="{look}" d="M{"L".join(f"{number(px)} {number(py)}" for px, py in points)}Z"/>'


@dataclass(frozen=True)
class Drawing:
    """One variant of a chart: ``wide`` for room of 36 rem and more, ``narrow`` below, ``both`` for any."""

    variant: Literal["wide", "narrow", "both"]
    width: float
    height: float
    parts: tuple[str, ...]

    def svg(self, name: str, title: str, description: str) -> Markup:
        """The element, with a title and description that a screen reader says. ``name`` begins its ids."""
        this = f"{name}-{self.variant}"
        size = f"0 0 {number(self.width)} {number(self.height)}"
        return Markup(  # noqa: S704  # made of numbers and of texts escaped above
            f'<svg class="chart-svg chart-svg--{self.variant}" viewBox="{size}" '
            f'role="img" aria-labelledby="{this}-title {this}-desc">'
            f'<title id="{this}-title">{escape(title)}</title><desc id="{this}-desc">{escape(description)}</desc>'
            f"{''.join(self.parts)}</svg>"
        )
