"""Four sentences of a brief: true to their figures, and plain where there are none."""

import datetime as dt
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.kit import formats
from dashboards.kit.formats import Figure
from dashboards.subjects.attendance.figures import brief
from dashboards.subjects.attendance.figures.groups import Group
from dashboards.subjects.attendance.figures.headline import Beside

ASKED: Any = SimpleNamespace(previous_year="2024/25", academic_year="2025/26")
FIRST: Any = SimpleNamespace(previous_year=None, academic_year="2025/26")
NAMES = ("the most deprived fifth of areas", "the least deprived fifth")


def row(**values: Any) -> Any:
    found = {
        "academic_year": "2025/26", "data_as_at": dt.date(2025, 10, 31), "attendance_rate": Decimal("0.912"),
        "openings_symbol": None, "rate_same_weeks_last_year": Decimal("0.914"), "same_weeks_symbol": None,
        "weeks_compared": 11, "pupils": 100, "pupils_symbol": None, "openings_possible": 10_000,
        "openings_attended": 9_120, "persistent_absence_rate": Decimal("0.31"), "persistently_absent": 31,
        "severely_absent": 0, "bands_symbol": None, "as_at": dt.date(2025, 10, 31), "rate": Decimal("0.9"),
    } | values  # fmt: skip
    return SimpleNamespace(**found, _mapping=found)


def group(value: str, rate: str | None, pupils: int | None = None) -> Group:
    number = Figure(pupils, None if pupils is not None else "[z]", "count")
    return Group(value, value, Figure(rate and Decimal(rate), None if rate else "[c]"), number)


@pytest.mark.parametrize(
    ("found", "asked", "said"),
    [
        (row(), ASKED, "Attendance in 2025/26 up to 31 October 2025 was 91.2%, down 0.2 percentage points from the "
         "same 11 weeks of 2024/25 (91.4%)."),
        (row(rate_same_weeks_last_year=Decimal("0.912")), ASKED, "Attendance in 2025/26 up to 31 October 2025 was "
         "91.2%, no change since the same 11 weeks of 2024/25 (91.2%)."),
        (row(rate_same_weeks_last_year=None, same_weeks_symbol="[c]", pupils=None), ASKED, "Attendance in 2025/26 up "
         "to 31 October 2025 was 91.2%, which cannot be compared with the same 11 weeks of 2024/25 (too few pupils to "
         "show)."),
        (row(pupils=None), FIRST, "Attendance in 2025/26 up to 31 October 2025 was 91.2%, and there is no year before "
         "to compare it with."),
        (row(attendance_rate=None, openings_symbol="[x]"), ASKED,
         "Attendance in 2025/26 up to 31 October 2025 is not shown: not available."),
    ],
)  # fmt: skip
def test_level(found: Any, asked: Any, said: str) -> None:
    assert brief.level(found, asked).text == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (row(), "By 31 October 2025, 31 of 100 pupils (31.0%) had missed 10% or more of their half days, none of them "
         "half or more."),
        (row(severely_absent=7), "By 31 October 2025, 31 of 100 pupils (31.0%) had missed 10% or more of their half "
         "days, 7 of them half or more."),
        (row(severely_absent=None), "By 31 October 2025, 31 of 100 pupils (31.0%) had missed 10% or more of their half "
         "days."),
        (row(persistent_absence_rate=None, bands_symbol="[c]"),
         "How many pupils missed 10% or more of their half days is not shown: too few pupils to show."),
        (None, "Persistent absence has not been released for this year yet."),
    ],
)  # fmt: skip
def test_persistent_absence(found: Any, said: str) -> None:
    assert brief.persistent(found).text == said


RATES = st.decimals("0.5", "1", places=6)


@given(RATES, RATES)
def test_numbers_and_direction_of_a_sentence_fit_together(now: Decimal, before: Decimal) -> None:
    said = brief.level(row(attendance_rate=now, rate_same_weeks_last_year=before), ASKED).text
    first, second = (Decimal(number) for number in re.findall(r"([0-9.]+)%", said))
    moved = re.search(r"(up|down) ([0-9.]+) percentage points?", said)
    assert first - second == (Decimal(moved[2]) * (1 if moved[1] == "up" else -1) if moved else 0)
    assert (moved is None) == ("no change since" in said)


