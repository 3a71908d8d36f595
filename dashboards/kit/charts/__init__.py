"""Charts as SVG: typed data in, ``Markup`` out, with title, description, text as text, and a narrow variant.

Colours, dashes and markers are classes of the style sheet (a strict content policy allows no inline style). A
figure that is not shown leaves a gap that says why. Nothing is said by colour alone.
"""

from dashboards.kit.charts import sentences
from dashboards.kit.charts.bars import bars
from dashboards.kit.charts.data import Break, Category, Marker, Series, categories
from dashboards.kit.charts.dots import dots
from dashboards.kit.charts.dumbbell import Ends, dumbbell
from dashboards.kit.charts.heat import heat
from dashboards.kit.charts.line import line
from dashboards.kit.charts.multiples import Panel, multiples
from dashboards.kit.charts.panels import Compared, panels
from dashboards.kit.charts.stacked import Stack, stacked

__all__ = [
    "Break",
    "Category",
    "Compared",
    "Ends",
    "Marker",
    "Panel",
    "Series",
    "Stack",
    "bars",
    "categories",
    "dots",
    "dumbbell",
    "heat",
    "line",
    "multiples",
    "panels",
    "sentences",
    "stacked",
]
