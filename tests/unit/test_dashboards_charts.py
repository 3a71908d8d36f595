"""Charts: well-formed, named, told in text, honest about their axes, and readable without colour."""

import re
import xml.etree.ElementTree as ElementTree
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from dashboards.kit.charts import (
    Break,
    Category,
    Compared,
    Ends,
    Marker,
    Panel,
    Series,
    bars,
    categories,
    dots,
    dumbbell,
    heat,
    line,
    multiples,
    panels,
)
from dashboards.kit.charts.data import count_scale, rate_scale
from dashboards.kit.charts.heat import STEPS, step_of
from dashboards.kit.formats import Figure
from dashboards.kit.static_files import FOLDER

SVG = "{http://www.w3.org/2000/svg}"
MONTHS = categories(["August", "September", "October", "November"])


def rates(*values: float | str | None) -> tuple[Figure, ...]:
    return tuple(
        Figure(None, value or "[x]") if value is None or isinstance(value, str) else Figure(Decimal(str(value)))
        for value in values
    )


def drawings(markup: Markup) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(f"<all>{markup}</all>"))


def texts(drawing: ElementTree.Element) -> list[str]:
    return [found.text or "" for found in drawing.iter("text")]


YEAR = Series("2025/26", rates(0.93, 0.92, "[c]", 0.94))
BEFORE = Series("2024/25", rates(0.91, 0.90, 0.92, None))
BROKEN = [Break(2, "something changed")]
NATION = Marker("Scotland, 2022/23", Figure(Decimal("0.902")))
CHARTS = {
    "line": line("a", "Attendance by month", MONTHS, [YEAR, BEFORE], [NATION]),
    "bars": bars("b", "Share by month", MONTHS, [YEAR, BEFORE]),
    "dots": dots("c", "Attendance by month", MONTHS, [YEAR, BEFORE], [NATION]),
    "dumbbell": dumbbell(
        "e",
        "Ends by month",
        MONTHS,
        [Ends(*pair) for pair in zip(YEAR.figures, BEFORE.figures, strict=True)],
        ("One", "Two"),
    ),
    "heat": heat("d", "By month and year", categories(["One", "Two"]), MONTHS, [YEAR.figures, BEFORE.figures]),
}


@pytest.mark.parametrize("kind", CHARTS)
def test_every_chart_has_two_variants_with_role_title_and_description(kind: str) -> None:
    found = drawings(CHARTS[kind])
    assert [drawing.get("class") for drawing in found] == ["chart-svg chart-svg--wide", "chart-svg chart-svg--narrow"]
    ids = [element.get("id") for drawing in found for element in drawing.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), "ids are unique on a page"
    for drawing in found:
        assert drawing.get("role") == "img"
        title, description = drawing.find("title"), drawing.find("desc")
        assert title is not None
        assert description is not None
        assert drawing.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert title.text
        assert "table below" in (description.text or "")


@pytest.mark.parametrize("kind", CHARTS)
def test_nothing_is_styled_inline(kind: str) -> None:
    """The content policy allows no inline style, and colours belong into the style sheet."""
    for drawing in drawings(CHARTS[kind]):
        for element in drawing.iter():
            assert not {"style", "fill", "stroke", "onclick"} & set(element.attrib)
        look = {name for element in drawing.iter() for name in element.get("class", "").split()}
        known = (FOLDER / "dashboards.css").read_text()
        assert not [name for name in look if f".{name}" not in known and not re.fullmatch(r".*-text--(\d|none)", name)]


@pytest.mark.parametrize("kind", CHARTS)
def test_a_figure_that_is_not_shown_says_so_there_in_words(kind: str) -> None:
    for drawing in drawings(CHARTS[kind]):
        assert any("too few" in text for text in texts(drawing))


def test_a_line_breaks_where_a_figure_is_not_shown() -> None:
    wide = drawings(line("a", "t", MONTHS, [Series("x", rates(0.9, 0.91, None, 0.92))]))[0]
    strokes = [found for found in wide.iter("path") if found.get("class") == "chart-line chart-line--0"]
    assert len(strokes) == 1, "one run of two points, and one point alone that has no line"
    assert len(list(wide.iter("circle"))) == 3


