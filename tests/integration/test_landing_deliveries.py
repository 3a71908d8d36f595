"""A delivery as a whole: refused, unchanged, changed, cut off, replayed, withdrawn; and rows that are tried again."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestration.contracts import Contract, load_contracts
from orchestration.database import connect
from orchestration.landing import LandingError, land_delivery, pending, replay, restore, withdraw
from orchestration.settings import PROJECT_DIR, Settings
from tests.conftest import connect_as_admin
from tests.support.extracts import (
    ALLOA,
    LORNSHILL,
    NEW_SCHOOL,
    calendar,
    deliver,
    enrolments,
    establishments,
    extract,
    marks,
    pupils,
)

GOOD = extract("attendance", marks())


@pytest.fixture(scope="module")
def shared(new_warehouse: Callable[..., Settings]) -> Settings:
    return new_warehouse()


@pytest.fixture
def warehouse(shared: Settings) -> Settings:
    """An empty warehouse."""
    shutil.rmtree(shared.landing, ignore_errors=True)
    with connect(shared, "loader") as connection:
        for feed, contract in load_contracts().items():
            if contract.is_collected:
                connection.execute(f"delete from raw.{feed}")
        connection.execute("delete from raw.rejected_rows")
    with connect_as_admin(shared) as admin:
        admin.execute("truncate control.deliveries, control.attempts restart identity cascade")
    return shared


def ledger(warehouse: Settings, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connect(warehouse, "loader", autocommit=True) as connection:
        return connection.execute(query, values).fetchall()


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


def in_force(warehouse: Settings) -> list[str]:
    with connect(warehouse, "auditor", autocommit=True) as connection:
        rows = connection.execute("select delivery_key from control.deliveries_in_force order by 1").fetchall()
    return [row[0] for row in rows]


INVALID: list[tuple[str, dict[str, Any], str]] = [
    ("version to come", {"manifest_version": 2}, "manifest_version"),
    ("no authority", {"local_authority_code": None}, "local_authority_code"),
    ("another folder", {"extract_date": "2025-09-04"}, "is not the folder it lies in"),
    ("another sequence", {"sequence": 2}, "is not the folder it lies in"),
    ("no files", {"files": None}, "files"),
    ("sequence as text", {"sequence": "1"}, "sequence"),
    ("supersedes itself", {"supersedes": "S12000005/2025-09-03"}, "no earlier delivery"),
    ("supersedes another council's", {"supersedes": "S12000006/2025-09-01"}, "of this authority"),
    ("environment unknown", {"environment": "production"}, "environment"),
]


@pytest.mark.parametrize(("name", "manifest", "says"), INVALID, ids=[case[0] for case in INVALID])
def test_a_manifest_that_cannot_be_used_refuses_the_delivery(
    warehouse: Settings, name: str, manifest: dict[str, Any], says: str
) -> None:
    key = deliver(warehouse.landing, [GOOD])
    path = warehouse.landing / key / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **manifest}))
    result = land_delivery(warehouse, key)
    assert (result.outcome, result.reason) == ("refused", "manifest_invalid")
    assert says in result.message
    assert result.message.startswith(f"{key} is refused")
    assert ledger(warehouse, "select count(*) from control.deliveries") == [(0,)]
    assert ledger(warehouse, "select outcome, reason, message from control.attempts") == [
        ("refused", "manifest_invalid", result.message)
    ]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"name": "../secrets.csv"}, "leaves the folder"),
        ({"name": "/etc/passwd"}, "leaves the folder"),
        ({"name": "..\\secrets.csv"}, "leaves the folder"),
        ({"name": "sub/attendance.csv"}, "leaves the folder"),
        ({"name": "manifest.json"}, "leaves the folder"),
        ({"kind": "snapshot"}, "it is a delta"),
        ({"sha256": "abc"}, "sha256"),
        ({"rows": -1}, "rows"),
        ({"extracted_at": "2025-09-03T18:00:00"}, "extracted_at"),
    ],
)
def test_an_entry_that_cannot_be_used_refuses_the_delivery(
    warehouse: Settings, entry: dict[str, Any], says: str
) -> None:
    result = land_delivery(warehouse, deliver(warehouse.landing, [GOOD.saying(**entry)]))
    assert (result.outcome, result.reason) == ("refused", "manifest_invalid")
    assert says in result.message


def test_broken_json_two_files_of_one_feed_and_links_refuse_the_delivery(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD])
    manifest = warehouse.landing / key / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text[:-20])
    assert "it is not JSON" in land_delivery(warehouse, key).message
    key = deliver(warehouse.landing, [GOOD, replace(GOOD, name="again.csv")])
    assert "two files have the feed attendance" in land_delivery(warehouse, key).message
    deliver(warehouse.landing, [GOOD])
    file = warehouse.landing / key / GOOD.name
    file.rename(warehouse.landing / "outside.csv")
    file.symlink_to(warehouse.landing / "outside.csv")
    assert "is a link" in land_delivery(warehouse, key).message
    assert ledger(warehouse, "select count(*) from raw.attendance") == [(0,)]


def test_a_delivery_for_another_environment_or_of_nobody_is_refused(warehouse: Settings) -> None:
    live = land_delivery(warehouse, deliver(warehouse.landing, [GOOD], environment="live"))
    assert (live.outcome, live.reason) == ("refused", "wrong_environment")
    other = warehouse.model_copy(update={"environment": "live"})
    result = land_delivery(other, deliver(warehouse.landing, [GOOD]))
    assert (result.outcome, result.reason) == ("refused", "wrong_environment")
    assert "set WAREHOUSE_ENVIRONMENT" in result.message
    nobody = land_delivery(warehouse, deliver(warehouse.landing, [GOOD], authority="S12999999"))
    assert (nobody.outcome, nobody.reason) == ("refused", "unknown_authority")


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


def with_new_school(date: str = "2025-09-03") -> list[Any]:
    return [
        extract("attendance", [*marks(), *marks(NEW_SCHOOL)[:8]]),
        extract("enrolments", [*enrolments(), *enrolments(NEW_SCHOOL)[:2]]),
        extract("calendar", [*calendar(), *calendar(NEW_SCHOOL)]),
    ]


def test_rows_of_an_unknown_school_are_taken_when_its_establishments_file_comes(warehouse: Settings) -> None:
    schools = extract("establishments", establishments(ALLOA, NEW_SCHOOL))
    first = deliver(warehouse.landing, with_new_school(), "2025-09-03")
    later = deliver(warehouse.landing, [schools], "2025-09-05")
    land_delivery(warehouse, first)
    land_delivery(warehouse, later)
    held = {"attendance": 8, "enrolments": 2, "calendar": 6}
    assert dict(ledger(warehouse, "select feed, rows_rejected from control.files where delivery_id = 1")) == held
    earlier = deliver(warehouse.landing, [schools], "2025-09-02")
    assert land_delivery(warehouse, earlier).rows_retried == 16
    assert ledger(
        warehouse, "select sum(rows_rejected), sum(rows_accepted) from control.files where delivery_id = 1"
    ) == [(0, 64)]
    assert ledger(warehouse, "select from raw.rejected_rows") == ledger(warehouse, "select from control.rejects") == []
    retried = ledger(warehouse, "select count(*) from control.ledger_events where kind = 'retried'")
    assert retried == [(3,)]
    sums = ledger(
        warehouse,
        "select seed_code, count(*), bit_xor(hashint8extended((_file_id::bigint << 32) | _row_number, 0)) "
        "from raw.attendance group by 1 order by 1",
    )
    assert sums == ledger(
        warehouse,
        "select seed_code, file_establishments.rows_accepted, key_checksum from control.file_establishments "
        "inner join control.files using (file_id) where feed = 'attendance' order by 1",
    )


def test_the_order_of_deliveries_makes_no_difference_to_what_is_accepted(warehouse: Settings) -> None:
    """A file that was quarantined because of the new school lands too."""
    many = extract("attendance", [*marks(), *marks(NEW_SCHOOL)])
    one = deliver(warehouse.landing, [extract("establishments", establishments(ALLOA, NEW_SCHOOL))], "2025-09-02")
    two = deliver(warehouse.landing, [many, extract("enrolments", enrolments(NEW_SCHOOL)[:2])], "2025-09-03")
    query = (
        "select deliveries.delivery_key, feed, status, files.rows_accepted, files.rows_rejected, seed_code, "
        "file_establishments.rows_accepted from control.files inner join control.deliveries using (delivery_id) "
        "left join control.file_establishments using (file_id) order by 1, 2, 6"
    )
    assert land_delivery(warehouse, two).files[1].reason == "too_many_rejects"
    land_delivery(warehouse, one)
    turned_round = ledger(warehouse, query)
    content = ledger(
        warehouse, "select scn, seed_code, attendance_date, opening, _row_number from raw.attendance order by 5"
    )
    assert len(content) == 72
    with connect_as_admin(warehouse) as admin:
        admin.execute("truncate control.deliveries, control.attempts, raw.attendance, raw.enrolments, "
                      "raw.establishments, raw.rejected_rows restart identity cascade")  # fmt: skip
    for key in (one, two):
        land_delivery(warehouse, key)
    assert ledger(warehouse, query) == turned_round
    assert (
        ledger(warehouse, "select scn, seed_code, attendance_date, opening, _row_number from raw.attendance order by 5")
        == content
    )


KILLED = """
import os, signal, sys
from pathlib import Path
from orchestration.landing import {module} as module, land_delivery
from orchestration.settings import Settings
real = module.{function}
def stop(*arguments, **named):
    {before}
    os.kill(os.getpid(), signal.SIGKILL)
