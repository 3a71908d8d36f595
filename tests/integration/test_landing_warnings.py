"""What is odd but legal loads with a warning, and is stored as the contract says."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from orchestration.database import connect
from orchestration.settings import Settings
from tests.support.extracts import (
    ALLOA,
    ATTENDANCE,
    Extract,
    calendar,
    enrolments,
    establishments,
    extract,
    marks,
    pupils,
)
from tests.support.landings import land

Change = Callable[[], Extract]
GOOD = extract("attendance", marks())
TEXT = GOOD.content.decode()


@pytest.fixture
def warehouse(landing_warehouse: Settings) -> Settings:
    return landing_warehouse


def damaged(text: str) -> Change:
    return lambda: GOOD.holding(text)


WARNED = [
    ("byte-order mark", lambda: GOOD.holding("\ufeff" + TEXT), "byte_order_mark", None),
    ("CRLF", damaged(TEXT.replace("\n", "\r\n")), "crlf", None),
    ("header only", lambda: extract("attendance", []).saying(rows=0), "header_only", None),
    ("reordered columns",
     lambda: extract("attendance", [row[::-1] for row in marks()], ATTENDANCE[::-1]), "column_order", None),
    ("extra column", lambda: extract("attendance", [[*row, "x"] for row in marks()], (*ATTENDANCE, "house")),
     "unknown_column", None),
    ("missing optional column",
     lambda: extract("enrolments", [row[:-2] + row[-1:] for row in enrolments()],
                     ("scn", "seed_code", "entry_date", "leaving_date", "stage", "registration_class",
                      "is_base_school", "status", "mode_of_attendance", "updated_at")),
     "missing_optional_column", "leaving_reason"),
    ("SCN check digit", lambda: extract("attendance", [["173000007", *row[1:]] for row in marks()[::6]]),
     "scn_check_digit", "scn"),
    ("SEED check digit",
     lambda: extract("establishments", establishments("5702535", ALLOA)), "seed_check_digit", "seed_code"),
    ("SCN of another age",
     lambda: extract("pupils", [["023000001", *row[1:]] for row in pupils(1)]), "scn_year", "scn"),
    ("ScotXed number",
     lambda: extract("pupils", [[*row[:11], "99", *row[12:]] for row in pupils(1)]), "scotxed_code", "looked_after"),
    ("unmapped code", lambda: extract("attendance", marks(code="QQ")), "unmapped_code", "attendance_code"),
    ("a calendar that stops", lambda: extract("calendar", calendar()[:4]), "calendar_short", None),
    ("no rows by establishment", lambda: replace(GOOD, by_establishment=None), "rows_by_establishment_missing", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "file", "kind", "column"), WARNED, ids=[case[0] for case in WARNED])
def test_what_is_odd_but_legal_loads_with_a_warning(
    warehouse: Settings, name: str, file: Change, kind: str, column: str | None
) -> None:
    (found,) = land(warehouse, file()).files
    assert found.status == "landed", found.message
    assert found.rows_accepted == found.rows_manifest
    assert (kind, column) in [(warned.kind, warned.column) for warned in found.warnings]


def test_a_local_code_of_the_authority_needs_no_warning(warehouse: Settings) -> None:
    (file,) = land(warehouse, extract("attendance", marks(code="PRES"))).files
    assert (file.rows_accepted, file.warnings) == (36, ())


def test_scotxed_numbers_are_stored_as_names_and_an_empty_status_as_on_roll(warehouse: Settings) -> None:
    numbers = [[*row[:10], "EN", "01", *row[12:]] for row in pupils()]
    statusless = [[*row[:7], "", *row[8:]] for row in enrolments()]
    people, places = land(warehouse, extract("pupils", numbers), extract("enrolments", statusless)).files
    with connect(warehouse, "loader") as connection:
        assert connection.execute(
            "select distinct english_level, looked_after from raw.pupils where _file_id = %s", (people.file_id,)
        ).fetchall() == [("first_language", "at_home")]
        assert connection.execute(
            "select distinct status from raw.enrolments where _file_id = %s", (places.file_id,)
        ).fetchall() == [("on_roll",)]
