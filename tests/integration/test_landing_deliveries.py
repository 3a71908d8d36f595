"""A delivery as a whole: unchanged, changed, refused in part, set aside, superseded, withdrawn."""

import shutil
from dataclasses import replace
from typing import Any

import pytest

from orchestration.contracts import Contract, load_contracts
from orchestration.landing import (
    FileResult,
    LandingError,
    discover,
    land_delivery,
    left_aside,
    pending,
    replay,
    restore,
    withdraw,
)
from orchestration.landing.discovery import locate
from orchestration.landing.files import FileLanding
from orchestration.landing.manifest import ManifestFile
from orchestration.settings import Settings
from tests.support.extracts import (
    deliver,
    extract,
    marks,
    pupils,
)
from tests.support.landings import emptied, in_force, ledger

GOOD = extract("attendance", marks())


@pytest.fixture
def warehouse(emptied_warehouse: Settings) -> Settings:
    return emptied(emptied_warehouse)


def state(warehouse: Settings) -> list[tuple[Any, ...]]:
    """Rows of raw and ledger, event numbers and times left out."""
    rows: list[tuple[Any, ...]] = []
    for feed, contract in load_contracts().items():
        if contract.is_collected:
            rows += ledger(warehouse, f"select '{feed}', t::text from raw.{feed} as t order by 2")
    rows += ledger(
        warehouse, "select feed, status, rows_accepted, rows_rejected, rows_duplicate from control.files order by 1"
    )
    return rows


def test_the_same_again_changes_nothing(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD, extract("pupils", pupils())])
    assert [found.delivery_key for found in pending(warehouse)] == [key]
    assert land_delivery(warehouse, key).outcome == "landed"
    before = state(warehouse)
    assert pending(warehouse) == []
    again = land_delivery(warehouse, key)
    assert (again.outcome, again.files) == ("unchanged", ())
    deliver(warehouse.landing, [GOOD, extract("pupils", pupils())], note="written again")
    assert len(pending(warehouse)) == 1
    assert land_delivery(warehouse, key).outcome == "unchanged"
    shutil.rmtree(warehouse.landing / key)
    assert pending(warehouse) == []
    assert state(warehouse) == before
    assert len(ledger(warehouse, "select from control.ledger_events")) == 1


@pytest.mark.parametrize("manifest_too", [True, False])
def test_changed_files_under_a_known_name_are_refused(warehouse: Settings, manifest_too: bool) -> None:
    key = deliver(warehouse.landing, [GOOD])
    land_delivery(warehouse, key)
    before = state(warehouse)
    changed = extract("attendance", marks(code="30"))
    if manifest_too:
        deliver(warehouse.landing, [changed])
    else:
        (warehouse.landing / key / GOOD.name).write_bytes(changed.content)
    assert [found.delivery_key for found in pending(warehouse)] == [key]
    result = land_delivery(warehouse, key)
    assert (result.outcome, result.reason) == ("refused", "changed_delivery")
    assert "new sequence" in result.message
    assert pending(warehouse) == []
    assert state(warehouse) == before
    land_delivery(warehouse, deliver(warehouse.landing, [changed], sequence=2))
    assert ledger(warehouse, "select count(*) from raw.attendance") == [(72,)]


def test_a_further_file_under_a_known_name_is_refused(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD])
    land_delivery(warehouse, key)
    deliver(warehouse.landing, [GOOD, extract("pupils", pupils())])
    assert land_delivery(warehouse, key).reason == "changed_delivery"


def test_a_refused_feed_is_read_for_its_hash_and_nothing_else(warehouse: Settings) -> None:
    secret = extract("contacts", [["173000006", "SECRETNAME"]], ("scn", "contact_name"))
    key = deliver(warehouse.landing, [GOOD, secret])
    good, refused = land_delivery(warehouse, key).files
    assert (good.status, refused.status, refused.reason) == ("landed", "refused", "refused_feed")
    assert ledger(
        warehouse, "select sha256 is not null, rows_file, rows_accepted from control.files where feed = 'contacts'"
    ) == [(True, 0, 0)]
    home = [path for path in warehouse.home.rglob("*") if path.is_file() and warehouse.landing not in path.parents]
    assert not [path for path in home if path.stat().st_size < 5_000_000 and b"SECRETNAME" in path.read_bytes()]


