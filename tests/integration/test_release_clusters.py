"""Attendance of clusters in the database: out of shown rows, of every year, checked, and seen by whom it may."""

from pathlib import Path

import pytest

from orchestration.database import connect
from orchestration.release import provision_aggregated
from orchestration.release.follow.derived_checks import check_derived
from orchestration.release.tables.checks import CheckError
from orchestration.release.tables.contracts import ReleaseContract, load_release_contracts
from orchestration.settings import Settings
from tests.conftest import NewWarehouse, connect_as_admin
from tests.support.release_database import ask, build_marts, empty, release
from tests.support.release_exact import fake_manifest
from tests.support.release_world import AUTHORITY, random_world

__all__ = ["empty"]
SIZES = {
    ("5000001", "primary"): 60, ("5000002", "primary"): 120, ("5000003", "primary"): 30, ("5000005", "primary"): 50,
    ("5000006", "primary"): 80, ("5000007", "primary"): 3, ("5000008", "primary"): 90,
    ("5000004", "secondary"): 200,
}  # fmt: skip
HIDDEN = ("5000003", "5000005", "5000007")
"""Of three pupils, and the two next smallest, so that the sum of the sector gives the first away to no head either."""
ROWS = (
    "select seed_code, cluster_name, schools_counted, attendance_rate, openings_symbol "
    "from aggregated.attendance_by_cluster order by 1"
)
EXPECTED = (
    "select round(sum(openings_attended) / sum(openings_possible), 3), array_agg(seed_code order by seed_code) "
    "from aggregated.attendance_by_school_year where sector = 'primary' and openings_symbol is null"
)
RATE = "update released.attendance_by_cluster set attendance_rate = attendance_rate + 0.001 where seed_code = '5000007'"


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("contracts") / "manifest.json"
    return fake_manifest(path, made=("month_history", "cluster_attendance"))


@pytest.fixture(scope="module")
def contracts(manifest: Path) -> tuple[ReleaseContract, ...]:
    return load_release_contracts(manifest)


@pytest.fixture(scope="module")
def warehouse(new_warehouse: NewWarehouse, manifest: Path) -> Settings:
    settings = new_warehouse()
    provision_aggregated(settings, manifest)
    return settings


def bring(settings: Settings, cluster: str, *schools: tuple[str, str]) -> None:
    with connect_as_admin(settings) as connection, connection.cursor() as cursor:
        cursor.execute("delete from access.clusters where local_authority_code = %s", [AUTHORITY])
        cursor.executemany(
            "insert into access.clusters values (%s, %s, %s, %s, 'council')",
            [(AUTHORITY, cluster, *school) for school in schools],
        )


def test_a_cluster_is_made_of_shown_rows_and_follows_the_list(
    empty: Settings, contracts: tuple[ReleaseContract, ...]
) -> None:
    build_marts(empty, random_world(SIZES), contracts)
    bring(empty, "Alva", *SIZES)
    assert release(empty) == "released"
    ((rate, shown),) = ask(empty, EXPECTED)
    assert shown == ["5000001", "5000002", "5000006", "5000008"]
    four = ("Alva", 4, rate, None)
    found = {seed_code: tuple(row) for seed_code, *row in ask(empty, ROWS)}
    assert found == {**dict.fromkeys([*shown, *HIDDEN], four), "5000004": ("Alva", 1, None, "[x]")}
    assert release(empty) == "unchanged"

    bring(empty, "Hillfoots", *[school for school in SIZES if school[0] != "5000008"])
    assert release(empty) == "released", "the list alone has changed"
    found = {seed_code: tuple(row) for seed_code, *row in ask(empty, ROWS)}
    assert "5000008" not in found
    few = ("Hillfoots", 3, None, "[x]")
    assert [found[code] for code in ("5000001", "5000002", "5000006")] == [few] * 3
    for code in HIDDEN:  # three others
        assert found[code][1] == 3
        assert found[code][2] is not None


@pytest.mark.parametrize(
    "change",
    [
        RATE,
        "update released.attendance_by_cluster set schools_counted = schools_counted + 1",
        "delete from released.attendance_by_cluster where seed_code = '5000001'",
        "update released.attendance_by_school_year set openings_attended = openings_attended / 2",
    ],
)
def test_what_does_not_follow_is_not_released(
    empty: Settings, contracts: tuple[ReleaseContract, ...], change: str
) -> None:
    build_marts(empty, random_world(SIZES), contracts)
    bring(empty, "Alva", *SIZES)
    assert release(empty) == "released"
    (contract,) = [contract for contract in contracts if contract.kind == "cluster_attendance"]
    with connect(empty, "releaser") as connection:
        check_derived(connection, contract, AUTHORITY)
        connection.execute(change)
        with pytest.raises(CheckError, match="rates of clusters"):
            check_derived(connection, contract, AUTHORITY)
        connection.rollback()
