"""Aims beside the newest figures, on literal rows: how far, how many pupils, what may not be compared, and where."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from dashboards.kit.formats import Figure
from dashboards.subjects.core.figures.aim_places import Place, places_sentence, places_table
from dashboards.subjects.core.figures.aims import Aimed, aimed_of, pace, path_chart, sentence_of, table_of
from dashboards.subjects.core.queries.aims import AimRows
from dashboards.subjects.core.queries.published import GroupAim, Published, group_aims_of
from tests.support.published_figures import published_figures

ROUND = "2023/24 to 2025/26"
HERE = "S12000005"


def row(**values: Any) -> Any:
    return SimpleNamespace(**values, _mapping=values)


def aim(measure: str, group: str, percent: str) -> GroupAim:
    share = Figure(Decimal(percent), None, "gap") if group == "gap" else Figure(Decimal(percent) / 100)
    none = Figure(None, "[z]")
    return GroupAim(measure, group, "2025/26", share, none, none, ROUND, "published", "Plan")


def levels(year: str, achieved: int | None, cohort: int | None, **more: Any) -> Any:
    share = achieved / cohort if achieved is not None and cohort else None
    symbol = None if share is not None else "[c]"
    return row(
        academic_year=year, state="returned", literacy_cohort=cohort, literacy_achieved=achieved, literacy_share=share,
        literacy_cohort_symbol=None if cohort is not None else "[c]", literacy_achieved_symbol=symbol, **more,
    )  # fmt: skip


def published(percent: str, most: str = "60", least: str = "80") -> Published:
    fifths = {"1": most, "2": "65", "3": "70", "4": "75", "5": least}
    return Published(
        100, Figure(Decimal(percent) / 100), {key: Figure(Decimal(one) / 100) for key, one in fifths.items()}
    )


SERIES = {
    ("2021/22", "P1P4P7", "literacy"): published("63.3"),
    ("2022/23", "P1P4P7", "literacy"): published("69.6"),
    ("2023/24", "P1P4P7", "literacy"): published("74.0"),
    ("2024/25", "P1P4P7", "literacy"): published("72.2"),
}


def council(achieved: int | None = 1066, cohort: int | None = 1477, **more: Any) -> AimRows:
    """Literacy of all pupils, with aims of 76, 70 and 86; leavers whose awards of other providers have not come."""
    leavers = row(
        academic_year="2024/25", state="post_review", other_providers="incomplete", cohort=456, all_scqf_1_at_5=411,
        all_scqf_1_at_5_share=411 / 456, cohort_symbol=None, all_scqf_1_at_5_symbol=None, all_scqf_1_at_5_gap=None,
        all_scqf_1_at_5_gap_symbol="[c]",
    )  # fmt: skip
    return AimRows(
        (aim("bge_literacy", "all", "76"), aim("bge_literacy", "q1", "70"), aim("bge_literacy", "q5", "86"),
         aim("all_scqf_5", "all", "90")),
        {
            ("2024/25", "all"): levels(
                "2024/25", achieved, cohort, literacy_gap=20.313, literacy_gap_symbol=None, **more
            ),
            ("2024/25", "q1"): levels("2024/25", 313, 476),
            ("2024/25", "q5"): levels("2024/25", 173, 201),
        },
        {("2024/25", "all"): leavers},
        SERIES,
    )  # fmt: skip


def by_name(rows: AimRows) -> dict[str, Aimed]:
    return {one.name: one for one in aimed_of(rows)}


def test_each_aim_says_how_far_and_how_many_pupils() -> None:
    found = by_name(council())
    assert list(found) == [
        "Literacy, all pupils", "Literacy, the most deprived fifth", "Literacy, the least deprived fifth",
        "Literacy, gap", "All SCQF at 5, all pupils",
    ]  # fmt: skip
    every = found["Literacy, all pupils"]
    assert (every.away.value, every.needed.value) == (Decimal("3.8"), 57)  # 76% of 1,477 is 1,122.5: 1,123 less 1,066
    assert sentence_of(every) == (
        "Literacy, all pupils: 72.2% in 2024/25, aim 76.0% by 2025/26: 3.8 percentage points to go, 57 pupils."
    )
    least = found["Literacy, the least deprived fifth"]
    assert (least.is_reached, least.needed.value) == (True, 0)
    assert sentence_of(least).endswith(": reached.")


def test_the_gap_that_both_aims_leave_is_an_aim_without_pupils() -> None:
    gap = by_name(council())["Literacy, gap"]
    assert (gap.aim.share.text, gap.value.text, gap.away.value) == ("16.0", "20.3", Decimal("4.3"))
    assert gap.needed.symbol == "[z]"
    assert not gap.is_reached


def test_all_scqf_without_other_providers_is_set_against_no_aim() -> None:
    one = by_name(council())["All SCQF at 5, all pupils"]
    assert (one.value.text, one.is_reached, one.needed.value, one.is_on_line) == ("90.1%", None, None, None)
    assert sentence_of(one).endswith("not set against it: other providers not counted.")


def test_what_is_hidden_is_judged_by_nobody() -> None:
    one = by_name(council(None, 1477))["Literacy, all pupils"]
    assert (one.is_reached, one.needed.value, one.needed.symbol) == (None, None, "[c]")
    assert "too few pupils to show" in sentence_of(one)


def test_the_straight_line_goes_from_the_year_before_the_round() -> None:
    every = by_name(council())["Literacy, all pupils"]
    assert every.line.text == "73.9%"  # two thirds of the way from 69.6 to 76
    assert every.is_on_line is False
    assert by_name(council(1100))["Literacy, all pupils"].is_on_line is True


def test_the_pace_is_of_years_that_may_be_compared() -> None:
    rows = council()
    assert pace(rows, by_name(rows)["Literacy, all pupils"]) == (
        "1 year is left; the largest rise in a year since 2021/22 was 6.3 percentage points (2022/23)."
    )
    assert pace(rows, by_name(rows)["Literacy, the least deprived fifth"]) == "", "reached"
    assert pace(rows, by_name(rows)["Literacy, gap"]) == ""


def test_a_reader_of_single_schools_has_what_is_published() -> None:
    rows = AimRows(council().aims, {}, {}, SERIES)
    one = by_name(rows)["Literacy, all pupils"]
    assert (one.value.text, one.state, one.needed.value) == ("72.2%", "published", None)


def test_the_table_has_no_word_where_no_pupils_can_be_named() -> None:
    rows = table_of(aimed_of(council())).rows
    assert [str(line[5]) for line in rows] == ["57", "21", "0", "", ""]
    assert [line[4] for line in rows] == [
        "3.8 points to go", "4.2 points to go", "Reached", "4.3 points to go", "Not comparable",
    ]  # fmt: skip


def test_the_path_is_not_drawn_before_the_last_break() -> None:
    series = {**SERIES, ("2018/19", "P1P4P7", "literacy"): published("71.2")}
    rows = AimRows(council().aims, council().levels, council().leavers, series)
    chart = path_chart(rows, aimed_of(rows), "bge_literacy")
    assert chart is not None
    assert [line[0] for line in chart.table.rows] == ["2021/22", "2022/23", "2023/24", "2024/25"]


def place(name: str, achieved: int | None, cohort: int | None) -> Place:
    return Place(levels("2024/25", achieved, cohort, school_name=name, seed_code="1", sector="primary"))


def test_where_the_pupils_are_is_said_of_what_is_shown_and_listed_by_name() -> None:
    places = [place("Alva", 20, 60), place("Burn", 50, 60), place("Craig", None, None), place("Dee", 55, 60)]
    assert places_sentence(places, "literacy") == (
        "In literacy, 55 pupils had not achieved their level at 3 schools that are shown; half of them or more are at "
        "1 of these; 1 school is not shown."
    )
    numeracy = {f"numeracy_{name}": None for name in ("cohort", "achieved", "share")}
    numeracy |= {f"numeracy_{name}_symbol": "[c]" for name in ("cohort", "achieved")}
    rows = places_table([Place(row(**one.row._mapping, **numeracy)) for one in places], "2024/25").rows
    assert [str(line[0]) for line in rows] == ["Alva", "Burn", "Craig", "Dee"]
    assert [str(line[1]) for line in rows] == ["40", "10", "too few pupils to show", "5"]


def test_nobody_is_anywhere_without_a_figure() -> None:
    assert places_sentence([place("Craig", None, None)], "literacy") == ""


@pytest.mark.parametrize(("day", "number"), [(dt.date(2026, 7, 31), 12), (dt.date(2026, 8, 1), 0)])
def test_a_round_is_over_with_its_last_year(day: dt.date, number: int) -> None:
    with published_figures() as connection:
        assert len(group_aims_of(connection, HERE, day)) == number
        assert group_aims_of(connection, HERE, day, is_live=True) == (), "those of the demonstration are made up"
