"""Figures as people read them."""

import datetime as dt
from decimal import Decimal

import pytest

from dashboards.kit import formats
from dashboards.kit.formats import Figure, figure
from dashboards.kit.values import cell, harmless

MINUS = formats.MINUS


@pytest.mark.parametrize(
    ("rate", "written"),
    [
        ("0.93370000", "93.4%"),
        ("0.93349999", "93.3%"),
        ("0.9335", "93.4%"),
        ("1", "100.0%"),
        ("0", "0.0%"),
        (0.5, "50.0%"),
    ],
)
def test_rates_have_one_decimal_and_halves_go_up(rate: str | float, written: str) -> None:
    assert formats.percentage(Decimal(rate) if isinstance(rate, str) else rate) == written


def test_a_null_is_never_written_as_zero() -> None:
    assert formats.percentage(None) == "not available"
    assert formats.count(None) == "not available"
    assert (Figure(None).mark, Figure(None).text) == ("[x]", "not available")
    assert (Figure(None, "[c]").mark, Figure(None, "[c]").text) == ("[c]", "too few pupils to show")
    assert Figure(0, None, "count").text == "0"


def test_counts_have_thousands_separated() -> None:
    assert Figure(1234567, None, "count").text == "1,234,567"


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        ("-0.8", "down 0.8 percentage points"),
        ("0.8", "up 0.8 percentage points"),
        ("1.0", "up 1.0 percentage point"),
        ("-1", "down 1.0 percentage point"),
        ("0.04", "no change"),
        ("-0.04", "no change"),
    ],
)
def test_change_is_said_with_its_direction(difference: str, words: str) -> None:
    assert formats.change(Decimal(difference)) == words


def test_change_without_a_figure_is_no_comparison() -> None:
    assert formats.change(Figure(Decimal("0.9")).minus(Figure(None, "[c]"))) == "no comparison"


def test_a_difference_is_that_of_the_figures_as_written() -> None:
    """93.4% and 93.3% differ by 0.1, although the rates differ by less than 0.0002."""
    assert Figure(Decimal("0.93351")).minus(Figure(Decimal("0.93349"))).text == "+0.1"
    assert Figure(Decimal("0.9")).minus(Figure(Decimal("0.95"))).text == f"{MINUS}5.0"


def test_dates_months_and_years() -> None:
    day = dt.date(2026, 11, 24)
    assert formats.date(day) == "24 November 2026"
    assert formats.date(None) == "not known"
    assert formats.month(day) == "November 2026"
    assert formats.short_date(day) == "24 Nov"
    assert formats.academic_year("2025-26") == "2025/26"


def test_a_figure_comes_with_the_symbol_of_its_group() -> None:
    row = {"attendance_rate": None, "openings_symbol": "[c]", "pupils": 12, "pupils_symbol": None}
    assert figure(row, "attendance_rate") == Figure(None, "[c]")
    assert figure(row, "pupils", "pupils", "count").text == "12"
    assert figure({"attendance_rate": None}, "attendance_rate").mark == "[x]", "a null without a symbol stays a null"


def test_every_symbol_has_a_word_and_an_explanation() -> None:
    for symbol, (_, explanation) in formats.SYMBOLS.items():
        assert Figure(None, symbol).word == formats.ON_PAGE[symbol]
        assert Figure(None, symbol).mark == symbol
        assert Figure(None, symbol).explanation == explanation
        assert explanation.endswith(".")


def test_lists_and_plurals() -> None:
    assert formats.listed(["a", "b", "c"]) == "a, b and c"
    assert formats.listed([]) == ""
    assert formats.plural(1, "school") == "1 school"
    assert formats.plural(1204, "school") == "1,204 schools"


@pytest.mark.parametrize(
    ("value", "in_sheet"),
    [
        (Figure(Decimal("0.93370000")), 93.4),
        (Figure(1204, None, "count"), 1204),
        (Figure(Decimal("-0.8"), None, "points"), -0.8),
        (Figure(None, "[c]"), "[c]"),
        (None, "[x]"),
        (True, "yes"),
        (dt.date(2026, 11, 24), "2026-11-24"),
        (Decimal("1.5"), 1.5),
        ("Alva Academy", "Alva Academy"),
    ],
)
def test_values_of_spreadsheets(value: object, in_sheet: object) -> None:
    assert cell(value) == in_sheet


def test_text_never_becomes_a_formula() -> None:
    assert harmless('=HYPERLINK("x")') == '\'=HYPERLINK("x")'
    assert harmless("@SUM(A1)") == "'@SUM(A1)"
    assert harmless(-0.8) == -0.8


@pytest.mark.parametrize(
    "text", ["\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)", " =1", "\n=1", "\ufeff=1", "\u200b=1", "\tx", "\rx"]
)
def test_signs_that_spreadsheets_take_for_signs_begin_no_formula(text: str) -> None:
    """Full-width ones, and those behind what nobody sees."""
    assert harmless(text) == f"'{text}"
