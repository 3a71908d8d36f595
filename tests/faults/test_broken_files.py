"""Broken files: each has the outcome of the extract layouts, names what is wrong, loads nothing and stops no other."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from orchestration.landing import FileResult, land_delivery
from orchestration.landing.announced import check_times
from orchestration.landing.manifest import ManifestFile
from orchestration.landing.outcomes import FileQuarantinedError
from orchestration.settings import Settings
from tests.support.extracts import ATTENDANCE, Extract, calendar, deliver, enrolments, extract, marks, pupils
from tests.support.landings import emptied, ledger

GOOD = extract("attendance", marks())
HEADER, BODY = GOOD.content.decode().split("\n", 1)
NOW = datetime.now(UTC)


@pytest.fixture
def warehouse(emptied_warehouse: Settings) -> Settings:
    return emptied(emptied_warehouse)


@dataclass(frozen=True)
class Broken:
    name: str
    file: Callable[[], Extract]
    reason: str
    says: str


def header(old: str, new: str) -> Callable[[], Extract]:
    return lambda: GOOD.holding(HEADER.replace(old, new, 1) + "\n" + BODY)


def in_hours(hours: int) -> str:
    return (NOW + timedelta(hours=hours)).isoformat(timespec="seconds")


BROKEN = [
    Broken("extracted in 2099", lambda: GOOD.saying(extracted_at="2099-12-31T18:00:00+00:00"), "future_extract",
           "extracted_at is 2099-12-31"),
    Broken("extracted in two days", lambda: GOOD.saying(extracted_at=in_hours(49)), "future_extract", "clock"),
    Broken("bytes of another file", lambda: GOOD.saying(bytes=len(GOOD.content) + 1), "count_mismatch",
           f"it has {len(GOOD.content)} bytes and the manifest announces {len(GOOD.content) + 1}"),
    Broken("no bytes announced", lambda: GOOD.saying(bytes=0), "count_mismatch", "announces 0"),
    Broken("more than twice the rows", lambda: GOOD.saying(rows=17), "too_large", "and 34 are as many as can be"),
    Broken("twice the rows", lambda: GOOD.saying(rows=18), "count_mismatch", "36 rows and the manifest announces 18"),
    Broken("rows where none are announced", lambda: GOOD.saying(rows=0), "too_large", "0 are as many"),
    Broken("600 columns", lambda: GOOD.holding(HEADER + ",x" * 600 + "\n"), "not_readable", "606 columns"),
    Broken("blank records in place of rows", lambda: GOOD.holding(HEADER + "\n" + ",,,,,\n" * 10), "count_mismatch",
           "it has 0 rows and 10 blank ones"),
    Broken("zero-width space", header("scn", "\u200bscn"), "missing_column",
           "column scn (column 1 looks like scn and holds U+200B zero width space)"),
    Broken("a second byte-order mark", header("scn", "\ufeff\ufeffscn"), "missing_column", "U+FEFF byte-order mark"),
    Broken("byte-order mark in the middle", header("opening", "open\ufeffing"), "missing_column",
           "column opening (column 4 looks like opening and holds U+FEFF"),
    Broken("no-break space", header("recorded_at", "recorded_at\u00a0"), "missing_column", "U+00A0 no-break space"),
    Broken("soft hyphen", header("attendance_code", "attendance\u00ad_code"), "missing_column", "U+00AD soft hyphen"),
    Broken("word joiner", header("scn", "s\u2060cn"), "missing_column", "U+2060 word joiner"),
    Broken("direction", header("scn", "\u200escn"), "missing_column", "U+200E left-to-right mark"),
    Broken("tab", header("scn", "scn\t"), "missing_column", "U+0009 tab"),
    Broken("Cyrillic", header("scn", "s\u0441n"), "missing_column", "U+0441 cyrillic small letter es"),
    Broken("full width", header("scn", "\uff53cn"), "missing_column", "U+FF53 fullwidth latin small letter s"),
    Broken("capitals", header("scn", "SCN"), "missing_column", "column 1 is scn in capital letters"),
    Broken("a space before", header("seed_code", " seed_code"), "missing_column", "with a space beside it"),
    Broken("a hyphen", header("seed_code", "seed-code"), "missing_column", "seed_code written in another way"),
    Broken("all of them", lambda: GOOD.holding(HEADER.replace(",", "\u200b,") + "\u200b\n" + BODY), "missing_column",
           "column 6 looks like recorded_at and holds U+200B"),
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_broken_file_is_held_back_by_name_and_everything_beside_it_lands(warehouse: Settings, broken: Broken) -> None:
    first = land_delivery(warehouse, deliver(warehouse.landing, [extract("enrolments", enrolments()), broken.file()]))
    other, file = first.files
    assert (file.status, file.reason) == ("quarantined", broken.reason), file.message
    assert broken.says in str(file.message)
    assert str(file.message).startswith(f"{first.delivery_key}, attendance.csv: ")
    assert re.search(r"new sequence|Export it|Correct", str(file.message))
    assert (other.status, first.outcome) == ("landed", "landed")
    assert land_delivery(warehouse, deliver(warehouse.landing, [GOOD], "2025-09-04")).files[0].status == "landed"
    assert ledger(warehouse, "select count(*), count(distinct _file_id) from raw.attendance") == [(36, 1)]
    counted = "select count(*) from control.file_establishments inner join control.files using (file_id)"
    assert ledger(warehouse, f"{counted} where status = 'quarantined'") == [(0,)]
    assert ledger(warehouse, "select reason from control.files where status = 'quarantined'") == [(broken.reason,)]


def landed(warehouse: Settings, file: Extract) -> FileResult:
    (found,) = land_delivery(warehouse, deliver(warehouse.landing, [file])).files
    assert found.status == "landed", found.message
    return found


@pytest.mark.parametrize("announced", ["in", "out"])
def test_blank_records_are_skipped_whether_they_are_announced_or_not(warehouse: Settings, announced: str) -> None:
    blank = ",,,,,\n"
    first, rest = BODY.split("\n", 1)
    text = (
        HEADER + "\n" + blank * 2 + first + "\n" + ",,,,,\r\n" + rest + '"","",,"","",\n' + "," * 8 + "\n" + ",\n" * 40
    )
    file = GOOD.holding(text.removesuffix("\n"))
    found = landed(warehouse, file.saying(rows=36 + (45 if announced == "in" else 0)))
    assert (found.rows_file, found.rows_accepted, found.rows_rejected, found.rows_blank) == (36, 36, 0, 45)
    assert [(w.kind, w.row_count, w.example_row) for w in found.warnings if w.kind == "blank_records"] == [
        ("blank_records", 45, 1)
    ]  # fmt: skip
    assert ledger(warehouse, "select rows_file, rows_blank from control.files") == [(36, 45)]
    assert ledger(warehouse, "select min(_row_number), max(_row_number) from raw.attendance") == [(3, 39)]


def test_what_only_looks_blank_is_rejected(warehouse: Settings) -> None:
    file = GOOD.holding(GOOD.content + b'" ",,,,,\n",",,,,,\n"""",,,,,\n').saying(rows=39)
    found = landed(warehouse, file)
    assert (found.rows_accepted, found.rows_rejected, found.rows_blank) == (36, 3, 0)


