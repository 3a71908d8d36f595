"""What is odd but legal loads with a warning, and is stored as the contract says."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.database import connect
from orchestration.settings import Settings
from tests.support.extracts import (
    ALLOA,
    ATTENDANCE,
    ESTABLISHMENTS,
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
GOOD_PLACES = extract("establishments", establishments())
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
    ("left before entry", lambda: extract("enrolments", [[*row[:3], "2024-08-19", *row[4:]] for row in enrolments()]),
     "leaving_date_before_entry_date", "leaving_date"),
    ("placeholder SCN", lambda: extract("attendance", [["123456789", *row[1:]] for row in marks()[::6]]),
     "placeholder_scn", "scn"),
    ("capacity of an older file",
     lambda: GOOD_PLACES.holding(GOOD_PLACES.content.replace(b"planning_capacity", b"capacity", 1)),
     "renamed_column", "planning_capacity"),
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


def test_early_learning_and_far_leaving_dates_load_as_delivered(warehouse: Settings) -> None:
    stages = ("EL", "N1", "N2", "N3", "N4", "N5")
    leaving = ("", "9999-12-31", "2099-12-31", "2027-06-30", "2024-08-20", "2024-08-19")
    rows = [[*row[:3], left, stage, *row[5:]] for row, stage, left in zip(enrolments(), stages, leaving, strict=True)]
    (file,) = land(warehouse, extract("enrolments", rows)).files
    assert (file.rows_accepted, file.rejects) == (6, ())
    with connect(warehouse, "loader") as connection:
        found = connection.execute(
            "select stage, coalesce(leaving_date::text, '') from raw.enrolments "
            "where _file_id = %s order by _row_number",
            (file.file_id,),
        ).fetchall()
    assert found == list(zip(stages, leaving, strict=True))


def test_rows_under_a_placeholder_are_never_duplicates_of_each_other(warehouse: Settings) -> None:
    """Eleven and more of them would quarantine a snapshot of this size."""
    nobodys = [f"{digit * 9}" for digit in "0123456789"] + ["123456789"]
    people = pupils(33)
    for at, row in enumerate(people[:30]):
        row[0] = nobodys[at % len(nobodys)]
    twice = [*people, people[0], people[-1]]
    places = [["000000000", *row[1:]] for row in enrolments()] * 3 + enrolments()
    openings = [["999999999", *row[1:]] for row in marks()] + marks()
    files = land(
        warehouse, extract("pupils", twice), extract("enrolments", places), extract("attendance", openings)
    ).files
    counts = {file.feed: (file.rows_accepted, file.rows_rejected, file.rows_duplicate) for file in files}
    assert counts == {"pupils": (34, 0, 1), "enrolments": (24, 0, 0), "attendance": (72, 0, 0)}
    warned = [(w.kind, w.row_count) for file in files for w in file.warnings if w.column == "scn"]
    assert [entry for entry in warned if entry[0] == "placeholder_scn"] == [
        ("placeholder_scn", 31), ("placeholder_scn", 18), ("placeholder_scn", 36)
    ]  # fmt: skip
    assert not [entry for entry in warned if entry[0] == "scn_check_digit" and entry[1] > 32]


def test_a_council_adds_placeholders_of_its_own(
    warehouse: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = tmp_path / "seeds"
    shutil.copytree(warehouse.seeds_dir, seeds)
    with (seeds / "placeholder_scns.csv").open("a") as file:
        file.write("S12000005,999000001,Temporary number of our own export\nS12000014,999000002,Of another council\n")
    monkeypatch.setattr(Settings, "seeds_dir", property(lambda _: seeds))
    rows = [["999000001", *row[1:]] for row in enrolments()] + [["999000002", *row[1:]] for row in enrolments()]
    (file,) = land(warehouse, extract("enrolments", rows)).files
    assert (file.rows_accepted, file.rows_duplicate) == (7, 5)


def test_the_capacity_of_an_older_file_is_read_as_the_planning_capacity(warehouse: Settings) -> None:
    columns = ["capacity" if name == "planning_capacity" else name for name in ESTABLISHMENTS if name != "condition"]
    rows = [[*row[:7], "321", *row[8:10], *row[11:]] for row in establishments()]
    (file,) = land(warehouse, extract("establishments", rows, columns)).files
    with connect(warehouse, "loader") as connection:
        found = connection.execute(
            "select distinct planning_capacity, working_capacity, condition, suitability from raw.establishments "
            "where _file_id = %s", (file.file_id,),
        ).fetchall()  # fmt: skip
    assert found == [(321, 900, None, "A")]
