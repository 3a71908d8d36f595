"""Words and figures of the senior phase: names of measures, years, breaks, small cohorts, what has not come."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from dashboards.kit.page import PageRequest, Reader, Release
from dashboards.subjects.senior_phase.figures import breadth, destinations, gap, levels, results, words
from dashboards.subjects.senior_phase.figures.council import Council, earlier, through
from dashboards.subjects.senior_phase.figures.measures import in_full, named, reached

YEAR, BEFORE = "2024/25", "2023/24"
OFFICER = Reader(0, "officer", "Officer", authorities=("S12000005",), is_officer=True)
RELEASE = Release("S12000005", 1, dt.date(2025, 10, 31), dt.datetime(2025, 11, 1, tzinfo=dt.UTC),
                  dt.datetime(2025, 11, 1, tzinfo=dt.UTC), "1", (), "")  # fmt: skip
ASKED = PageRequest(OFFICER, RELEASE, "Clackmannanshire", YEAR, (YEAR, BEFORE), BEFORE)


class Anything(dict):  # type: ignore[type-arg]
    """Columns of a released row; those that are not named are null."""

    def __missing__(self, key: str) -> None:
        return None


def row(**figures: Any) -> Any:
    known = {"state": "post_review", "simd_edition": "SIMD 2020v2", **figures}
    return SimpleNamespace(**known, _mapping=Anything(known))


def leavers(count: int, of: int, measure: str = "national_1_at_5", **more: Any) -> Any:
    return row(cohort=of, **{measure: count, f"{measure}_share": Decimal(count) / of}, **more)


def went(count: int, of: int, **more: Any) -> Any:
    share = Decimal(count) / of
    return row(
        initial_cohort=of, initial_positive=count, initial_positive_share=share, follow_up_cohort=0, state="initial",
        **more,
    )  # fmt: skip


def council(**parts: Any) -> Council:
    given = {"awards": {}, "destinations": {}, "rolls": {}, "areas": {}, "areas_of_destinations": {}, **parts}
    return Council(ASKED, **given)


def test_a_measure_has_its_set_in_its_name() -> None:
    assert named("all_scqf_5_at_6") == "Five or more at level 6"
    assert in_full("national_1_at_5") == "National Qualifications, one or more at level 5"
    assert in_full("all_scqf_1_at_5") == "All SCQF, one or more at level 5"


def test_an_axis_has_every_year_between_the_first_and_the_last() -> None:
    assert earlier("2000/01", 2) == "1998/99"
    assert through(["2024/25", "2021/22"]) == ("2021/22", "2022/23", "2023/24", "2024/25")
    assert through([]) == ()


def test_exam_years_and_the_first_after_them_are_joined_to_nothing_before() -> None:
    years = ("2018/19", "2019/20", "2020/21", "2021/22", "2022/23", "2023/24", "2024/25")
    assert [one.at for one in words.breaks_of(years)] == [1, 2, 3, 4, 5]
    assert [one.at for one in words.breaks_of(years[1:])] == [1, 2, 3, 4], "nothing lies before the first"


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (leavers(380, 456), "83.3%"),
        (leavers(20, 31), "20 of 31"),
        (row(cohort=0, national_1_at_5=0, national_1_at_5_symbol="[z]"), "not yet"),
        (row(cohort=100, national_1_at_5_symbol="[c]"), "too few pupils to show"),
    ],
    ids=["a share", "a count where few have left", "results that have not come", "hidden"],
)
def test_a_cohort_is_a_share_a_count_or_says_why_not(found: Any, text: str) -> None:
    assert reached(found, "national_1_at_5").text == text


def test_a_card_compares_years_that_were_graded_alike() -> None:
    alike = council(awards={YEAR: leavers(380, 456), BEFORE: leavers(300, 400)})
    assert levels.cards(alike)[0].lines == (
        "380 of 456 leavers.",
        "Up 8.3 percentage points from 2023/24 (75.0%).",
    )
    asked = PageRequest(OFFICER, RELEASE, "Clackmannanshire", BEFORE, (YEAR, BEFORE, "2022/23"), "2022/23")
    broken = Council(asked, {BEFORE: leavers(380, 456), "2022/23": leavers(300, 400)}, {}, {}, {}, {})
    assert levels.cards(broken)[0].lines[1] == "Not compared with 2022/23: grading returned to that of 2019."


def test_destinations_say_how_many_and_when_and_those_that_have_not_come_are_no_chart() -> None:
    kinds = {f"initial_{kind}": 100 for kind in ("higher_education", "further_education", "employment")}
    found = council(destinations={YEAR: went(437, 456, initial_other_positive=137, **kinds)})
    chart = destinations.kinds_chart(found, "initial")
    assert chart is not None
    assert chart.sentence == (
        "437 of 456 leavers of 2024/25 (95.8%) were in a positive destination three months after leaving."
    )
    assert destinations.kinds_chart(found, "follow_up") is None
    assert destinations.trend_chart(found, "initial") is None, "one year is no trend"


def test_breadth_and_depth_says_how_many_awards_leavers_have_and_leaves_out_what_is_told_elsewhere() -> None:
    """Of 400: one at 5 340, three 280, five 240; at 6 nothing is shown."""
    each = {"1_at_5": 340, "3_at_5": 280, "5_at_5": 240}
    known = {f"all_scqf_{name}": count for name, count in each.items()}
    known |= {f"all_scqf_{name}_share": Decimal(count) / 400 for name, count in each.items()}
    hidden = {f"all_scqf_{name}_symbol": "[c]" for name in ("1_at_6", "3_at_6", "5_at_6", "3_at_4", "5_at_4", "1_at_7")}
    chart = breadth.breadth_chart(council(awards={YEAR: row(cohort=400, **known, **hidden)}), "council")
    assert chart is not None
    assert chart.sentence == (
        "Of leavers of 2024/25, at level 5 or better 85.0% had one or more, 70.0% had three or more and 60.0% had five "
        "or more."
    )
    names = [str(line[0]) for line in chart.table.rows]
    assert "One or more at level 4" not in names
    assert len(names) == 9
    assert breadth.breadth_chart(council(awards={YEAR: row(cohort=400, **hidden)}), "council") is None


def test_results_by_the_end_of_s5_are_those_of_the_roll_of_the_year_before() -> None:
    in_s4 = row(by_s4_cohort=400, by_s4_national_1_at_5=320, by_s4_national_1_at_5_share=Decimal("0.8"),
                by_s5_cohort=0)  # fmt: skip
    in_s5 = row(by_s4_cohort=400, by_s5_cohort=400, by_s5_national_1_at_6=200,
                by_s5_national_1_at_6_share=Decimal("0.5"))  # fmt: skip
    chart = results.results_chart(council(rolls={YEAR: in_s4, BEFORE: in_s5}), "national")
    assert chart is not None
    assert chart.sentence == (
        "Of their S4 rolls, 80.0% had one or more at level 5 by the end of S4 and 50.0% had one or more at level 6 by "
        "the end of S5."
    )
    assert results.results_chart(council(rolls={YEAR: in_s4}), "all_scqf") is None


def test_a_gap_that_cannot_be_is_said_in_words() -> None:
    every = [measure for measures in gap.OF_LEAVERS.values() for measure in measures]
    nowhere = row(cohort=400, **{f"{measure}_gap_symbol": "[z]" for measure in every})
    assert gap.why_not(council(awards={YEAR: nowhere})) == gap.NO_AREA
    assert gap.why_not(council(awards={YEAR: row(cohort=400, national_1_at_5_gap_symbol="[c]")})) == gap.NOT_SHOWN
    ends = {"1": leavers(60, 100), "5": leavers(90, 100)}
    shown = row(cohort=400, national_1_at_5_gap=Decimal("30"), **{f"{one}_gap_symbol": "[c]" for one in every})
    chart = gap.awards_chart(council(awards={YEAR: shown}, areas=ends), "national")
    assert chart is not None
    assert chart.sentence == (
        "Leavers from the most and from the least deprived fifth with one or more at level 5: 60.0% and 90.0%, a gap "
        "of 30.0 points."
    )
