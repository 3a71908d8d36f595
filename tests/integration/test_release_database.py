"""Release on a real PostgreSQL: standing tables, gate, one transaction, readers who never see a mixture (24-31)."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest

from orchestration.database import connect
from orchestration.release import provision_aggregated, release_all, release_authority
from orchestration.release.door import gate
from orchestration.release.tables import provision as tables
from orchestration.release.tables.contracts import ContractError, ReleaseContract, load_release_contracts
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.release_database import ask, build_marts, contracts, empty, manifest, release, warehouse, world
from tests.support.release_world import AUTHORITY, MONTHS, Month, World, changed

__all__ = ["contracts", "empty", "manifest", "warehouse", "world"]  # fixtures

DENIED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)  # a view takes no rows


def test_tables_are_made_once_with_owner_comments_keys_and_forced_policies(
    warehouse: Settings, manifest: Path, contracts: tuple[ReleaseContract, ...]
) -> None:
    assert provision_aggregated(warehouse, manifest) == []
    rows = ask(
        warehouse,
        "select c.relname, pg_get_userbyid(c.relowner), c.relrowsecurity, c.relforcerowsecurity, "
        "obj_description(c.oid) is not null, (select count(*) from pg_index where indrelid = c.oid and indisprimary), "
        "(select count(*) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped "
        "and col_description(c.oid, a.attnum) is null) "
        "from pg_class c where c.relnamespace = 'released'::regnamespace and c.relkind = 'r'",
    )
    assert {row[0] for row in rows} == {contract.mart for contract in contracts} | {"releases"}
    assert {row[1:] for row in rows} == {("aggregated_owner", True, True, True, 1, 0)}
    columns = ask(
        warehouse,
        "select column_name from information_schema.columns where table_schema = 'aggregated' "
        "and (column_name like 'behind%' or column_name = 'withheld')",
    )
    assert columns == []


def test_readers_read_and_nothing_more(empty: Settings, world: World, contracts: tuple[ReleaseContract, ...]) -> None:
    build_marts(empty, world, contracts)
    release(empty)
    for role, count in {"analyst": 5, "dashboard": 0, "researcher": 5}.items():  # the dashboards' login has no reader
        assert ask(empty, "select count(*) from aggregated.attendance_by_school_year", role) == [(count,)]
        for statement in (
            "delete from aggregated.attendance_by_school_year",
            "update aggregated.releases set label = 'x'",
            "select * from aggregated_exact.attendance_by_school_year",
            "select * from control.hidden_cells",
            "set role aggregated_owner",
            "create table aggregated.mine (a integer)",
        ):
            with pytest.raises(DENIED), connect(empty, role) as connection:
                connection.execute(statement)
    for role in ("steward", "auditor", "transformer"):
        assert ask(empty, "select count(*) from control.released_pupil_states", role) == [(0,)]
    assert ask(empty, "select count(*) > 0 from control.released_pupil_states", "releaser") == [(True,)]


def test_hidden_cells_can_only_be_added(warehouse: Settings) -> None:
    for statement in ("delete from control.hidden_cells", "update control.hidden_cells set cell = 'x'",
                      "delete from control.releases"):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connect(warehouse, "releaser") as connection:
            connection.execute(statement)


def test_first_release_then_nothing_new(empty: Settings, world: World, contracts: tuple[ReleaseContract, ...]) -> None:
    build_marts(empty, world, contracts)
    first = release_authority(empty, AUTHORITY)
    assert first.outcome == "released"
    before = ask(empty, "select * from aggregated.attendance_by_school_stage order by 1, 2, 3, 4, 5")
    checked = ask(empty, "select released_at, checked_at from aggregated.releases")
    again = release_authority(empty, AUTHORITY)
    assert (again.outcome, again.rows_changed) == ("unchanged", {})
    assert ask(empty, "select * from aggregated.attendance_by_school_stage order by 1, 2, 3, 4, 5") == before
    later = ask(empty, "select released_at, checked_at from aggregated.releases")
    assert later[0][0] == checked[0][0]
    assert later[0][1] > checked[0][1]  # type: ignore[operator]
    assert ask(empty, "select count(*) from control.releases", "auditor") == [(1,)]


def test_only_changed_rows_carry_the_new_release(
    empty: Settings, world: World, contracts: tuple[ReleaseContract, ...]
) -> None:
    build_marts(empty, world, contracts)
    first = release_authority(empty, AUTHORITY).release_id

    def absent(pupil: object) -> object:
        if pupil.seed_code == "5000004":  # type: ignore[attr-defined]
            return replace(pupil, months={**pupil.months, MONTHS[2]: Month(40, 6, 2, 1)})  # type: ignore[type-var, attr-defined]
        return pupil

    build_marts(empty, changed(world, absent), contracts, 2)  # type: ignore[arg-type]
    second = release_authority(empty, AUTHORITY)
    assert second.outcome == "released", second.reasons
    rows = ask(empty, "select seed_code, month, release_id from aggregated.attendance_by_school_month order by 1, 2")
    assert {row[:2] for row in rows if row[2] == second.release_id} == {("5000004", MONTHS[2])}
    assert {row[2] for row in rows} == {first, second.release_id}
    assert second.rows_changed["attendance_by_school_month"] == 1


def test_an_open_balance_sheet_stops_the_release_and_is_named(
    empty: Settings, world: World, contracts: tuple[ReleaseContract, ...]
) -> None:
    build_marts(empty, world, contracts)
    release(empty)
    build_marts(empty, replace(world, data_as_at=date(2025, 11, 3)), contracts, 2)
    with connect(empty, "transformer") as connection:
        connection.execute(
            "insert into control.reconciliation (hop, local_authority_code, seed_code, mart, amount_in, amount_out, "
            "difference, is_closed) values ('raw to canonical', %s, 5000002, null, 100, 99, 1, false)",
            [AUTHORITY],
        )
    before = ask(empty, "select * from aggregated.attendance_by_school_year order by 1, 2, 3, 4")
    result = release_authority(empty, AUTHORITY)
    assert result.outcome == "refused"
    assert "raw to canonical" in result.reasons[0]
    assert "5000002" in result.reasons[0]
    assert "1 rows" in result.reasons[0]
    found = ask(empty, "select hop, seed_code, amount from control.release_checks where outcome = 'refused'", "auditor")
    assert found == [("raw to canonical", 5000002, 1)]
    assert ask(empty, "select * from aggregated.attendance_by_school_year order by 1, 2, 3, 4") == before


def test_a_half_built_set_is_refused(empty: Settings, world: World, contracts: tuple[ReleaseContract, ...]) -> None:
    build_marts(empty, world, contracts, 5)
    with connect(empty, "transformer") as connection:
        connection.execute("update control.model_builds set event_id = 4 where model = 'attendance_by_school_sex'")
    result = release_authority(empty, AUTHORITY)
    assert result.outcome == "refused"
    assert "attendance_by_school_sex" in result.reasons[0]
    build_marts(empty, world, contracts, 5)
    with connect(empty, "transformer") as connection:
        connection.execute("update control.model_builds set code_version = 'v0' where model = 'reconciliation'")
    assert release(empty) == "refused"


def test_a_school_that_is_gone_blocks_unless_a_delivery_was_withdrawn(
    empty: Settings, world: World, contracts: tuple[ReleaseContract, ...]
) -> None:
    build_marts(empty, world, contracts, 1)
    release(empty)
    smaller = changed(world, lambda pupil: None if pupil.seed_code == "5000002" else pupil)
    build_marts(empty, smaller, contracts, 2)
    result = release_authority(empty, AUTHORITY)
    assert result.outcome == "refused"
    assert "5000002" in result.reasons[0]
    with connect_as_admin(empty) as connection:
        connection.execute(
            "insert into control.deliveries (delivery_key, local_authority_code, extract_date, sequence, environment, "
            "manifest_sha256) values ('S12000005/2025-11-01', %s, '2025-11-01', 1, 'synthetic', 'x')",
            [AUTHORITY],
        )
        for kind in ("landed", "landed", "withdrawn"):
            connection.execute(
                "insert into control.ledger_events (delivery_id, kind, reason, actor) "
                "select delivery_id, %s, 'test', 'test' from control.deliveries",
                [kind],
            )
    assert release_authority(empty, AUTHORITY).outcome == "released"
    rows = ask(empty, "select count(*) from aggregated.attendance_by_school_year where seed_code = '5000002'")
    assert rows == [(0,)]


def test_a_shown_cell_that_is_not_exact_rolls_everything_back(
    empty: Settings, world: World, contracts: tuple[ReleaseContract, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    build_marts(empty, world, contracts)
    from orchestration.release.door import attendance as door

    honest = door.released_rows

    def wrong(rows: object, decision: object) -> object:
        found = honest(rows, decision)  # type: ignore[arg-type]
        if rows.contract.mart == "attendance_by_authority_year":  # type: ignore[attr-defined]
            return {key: tuple(value + 1 if isinstance(value, int) and value > 400 else value for value in row)
                    for key, row in found.items()}  # fmt: skip
        return found

    monkeypatch.setattr(door, "released_rows", wrong)
    result = release_authority(empty, AUTHORITY)
    assert result.outcome == "refused"
    assert "attendance_by_authority_year" in result.reasons[0]
    assert ask(empty, "select count(*) from aggregated.attendance_by_school_year") == [(0,)]
    assert ask(empty, "select count(*) from aggregated.releases") == [(0,)]


def _without_late(contracts: tuple[ReleaseContract, ...]) -> ReleaseContract:
    """The year's contract of a version that did not know late arrivals."""
    found = next(contract for contract in contracts if contract.mart == "attendance_by_school_year")
    columns = tuple(column for column in found.columns if column.name != "openings_late")
    return replace(found, groups={g: m for g, m in found.groups.items() if g != "late"}, columns=columns)


