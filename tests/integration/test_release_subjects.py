"""A declared subject through the door: engine, attack, memory, one transaction, on a real PostgreSQL (24-28, 41-46)."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from orchestration.database import connect
from orchestration.release import release_authority
from orchestration.release.door.audit import audit_released
from orchestration.release.subject import judge as judging
from orchestration.release.tables.contracts import ContractError, load_release_contracts
from orchestration.settings import Settings
from orchestration.subjects import ANY_EVENT, note_waiting
from tests.conftest import NewWarehouse, connect_as_admin
from tests.support.declared_world import (
    AUTHORITY,
    YEAR,
    declaration,
    manifest_of_roll,
    other_stage,
    random_roll,
)
from tests.support.release_database import ask
from tests.support.roll_releases import build, emptied, warehouse_of_roll

Figures = dict[tuple[object, ...], tuple[object, object]]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return manifest_of_roll(tmp_path_factory.mktemp("declared") / "manifest.json")


@pytest.fixture(scope="module")
def made(new_warehouse: NewWarehouse, manifest: Path) -> Settings:
    return warehouse_of_roll(new_warehouse, manifest)


@pytest.fixture
def empty(made: Settings) -> Settings:
    return emptied(made)


def figures(settings: Settings, mart: str, *keys: str) -> Figures:
    with connect(settings, "releaser") as connection:
        query = f"select {', '.join(keys)}, pupils, pupils_symbol from released.{mart}"
        return {row[:-2]: row[-2:] for row in connection.execute(query)}


def by_stage(settings: Settings) -> Figures:
    return figures(settings, "roll_by_school_stage", "seed_code", "stage")


def test_the_roll_is_released_with_every_row_of_the_lists_and_small_ones_hidden(
    empty: Settings, manifest: Path
) -> None:
    roll = random_roll()
    build(empty, roll, manifest, "2025-09-12")
    result = release_authority(empty, AUTHORITY)
    assert result.outcome == "released", result.reasons
    (audited,) = audit_released(empty)
    assert (audited.subject, audited.given_away) == ("roll", ())
    assert audited.hidden > 10
    found = by_stage(empty)
    true: dict[tuple[object, ...], int] = {}
    for pupil in roll:
        true[pupil.seed_code, pupil.stage] = true.get((pupil.seed_code, pupil.stage), 0) + 1
    hidden = {key for key, (_, symbol) in found.items() if symbol == "[c]"}
    assert {key for key, count in true.items() if count < 5} <= hidden
    assert all(found[key][0] == count for key, count in true.items() if key not in hidden)
    assert {symbol for key, (_, symbol) in found.items() if key[0] == "5000006"} == {"[c]"}, "12 pupils: no breakdown"
    assert found["5000008", "P1"][1] == "[c]", "nobody, and fewer than 20"
    assert found["5000002", "unknown"] == (0, None), "a zero is shown"
    assert figures(empty, "roll_by_school", "seed_code")["5000008",] == (0, None)


def test_nothing_changes_in_a_night_without_changes(empty: Settings, manifest: Path) -> None:
    build(empty, random_roll(), manifest, "2025-09-12")
    assert release_authority(empty, AUTHORITY).outcome == "released"
    build(empty, random_roll(), manifest, "2025-09-15")
    assert release_authority(empty, AUTHORITY).outcome == "unchanged"
    assert ask(empty, "select count(*) from control.releases where subject = 'roll'", "releaser") == [(1,)]


def test_corrections_wait_for_a_fixed_date_and_few_of_them_stay_away(empty: Settings, manifest: Path) -> None:
    roll = random_roll()
    build(empty, roll, manifest, "2025-09-12")
    release_authority(empty, AUTHORITY)
    before = by_stage(empty)
    primary = [n for n, pupil in enumerate(roll) if pupil.seed_code == "5000002" and pupil.stage in ("P3", "P4")]
    moved = [other_stage(pupil) if n in primary[:12] else pupil for n, pupil in enumerate(roll)]
    build(empty, moved, manifest, "2025-11-03")
    assert release_authority(empty, AUTHORITY).outcome in ("released", "unchanged")
    assert by_stage(empty) == before, "it is not a fixed date"
    build(empty, moved, manifest, "2026-01-09")
    assert release_authority(empty, AUTHORITY).outcome == "released"
    after = by_stage(empty)
    p1 = sum(pupil.seed_code == "5000002" and pupil.stage == "P1" for pupil in moved)
    assert after["5000002", "P1"] == (p1, None)
    assert after != before
    few = [n for n, pupil in enumerate(moved) if pupil.seed_code == "5000002" and pupil.stage == "P5"][:2]
    last = [other_stage(pupil) if n in few else pupil for n, pupil in enumerate(moved)]
    build(empty, last, manifest, "2026-04-10")
    assert release_authority(empty, AUTHORITY).outcome in ("released", "unchanged")
    now = by_stage(empty)
    assert now["5000002", "P1"] == after["5000002", "P1"], "two have come: held"
    assert now["5000002", "P5"] == after["5000002", "P5"]


def test_hidden_stays_hidden_and_the_memory_is_only_added_to(empty: Settings, manifest: Path) -> None:
    roll = random_roll()
    build(empty, roll, manifest, "2025-09-12")
    release_authority(empty, AUTHORITY)
    hidden = {key for key, (_, symbol) in by_stage(empty).items() if symbol == "[c]"}
    more = [replace(pupil, number=pupil.number + 10_000) for pupil in roll]
    build(empty, [*roll, *more], manifest, "2026-01-09")
    assert release_authority(empty, AUTHORITY).outcome == "released"
    small = {"5000006", "5000008"}
    assert {key for key in hidden if key[0] not in small} <= {
        key for key, (_, symbol) in by_stage(empty).items() if symbol == "[c]"
    }
    with pytest.raises(psycopg.errors.InsufficientPrivilege), connect(empty, "releaser") as connection:
        connection.execute("delete from control.protected_cells")
    with connect(empty, "steward") as connection:
        assert connection.execute("select count(*) from control.protected_persons").fetchone() == (0,)


def test_figures_that_are_not_of_the_persons_refuse_the_subject(empty: Settings, manifest: Path) -> None:
    build(empty, random_roll(), manifest, "2025-09-12")
    with connect(empty, "transformer") as connection:
        connection.execute("update aggregated_exact.roll_by_sector set pupils = pupils + 1 where sector = 'primary'")
        connection.commit()
    result = release_authority(empty, AUTHORITY)
    assert result.outcome == "refused"
    assert "roll_by_sector: 1 figures of 2025/26 are not the number of persons" in result.reasons[0]
    assert by_stage(empty) == {}


def test_a_row_that_is_in_no_list_refuses_the_subject(empty: Settings, manifest: Path) -> None:
    roll = random_roll()
    build(empty, [*roll, replace(roll[0], number=9_999, stage="P9")], manifest, "2025-09-12")
    result = release_authority(empty, AUTHORITY)
    assert result.outcome == "refused"
    assert "have a stage that is in none of its" in result.reasons[0]


def test_the_attacker_refuses_what_protection_would_let_through(
    empty: Settings, manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(empty, random_roll(), manifest, "2025-09-12")
    decide = judging.decide

    def careless(*args: object, **how: object):
        found = decide(*args, **how)  # type: ignore[arg-type]
        few = (found.system.values > 0) & (found.system.values < 5)
        return replace(found, shown=found.shown | (found.hidden & ~few), hidden=found.hidden & few)

    monkeypatch.setattr(judging, "decide", careless)
    result = release_authority(empty, AUTHORITY)
    assert result.outcome == "refused"
    assert result.reasons[0].startswith("roll: what readers would see gives away the figure")
    assert by_stage(empty) == {}


def test_a_column_that_is_not_declared_stops_everything(tmp_path: Path, manifest: Path) -> None:
    text = manifest.read_text().replace('"census_on": {"name": "census_on"', '"wealth": {"name": "wealth"')
    other = tmp_path / "manifest.json"
    other.write_text(text)
    with pytest.raises(ContractError, match="does not say what the column wealth is"):
        load_release_contracts(other)


def show_elsewhere(settings: Settings, rows: dict[tuple[str, str, str], tuple[int | None, str | None]]) -> None:
    with connect_as_admin(settings) as connection:
        for (school, sector, stage), (pupils, symbol) in rows.items():
            connection.execute(
                "insert into released.attendance_by_school_stage (local_authority_code, seed_code, sector, "
                "academic_year, stage, pupils, pupils_symbol) values (%s, %s, %s, %s, %s, %s, %s)",
                [AUTHORITY, school, sector, YEAR, stage, pupils, symbol],
            )


def test_what_a_linked_table_hides_is_hidden_and_what_it_shows_protects_nothing(
    empty: Settings, manifest: Path
) -> None:
    roll = random_roll()
    build(empty, roll, manifest, "2025-09-12")
    release_authority(empty, AUTHORITY)
    plain = by_stage(empty)
    hidden = sorted(key for key, (_, symbol) in plain.items() if symbol == "[c]" and key[0] in ("5000003", "5000001"))
    count = {key: sum((p.seed_code, p.stage) == key for p in roll) for key in plain}
    partner = next((key for key in hidden if count[key] >= 5), None)
    with connect_as_admin(empty) as connection:
        connection.execute("truncate control.protected_cells, control.protected_persons, control.releases cascade")
        connection.execute("truncate released.roll_by_school_stage")
    shown = {("5000002", "primary", "P1"): (None, "[c]")}
    if partner is not None:
        shown[str(partner[0]), "primary", str(partner[1])] = (count[partner], None)
    show_elsewhere(empty, shown)
    result = release_authority(empty, AUTHORITY)
    assert result.outcome == "released", result.reasons
    now = by_stage(empty)
    assert now["5000002", "P1"] == (None, "[c]")
    assert sum(symbol == "[c]" for key, (_, symbol) in now.items() if key[0] == "5000002") >= 2
    if partner is not None:
        assert now[partner] == (count[partner], None), "it is known anyhow, so another one is hidden"
    assert {key for key, number in count.items() if 0 < number < 5} <= {k for k, (_, s) in now.items() if s == "[c]"}
    assert audit_released(empty)[0].given_away == ()


@pytest.mark.parametrize(("behind", "is_shown"), [(0, True), (3, False)])
def test_what_is_hidden_elsewhere_is_hidden_unless_nobody_is_there(
    empty: Settings, manifest: Path, behind: int, is_shown: bool
) -> None:
    """Of a year before a council's first file lists are there and nobody in them; a tiny council is hidden whole."""
    roll = random_roll()
    build(empty, roll, manifest, "2025-09-12")
    show_elsewhere(empty, {("5000002", "primary", "P1"): (None, "[c]")})
    with connect(empty, "transformer") as connection:
        columns = "local_authority_code text, academic_year text, pupils integer"
        connection.execute(f"create table aggregated_exact.attendance_by_school_stage ({columns})")
        connection.execute(
            "insert into aggregated_exact.attendance_by_school_stage values (%s, %s, %s)", [AUTHORITY, YEAR, behind]
        )
        connection.commit()
    try:
        assert release_authority(empty, AUTHORITY).outcome == "released"
    finally:
        with connect(empty, "transformer") as connection:
            connection.execute("drop table aggregated_exact.attendance_by_school_stage")
            connection.commit()
    assert (by_stage(empty)["5000002", "P1"][0] is not None) is is_shown


