"""Rows of own school: the exact ones, where a council has turned it on, and none where it has not (RULES 47)."""

from dataclasses import replace

import psycopg
import pytest

from orchestration.access import (
    ReaderError,
    forget_own_school_reads,
    list_scopes,
    own_school_decisions,
    review,
    turn_own_school,
)
from orchestration.database import connect
from orchestration.release import release_authority
from orchestration.release.own_school import empty_own_school, provision_own_school
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.own_school import declared_columns
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.own_school import ONE, STAGE, YEAR, made, name_head, opened, released, rows_of, turn
from tests.support.privileges import surprises_in
from tests.support.release_database import build_marts, contracts, manifest, warehouse, world

__all__ = ["contracts", "made", "manifest", "released", "warehouse", "world"]  # fixtures

from tests.support.release_world import AUTHORITY, World


def test_the_rows_are_the_exact_ones_of_every_school_and_of_declared_columns(
    released: Settings, contracts: tuple[ReleaseContract, ...]
) -> None:
    declared = declared_columns()
    checked = 0
    for contract in contracts:
        if contract.mart not in declared or contract.mart not in {YEAR, STAGE, "persistent_absence_by_school"}:
            continue
        columns = (*contract.keys, *declared[contract.mart])
        exact = rows_of(released, contract.relation, columns, f"local_authority_code = '{AUTHORITY}'")
        assert rows_of(released, f"own_school.{contract.mart}", columns) == exact
        assert exact
        checked += 1
    assert checked == 3
    with connect(released, "releaser") as connection:
        found = connection.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'own_school'"
        ).fetchall()
    assert found
    assert not [
        one for one in found if any(word in " ".join(one) for word in ("behind", "withheld", "exclu", "reason"))
    ]


def test_without_exact_rows_that_differ_nothing_is_written(released: Settings) -> None:
    query = "select xmin::text from own_school.attendance_by_school_year order by 1"
    with connect(released, "releaser") as connection:
        before = connection.execute(query).fetchall()
    assert release_authority(released, AUTHORITY).outcome == "unchanged"
    with connect(released, "releaser") as connection:
        assert connection.execute(query).fetchall() == before


def test_rows_follow_the_exact_state_with_the_next_release(
    released: Settings, world: World, contracts: tuple[ReleaseContract, ...]
) -> None:
    """As after a withdrawal or an erasure: whoever is gone from the exact marts is gone from the own school."""
    fewer = replace(world, pupils=world.pupils[1:])
    build_marts(released, fewer, contracts, 3)
    release_authority(released, AUTHORITY)
    columns = ("seed_code", "sector", "academic_year", "stage", "pupils", "openings_possible", "openings_attended")
    exact = rows_of(released, f"aggregated_exact.{STAGE}", columns, f"local_authority_code = '{AUTHORITY}'")
    assert rows_of(released, f"own_school.{STAGE}", columns) == exact
    build_marts(released, world, contracts, 4)
    release_authority(released, AUTHORITY)
    assert rows_of(released, f"own_school.{STAGE}", columns) != exact


def test_off_empties_at_once_and_nothing_comes_back_with_the_next_release(released: Settings) -> None:
    turn(released, is_on=False)
    assert empty_own_school(released, AUTHORITY) > 0
    assert rows_of(released, f"own_school.{YEAR}", ("seed_code",)) == []
    assert release_authority(released, AUTHORITY).outcome == "unchanged"
    assert rows_of(released, f"own_school.{YEAR}", ("seed_code",)) == []
    assert own_school_decisions(released)[0]["own_school"] == "off"
    turn(released, is_on=True)
    assert release_authority(released, AUTHORITY).outcome == "unchanged"
    assert len(rows_of(released, f"own_school.{YEAR}", ("seed_code",))) == 5


def test_a_council_has_it_off_until_it_says_otherwise_and_why(released: Settings) -> None:
    with connect(released, "auditor") as connection:
        assert connection.execute("select access.own_school_is_on('S12000033')").fetchone() == (False,)
    with pytest.raises(ReaderError, match="say why"):
        turn_own_school(released, "S12000033", is_on=True, reason=" ", actor="test")
    assert turn_own_school(released, AUTHORITY, is_on=True, reason="again", actor="test") is False


def test_a_table_whose_declaration_is_gone_or_changed_is_made_anew(released: Settings) -> None:
    with connect_as_admin(released) as admin:
        admin.execute("update control.own_school_tables set fingerprint = 'x' where mart = %s", [STAGE])
    assert provision_own_school(released) == [STAGE]
    assert rows_of(released, f"own_school.{STAGE}", ("seed_code",)) == []
    release_authority(released, AUTHORITY)
    assert rows_of(released, f"own_school.{STAGE}", ("seed_code",))
    assert provision_own_school(released) == []


def test_headships_are_listed_reviewed_and_drift_of_a_policy_is_named(released: Settings) -> None:
    name_head(released, "one", ONE)
    assert [row["reader"] for row in list_scopes(released) if row["kind"] == "head of"] == ["one"]
    sees = [row["sees"] for row in review(released) if row["who"] == "one"]
    assert f"own figures of primary school 5000001 of {AUTHORITY}, exactly" in sees
    assert [row for row in review(released) if row["kind"] == "difference"] == []
    with connect_as_admin(released) as admin:
        admin.autocommit = False
        admin.execute("drop policy read_by_head on own_school.attendance_by_school_year")
        admin.execute("create policy read_by_head on own_school.attendance_by_school_year for select to dashboard "
                      "using (true)")  # fmt: skip
        admin.commit()
        said = [row["sees"] for row in review(released) if row["kind"] == "difference"]
        assert said == ["policy read_by_head of own_school.attendance_by_school_year was changed"]
        admin.execute("update control.own_school_tables set fingerprint = 'x' where mart = %s", [YEAR])
        admin.commit()
    provision_own_school(released)
    release_authority(released, AUTHORITY)
    assert [row for row in review(released) if row["kind"] == "difference"] == []


def test_nobody_may_do_what_is_not_declared_where_its_tables_stand(released: Settings) -> None:
    assert surprises_in(released) == []


def test_lines_are_added_and_forgotten_never_changed(released: Settings) -> None:
    head = name_head(released, "one", ONE)
    opened(released, head, AUTHORITY, ONE, [YEAR, STAGE, "no_such_mart"])
    with connect_as_admin(released) as admin:
        assert admin.execute("select count(*) from control.own_school_reads").fetchone() == (2,)
        with pytest.raises(psycopg.errors.CheckViolation):
            admin.execute("update control.own_school_reads set mart = 'x'")
        admin.execute(
            "insert into control.own_school_reads (at, reader_id, local_authority_code, seed_code, sector, mart) "
            "values (now() - interval '401 days', 1, %s, %s, %s, 'old')",
            [AUTHORITY, *ONE],
        )
    assert forget_own_school_reads(released) == 1
    for role in ("loader", "transformer", "releaser"):
        with connect(released, role) as connection:
            assert connection.execute("select count(*) from control.own_school_reads").fetchone() == (0,)
