"""Days without school as people write them: what cannot be meant is refused in words that say what to write."""

from datetime import date
from pathlib import Path

import pytest

from orchestration.landing import LandingError
from orchestration.landing.closed_days import Days, parse_days, read_days


def test_a_day_and_a_range_are_read() -> None:
    assert parse_days("2025-12-22") == Days(date(2025, 12, 22), date(2025, 12, 22))
    assert parse_days("2025-12-22..2026-01-02", "5702534") == Days(date(2025, 12, 22), date(2026, 1, 2), 5702534)


@pytest.mark.parametrize(
    ("text", "school", "says"),
    [
        ("", None, "is no day"),
        ("22/12/2025", None, "is no day"),
        ("20251222", None, "is no day"),
        ("2025-02-29", None, "is no day"),
        ("2025-12-22..", None, "is no day"),
        ("2025-12-22...2026-01-02", None, "is no day"),
        ("2025-12-22..2025-12-21", None, "ends before it begins"),
        ("2025-01-01..2026-12-31", None, "more than a year"),
        ("2025-12-22", "57025", "seven digits"),
        ("2025-12-22", "school", "seven digits"),
    ],
)
def test_what_is_no_day_or_school_is_refused(text: str, school: str | None, says: str) -> None:
    with pytest.raises(LandingError, match=says):
        parse_days(text, school)


def test_a_file_may_have_a_byte_order_mark_blank_lines_and_columns_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_bytes(
        "\ufeffreason,from,to,seed_code\r\nMid-term,2026-02-16,2026-02-18,\r\n\r\n,2026-03-02,,5702534\r\n".encode()
    )
    assert read_days(path) == (
        Days(date(2026, 2, 16), date(2026, 2, 18), None, "Mid-term"),
        Days(date(2026, 3, 2), date(2026, 3, 2), 5702534, None),
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "first line"),
        (b"day\n2025-12-22\n", "first line"),
        (b"from;to\n2025-12-22;\n", "first line"),
        (b"from,from\n2025-12-22,\n", "first line"),
        (b"from,to\n", "has no days"),
        (b"from,to\n2025-12-22\n", r"row 1: 1 fields under 2 columns"),
        (b"from\n2025-12-22\nChristmas\n", r"row 2: 'Christmas' is no day"),
        (b"from,to\n2025-12-22,2025-12-01\n", "row 1: .*ends before"),
        (b"from,seed_code\n2025-12-22,12\n", "row 1: '12' is no SEED code"),
        ("from,reason\n2025-12-22,é\n".encode("cp1252"), "not UTF-8"),
        (b"from,reason\n2025-12-22,a\0b\n", "bytes of value 0"),
        (b'from\n"2025-12-22\n', "is no day|cannot be read as CSV"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_row(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_bytes(content)
    with pytest.raises(LandingError, match=says) as refused:
        read_days(path)
    assert "days.csv" in str(refused.value)


def test_a_file_that_is_not_there_or_is_none_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(LandingError, match="There is no file"):
            read_days(path)