@pytest.mark.parametrize("kind", ["line", "dots"])
def test_an_axis_that_does_not_begin_at_zero_says_so(kind: str) -> None:
    for drawing in drawings(CHARTS[kind]):
        assert any("not at zero" in text for text in texts(drawing))
        description = drawing.find("desc")
        assert description is not None
        assert "not at zero" in (description.text or "")


def test_bars_always_begin_at_zero() -> None:
    wide = drawings(CHARTS["bars"])[0]
    assert "0%" in texts(wide)


def test_series_differ_by_dash_and_marker_as_well_as_by_colour() -> None:
    sheet = (FOLDER / "dashboards.css").read_text()
    dashes = re.findall(r"\.chart-line--\d \{([^}]*)\}", sheet)
    assert len({re.sub(r"stroke: [^;]*;", "", dash).strip() for dash in dashes}) == 4
    four = [Series(str(number), rates(0.9, 0.9, 0.9, 0.9)) for number in range(4)]
    wide = drawings(line("m", "t", MONTHS, four))[0]
    shapes = {
        (found.tag, len(found.get("d", "").split("L")), found.get("d", "").count("Z"))
        for found in wide.iter()
        if "chart-mark--" in found.get("class", "")
    }
    assert len(shapes) == 3, "circle, three and four corners (square and diamond are turned)"


def test_text_from_the_database_is_escaped() -> None:
    evil = '<script>alert("x")</script>'
    found = line("x", evil, categories([evil]), [Series(evil, rates(0.9))], [Marker(evil, Figure(Decimal("0.9")))])
    assert "<script" not in found
    assert drawings(found)


def test_small_multiples_share_one_scale() -> None:
    panels = [Panel("A", rates(0.90, 0.91)), Panel("B", rates(0.80, 0.85)), Panel("C", rates("[c]", "[c]"))]
    found = [drawings(svg)[0] for svg in multiples("m", MONTHS[:2], panels)]
    axes = [[text for text in texts(drawing) if re.fullmatch(r"\d+%", text)] for drawing in found]
    assert axes[0] == axes[1] == axes[2]
    assert any("too few pupils" in text for text in texts(found[2]))


def test_a_series_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="figures"):
        line("x", "t", MONTHS, [Series("x", rates(0.9))])
    with pytest.raises(ValueError, match="rows"):
        heat("x", "t", MONTHS, MONTHS, [])


@given(st.lists(st.floats(0, 1), max_size=40))
def test_a_rate_scale_holds_all_values_and_never_more_than_everything(values: list[float]) -> None:
    scale = rate_scale(values)
    assert 0 <= scale.low < scale.high <= 1
    assert all(scale.low - 1e-6 <= value <= scale.high + 1e-6 for value in values)
    assert 2 <= len(scale.ticks) <= 7


@given(st.lists(st.integers(0, 999_999), max_size=40))
def test_a_count_scale_begins_at_zero_and_holds_all_values(values: list[int]) -> None:
    scale = count_scale([float(value) for value in values])
    assert scale.low == 0
    assert scale.high >= max(values, default=0)
    assert len(scale.ticks) <= 6


@given(
    st.lists(st.one_of(st.none(), st.decimals("0", "1", places=4)), min_size=1, max_size=45),
    st.sampled_from([line, dots, bars]),
)
def test_any_figures_make_a_drawing(values: list[Decimal | None], draw: object) -> None:
    over = [Category(f"Week {number}") for number in range(len(values))]
    figures = tuple(Figure(value, None if value is not None else "[c]") for value in values)
    for drawing in drawings(draw("x", "t", over, [Series("s", figures)])):  # type: ignore[operator]
        assert "nan" not in ElementTree.tostring(drawing, encoding="unicode").lower()


