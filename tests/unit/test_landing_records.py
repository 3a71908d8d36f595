"""Records, header and checksum without a database."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from orchestration.contracts import load_contracts
from orchestration.landing import records, unpack
from orchestration.landing.findings import scn_check, seed_check
from orchestration.landing.header import judge_header
from orchestration.landing.outcomes import FileQuarantinedError
from orchestration.landing.records import split_records
from orchestration.landing.reference import Reference, academic_year
from orchestration.landing.structure import Structure
from orchestration.settings import PROJECT_DIR

ATTENDANCE = load_contracts()["attendance"]
NAMES = b"scn,seed_code,attendance_date,opening,attendance_code,recorded_at"


def split(folder: Path, content: bytes) -> tuple[Structure, list[list[str]]]:
    """Structure of a file, and the records that the validator would get."""
    (folder / "file.csv").write_bytes(content)
    target = io.BytesIO()
    with unpack.Delivered.open(folder, "file.csv").file as file:
        found = split_records(unpack.Delivered(file, "file.csv"), lambda line: line.count(b",") + 1, target)
    return found, list(csv.reader(io.StringIO(target.getvalue().decode(), newline="")))


@pytest.mark.parametrize("block", [1, 7, 4096])
def test_records_are_the_same_however_the_file_is_cut_into_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(unpack, "BLOCK_BYTES", block)
    monkeypatch.setattr(records, "START_BYTES", 8)
    content = '\ufeff\r\na,b,c\r\n1,"x\r\n""y""",é\r\n\r\n1,2\n,,\n"",""," "\r\nlast,one,'.encode()
    found, rows = split(tmp_path, content)
    assert found.records == 5
    assert (found.has_byte_order_mark, found.has_crlf, found.width) == (True, True, 3)
    assert rows == [["1", 'x\r\n"y"', "é"], ["", "", ""], ["", "", ""], ["", "", " "], ["last", "one", ""]]
    numbers, fields = found.wrong_column_counts()
    assert (numbers.tolist(), fields.tolist()) == ([2], [2])


def test_a_record_longer_than_any_should_be_is_set_aside_by_its_longest_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "MAX_RECORD_BYTES", 20)
    found, rows = split(tmp_path, b"a,b,c\n1,2,3\n1," + b"x" * 30 + b",3\n4,5,6\n")
    assert found.oversized == [(2, 1)]
    assert rows == [["1", "2", "3"], ["", "", ""], ["4", "5", "6"]]


def test_a_quotation_mark_that_swallows_the_file_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_OPEN_BYTES", 1000)
    monkeypatch.setattr(unpack, "BLOCK_BYTES", 100)
    with pytest.raises(FileQuarantinedError, match="record 1 has no end"):
        split(tmp_path, b'a,b\n1,"' + b"x,y\n" * 1000)


def test_header_words_never_show_a_value() -> None:
    first_row = b"173000006,5702534,2025-09-01,AM,10,2025-09-01T09:00:00Z"
    with pytest.raises(FileQuarantinedError) as error:
        judge_header(first_row, ATTENDANCE)
    assert error.value.reason == "no_header"
    assert "173000006" not in error.value.message
    header = judge_header(NAMES + b",Isla Reid 01259 000000!", ATTENDANCE)
    assert [(warned.kind, warned.detail) for warned in header.warnings] == [("unknown_column", "column 7")]


def test_columns_are_found_wherever_they_stand() -> None:
    header = judge_header(b'"opening",' + NAMES.replace(b"opening,", b""), ATTENDANCE)
    assert header.positions["opening"] == 0
    assert header.positions["scn"] == 1
    assert [warned.kind for warned in header.warnings] == ["column_order"]


@pytest.mark.parametrize(
    ("day", "year"),
    [("2025-08-01", "2025/26"), ("2026-07-31", "2025/26"), ("1999-12-01", "1999/00"), ("2025-07-31", "2024/25")],
)
def test_academic_years_run_from_august_to_july(day: str, year: str) -> None:
    assert academic_year(date.fromisoformat(day)) == year


def test_check_digits_of_real_seed_codes_hold_but_for_the_two_known_ones() -> None:
    codes = sorted(Reference(PROJECT_DIR / "seeds").establishments())
    condition = seed_check("code").replace("<>", "!=")
    wrong = {code for code in codes if eval(condition, {}, {"code": code})}
    assert wrong == {5222020, 5620424}


@pytest.mark.parametrize(("scn", "is_right"), [(173000006, True), (173000007, False), (173000014, True)])
def test_check_digit_of_a_candidate_number(scn: int, is_right: bool) -> None:
    assert eval(scn_check("scn").replace("<>", "!="), {}, {"scn": scn}) is not is_right
