"""Sentences computed from figures."""

from decimal import Decimal

from dashboards.kit.charts import Category, Marker, Series, categories
from dashboards.kit.charts import sentences as say
from dashboards.kit.formats import Figure

MONTHS = categories(["August", "September", "October"])


def rate(value: str | None, symbol: str = "[c]") -> Figure:
    return Figure(None, symbol) if value is None else Figure(Decimal(value))


def test_a_trend_says_from_where_to_where_and_the_lowest() -> None:
    figures = [rate("0.9321"), rate("0.9"), rate("0.9401")]
    assert say.trend("Attendance", MONTHS, figures) == (
        "Attendance went from 93.2% in August to 94.0% in October, up 0.8 percentage points; "
        "it was lowest in September (90.0%)."
    )


def test_a_trend_of_what_is_shown() -> None:
    assert (
        say.trend("Attendance", MONTHS, [rate(None), rate("0.9"), rate(None)]) == "Attendance was 90.0% in September."
    )
    assert say.trend("Attendance", MONTHS, [rate(None)] * 3) == "No figure of attendance is shown."


def test_a_comparison_names_both_figures() -> None:
    assert say.comparison(rate("0.934"), rate("0.926"), "Scotland, 2022/23") == (
        "0.8 percentage points above Scotland, 2022/23 (92.6%)"
    )
    assert say.comparison(rate("0.926"), rate("0.926"), "Scotland") == "The same as Scotland (92.6%)"
    assert say.comparison(rate(None), rate("0.9"), "Scotland") == "No comparison with Scotland: too few pupils to show"


def test_a_change_says_since_when() -> None:
    assert say.changed(rate("0.93"), rate("0.938"), "a year before") == (
        "Down 0.8 percentage points from a year before (93.8%)"
    )
    assert say.changed(rate("0.93"), rate("0.93"), "last week") == "No change since last week (93.0%)"


def test_extremes_and_ties() -> None:
    among = categories(["P1", "P2", "P3"])
    assert say.extremes("Attendance", among, [rate("0.9"), rate(None), rate("0.95")]) == (
        "Attendance was highest for P3 (95.0%) and lowest for P1 (90.0%)."
    )
    assert say.extremes("Attendance", among, [rate("0.9")] * 3) == "Attendance was 90.0% for all."
    written_alike = [rate("0.9412"), rate("0.9"), rate("0.9408")]
    assert say.extremes("Attendance", among, written_alike) == (
        "Attendance was highest for P1 and P3 (94.1%) and lowest for P2 (90.0%)."
    )
    many = categories([f"S{number}" for number in range(1, 7)])
    assert say.extremes("Attendance", many, [rate("0.9")] + [rate("0.95")] * 5) == (
        "Attendance was highest for S2, S3 and 3 others (95.0%) and lowest for S1 (90.0%)."
    )


def test_a_gap_is_never_made_from_a_hidden_figure() -> None:
    assert say.gap("Attendance", rate("0.95"), "quintile 5", rate("0.89"), "quintile 1") == (
        "The gap in attendance between quintile 5 (95.0%) and quintile 1 (89.0%) is 6.0 percentage points."
    )
    assert "not shown: too few pupils" in say.gap("Attendance", rate(None), "quintile 1", rate("0.95"), "quintile 5")


def test_a_gap_says_which_way_it_goes() -> None:
    least, most = "the least deprived fifth", "the most deprived fifth"
    assert say.gap("Attendance", rate("0.925"), least, rate("0.928"), most) == (
        "The gap in attendance between the least deprived fifth (92.5%) and the most deprived fifth (92.8%) is "
        "0.3 percentage points, the other way round: more for the most deprived fifth."
    )
    assert say.gap("Attendance", rate("0.9251"), least, rate("0.9249"), most) == (
        "There is no gap in attendance between the least deprived fifth and the most deprived fifth (both 92.5%)."
    )


def test_what_is_hidden_is_said() -> None:
    figures = [rate("0.9"), rate(None), rate(None, "[x]")]
    assert say.hidden(figures) == "2 of 3 figures are not shown: too few pupils or not available."
    assert say.hidden(figures[:1]) == ""
    assert say.hidden(figures[1:], "group") == ("None of 2 groups is shown: too few pupils or not available.")
    assert say.hidden(figures[1:2], "group") == "The only group is not shown: too few pupils."


def test_names_of_groups_within_a_sentence() -> None:
    names = ["Most deprived fifth", "All other areas", "Girls", "P3"]
    assert [say.in_sentence(name) for name in names] == ["the most deprived fifth", "all other areas", "girls", "P3"]


def test_the_description_of_a_chart_tells_each_series() -> None:
    series = [Series("2025/26", (rate("0.9"), rate("0.91"), rate(None)))]
    told = say.described(MONTHS, series, [Marker("Scotland", rate("0.92"))], "The axis begins at 90%, not at zero.")
    assert told == (
        "2025/26: from 90.0% (August) to 91.0% (September). Scotland: 92.0%. "
        "The axis begins at 90%, not at zero. All figures are in the table below the chart."
    )
    groups = [Series("Attendance", (rate("0.9"), rate(None), rate("0.88")))]
    assert say.described(categories(["P1", "P2", "P3"]), groups, in_time=False).startswith(
        "Attendance: between 88.0% (P3) and 90.0% (P1)."
    )
    assert say.described([Category("x")], [Series("y", (rate(None),))]).startswith("y: no figure is shown.")