def test_steps_of_colour_cover_the_range() -> None:
    assert step_of(0.9, 0.9, 0.9) == 0
    assert [step_of(value / 10, 0, 1) for value in (0, 2, 4, 6, 8, 10)] == [0, 1, 2, 3, 4, STEPS - 1]


def colours() -> dict[str, str]:
    sheet = (FOLDER / "dashboards.css").read_text()
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", sheet))


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["dark-blue", "dark-pink", "turquoise", "dark-grey"])
def test_lines_and_bars_stand_out_from_the_page(name: str) -> None:
    assert contrast(colours()[name], "#ffffff") >= 3, "WCAG 2.2, 1.4.11"


@pytest.mark.parametrize("name", ["text", "text-quiet", "link"])
def test_text_can_be_read(name: str) -> None:
    assert contrast(colours()[name], "#ffffff") >= 4.5, "WCAG 2.2, 1.4.3"
    assert contrast(colours()[name], colours()["shade"]) >= 4.5


def test_text_in_a_heat_map_can_be_read_on_its_colour() -> None:
    sheet = (FOLDER / "dashboards.css").read_text()
    fills = dict(re.findall(r"\.chart-heat--(\d) \{ fill: (#[0-9a-f]{6}); \}", sheet))
    white = re.findall(r"chart-heat-text--(\d)", sheet)
    assert len(fills) == STEPS
    for step, fill in fills.items():
        assert contrast(fill, "#ffffff" if step in white else colours()["text"]) >= 4.5, step


def test_a_line_is_not_joined_across_a_break_and_says_why() -> None:
    whole = Series("2025/26", rates(0.9, 0.91, 0.92, 0.93))

    def segments(drawing: ElementTree.Element) -> list[int]:
        """How many points each piece of the line joins to the one before; a key's own piece joins one."""
        found = [one.get("d", "") for one in drawing.iter("path") if one.get("class") == "chart-line chart-line--0"]
        return [path.count("L") for path in found]

    plain, broken = (line("a", "By month", MONTHS, [whole], breaks=breaks) for breaks in ((), BROKEN))
    for one, other in zip(drawings(plain), drawings(broken), strict=True):
        assert 3 in segments(one)
        assert 3 not in segments(other)
        assert segments(other).count(1) == segments(one).count(1) + 2
        assert [mark.get("class") for mark in other.iter("path")].count("chart-break") == 1
        description = other.find("desc")
        assert description is not None
        assert "Not joined before October: something changed." in (description.text or "")


def test_both_ends_of_a_dumbbell_are_written_and_joined() -> None:
    drawing = dumbbell(
        "a", "Gap", categories(["P1", "P4", "P7"]),
        [Ends(*rates(0.6, 0.8)), Ends(*rates(0.7, "[c]")), Ends(*rates("[c]", "[c]"))], ("Most", "Least"),
    )  # fmt: skip
    for found in drawings(drawing):
        said = texts(found)
        assert {"60.0%", "80.0%", "70.0%", "Most", "Least"} <= set(said)
        assert "too few" in said
        assert "too few pupils to show" in said
        assert len([one for one in found.iter("path") if one.get("class") == "chart-link"]) == 1
    with pytest.raises(ValueError, match="pairs of ends"):
        dumbbell("a", "Gap", categories(["P1"]), [], ("Most", "Least"))


def test_panels_stand_on_one_scale() -> None:
    among = categories(["P1", "P4"])
    drawn = panels(
        "a", among,
        [
            Compared("Reading", rates(0.6, 0.9), rates(0.7, 0.8)),
            Compared("Writing", rates(0.65, "[c]"), rates(None, 0.7)),
        ],
        ("Here", "Scotland"),
    )  # fmt: skip
    ends = [[text for text in texts(found) if text in {"60%", "90%"}] for one in drawn for found in drawings(one)]
    assert ends == [["60%", "90%"]] * 2
    assert "too few" in texts(drawings(drawn[1])[0])
    with pytest.raises(ValueError, match="as many beside"):
        panels("a", among, [Compared("Reading", rates(0.6), rates(0.7))], ("Here", "Scotland"))
