"""Analysts' and researchers' shared logins, and the example set: given at a release, never on a live warehouse."""

import pytest

from orchestration.access import Place, grant_example_set, list_scopes, revoke
from orchestration.database import connect
from orchestration.release import release_authority
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.access_world import name_reader
from tests.support.main_job import rows
from tests.support.release_database import ask, build_marts, contracts, empty, manifest, release, warehouse, world
from tests.support.release_world import AUTHORITY, World

__all__ = ["contracts", "empty", "manifest", "warehouse", "world"]  # fixtures
COUNT = "select count(*) from aggregated.attendance_by_school_year"


@pytest.fixture
def untouched(empty: Settings, world: World, contracts: tuple[ReleaseContract, ...]) -> Settings:
    """Built and not released; nobody was ever given anything."""
    with connect_as_admin(empty) as connection:
        connection.execute("truncate access.scopes")
    build_marts(empty, world, contracts)
    return empty


def test_the_first_release_gives_the_shared_logins_their_authority(untouched: Settings) -> None:
    assert release(untouched) == "released"
    for role in ("analyst", "researcher"):
        assert ask(untouched, COUNT, role) == [(5,)]
    given = [(row["reader"], row["authority"], row["granted_by"]) for row in list_scopes(untouched)]
    assert given == [(f"shared_{role}", AUTHORITY, "first release") for role in ("analyst", "researcher")]
    release(untouched)
    assert len(list_scopes(untouched)) == 2


def test_what_was_taken_back_is_not_given_by_the_next_release(untouched: Settings) -> None:
    release(untouched)
    revoke(untouched, "shared_analyst", Place("authority", AUTHORITY), actor="test")
    assert release(untouched) == "unchanged"
    assert ask(untouched, COUNT, "analyst") == [(0,)]
    assert ask(untouched, COUNT, "researcher") == [(5,)]


def test_on_a_live_warehouse_nothing_is_given_by_itself(untouched: Settings) -> None:
    live = untouched.model_copy(update={"environment": "live"})
    assert release_authority(live, AUTHORITY).outcome == "released"
    assert list_scopes(untouched) == []
    assert ask(untouched, COUNT, "analyst") == [(0,)]


def test_a_refused_release_gives_nothing(untouched: Settings) -> None:
    with connect_as_admin(untouched) as connection:
        connection.execute("update control.model_builds set event_id = 0 where model = 'reconciliation'")
    assert release(untouched) == "refused"
    assert list_scopes(untouched) == []


def test_the_example_set_has_an_officer_heads_and_the_lead_of_a_cluster(released: Settings) -> None:
    code = "S12000005"
    first = grant_example_set(released, code)
    assert grant_example_set(released, code) == ()
    names = {"officer", "head-primary", "head-secondary", "head-special", "cluster-lead"}
    scopes = {row["reader"]: row for row in list_scopes(released) if row["reader"] in names}
    assert set(scopes) == names
    assert set(first) <= names
    with connect(released, "dashboard") as connection:
        readers = {
            name: number for number, name, _ in connection.execute("select * from access.example_readers()").fetchall()
        }
        assert set(readers) == names
        for sector in ("primary", "secondary", "special"):
            name_reader(connection, readers[f"head-{sector}"])
            found = connection.execute("select distinct seed_code, sector from attendance_by_school_year").fetchall()
            assert found == [(scopes[f"head-{sector}"]["school"], sector)]
        name_reader(connection, readers["cluster-lead"])
        seen = connection.execute(
            "select count(distinct seed_code || sector) from attendance_by_school_year"
        ).fetchone()
    inside = "select count(*) from access.clusters where cluster_name = %s"
    assert [seen] == rows(released, "auditor", inside, scopes["cluster-lead"]["cluster"])