module.{function} = stop
Settings.model_config["env_file"] = None
settings = Settings(home=Path(sys.argv[1]))
land_delivery(settings, sys.argv[2])
"""


@pytest.mark.parametrize(
    ("module", "function", "before"),
    [
        ("load", "_encoder", "pass"),
        ("load", "load_rejects", "pass"),
        ("register", "record_establishments", "real(*arguments, **named)"),
        ("register", "record_event", "pass"),
        ("register", "finish", "pass"),
        ("files", "validate", "real(*arguments, **named)"),
    ],
)
def test_a_landing_that_is_killed_is_carried_on_and_lands_once(
    warehouse: Settings, module: str, function: str, before: str
) -> None:
    rows = [*marks(), ["x", *marks()[0][1:]]]
    key = deliver(warehouse.landing, [extract("attendance", rows), extract("pupils", pupils())])
    script = KILLED.format(module=module, function=function, before=before)
    killed = subprocess.run(
        [sys.executable, "-c", script, str(warehouse.home), key], cwd=PROJECT_DIR, capture_output=True, text=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    if function != "finish":
        assert in_force(warehouse) == []
    whole = ledger(warehouse, "select feed from control.files where status = 'landed'")
    for feed, count in (("attendance", 36), ("pupils", 6)):
        assert ledger(warehouse, f"select count(*) from raw.{feed}") == [(count if (feed,) in whole else 0,)]
    assert [found.delivery_key for found in pending(warehouse)] == [key]
    assert land_delivery(warehouse, key).outcome == ("unchanged" if function == "finish" else "landed")
    assert in_force(warehouse) == [key]
    assert ledger(warehouse, "select count(*), count(distinct _row_number) from raw.attendance") == [(36, 36)]
    assert ledger(warehouse, "select count(*) from raw.pupils") == [(6,)]
    assert ledger(warehouse, "select count(*) from control.rejects") == [(1,)]
    assert not list((warehouse.home / "scratch").rglob("*.csv"))


def test_two_processes_land_a_delivery_once(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD])
    script = (
        "import sys; from pathlib import Path; from orchestration.landing import land_delivery; "
        "from orchestration.settings import Settings; Settings.model_config['env_file'] = None; "
        "print(land_delivery(Settings(home=Path(sys.argv[1])), sys.argv[2]).outcome)"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(warehouse.home), key], cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert sorted(process.communicate()[0].strip() for process in both) == ["landed", "unchanged"]
    assert ledger(warehouse, "select count(*) from raw.attendance") == [(36,)]


def test_other_files_and_fields_are_warned_about(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD], produced_by="a job")
    (warehouse.landing / key / "notes.txt").write_text("nothing")
    result = land_delivery(warehouse, key)
    assert [(warned.kind, warned.detail) for warned in result.warnings] == [
        ("unknown_manifest_field", "produced_by"),
        ("unlisted_file", None),
    ]


def test_a_folder_may_say_sequence_one(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD])
    (warehouse.landing / key).rename(warehouse.landing / f"{key}-1")
    assert [found.delivery_key for found in pending(warehouse)] == [key]
    assert land_delivery(warehouse, key).outcome == "landed"


def test_landing_reads_nothing_of_a_manifest_that_is_no_object(warehouse: Settings) -> None:
    for content in ("[]", "null", '"S12000005"', json.dumps({"files": []})):
        key = deliver(warehouse.landing, [GOOD])
        Path(warehouse.landing / key / "manifest.json").write_text(content)
        assert land_delivery(warehouse, key).reason == "manifest_invalid"


def test_a_landing_takes_no_longer_than_it_should(warehouse: Settings) -> None:
    """A small delivery is a matter of tenths of a second, and one that is known of hundredths."""
    key = deliver(warehouse.landing, [GOOD])
    land_delivery(warehouse, key)
    started = time.monotonic()
    assert land_delivery(warehouse, key).outcome == "unchanged"
    assert time.monotonic() - started < 5
    assert LORNSHILL != ALLOA
