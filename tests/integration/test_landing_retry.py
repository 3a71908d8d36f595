"""Rows rejected for an unknown establishment are taken when its establishments file comes, in whatever order."""

from typing import Any

import pytest

from orchestration.contracts import load_contracts
from orchestration.database import connect
from orchestration.landing import land_delivery
from orchestration.seals import Scope, broken_contents
from orchestration.settings import Settings
from tests.support.extracts import (
    ALLOA,
    NEW_SCHOOL,
    calendar,
    deliver,
    enrolments,
    establishments,
    extract,
    marks,
)
from tests.support.landings import emptied, ledger

GOOD = extract("attendance", marks())


@pytest.fixture
def warehouse(emptied_warehouse: Settings) -> Settings:
    return emptied(emptied_warehouse)


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
    with connect(warehouse, "transformer") as connection:
        for feed in held:
            assert broken_contents(connection, load_contracts()[feed], [Scope("S12000005", "")]) == []
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
    emptied(warehouse)
    files = [many, extract("enrolments", enrolments(NEW_SCHOOL)[:2])]
    deliver(warehouse.landing, [extract("establishments", establishments(ALLOA, NEW_SCHOOL))], "2025-09-02")
    deliver(warehouse.landing, files, "2025-09-03")
    for key in (one, two):
        land_delivery(warehouse, key)
    assert ledger(warehouse, query) == turned_round
    assert (
        ledger(warehouse, "select scn, seed_code, attendance_date, opening, _row_number from raw.attendance order by 5")
        == content
    )


def test_the_order_of_deliveries_makes_no_difference_to_warnings_and_reasons(warehouse: Settings) -> None:
    """A row of a school unknown at first counts for the warnings, and one rejected for more keeps only what holds."""
    odd = "7654321"  # in no seed, and with a wrong check digit
    late = marks(odd)[:3]
    late[0][4], late[1][4], late[2][4] = "ZZ", "QQ", "?"
    early = [list(row) for row in marks()]
    early[5][4] = "QQ"
    schools = deliver(warehouse.landing, [extract("establishments", establishments(ALLOA, odd))], "2025-09-02")
    rows = deliver(warehouse.landing, [extract("attendance", [*early, *late])], "2025-09-03")
    queries = (
        "select warnings.kind, column_name, warnings.row_count, example_row, detail from control.warnings "
        "inner join control.files using (file_id) where feed = 'attendance' order by 1, 2",
        "select row_number, column_name, reason from control.rejects order by 1, 2, 3",
    )
    seen = []
    for order in ((rows, schools), (schools, rows)):
        for key in order:
            assert land_delivery(warehouse, key).outcome == "landed"
        seen.append([ledger(warehouse, query) for query in queries])
        if order[0] == rows:
            landing = {path: path.read_bytes() for path in warehouse.landing.rglob("*") if path.is_file()}
            emptied(warehouse)
            for path, content in landing.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    assert seen[0] == seen[1]
    assert seen[0] == [
        [
            ("seed_check_digit", "seed_code", 2, 37, None),
            ("unmapped_code", "attendance_code", 3, 6, "QQ, ZZ"),
        ],
        [(39, "attendance_code", "unknown_code")],
    ]
