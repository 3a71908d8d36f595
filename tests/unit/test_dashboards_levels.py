"""How pupils spread over levels: shares out of counts, a threshold, hidden parts as one, small cohorts in counts."""

import pytest

from dashboards.kit.charts import Category, Stack, stacked
from dashboards.kit.formats import Figure
from dashboards.subjects.attainment.figures.council import Council
from dashboards.subjects.attainment.figures.distribution import DISTANCES, LEVELS, levels_chart, spread
from tests.unit.test_dashboards_attainment_words import ASKED, YEAR, row

PARTS = ("further_below", "one_below", "expected", "above")


def reading(counts: tuple[int | None, ...], cohort: int, achieved: int | None) -> object:
    """A released row of P7; a count of None is hidden."""
    found = dict(zip((f"reading_{part}" for part in PARTS), counts, strict=True))
    return row(
        reading_cohort=cohort, reading_achieved=achieved, reading_achieved_symbol=None if achieved else "[c]",
        reading_share=achieved / cohort if achieved is not None else None,
        reading_levels_symbol="[c]" if None in counts else None, **found,
    )  # fmt: skip


def council(stage: str, found: object) -> Council:
    return Council(ASKED, {}, {}, by_stage={(stage, YEAR): found})  # type: ignore[dict-item]


def test_parts_add_up_and_the_sentence_says_who_is_nearest_below() -> None:
    """Of 200: 10 further below, 40 one below, 140 at second level, 10 above."""
    chart = levels_chart(council("P7", reading((10, 40, 140, 10), 200, 150)), "reading")
    assert chart is not None
    assert chart.sentence == "One level below the expected one: 20.0% in P7."
    assert [(str(cells[0]), str(cells[2]), str(cells[3])) for cells in chart.table.rows] == [
        ("P7: early level or below", "5.0%", "10"), ("P7: first level", "20.0%", "40"),
        ("P7: second level", "70.0%", "140"), ("P7: third level or better", "5.0%", "10"),
    ]  # fmt: skip
    assert chart.svg.count("chart-heat--none") == 0


def test_two_hidden_parts_are_one_box_on_their_side_of_the_threshold() -> None:
    chart = levels_chart(council("P7", reading((None, None, 140, 10), 200, 150)), "reading")
    assert chart is not None
    assert chart.sentence == "How many are one level below the expected one is not shown: few stand behind it."
    assert chart.svg.count("chart-heat--none") == 2, "once in each variant"
    assert chart.svg.count("chart-heat--4") == 4, "in the key and in the bar of each variant"
    assert [str(cells[2]) for cells in chart.table.rows][:2] == ["too few pupils to show"] * 2


def test_where_even_the_threshold_is_hidden_the_whole_bar_is() -> None:
    one = spread(reading((None, None, None, None), 200, None), "reading")  # type: ignore[arg-type]
    assert not one.is_shown
    assert levels_chart(council("P7", reading((None,) * 4, 200, None)), "reading") is None
    drawn = stacked("x", "X", [Category("P7")], [Stack((Figure(None, "[c]"),) * 4, Figure(None, "[c]"))], PARTS, "line")
    assert drawn.count("too few pupils") == 2


def test_a_small_cohort_is_in_counts() -> None:
    one = spread(reading((2, 8, 20, 0), 30, 20), "reading")  # type: ignore[arg-type]
    assert [str(one.cell(part)) for part in PARTS] == ["2 of 30", "8 of 30", "20 of 30", "0 of 30"]


def test_levels_of_each_stage_have_a_name_and_p1_has_nobody_further_below() -> None:
    assert {stage: list(of) for stage, of in LEVELS.items()} == {
        stage: [part for part in DISTANCES if (stage, part) != ("P1", "further_below")]
        for stage in ("P1", "P4", "P7", "S3")
    }


def test_a_bar_needs_four_parts() -> None:
    with pytest.raises(ValueError, match="4 parts"):
        stacked("x", "X", [Category("P7")], [Stack((Figure(0.5),), Figure(0.5))], PARTS, "line")