@given(st.lists(RATES, min_size=2, max_size=7))
def test_the_lowest_and_the_highest_stage_are_named(rates: list[Decimal]) -> None:
    said = brief.for_whom([group(f"P{at}", str(rate), 30) for at, rate in enumerate(rates)], (None, None), NAMES).text
    shares = [formats.percentage(rate) for rate in rates]
    named = re.findall(r"P([0-9]) \(([0-9.]+%), 30 pupils\)", said)
    if not named:
        assert said == f"Attendance was {shares[0]} in every stage that is shown."
        return
    (low, low_rate), (high, high_rate) = named
    assert (rates[int(low)], rates[int(high)]) == (min(rates), max(rates))
    assert (shares[int(low)], shares[int(high)]) == (low_rate, high_rate)


def test_for_whom() -> None:
    stages = [group("S1", "0.94", 80), group("S2", None, 9), group("S3", "0.88", 70), group("unknown", "0.1")]
    ends = (group("1", "0.86", 60), group("5", "0.95"))
    assert brief.for_whom(stages, ends, NAMES).text == (
        "Attendance was lowest in S3 (88.0%, 70 pupils) and highest in S1 (94.0%, 80 pupils); for 60 pupils in the "
        "most deprived fifth of areas it was 86.0%, 9.0 percentage points below the least deprived fifth (95.0%)."
    )
    assert brief.for_whom([], ends, NAMES).text.startswith(
        "For 60 pupils in the most deprived fifth of areas attendance"
    )
    other_way = (group("1", "0.95"), group("5", "0.95"))
    assert "the same as for the least deprived fifth (95.0%)" in brief.for_whom([], other_way, NAMES).text
    assert brief.for_whom([group("S1", None)], (None, None), NAMES).text == (
        "Attendance of groups of pupils is not shown: too few pupils to show."
    )


def test_beside_others() -> None:
    rate, none = Figure(Decimal("0.91")), Figure(None, "[x]", why="not enough schools to compare")
    council, alike = Beside("the authority's primary schools", Figure(Decimal("0.93"))), Beside("schools like it", none)
    assert brief.beside(rate, [council, alike]).text == (
        "Over the same time attendance was 2.0 percentage points below the authority's primary schools (93.0%); it "
        "cannot be compared with schools like it (not enough schools to compare)."
    )
    assert "cannot be compared" in brief.beside(Figure(None, "[c]"), [council]).text


def test_a_part_of_a_year_stands_beside_no_whole_one() -> None:
    running, over = row(), row(academic_year="2024/25", data_as_at=dt.date(2025, 6, 24))
    years = [brief.YearRows(running, running, None, running), brief.YearRows(over, None, over, over)]
    table = brief.years_table(years, "Authority, primary")
    assert [str(line[-1]) for line in table.rows] == ["only part of a year", "90.0%"]
    assert [str(line[-2]) for line in table.rows] == ["not enough schools to compare", "91.2%"]
    assert str(table.rows[0][5]) == "31 of 100 (31.0%)"
    said = brief.by_sector([("primary", Figure(Decimal("0.93"))), ("special", Figure(None, "[c]"))], years).text
    assert said == (
        "Over the same time attendance was 93.0% in primary schools; in all of 2024/25 it was 91.2%, 1.2 percentage "
        "points above Scotland (90.0%)."
    )


def test_a_file_has_each_figure_in_a_cell_of_its_own() -> None:
    sheet = brief.file_of([brief.YearRows(row(), row(), None, None)], "").as_sheet("years")
    titles = [column.title for column in sheet.columns]
    assert titles[5:8] == ["Pupils who missed 10% or more", "Pupils counted for it", "Persistent absence (%)"]
    assert [str(value) for value in sheet.rows[0][5:8]] == ["31", "100", "31.0%"]
