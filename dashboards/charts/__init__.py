"""Charts as SVG: typed data in, ``Markup`` out, with title, description, text as text, and a narrow variant.

Colours, dashes and markers are classes of the style sheet (a strict content policy allows no inline style). A
figure that is not shown leaves a gap with its symbol. Nothing is said by colour alone.
"""

from dashboards.charts import sentences
from dashboards.charts.bars import bars
from dashboards.charts.data import Category, Marker, Series, categories
from dashboards.charts.dots import dots
from dashboards.charts.heat import heat
from dashboards.charts.line import line
from dashboards.charts.multiples import Panel, multiples

__all__ = [
    "Category",
    "Marker",
    "Panel",
    "Series",
    "bars",
    "categories",
    "dots",
    "heat",
    "line",
    "multiples",
    "sentences",
]
