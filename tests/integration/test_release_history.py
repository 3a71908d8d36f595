"""The history of persistent absence in the database: what stood stays, and comes back if the table is lost."""

from pathlib import Path

import pytest

from orchestration.database import connect
from orchestration.release import provision_aggregated
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.release_database import ask, build_marts, empty, release
from tests.support.release_exact import fake_manifest
from tests.support.release_world import MONTHS, random_world

__all__ = ["empty"]
SIZES = {("5000001", "primary"): 60, ("5000002", "primary"): 120, ("5000004", "secondary"): 200}
HISTORY = """
    select seed_code, breakdown, value, pupils, persistently_absent, persistent_absence_rate, as_at, bands_symbol
    from aggregated.persistent_absence_by_month where month = '{month}' order by 1, 2, 3
"""


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake_manifest(tmp_path_factory.mktemp("contracts") / "manifest.json", made=("month_history",))


@pytest.fixture(scope="module")
def contracts(manifest: Path) -> tuple[ReleaseContract, ...]:
    from orchestration.release.tables.contracts import load_release_contracts

    return load_release_contracts(manifest)


@pytest.fixture(scope="module")
def warehouse(new_warehouse: NewWarehouse, manifest: Path) -> Settings:
    settings = new_warehouse()
    provision_aggregated(settings, manifest)
    return settings


def test_months_stay_as_they_stood_and_come_back(empty: Settings, contracts: tuple[ReleaseContract, ...]) -> None:
    build_marts(empty, random_world(SIZES), contracts)
    assert release(empty) == "released"
    october = ask(empty, HISTORY.format(month="2025-10-01"))
    assert len(october) == len(SIZES) + len(ask(empty, "select from aggregated.persistent_absence_by_authority"))
    assert release(empty) == "unchanged"

    build_marts(empty, random_world(SIZES, months=MONTHS[:4], absent=0.2), contracts, event_id=2)
    assert release(empty) == "released"
    november = ask(empty, HISTORY.format(month="2025-11-01"))
    assert len(november) == len(october)
    assert november != october
    assert ask(empty, HISTORY.format(month="2025-10-01")) == october

    with connect(empty, "releaser") as connection:
        connection.execute("delete from released.persistent_absence_by_month")
    assert release(empty) == "released"
    assert ask(empty, HISTORY.format(month="2025-10-01")) == october
    assert ask(empty, HISTORY.format(month="2025-11-01")) == november


def test_no_release_while_a_test_stands_failed(empty: Settings, contracts: tuple[ReleaseContract, ...]) -> None:
    build_marts(empty, random_world(SIZES), contracts)
    with connect(empty, "transformer") as connection:
        connection.execute(
            "insert into control.failed_tests (test_name, models, code_version) values ('pupils__hold', 'pupils', 'v1')"
        )
    assert release(empty) == "refused"
    reasons = ask(empty, "select message from control.release_checks", "auditor")
    assert "pupils__hold" in str(reasons)
    with connect(empty, "transformer") as connection:
        connection.execute("update control.failed_tests set subjects = '{library_loans}'")
    assert release(empty) == "released"
    with connect(empty, "transformer") as connection:
        connection.execute("update control.failed_tests set subjects = '{attendance,library_loans}'")
    assert release(empty) == "refused"
    with connect(empty, "transformer") as connection:
        connection.execute("delete from control.failed_tests")
    assert release(empty) == "unchanged"
