"""Predictions against results, and the forecast beside an aim, on literal rows worked out by hand."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from dashboards.kit.formats import Figure
from dashboards.subjects.attainment.figures.predictions import foreseen, school_sentence, school_table
from dashboards.subjects.core.figures.aims import aimed_of
from dashboards.subjects.core.figures.forecast import Forecast, forecasts_of, sentence_of, table_of
from dashboards.subjects.core.queries.aims import AimRows
from dashboards.subjects.core.queries.published import GroupAim


def row(**values: Any) -> Any:
    return SimpleNamespace(**values, _mapping=values)


def stage(cohort: int, predicted: int | None, achieved: int, symbol: str | None = None) -> Any:
    """A released row of a stage: both measures alike."""
    found: dict[str, Any] = {}
    for name in ("literacy", "numeracy"):
        is_known = predicted is not None and symbol is None
        found |= {
            f"{name}_cohort": cohort, f"{name}_achieved": achieved, f"{name}_share": achieved / cohort,
            f"{name}_cohort_symbol": None, f"{name}_achieved_symbol": None, f"{name}_predicted": predicted,
            f"{name}_predicted_share": predicted / cohort if is_known else None,
            f"{name}_prediction_error": 100 * (predicted - achieved) / cohort if is_known else None,
            f"{name}_predicted_symbol": None if predicted is not None else "[c]",
            f"{name}_prediction_error_symbol": symbol,
        }  # fmt: skip
    return row(**found)


def test_three_of_28_pupils_too_rosy() -> None:
    one = foreseen(stage(28, 24, 21), "literacy")
    assert (one.off, one.cell) == ("3 of 28 pupils too rosy", "24 of 28")


def test_of_many_pupils_the_error_is_in_points() -> None:
    """1,120 of 1,400 predicted are 80%, 1,008 achieved 72%: 8 points."""
    assert foreseen(stage(1400, 1120, 1008), "literacy").off == "8.0 points too rosy"
    assert foreseen(stage(1400, 1008, 1120), "literacy").off == "8.0 points too low"
    assert foreseen(stage(1400, 1008, 1008), "literacy").off == "as predicted"


def test_too_few_predictions_and_hidden_ones_say_so_and_nothing_else() -> None:
    few, hidden = foreseen(stage(28, 5, 21, "[z]"), "literacy"), foreseen(stage(28, None, 21, "[c]"), "literacy")
    assert (few.off, few.is_shown) == ("not enough predictions", False)
    assert (hidden.off, hidden.is_shown) == ("too few pupils to show", False)
    assert foreseen(None, "literacy").off == "not available"


def test_a_school_says_how_far_off_its_predictions_were_by_stage() -> None:
    rows = {"P1": stage(28, 24, 21), "P4": stage(30, 5, 21, "[z]")}
    assert school_sentence(rows) == (
        "Predictions of the year were 3 of 28 pupils too rosy in literacy in P1 and 3 of 28 pupils too rosy in "
        "numeracy in P1."
    )
    table = school_table(rows, "2024/25")
    assert table is not None
    assert [line[4] for line in table.rows] == ["3 of 28 pupils too rosy"] * 2 + ["not enough predictions"] * 2
    assert school_table({"P4": rows["P4"]}, "2024/25") is None


def aim_of(percent: str) -> GroupAim:
    none = Figure(None, "[z]")
    share = Figure(Decimal(percent) / 100)
    return GroupAim("bge_literacy", "all", "2025/26", share, none, none, "2023/24 to 2025/26", "published", "Plan")


def ahead(error: float | None = 7.5, predicted: int | None = 1200) -> Forecast:
    """1,200 of 1,500 are predicted to achieve; last year's predictions were 7.5 points too rosy."""
    levels = {
        **stage(1400, 1120, 1015)._mapping, "academic_year": "2024/25", "state": "returned",
        "literacy_prediction_error": error,
        "literacy_prediction_error_symbol": None if error is not None else "[z]",
        "literacy_gap": None, "literacy_gap_symbol": "[c]",
    }  # fmt: skip
    forecast = row(
        academic_year="2025/26", sector="primary", newest_collection=1, literacy_forecast_cohort=1500,
        literacy_forecast_cohort_symbol=None, literacy_forecast=predicted,
        literacy_forecast_share=None if predicted is None else predicted / 1500,
        literacy_forecast_symbol="[c]" if predicted is None else None,
    )  # fmt: skip
    rows = AimRows((aim_of("76"),), {("2024/25", "all"): row(**levels)})
    (found,) = forecasts_of(forecast, rows, aimed_of(rows))
    return found


def test_a_forecast_is_corrected_by_last_years_error_and_says_how_many_pupils_are_needed() -> None:
    """80% less 7.5 points are 72.5%; the aim of 76% asks for 1,140 of 1,500, and 1,087.5 are forecast: 53 more."""
    one = ahead()
    assert (one.raw.text, one.corrected.text) == ("80.0%", "72.5%")
    assert (one.needed(one.raw).value, one.needed(one.corrected).value) == (0, 53)
    assert sentence_of(one) == (
        "Literacy: teachers predict 80.0% of 1,500 pupils for 2025/26. Predictions of 2024/25 were 7.5 points too "
        "rosy: less that, 72.5%. The aim of 76.0% by 2025/26 asks for 53 pupils more."
    )
    assert table_of([one]).rows[0][3].text == "0"


def test_without_an_error_of_last_year_the_forecast_is_raw() -> None:
    one = ahead(error=None)
    assert one.corrected.value is None
    assert sentence_of(one).endswith(
        "there is no error of last year to correct it by. That would reach the aim of 76.0% by 2025/26."
    )


def test_a_hidden_forecast_says_so() -> None:
    assert sentence_of(ahead(predicted=None)) == (
        "Literacy: a forecast for 2025/26 is not shown: too few pupils to show."
    )


def test_there_is_none_without_predictions() -> None:
    rows = AimRows((aim_of("76"),))
    assert forecasts_of(None, rows, aimed_of(rows)) == ()
