"""Bad rows: each is rejected with its reason and column, and no other row with it; what is kept of it, what not."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from orchestration.database import connect
from orchestration.settings import Settings
from tests.support.extracts import (
    ALLOA,
    COLUMNS,
    NEW_SCHOOL,
    PUPILS,
    SCNS,
    calendar,
    csv_text,
    enrolments,
    establishments,
    extract,
    marks,
    pupils,
)
from tests.support.landings import land, rejects


@pytest.fixture
def warehouse(landing_warehouse: Settings) -> Settings:
    return landing_warehouse


@dataclass(frozen=True)
class Wrong:
    feed: str
    column: str
    value: str
    reason: str


WRONG = [
    Wrong("attendance", "scn", "", "missing_required"),
    Wrong("attendance", "scn", "17300001", "pattern"),
    Wrong("attendance", "seed_code", "57025", "pattern"),
    Wrong("attendance", "seed_code", NEW_SCHOOL, "unknown_establishment"),
    Wrong("attendance", "attendance_date", "31/02/2026", "wrong_type"),
    Wrong("attendance", "attendance_date", "2025-02-31", "wrong_type"),
    Wrong("attendance", "attendance_date", "20250901", "wrong_type"),
    Wrong("attendance", "attendance_date", "2029-09-01", "date_logic"),
    Wrong("attendance", "attendance_date", "1998-09-01", "date_logic"),
    Wrong("attendance", "opening", "am", "unknown_code"),
    Wrong("attendance", "attendance_code", "ABCDEF", "unknown_code"),
    Wrong("attendance", "attendance_code", "/", "unknown_code"),
    Wrong("attendance", "attendance_code", "77", "unknown_code"),
    Wrong("attendance", "attendance_code", "99", "unknown_code"),
    Wrong("attendance", "recorded_at", "2025-09-01T09:00:00", "wrong_type"),
    Wrong("attendance", "recorded_at", "2025-09-01T25:00:00Z", "wrong_type"),
    Wrong("attendance", "recorded_at", "2029-09-01T09:00:00Z", "date_logic"),
    Wrong("pupils", "surname", "", "missing_required"),
    Wrong("pupils", "seemis_pupil_id", "P-1", "pattern"),
    Wrong("pupils", "forename", "x" * 101, "pattern"),
    Wrong("pupils", "date_of_birth", "2004-01-01", "date_logic"),
    Wrong("pupils", "date_of_birth", "2023-01-01", "date_logic"),
    Wrong("pupils", "sex", "X", "unknown_code"),
    Wrong("pupils", "data_zone_code", "S01999999", "unknown_code"),
    Wrong("pupils", "ethnicity_code", "04", "unknown_code"),
    Wrong("pupils", "main_home_language", "English", "pattern"),
    Wrong("pupils", "free_meal_registered", "true", "wrong_type"),
    Wrong("pupils", "updated_at", "2029-01-01T00:00:00Z", "date_logic"),
    Wrong("enrolments", "leaving_date", "19/08/2025", "wrong_type"),
    Wrong("enrolments", "entry_date", "2027-08-20", "date_logic"),
    Wrong("enrolments", "stage", "S7", "unknown_code"),
    Wrong("enrolments", "status", "gone", "unknown_code"),
    Wrong("calendar", "reason", "rain", "unknown_code"),
    Wrong("calendar", "is_open", "1", "wrong_type"),
    Wrong("establishments", "local_authority_code", "S12999999", "unknown_code"),
    Wrong("establishments", "sector", "primary+primary", "unknown_code"),
    Wrong("establishments", "half_day_openings_per_week", "11", "out_of_range"),
    Wrong("establishments", "half_day_openings_per_week", "ten", "wrong_type"),
    Wrong("establishments", "half_day_openings_per_week", "99999999999999999999", "out_of_range"),
    Wrong("establishments", "half_day_openings_per_week", "1e1", "wrong_type"),
    Wrong("establishments", "planning_capacity", "0", "out_of_range"),
    Wrong("establishments", "working_capacity", "-1", "out_of_range"),
    Wrong("establishments", "capacity_as_at", "June", "wrong_type"),
    Wrong("establishments", "condition", "E", "unknown_code"),
    Wrong("establishments", "suitability", "a", "unknown_code"),
    Wrong("establishments", "medium_of_education", "scots", "unknown_code"),
    Wrong("establishments", "closed_on", "2020-01-01", "date_logic"),
]
ROWS = {
    "attendance": marks, "pupils": pupils, "enrolments": enrolments, "calendar": calendar,
    "establishments": establishments,
}  # fmt: skip


@pytest.mark.parametrize("feed", ROWS)
def test_each_wrong_value_rejects_its_row_and_no_other(warehouse: Settings, feed: str) -> None:
    """All wrong values of a feed in one file, each in a row of its own beside the good ones."""
    columns = list(COLUMNS[feed])
    good = ROWS[feed]()
    bad = []
    cases = [case for case in WRONG if case.feed == feed]
    for number, case in enumerate(cases):
        row = list(good[-1])
        if feed == "establishments":
            row[columns.index("seed_code")] = f"58{number:05d}"
            row[columns.index("opened_on")] = "2024-08-20"
        elif feed == "pupils":
            row[columns.index("seemis_pupil_id")] = f"BAD{number}"
        elif feed in ("attendance", "enrolments"):
            row[columns.index("scn")] = f"19000{number:04d}"
        else:
            row[columns.index("opening_date")] = f"2025-11-{number + 1:02d}"
        row[columns.index(case.column)] = case.value
        bad.append(row)
    result = land(warehouse, extract(feed, [*good, *bad, *more_rows(feed, 100 * len(bad))]))
    (file,) = result.files
    assert file.status == "landed", file.message
    assert (file.rows_rejected, file.rows_duplicate) == (len(bad), 0)
    found = rejects(warehouse, file)
    assert found == [(len(good) + at, case.column, case.reason) for at, case in enumerate(cases, start=1)]
    assert file.message is not None
    assert all(case.reason in file.message and case.column in file.message for case in cases)
    with connect(warehouse, "loader") as connection:
        kept = connection.execute(
            "select fields ->> %s from raw.rejected_rows where _file_id = %s order by _row_number",
            (cases[0].column, file.file_id),
        ).fetchone()
    assert kept == (cases[0].value or None,)


def more_rows(feed: str, number: int) -> list[list[str]]:
    """Good rows of other pupils, schools or days, so that a few bad ones are no reason to doubt the file."""
    row = ROWS[feed]()[0]
    made = []
    for at in range(number):
        other = list(row)
        if feed == "establishments":
            other[0] = f"57{at:05d}"
        elif feed == "calendar":
            other[1] = f"{date(2020, 8, 1) + timedelta(at)}"
        else:
            other[0] = f"18{at:07d}"
        made.append(other)
    return made


def test_a_row_that_breaks_several_rules_is_recorded_with_each(warehouse: Settings) -> None:
    row = ["17300001", ALLOA, "2029-09-01", "noon", "10", "yesterday"]
    (file,) = land(warehouse, extract("attendance", [*marks(), row])).files
    assert rejects(warehouse, file) == [
        (37, "attendance_date", "date_logic"),
        (37, "opening", "unknown_code"),
        (37, "recorded_at", "wrong_type"),
        (37, "scn", "pattern"),
    ]
    assert (file.rows_file, file.rows_accepted, file.rows_rejected) == (37, 36, 1)


def test_of_a_row_with_another_number_of_fields_only_that_number_is_kept(warehouse: Settings) -> None:
    columns = (*PUPILS, "postcode")
    rows = [[*row, "FK10 1AA"] for row in pupils()]
    text = csv_text(columns, [*rows, [*rows[0][:3], "SECRET", *rows[0][3:]], ["lonely"]])
    (file,) = land(warehouse, extract("pupils", [*rows, rows[0], rows[0]]).holding(text)).files
    assert rejects(warehouse, file) == [(7, "", "wrong_column_count"), (8, "", "wrong_column_count")]
    with connect(warehouse, "loader") as connection:
        kept = connection.execute(
            "select _row_number, fields from raw.rejected_rows where _file_id = %s order by 1", (file.file_id,)
        ).fetchall()
    assert kept == [(7, {"field_count": 19}), (8, {"field_count": 1})]


def test_what_is_not_collected_reaches_no_table_of_the_database(warehouse: Settings) -> None:
    """Not in a good row, not in a rejected one, and neither does a column that nobody knows."""
    columns = (*PUPILS[:3], "address", "postcode", "shoe_size", *PUPILS[3:])
    rows = [[*row[:3], "UNCOLLECTED", "UNCOLLECTED", "UNCOLLECTED", *row[3:]] for row in pupils()]
    bad = [*rows[0]]
    bad[columns.index("sex")] = "?"
    (file,) = land(warehouse, extract("pupils", [*rows, bad], columns)).files
    assert (file.rows_accepted, file.rows_rejected) == (len(SCNS), 1)
    with connect(warehouse, "loader") as connection:
        tables = connection.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('raw', 'control') "
            "and has_table_privilege(format('%I.%I', schemaname, tablename), 'select')"
        ).fetchall()
        for (table,) in tables:
            found = connection.execute(
                f"select count(*) from {table} as t where t::text like '%UNCOLLECTED%'"
            ).fetchone()
            assert found == (0,), table


def test_a_line_of_ten_megabytes_rejects_its_row(warehouse: Settings) -> None:
    rows = pupils(8)
    rows[3][2] = "x" * 10_000_000
    (file,) = land(warehouse, extract("pupils", rows)).files
    assert (file.status, file.rows_accepted) == ("landed", 7)
    assert rejects(warehouse, file) == [(4, "forename", "pattern")]


def test_duplicate_keys_of_a_delta_leave_the_newest_and_of_a_snapshot_the_last(warehouse: Settings) -> None:
    old, new = list(marks()[0]), list(marks()[0])
    old[4], new[4] = "20", "30"
    old[5], new[5] = "2025-09-01T08:00:00Z", "2025-09-01T08:30:00Z"
    first, last = list(enrolments()[0]), list(enrolments()[0])
    first[5], last[5] = "2A", "2B"
    result = land(
        warehouse,
        extract("attendance", [new, old, *marks()[1:]]),
        extract("enrolments", [first, *enrolments()[1:], last]),
    )
    snapshot, delta = result.files
    assert (snapshot.rows_duplicate, delta.rows_duplicate) == (1, 1)
    assert rejects(warehouse, snapshot) == [(1, "", "duplicate_key")]
    assert rejects(warehouse, delta) == [(2, "", "duplicate_key")]
    with connect(warehouse, "loader") as connection:
        kept = connection.execute(
            "select attendance_code from raw.attendance where _file_id = %s and _row_number < 3", (delta.file_id,)
        ).fetchall()
    assert kept == [("30",)]


def test_duplicates_do_not_quarantine_a_delta_but_do_a_snapshot(warehouse: Settings) -> None:
    result = land(warehouse, extract("attendance", [*marks(), *marks()]), extract("enrolments", [*enrolments()] * 3))
    snapshot, delta = result.files
    assert (snapshot.status, snapshot.reason) == ("quarantined", "too_many_rejects")
    assert (delta.status, delta.rows_duplicate, delta.rows_accepted) == ("landed", 36, 36)


def test_only_valid_rows_compete_for_a_key(warehouse: Settings) -> None:
    newer_but_wrong = [*marks()[0][:4], "ABCDEF", "2025-09-01T12:00:00Z"]
    (file,) = land(warehouse, extract("attendance", [*marks(), newer_but_wrong])).files
    assert (file.rows_accepted, file.rows_rejected, file.rows_duplicate) == (36, 1, 0)


def test_record_numbers_count_records_and_not_lines(warehouse: Settings) -> None:
    rows = pupils()
    rows[0][2] = 'two\nlines, a comma and a "mark"'
    rows[4][6] = "?"
    (file,) = land(warehouse, extract("pupils", rows, compressed=True)).files
    assert rejects(warehouse, file) == [(5, "sex", "unknown_code")]
    with connect(warehouse, "loader") as connection:
        kept = connection.execute(
            "select forename from raw.pupils where _file_id = %s and _row_number = 1", (file.file_id,)
        )
        assert kept.fetchone() == ('two\nlines, a comma and a "mark"',)