def test_a_feed_without_a_contract_is_set_aside_and_lands_when_it_has_one(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed pupils stands for one that an earlier version had no contract for."""
    from orchestration.landing import deliver as module

    every = load_contracts()
    known: dict[str, Contract] = {feed: contract for feed, contract in every.items() if feed != "pupils"}
    monkeypatch.setattr(module, "load_contracts", lambda: known)
    key = deliver(warehouse.landing, [GOOD, extract("pupils", pupils())])
    unknown = next(file for file in land_delivery(warehouse, key).files if file.feed == "pupils")
    assert (unknown.status, unknown.reason, unknown.rows_file) == ("set_aside", "unknown_feed", 6)
    assert replay(warehouse, key).outcome == "unchanged"
    monkeypatch.setattr(module, "load_contracts", lambda: every)
    assert land_delivery(warehouse, key).outcome == "unchanged"
    (file,) = replay(warehouse, key).files
    assert (file.status, file.rows_accepted) == ("landed", 6)
    assert ledger(warehouse, "select kind, file_id from control.ledger_events order by event_id") == [
        ("landed", None),
        ("replayed", file.file_id),
    ]


def test_a_file_that_was_still_being_copied_lands_once_it_is_there(warehouse: Settings) -> None:
    late = extract("pupils", pupils())
    key = deliver(warehouse.landing, [GOOD, replace(late, is_absent=True)])
    _, file = sorted(land_delivery(warehouse, key).files, key=lambda found: found.feed)
    assert (file.status, file.reason) == ("quarantined", "missing_file")
    assert pending(warehouse) == []
    (warehouse.landing / key / late.name).write_bytes(late.content)
    assert [found.delivery_key for found in pending(warehouse)] == [key]
    (file,) = land_delivery(warehouse, key).files
    assert (file.status, file.rows_accepted) == ("landed", 6)
    assert land_delivery(warehouse, key).outcome == "unchanged"


def test_a_delivery_supersedes_another_in_whatever_order_they_come(warehouse: Settings) -> None:
    right = deliver(warehouse.landing, [GOOD], sequence=2, supersedes="S12000005/2025-09-03")
    wrong = deliver(warehouse.landing, [extract("attendance", marks(code="30"))])
    for key in (right, wrong):
        land_delivery(warehouse, key)
    assert in_force(warehouse) == [right]
    withdraw(warehouse, right, "sent by mistake", "tester")
    assert in_force(warehouse) == [wrong]
    restore(warehouse, right, "was right after all", "tester")
    assert in_force(warehouse) == [right]


def test_a_delivery_with_a_quarantined_file_supersedes_nothing(warehouse: Settings) -> None:
    old = deliver(warehouse.landing, [GOOD])
    new = deliver(warehouse.landing, [GOOD.saying(rows=7)], sequence=2, supersedes=old)
    for key in (old, new):
        land_delivery(warehouse, key)
    assert in_force(warehouse) == [old, new]


def test_withdrawing_needs_a_reason_and_a_delivery(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD])
    with pytest.raises(LandingError, match="has not landed"):
        withdraw(warehouse, key, "never came", "tester")
    land_delivery(warehouse, key)
    with pytest.raises(LandingError, match="Say why"):
        withdraw(warehouse, key, " ", "tester")
    withdraw(warehouse, key, "wrong term", "tester")
    with pytest.raises(LandingError, match="withdrawn already"):
        withdraw(warehouse, key, "wrong term", "tester")
    assert in_force(warehouse) == []


def test_other_files_and_fields_are_warned_about(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD], produced_by="a job")
    (warehouse.landing / key / "notes.txt").write_text("nothing")
    result = land_delivery(warehouse, key)
    assert [(warned.kind, warned.detail) for warned in result.warnings] == [
        ("unknown_manifest_field", "produced_by"),
        ("unlisted_file", None),
    ]


def test_a_field_that_looks_like_no_name_is_not_told(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD], **{"Ann Bee 2012-05-01": 1, "a b": 2})
    assert [warned.detail for warned in land_delivery(warehouse, key).warnings] == ["(no name of a field)"]


def test_a_feed_of_whatever_name_is_set_aside(warehouse: Settings) -> None:
    loans = extract("library-loans", [["1"]], ["loan_id"]).saying(kind="delta")
    good, other = land_delivery(warehouse, deliver(warehouse.landing, [GOOD, loans])).files
    assert (good.status, other.status, other.reason) == ("landed", "set_aside", "unknown_feed")


def test_a_folder_in_place_of_a_file_is_quarantined(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD, extract("pupils", pupils())])
    (warehouse.landing / key / GOOD.name).unlink()
    (warehouse.landing / key / GOOD.name).mkdir()
    other, file = land_delivery(warehouse, key).files
    assert (other.status, file.status, file.reason) == ("landed", "quarantined", "not_readable")


def test_a_folder_that_goes_while_it_is_read_is_told_and_lands_when_it_is_back(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.landing import deliver as module

    key = deliver(warehouse.landing, [GOOD])
    folder = warehouse.landing / key
    real = module.FileLanding.land

    def gone(landing: FileLanding, file: ManifestFile) -> FileResult:
        result = real(landing, file)
        folder.rename(folder.parent / "elsewhere")
        return result

    with monkeypatch.context() as patched:
        patched.setattr(module.FileLanding, "land", gone)
        with pytest.raises(LandingError, match="run again"):
            land_delivery(warehouse, key)
    assert in_force(warehouse) == []
    (folder.parent / "elsewhere").rename(folder)
    assert land_delivery(warehouse, key).outcome == "landed"
    assert ledger(warehouse, "select count(*) from raw.attendance") == [(36,)]


def test_two_folders_of_one_delivery_are_told_and_the_complete_one_is_read(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD], "2025-10-20")
    plain, repeated = warehouse.landing / key, warehouse.landing / f"{key}-1"
    shutil.copytree(plain, repeated)
    try:
        assert [entry.path for entry in discover(warehouse) if entry.delivery_key == key] == [plain]
        (line,) = left_aside(warehouse)
        assert line.startswith(f"{repeated} is not read: {plain.name} beside it is the same delivery")
        (plain / "manifest.json").unlink()
        assert [entry.path for entry in discover(warehouse) if entry.delivery_key == key] == [repeated]
        assert locate(warehouse, key).path == repeated
    finally:
        shutil.rmtree(plain)
        shutil.rmtree(repeated)


def test_a_folder_may_say_sequence_one(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD])
    (warehouse.landing / key).rename(warehouse.landing / f"{key}-1")
    assert [found.delivery_key for found in pending(warehouse)] == [key]
    assert land_delivery(warehouse, key).outcome == "landed"
