"""A database with released tables for the tests of release, emptied before each test."""

from pathlib import Path

import pytest

from orchestration.database import connect
from orchestration.release import provision_aggregated, release_authority
from orchestration.release.tables.contracts import ReleaseContract, load_release_contracts
from orchestration.settings import Settings
from tests.conftest import NewWarehouse, connect_as_admin
from tests.support.emptying import empty_tables
from tests.support.release_exact import fake_manifest
from tests.support.release_runs import build
from tests.support.release_world import AUTHORITY, World, random_world

SIZES = {
    ("5000001", "primary"): 60, ("5000002", "primary"): 120, ("5000003", "primary"): 30,
    ("5000004", "secondary"): 200, ("5000007", "primary"): 3,
}  # fmt: skip


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake_manifest(tmp_path_factory.mktemp("contracts") / "manifest.json")


@pytest.fixture(scope="module")
def contracts(manifest: Path) -> tuple[ReleaseContract, ...]:
    return load_release_contracts(manifest)


@pytest.fixture(scope="module")
def warehouse(new_warehouse: NewWarehouse, manifest: Path) -> Settings:
    settings = new_warehouse()
    provision_aggregated(settings, manifest)
    return settings


@pytest.fixture
def empty(warehouse: Settings) -> Settings:
    """The warehouse with its tables, and nothing released or remembered."""
    with connect_as_admin(warehouse) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('released', 'aggregated_exact') "
            "or tablename in ('releases', 'release_checks', 'hidden_cells', 'shown_cells', "
            "'released_pupil_states', 'attacked_patterns', 'released_before', 'released_months', 'released_years', "
            "'scope_changes', 'failed_tests', 'shown_half_days', 'replaced_half_days', 'shown_periods', "
            "'held_figures', 'reconciliation', 'ledger_events', 'deliveries')"
        ).fetchall()
        empty_tables(connection, [f'{schema}."{table}"' for schema, table in tables])
    return warehouse


def build_marts(
    settings: Settings, world: World, of: tuple[ReleaseContract, ...], event_id: int = 1, code: str = "v1"
) -> None:
    with connect(settings, "transformer") as connection:
        build(connection, world, of, event_id, code)


def ask(settings: Settings, query: str, role: str = "analyst") -> list[tuple[object, ...]]:
    with connect(settings, role) as connection:
        return connection.execute(query).fetchall()


def release(settings: Settings) -> str:
    return release_authority(settings, AUTHORITY).outcome


@pytest.fixture(scope="module")
def world() -> World:
    return random_world(SIZES)
