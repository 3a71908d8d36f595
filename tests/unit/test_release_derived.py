"""Rows that release makes itself: the history by month, the median of similar schools, the rate of a cluster."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from orchestration.release.follow.derived import (
    ReleasedMart,
    cluster_attendance,
    month_history,
    months_of_years,
    similar_schools,
)
from orchestration.release.tables.contracts import ReleaseContract, load_release_contracts
from orchestration.release.tables.rows import MartRows
from tests.support.release_exact import fake_manifest
from tests.support.release_runs import Releases
from tests.support.release_world import AUTHORITY, YEAR, random_world

SEPTEMBER, OCTOBER, NOVEMBER = date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1)
SIZES = {
    ("5000001", "primary"): 60, ("5000002", "primary"): 120, ("5000003", "primary"): 30,
    ("5000004", "secondary"): 200, ("5000007", "primary"): 3,
}  # fmt: skip


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ReleaseContract]:
    path = tmp_path_factory.mktemp("contracts") / "manifest.json"
    found = load_release_contracts(fake_manifest(path, made=("month_history", "similar_schools", "cluster_attendance")))
    return {contract.mart: contract for contract in found}


@pytest.fixture(scope="module")
def released(contracts: dict[str, ReleaseContract]) -> tuple[dict[str, ReleasedMart], dict[str, MartRows]]:
    """One release of a small authority, with a school of three pupils."""
    releases = Releases(contract for contract in contracts.values() if not contract.is_made_by_release)
    found = releases.release(random_world(SIZES, seed=4))
    marts = {}
    for mart, rows in found.items():
        names = [column.name for column in rows.contract.released_columns]
        values = zip(*(rows.columns[name] for name in names), strict=True)
        by_key = {tuple(row[names.index(key)] for key in rows.contract.keys): row for row in values}
        marts[mart] = ReleasedMart(rows.contract, by_key)
    return marts, releases.exact


def _rows(contract: ReleaseContract, found: dict[tuple[Any, ...], tuple[Any, ...]]) -> list[dict[str, Any]]:
    return ReleasedMart(contract, found).as_dicts()


def test_the_month_of_the_data_has_copies_of_what_is_released(
    contracts: dict[str, ReleaseContract], released: tuple[dict[str, ReleasedMart], dict[str, MartRows]]
) -> None:
    marts, exact = released
    contract = contracts["persistent_absence_by_month"]
    assert months_of_years(exact) == {YEAR: OCTOBER}
    rows = _rows(contract, month_history(contract, marts, [], {YEAR: OCTOBER}))
    assert {row["month"] for row in rows} == {OCTOBER}
    schools = marts["persistent_absence_by_school"].as_dicts()
    authority = marts["persistent_absence_by_authority"].as_dicts()
    assert len(rows) == len(schools) + len(authority)
    for source in schools:
        (row,) = [row for row in rows if (row["seed_code"], row["sector"]) == (source["seed_code"], source["sector"])]
        assert (row["breakdown"], row["value"], row["schools_counted"]) == ("school", "all", 1)
        assert all(row[name] == source[name] for name in (*contract.measures, "as_at", "bands_symbol"))
    for source in authority:
        (row,) = [
            row for row in rows
            if not row["seed_code"] and (row["breakdown"], row["value"]) == (source["breakdown"], source["value"])
        ]  # fmt: skip
        assert row["sector"] == (source["value"] if source["breakdown"] == "sector" else "all")
        assert all(row[name] == source[name] for name in (*contract.measures, "as_at", "bands_symbol"))
    assert any(row["bands_symbol"] == "[c]" and row["pupils"] is None for row in rows)


def test_earlier_months_stay_as_they_stood_and_later_ones_go(
    contracts: dict[str, ReleaseContract], released: tuple[dict[str, ReleasedMart], dict[str, MartRows]]
) -> None:
    marts, _ = released
    contract = contracts["persistent_absence_by_month"]
    first = _rows(contract, month_history(contract, marts, [], {YEAR: SEPTEMBER}))
    kept = [row | {"persistently_absent": 77} for row in first]
    late = [row | {"month": NOVEMBER} for row in first]  # of deliveries that have been withdrawn since
    of_another_year = [row | {"academic_year": "2024/25", "month": date(2025, 6, 1)} for row in first]
    found = month_history(contract, marts, [*kept, *late, *of_another_year], {YEAR: OCTOBER})
    rows = _rows(contract, found)
    assert [row for row in rows if row["month"] == SEPTEMBER] == kept
    assert [row for row in rows if row["academic_year"] == "2024/25"] == of_another_year
    assert {row["month"] for row in rows if row["academic_year"] == YEAR} == {SEPTEMBER, OCTOBER}


def _like(contract: ReleaseContract, similar_to: list[str]) -> MartRows:
    row = {
        "local_authority_code": AUTHORITY, "seed_code": "5000001", "sector": "primary", "academic_year": YEAR,
        "similar_to": similar_to, "rule": "as written", "schools_counted": len(similar_to),
        "attendance_rate": None, "schools_needed": 3,
    }  # fmt: skip
    return MartRows(contract, {column.name: [row[column.name]] for column in contract.columns})


def _years(contract: ReleaseContract, rates: dict[str, str | None]) -> ReleasedMart:
    names = [column.name for column in contract.released_columns]
    rows: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for school, rate in rates.items():
        seed_code, sector = school.split()
        row = dict.fromkeys(names, None) | {
            "local_authority_code": AUTHORITY, "seed_code": seed_code, "sector": sector, "academic_year": YEAR,
            "attendance_rate": None if rate is None else Decimal(rate),
        }  # fmt: skip
        rows[tuple(row[key] for key in contract.keys)] = tuple(row[name] for name in names)
    return ReleasedMart(contract, rows)


@pytest.mark.parametrize(
    ("rates", "median", "symbol", "counted"),
    [
        (["0.91234567", "0.95", "0.93"], "0.93", None, 3),
        (["0.91234567", "0.95000001", "0.93", "0.94"], "0.935", None, 4),
        (["0.91234567", "0.95", None], None, "[x]", 2),
        ([], None, "[x]", 0),
    ],
)
def test_the_median_is_of_shown_rates_and_needs_three(
    contracts: dict[str, ReleaseContract], rates: list[str | None], median: str | None, symbol: str | None, counted: int
) -> None:
    similar_to = [f"500001{number} primary" for number in range(len(rates))]
    years = _years(contracts["attendance_by_school_year"], dict(zip(similar_to, rates, strict=True)))
    contract = contracts["similar_schools"]
    found = similar_schools(_like(contract, similar_to), {"attendance_by_school_year": years})
    (row,) = _rows(contract, found)
    assert row["attendance_rate"] == (None if median is None else Decimal(median))
    assert row["openings_symbol"] == symbol
    assert row["schools_counted"] == counted
    assert "schools_needed" not in row


ALVA = [(f"500001{number}", "primary", "Alva") for number in range(5)]
Openings = tuple[int, int] | None


def _cluster(
    contracts: dict[str, ReleaseContract], openings: dict[str, Openings], members: list[tuple[str, str, str]]
) -> dict[str, tuple[Any, ...]]:
    """By school: cluster, schools counted, rate and symbol."""
    years = []
    for school, found in openings.items():
        seed_code, sector = school.split()
        attended, possible = found or (None, None)
        years.append(
            {"local_authority_code": AUTHORITY, "seed_code": seed_code, "sector": sector, "academic_year": YEAR,
             "openings_attended": attended, "openings_possible": possible, "openings_symbol": None if found else "[c]",
             "attendance_rate": Decimal(attended) / possible if attended and possible else None,
             "data_as_at": date(2025, 10, 31)}
        )  # fmt: skip
    contract = contracts["attendance_by_cluster"]
    return {
        f"{row['seed_code']} {row['sector']}": (
            row["cluster_name"], row["schools_counted"], row["attendance_rate"], row["openings_symbol"]
        )
        for row in _rows(contract, cluster_attendance(contract, years, members))
    }  # fmt: skip


def test_a_cluster_is_added_up_and_rounded(contracts: dict[str, ReleaseContract]) -> None:
    openings: dict[str, Openings] = {
        "5000010 primary": (95, 100), "5000011 primary": (900, 1000), "5000012 primary": (91, 100),
        "5000013 primary": (47, 50), "5000014 primary": None, "5000015 primary": (1, 2),
    }  # fmt: skip
    found = _cluster(contracts, openings, ALVA)
    assert "5000015 primary" not in found, "a school in no cluster has no row"
    assert set(found.values()) == {("Alva", 4, Decimal("0.906"), None)}  # 1133 of 1250
    assert len(found) == 5, "the school whose own figure is hidden has its cluster's"


@pytest.mark.parametrize("own", [(95, 100), None])
def test_a_cluster_with_too_few_others_has_no_rate(contracts: dict[str, ReleaseContract], own: Openings) -> None:
    openings: dict[str, Openings] = {"5000010 primary": own, "5000011 primary": (9, 10), "5000012 primary": (8, 10)}
    found = _cluster(contracts, openings, ALVA)
    assert found["5000010 primary"] == ("Alva", 3 if own else 2, None, "[x]")
    found = _cluster(contracts, openings | {"5000013 primary": (7, 10)}, ALVA)
    assert found["5000010 primary"][3] is None
    assert found["5000011 primary"][3] == (None if own else "[x]"), "two others, where the fourth is hidden"


def test_sectors_are_apart_and_the_first_cluster_counts(contracts: dict[str, ReleaseContract]) -> None:
    openings: dict[str, Openings] = {f"{seed_code} {sector}": (9, 10) for seed_code, sector, _ in ALVA}
    openings["5000010 secondary"] = (1, 10)
    members = [*ALVA, ("5000010", "secondary", "Alva"), ("5000010", "primary", "Lornshill")]
    found = _cluster(contracts, openings, members)
    assert found["5000010 secondary"] == ("Alva", 1, None, "[x]")
    assert found["5000010 primary"] == ("Alva", 5, Decimal("0.900"), None)
