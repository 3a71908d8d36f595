"""Deliveries built by hand from the extract layouts, with odd but legal choices everywhere, load as they are.

``tests/data/handmade/landing`` holds them: columns in any order, CRLF, byte-order mark, everything quoted, gzip,
local codes, numbers instead of codes, no calendar, a feed that nobody knows, one that is never taken, a school with
two departments, a guest, a re-issued SCN, a snapshot that arrives late, a sequence and a ``supersedes``.
"""

from collections.abc import Callable

import pytest

from orchestration.contracts import load_contracts
from orchestration.database import connect
from orchestration.landing import LandingResult, land_delivery, pending
from orchestration.landing.contents import take_over
from orchestration.seals import Scope, broken_contents
from orchestration.settings import PROJECT_DIR, Settings

HANDMADE = PROJECT_DIR / "tests" / "data" / "handmade" / "landing"
TWO_DEPARTMENTS = 1004620


@pytest.fixture(scope="module")
def warehouse(new_warehouse: Callable[..., Settings]) -> Settings:
    return new_warehouse(landing=HANDMADE)


@pytest.fixture(scope="module")
def landed(warehouse: Settings) -> dict[str, LandingResult]:
    keys = [found.delivery_key for found in pending(warehouse)]
    return {key: land_delivery(warehouse, key) for key in keys}


def ask(warehouse: Settings, query: str) -> list[tuple[object, ...]]:
    with connect(warehouse, "loader", autocommit=True) as connection:
        return connection.execute(query).fetchall()


def test_every_delivery_lands_whole(landed: dict[str, LandingResult]) -> None:
    assert {key: result.outcome for key, result in landed.items()} == {
        "S12000005/2025-09-01": "landed",
        "S12000006/2025-09-01": "landed",
        "S12000006/2025-09-08": "landed",
        "S12000006/2025-09-08-2": "landed",
        "S12000006/2025-09-15": "landed",
        "S12000006/2025-09-16": "landed",
    }
    files = [file for result in landed.values() for file in result.files]
    held_back = {(file.feed, file.status) for file in files if file.status != "landed"}
    assert held_back == {("contacts", "refused"), ("library_loans", "set_aside")}
    assert not [file for file in files if file.rejects]
    assert all(file.rows_accepted == file.rows_manifest for file in files if file.status == "landed")


@pytest.mark.usefixtures("landed")
def test_values_come_out_as_they_went_in(warehouse: Settings) -> None:
    query = "select forename, surname from raw.pupils where seemis_pupil_id in ('DG003', 'DG005', 'DG006', 'DG010')"
    expected = {("Zoë", "O\u2019Neill"), ("Mia, Rose", "Kerr"), ("陽菜", "Tanaka"), ("Jamie", '"JJ" Irving')}
    assert set(ask(warehouse, query)) == expected
    codes = ask(warehouse, "select distinct attendance_code from raw.attendance order by 1")
    assert [code for (code,) in codes] == ["02", "10", "11", "20", "24", "31", "L", "P", "PRES", "QQ", "S", "VL"]
    sectors = ask(warehouse, f"select sector from raw.establishments where seed_code = {TWO_DEPARTMENTS}")
    assert sectors == [("primary+secondary",)]
    assert ask(warehouse, "select distinct looked_after, english_level from raw.pupils order by 1") == [
        ("no", "first_language")
    ]
    assert ask(warehouse, "select count(*) from raw.enrolments where status = 'guest' and not is_base_school") == [(2,)]


@pytest.mark.usefixtures("landed")
def test_what_a_file_held_is_what_raw_holds(warehouse: Settings) -> None:
    """Value by value: the hash is made by DuckDB and numpy from the file, by PostgreSQL from raw."""
    scopes = [Scope(authority, "") for authority in ("S12000005", "S12000006")]
    query = "select file_id, seed_code, content from control.file_establishments order by 1, 2"
    held = ask(warehouse, query)
    assert sum(content != 0 for _, _, content in held) > 15
    contracts = {feed: contract for feed, contract in load_contracts().items() if contract.is_collected}
    with connect(warehouse, "transformer") as connection:
        for contract in contracts.values():
            assert broken_contents(connection, contract, scopes) == [], contract.feed
    with connect(warehouse, "loader") as connection:
        connection.execute("update control.file_establishments set content = null")
        connection.commit()
        assert take_over(connection, contracts) > 8, "files of an earlier version get theirs from raw"
    assert ask(warehouse, query) == held


@pytest.mark.usefixtures("landed")
def test_the_ledger_tells_what_replaces_what(warehouse: Settings) -> None:
    with connect(warehouse, "auditor") as connection:
        rows = connection.execute("select delivery_key from control.deliveries_in_force order by 1").fetchall()
    assert ("S12000006/2025-09-08",) not in rows
    assert len(rows) == 5
    reissued = "select count(distinct scn) from raw.pupils where seemis_pupil_id = 'DG007'"
    assert ask(warehouse, reissued) == [(2,)]
    late = "select extracted_at::date::text from control.files where feed = 'pupils' order by delivery_id desc limit 1"
    assert ask(warehouse, late) == [("2025-08-22",)]


@pytest.mark.usefixtures("landed")
def test_what_nobody_collects_is_nowhere(warehouse: Settings) -> None:
    for feed in ("establishments", "pupils", "enrolments", "attendance", "calendar", "rejected_rows"):
        values = "High Street|DG3 4AA|Nobody|Nith|Never Read|Kidnapped"
        assert ask(warehouse, f"select count(*) from raw.{feed} as t where t::text ~ '{values}'") == [(0,)], feed


def test_landing_them_again_changes_nothing(warehouse: Settings, landed: dict[str, LandingResult]) -> None:
    assert pending(warehouse) == []
    assert {land_delivery(warehouse, key).outcome for key in landed} == {"unchanged"}