def test_a_subject_that_waits_for_its_first_file_is_neither_released_nor_refused(
    empty: Settings, manifest: Path
) -> None:
    build(empty, random_roll(), manifest, "2025-09-12")
    with connect(empty, "transformer") as connection:
        note_waiting(connection, [], "v1")
        connection.execute(
            "update control.model_builds set event_id = %s where model = any(%s)",
            [ANY_EVENT, list(declaration().marts)],
        )
        connection.commit()
    result = release_authority(empty, AUTHORITY)
    assert not [reason for reason in result.reasons if "roll" in reason]
    assert by_stage(empty) == {}
    assert audit_released(empty) == []


def test_a_linked_table_that_is_not_there_refuses_the_subject(empty: Settings, manifest: Path) -> None:
    build(empty, random_roll(), manifest, "2025-09-12")
    with connect_as_admin(empty) as connection:
        connection.execute("alter table released.attendance_by_school_sex rename to elsewhere")
    try:
        result = release_authority(empty, AUTHORITY)
    finally:
        with connect_as_admin(empty) as connection:
            connection.execute("alter table released.elsewhere rename to attendance_by_school_sex")
    assert result.outcome == "refused"
    assert "links.roll_by_school_sex is attendance_by_school_sex, which is not there" in result.reasons[0]