def test_an_optional_column_that_only_looks_right_is_named(warehouse: Settings) -> None:
    good = extract("enrolments", enrolments())
    found = landed(warehouse, good.holding(good.content.decode().replace("leaving_date", "leaving_date\u00a0", 1)))
    (warned,) = [w for w in found.warnings if w.kind == "missing_optional_column"]
    assert (warned.column, warned.detail) == (
        "leaving_date", "column 4 looks like leaving_date and holds U+00A0 no-break space"
    )  # fmt: skip


@pytest.mark.parametrize("feed", ["enrolments", "calendar"])
def test_rows_of_times_to_come_are_warned_about(warehouse: Settings, feed: str) -> None:
    rows = enrolments() if feed == "enrolments" else calendar()
    rows[0][-1] = "2099-01-01T09:00:00Z"
    found = landed(warehouse, extract(feed, rows))
    assert ("updated_at_after_extracted_at", 1) in [(w.kind, w.row_count) for w in found.warnings]


def test_a_delivery_of_a_day_to_come_holds_all_its_files_back(warehouse: Settings) -> None:
    day = (NOW + timedelta(days=3)).date().isoformat()
    files = [GOOD.saying(extracted_at=in_hours(0)), extract("pupils", pupils()).saying(extracted_at=in_hours(0))]
    found = land_delivery(warehouse, deliver(warehouse.landing, files, day)).files
    assert {file.reason for file in found} == {"future_extract"}


@pytest.mark.parametrize(("hours", "refused"), [(-9000, False), (0, False), (23, False), (25, True)])
def test_a_clock_may_be_wrong_by_a_day(hours: int, refused: bool) -> None:
    file = ManifestFile(
        feed="attendance", name="a.csv", kind="delta", sha256="0" * 64, bytes=1, rows=1,
        extracted_at=(NOW + timedelta(hours=hours)).isoformat(),
    )  # type: ignore[arg-type]  # fmt: skip
    if not refused:
        check_times(file, date(2025, 9, 1), NOW)
        return
    with pytest.raises(FileQuarantinedError, match="more than a day ahead"):
        check_times(file, date(2025, 9, 1), NOW)


def test_the_columns_of_the_table_are_those_of_the_contract() -> None:
    assert tuple(HEADER.split(",")) == ATTENDANCE
    assert replace(GOOD).rows == 36
