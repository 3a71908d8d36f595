"""A small authority's deliveries with every fault: the files say what the truth says."""

import gzip
import hashlib
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.synthetic import SynthOptions, SynthResult, generate
from tests.support.synthetic_reading import (
    accepted_lines,
    accepted_rows,
    canonical_counts,
    good_files,
    text_of,
    truth_of,
)

AUTHORITY = "S12000005"
REASONS = {
    "missing_required", "wrong_type", "pattern", "unknown_code", "date_logic", "out_of_range", "duplicate_key",
    "wrong_column_count", "unknown_establishment", "hash_mismatch", "count_mismatch", "not_readable",
    "wrong_encoding", "wrong_delimiter", "no_header", "missing_column", "too_many_rejects", "missing_file",
    "refused_feed", "unknown_feed", "manifest_invalid", "wrong_environment", "unknown_authority",
    "held_identity", "scn_reissued", "scn_shared", "two_base_schools", "no_enrolment", "unmapped_code",
    "marked_elsewhere",
    "scn_check_digit", "scn_year", "unknown_column", "missing_optional_column", "column_order",
    "byte_order_mark", "crlf", "header_only", "scotxed_code", "seed_check_digit", "unknown_manifest_field",
    "superseded", "supersedes_quarantined",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SynthResult:
    out = tmp_path_factory.mktemp("synthetic")
    return generate(
        SynthOptions((AUTHORITY,), ("2025/26",), out, seed=3, daily=5, faults=0.0005, until=date(2025, 9, 26))
    )


@pytest.fixture(scope="module")
def truth(made: SynthResult) -> dict[str, Any]:
    return truth_of(made.out)


def test_every_fault_of_the_layouts_is_planted(truth: dict[str, Any]) -> None:
    assert {fault["reason"] for fault in truth["faults"]} == REASONS


def test_two_authorities_have_an_scn_in_common(tmp_path: Path) -> None:
    """Two people: born on different days, one in each authority, and the case is told for both."""
    neighbours = ("S12000005", "S12000023")
    generate(SynthOptions(neighbours, ("2025/26",), tmp_path, faults=0.0005, until=date(2025, 8, 22)))
    told = truth_of(tmp_path)
    cases = [fault["delivery"].split("/")[0] for fault in told["faults"] if fault["reason"] == "scn_conflict"]
    assert sorted(cases) == sorted(neighbours)
    births: dict[str, dict[str, str]] = {code: {} for code in neighbours}
    for row in accepted_rows(tmp_path, told, "pupils"):
        births[row["delivery"].split("/")[0]][row["scn"]] = row["date_of_birth"]
    (shared,) = births[neighbours[0]].keys() & births[neighbours[1]].keys()
    assert births[neighbours[0]][shared] != births[neighbours[1]][shared]


def test_a_delivery_lies_ready_to_be_changed(made: SynthResult, truth: dict[str, Any]) -> None:
    (fault,) = truth["faults_later"]
    assert (fault["outcome"], fault["reason"]) == ("refused", "changed_delivery")
    loaded, changed = (
        json.loads((made.out / fault[name] / "manifest.json").read_text()) for name in ("delivery", "folder")
    )
    assert loaded["files"][0]["sha256"] != changed["files"][0]["sha256"]
    assert {**loaded, "files": None} == {**changed, "files": None}


def test_canonical_counts_follow_from_the_files_alone(made: SynthResult, truth: dict[str, Any]) -> None:
    told = Counter(
        {
            (seed, stage, code): count
            for seed, stage, code, count in truth["authorities"][AUTHORITY]["2025/26"]["attendance"]
        }
    )
    assert canonical_counts(made.out, truth, AUTHORITY, "2025/26") == told
    assert made.openings == sum(told.values())


def test_good_files_are_as_their_manifest_says(made: SynthResult, truth: dict[str, Any]) -> None:
    for feed in ("establishments", "calendar", "pupils", "enrolments", "attendance"):
        for _, path in good_files(made.out, truth, feed):
            manifest = json.loads((path.parent / "manifest.json").read_text(encoding="utf-8"))
            (entry,) = [file for file in manifest["files"] if file["feed"] == feed]
            assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
            assert path.stat().st_size == entry["bytes"]
            assert text_of(path).count("\n") - 1 == entry["rows"]
            assert sum((entry.get("rows_by_establishment") or {"": entry["rows"]}).values()) == entry["rows"]


def test_snapshots_have_nobody_twice_and_hold_what_is_not_collected(made: SynthResult, truth: dict[str, Any]) -> None:
    pupils = accepted_rows(made.out, truth, "pupils")
    keys = Counter((row["delivery"], row["scn"], row["seemis_pupil_id"]) for row in pupils)
    assert max(keys.values()) == 1
    assert all(row["address"] and row["postcode"] for row in pupils)
    enrolments = Counter(
        (row["delivery"], row["scn"], row["seed_code"], row["entry_date"])
        for row in accepted_rows(made.out, truth, "enrolments")
    )
    assert max(enrolments.values()) == 1
    assert all(row["head_teacher"] for row in accepted_rows(made.out, truth, "establishments"))


def test_marks_lie_within_enrolments_on_open_half_days(made: SynthResult, truth: dict[str, Any]) -> None:
    last = max(row["delivery"] for row in accepted_rows(made.out, truth, "calendar"))
    closed = {
        (row["seed_code"], row["opening_date"], row["opening"])
        for row in accepted_rows(made.out, truth, "calendar")
        if row["delivery"] == last and row["is_open"] == "N"
    }
    strange = sum(fault["reason"] == "no_enrolment" for fault in truth["faults"])
    marked = set()
    for key, path in good_files(made.out, truth, "attendance"):
        _, lines = accepted_lines(truth, key, "attendance", text_of(path))
        marked |= {tuple(line.split(",", 5)[1:4]) for line in lines}
    assert len(marked & closed) <= strange


def test_attendance_is_sorted_and_put_right_later(made: SynthResult, truth: dict[str, Any]) -> None:
    key, path = good_files(made.out, truth, "attendance")[2]
    _, lines = accepted_lines(truth, key, "attendance", text_of(path))
    keys = [tuple(line.split(",")[column] for column in (2, 3, 1)) for line in lines]
    assert keys == sorted(keys)
    day = key.split("/")[1][:10]
    late = sum(line.split(",")[2] != day for line in lines)
    assert 0.012 < late / len(lines) < 0.016


def test_bad_deliveries_are_what_they_claim(made: SynthResult, truth: dict[str, Any]) -> None:
    files = {
        fault["reason"]: made.out / fault["delivery"] / fault["file"]
        for fault in truth["faults"]
        if fault["outcome"] == "quarantined"
    }
    assert not files["missing_file"].exists()
    with pytest.raises(UnicodeDecodeError):
        files["wrong_encoding"].read_bytes().decode()
    with pytest.raises((EOFError, gzip.BadGzipFile)):
        gzip.decompress(files["not_readable"].read_bytes())


def test_nobody_is_identified_in_the_truth(truth: dict[str, Any], made: SynthResult) -> None:
    text = json.dumps(truth)
    scns = {row["scn"] for row in accepted_rows(made.out, truth, "pupils")}
    assert not [scn for scn in list(scns)[:500] if scn in text]


def test_deliveries_are_never_overwritten(made: SynthResult) -> None:
    with pytest.raises(FileExistsError, match=AUTHORITY):
        generate(SynthOptions((AUTHORITY,), ("2025/26",), made.out))
