"""Charts as pictures, for documents that cannot hold a drawing: PNG out of the very SVG that a page shows.

By resvg, a library of 3 MB in the wheel that needs nothing of the machine: no cairo, no browser. Colours and dashes
are those of the style sheet, letters those of the pages (Roboto), so a picture looks like its page.
"""

import re
from functools import cache, lru_cache
from xml.etree.ElementTree import fromstring

import resvg_py
from markupsafe import Markup

from dashboards.kit.static_files import FOLDER

FONT = FOLDER / "vendor" / "roboto-latin-400-normal.ttf"
WIDTH = 1600  # pixels: 10 per millimetre of a sheet of A4 between its margins
KEPT = 64  # pictures of about 40 kB each
DRAWN = re.compile(r"fill|stroke(-\w+)?|font-size|paint-order")
RULE = re.compile(r"([^{}@;]+)\{([^{}]*)\}")
FIRST = re.compile(r"<svg .*?</svg>", re.DOTALL)


def picture(svg: Markup) -> bytes:
    """The first variant of a chart, its wide one, as PNG on white. Raises ValueError where it is no drawing."""
    found = FIRST.search(svg)
    if found is None:
        raise ValueError("a chart without a drawing has no picture")
    return _drawn(found[0])


def size_of(svg: Markup) -> tuple[float, float]:
    """Width and height of that variant, in units of the drawing. Raises ValueError where it is no drawing."""
    found = FIRST.search(svg)
    if found is None:
        raise ValueError("a chart without a drawing has no size")
    _, _, width, height = fromstring(found[0]).attrib["viewBox"].split()  # noqa: S314  # of our own making
    return float(width), float(height)


@lru_cache(maxsize=KEPT)
def _drawn(svg: str) -> bytes:
    made = resvg_py.svg_to_bytes(
        svg_string=svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1),
        style_sheet=style_sheet(),
        skip_system_fonts=True,
        font_files=[str(FONT)],
        font_family="Roboto",
        width=WIDTH,
        background="#ffffff",
    )
    return bytes(made)


@cache
def style_sheet() -> str:
    """What ``dashboards.css`` says of drawings, its variables put in: one rule a line."""
    text = re.sub(r"/\*.*?\*/", "", (FOLDER / "dashboards.css").read_text(), flags=re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", text))
    rules = [".chart-svg text { font-family: Roboto }"]
    for selector, said in RULE.findall(text):
        if not selector.strip().startswith(".chart-"):
            continue
        kept = [one.strip() for one in said.split(";") if DRAWN.fullmatch(one.partition(":")[0].strip())]
        if kept:
            rules.append(f"{selector.strip()} {{ {'; '.join(kept)} }}")
    return re.sub(r"var\(--([a-z-]+)\)", lambda name: colours[name[1]], "\n".join(rules))
