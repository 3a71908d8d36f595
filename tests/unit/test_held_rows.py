"""Rows with a held change, and rates of the same weeks last year, with figures worked out by hand (RULES 44)."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.release.held.changes import Changes
from orchestration.release.held.last_year import _followed
from orchestration.release.held.rows import as_it_stands, as_it_waits, hidden, without_changes
from orchestration.release.tables.contracts import ReleaseContract
from tests.support.release_exact import contracts as every_contract

KEY = ("S12000005", "5000001", "primary", "2025/26")
PLACE = ("attendance_by_school_year", KEY)


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> ReleaseContract:
    folder: Path = tmp_path_factory.mktemp("contracts")
    return next(one for one in every_contract(folder) if one.mart == PLACE[0])


def row(contract: ReleaseContract, **figures: Any) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(column.name for column in contract.released_columns)
    return {**found, "absence_symbol": "[c]", "late_symbol": "[c]", "same_weeks_symbol": "[x]", **figures}


def test_a_total_goes_on_without_what_few_changed(contract: ReleaseContract) -> None:
    now = row(contract, pupils=100, openings_possible=1010, openings_attended=900)
    exact = {
        "openings_possible": 1010, "openings_attended": 900, "openings_not_counted": 0, "openings_not_recorded": 40,
    }  # fmt: skip
    changes = Changes()
    changes.add(PLACE, 7, (0, -4, 0, 0))
    changes.add(PLACE, 8, (10, 10, 0, -10))
    found = without_changes(contract, now, exact, changes, PLACE)
    assert (found["openings_possible"], found["openings_attended"]) == (1000, 894)
    assert found["attendance_rate"] == Decimal("0.89400000")
    assert found["completeness"] == Decimal("0.95")  # 1000 of 1050
    assert found["pupils"] == 100


def test_a_split_is_not_shown_beside_a_total_without_changes(contract: ReleaseContract) -> None:
    now = row(contract, pupils=9, openings_possible=10, openings_attended=9, openings_late=2, late_symbol=None)
    exact = {
        "openings_possible": 10, "openings_attended": 9, "openings_not_counted": 0, "openings_not_recorded": 0,
    }  # fmt: skip
    found = without_changes(contract, now, exact, Changes(), PLACE)
    assert (found["openings_late"], found["late_symbol"]) == (None, "[c]")


def test_a_week_stands_as_it_was_with_the_date_of_now(contract: ReleaseContract) -> None:
    standing = row(contract, openings_possible=10, openings_attended=9, data_as_at="then")
    now = row(contract, openings_possible=10, openings_attended=8, data_as_at="now", late_symbol=None, openings_late=1)
    found = as_it_stands(contract, now, standing)
    assert (found["openings_attended"], found["data_as_at"]) == (9, "now")
    assert (found["openings_late"], found["late_symbol"]) == (None, "[c]")


def test_a_hidden_row_tells_nothing(contract: ReleaseContract) -> None:
    found = hidden(contract, row(contract, pupils=9, openings_possible=10, openings_attended=9))
    assert (found["openings_attended"], found["openings_possible"], found["openings_symbol"]) == (None, None, "[c]")


def test_a_row_that_waits_for_the_month_has_the_pupils_that_were_decided(contract: ReleaseContract) -> None:
    standing = row(contract, pupils=100, openings_possible=10, openings_attended=9)
    found = as_it_waits(contract, row(contract, pupils=105, openings_possible=12, openings_attended=9), standing)
    assert (found["pupils"], found["openings_possible"]) == (105, 10)


def week(number: int, attended: int | None, possible: int | None) -> dict[str, Any]:
    return {"school_week_number": number, "openings_attended": attended, "openings_possible": possible}


def test_the_same_weeks_are_those_shown(contract: ReleaseContract) -> None:
    now = row(contract, weeks_compared=2, rate_same_weeks_last_year=Decimal("0.5"))
    found = _followed(now, [week(1, 9, 10), week(2, 8, 10), week(3, 0, 10)])
    assert found["rate_same_weeks_last_year"] == Decimal("0.85000000")


def test_the_same_weeks_are_not_available_where_one_is_hidden(contract: ReleaseContract) -> None:
    found = _followed(row(contract, weeks_compared=2), [week(1, 9, 10), week(2, None, None)])
    assert (found["rate_same_weeks_last_year"], found["same_weeks_symbol"]) == (None, "[x]")