def test_a_new_column_arrives_nullable_and_not_available(
    empty: Settings,
    world: World,
    contracts: tuple[ReleaseContract, ...],
    manifest: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build_marts(empty, world, contracts)
    release(empty)
    narrow = _without_late(contracts)
    others = tuple(contract for contract in contracts if contract.mart != narrow.mart)
    with monkeypatch.context() as earlier:
        for module in (tables, gate):
            for name in ("load_release_contracts", "problems_of"):
                earlier.setattr(
                    module, name, lambda *_: (*others, narrow) if _ and isinstance(_[0], Path) else [], False
                )
        assert provision_aggregated(empty, manifest) == [narrow.mart]
        release(empty)
        release_all(empty)
    assert ask(empty, COLUMN) == [(0,)]
    assert provision_aggregated(empty, manifest) == [narrow.mart]
    assert ask(empty, "select distinct late_symbol from aggregated.attendance_by_school_year") == [("[x]",)]
    release(empty)
    assert ("[x]",) not in ask(empty, "select distinct late_symbol from aggregated.attendance_by_school_year")


COLUMN = (
    "select count(*) from information_schema.columns where table_schema = 'aggregated' "
    "and table_name = 'attendance_by_school_year' and column_name = 'late_symbol'"
)


def test_a_contract_on_record_that_is_not_understood_refuses_by_name(
    empty: Settings, world: World, contracts: tuple[ReleaseContract, ...], manifest: Path
) -> None:
    """As after a change behind the back of the project: release asks again what it is about to show."""
    build_marts(empty, world, contracts)
    with connect_as_admin(empty) as connection:
        connection.execute(
            "update control.release_contracts set contract = jsonb_set(contract, '{kind}', '\"reference\"') "
            "where mart = 'attendance_by_school_sex'"
        )
    result = release_authority(empty, AUTHORITY)
    assert result.outcome == "refused"
    assert "attendance_by_school_sex: its kind is school, not reference" in result.reasons[0]
    assert ask(empty, "select count(*) from aggregated.attendance_by_school_sex") == [(0,)]
    with connect_as_admin(empty) as connection:
        connection.execute("update control.release_contracts set fingerprint = ''")
    provision_aggregated(empty, manifest)
    assert release(empty) == "released"


def test_a_contract_that_does_not_fit_is_refused(tmp_path: Path, manifest: Path) -> None:
    broken = tmp_path / "manifest.json"
    broken.write_text(manifest.read_text().replace('"late": ["openings_late"]', '"late": ["openings_lte"]'))
    with pytest.raises(ContractError, match="openings_lte"):
        load_release_contracts(broken)
    with pytest.raises(ContractError, match="no dbt manifest"):
        load_release_contracts(tmp_path / "none.json")
