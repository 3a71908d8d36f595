"""A delivery is refused whole: a manifest that cannot be used, the wrong environment, an unknown authority."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestration.landing import land_delivery
from orchestration.settings import Settings
from tests.support.extracts import (
    deliver,
    extract,
    marks,
)
from tests.support.landings import emptied, ledger

GOOD = extract("attendance", marks())


@pytest.fixture
def warehouse(emptied_warehouse: Settings) -> Settings:
    return emptied(emptied_warehouse)


INVALID: list[tuple[str, dict[str, Any], str]] = [
    ("version to come", {"manifest_version": 2}, "manifest_version"),
    ("no authority", {"local_authority_code": None}, "local_authority_code"),
    ("another folder", {"extract_date": "2025-09-04"}, "is not the folder it lies in"),
    ("another sequence", {"sequence": 2}, "is not the folder it lies in"),
    ("no files", {"files": None}, "files"),
    ("sequence as text", {"sequence": "1"}, "sequence"),
    ("supersedes itself", {"supersedes": "S12000005/2025-09-03"}, "no earlier delivery"),
    ("supersedes another council's", {"supersedes": "S12000006/2025-09-01"}, "of this authority"),
    ("supersedes a day that is none", {"supersedes": "S12000005/2025-02-30"}, "of this authority"),
    ("a day with a time", {"extract_date": "2025-09-03T00:00:00"}, "a day such as"),
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
        ({"extracted_at": 1756918800}, "a time with offset"),
        ({"extracted_at": "9999-12-31T23:59:59-12:00"}, "a time with offset"),
        ({"name": "é" * 200}, "longer than any"),
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


def test_landing_reads_nothing_of_a_manifest_that_is_no_object(warehouse: Settings) -> None:
    for content in ("[]", "null", '"S12000005"', json.dumps({"files": []})):
        key = deliver(warehouse.landing, [GOOD])
        Path(warehouse.landing / key / "manifest.json").write_text(content)
        assert land_delivery(warehouse, key).reason == "manifest_invalid"
