"""Deliveries built by hand go through the whole main job: counted again from their files alone, and reconciled."""

import csv
import gzip
import io
import json
from collections import Counter
from pathlib import Path

import pytest

from orchestration.database import connect
from orchestration.settings import PROJECT_DIR, Settings
from tests.conftest import NewWarehouse
from tests.support.main_job import rows, run_plainly, warehouse

HANDMADE = PROJECT_DIR / "tests" / "data" / "handmade" / "landing"
SUPERSEDED = "S12000006/2025-09-08"


@pytest.fixture(scope="module")
def built(new_warehouse: NewWarehouse) -> Settings:
    made = new_warehouse(built=True, landing=HANDMADE)
    run_plainly(made)
    return made


def _records(folder: Path, feed: str) -> list[tuple[dict, int, dict]]:
    """Records of a delivery's file of a feed, with their number and the file's entry in the manifest."""
    manifest = json.loads((folder / "manifest.json").read_text())
    for entry in manifest["files"]:
        if entry["feed"] == feed:
            content = (folder / entry["name"]).read_bytes()
            text = (gzip.decompress(content) if entry["name"].endswith(".gz") else content).decode("utf-8-sig")
            return [
                ({name: value or None for name, value in record.items()}, number, entry)
                for number, record in enumerate(csv.DictReader(io.StringIO(text, newline="")), start=1)
            ]
    return []


def _folders() -> list[Path]:
    found = [path.parent for path in HANDMADE.rglob("manifest.json")]
    return [folder for folder in found if f"{folder.parent.name}/{folder.name}" != SUPERSEDED]


def _national_code(authority: str, code: str) -> int:
    with (PROJECT_DIR / "seeds" / "attendance_codes.csv").open() as file:
        national = {row["attendance_code"] for row in csv.DictReader(file)}
    with (PROJECT_DIR / "seeds" / "local_attendance_codes.csv").open() as file:
        mapped = {
            (row["local_authority_code"], row["local_code"]): row["attendance_code"] for row in csv.DictReader(file)
        }
    return int(code if code in national else mapped.get((authority, code), "99"))


def _expected() -> Counter:
    """Openings by person, school and code: of each key the row recorded last, a re-issued SCN being one person."""
    people: dict[tuple[str, str], set[str]] = {}
    for folder in _folders():
        for record, _, _ in _records(folder, "pupils"):
            people.setdefault((folder.parent.name, record["scn"]), set()).add(record["seemis_pupil_id"])
    best: dict[tuple, tuple] = {}
    for folder in _folders():
        authority = folder.parent.name
        for record, number, entry in _records(folder, "attendance"):
            holders = people.get((authority, record["scn"]), set())
            if len(holders) != 1:
                assert not holders, "this count does not know who holds a shared SCN"
                continue
            key = (authority, *holders, record["seed_code"], record["attendance_date"], record["opening"])
            rank = (record["recorded_at"], entry["extracted_at"], folder.name, number)
            if key not in best or rank > best[key][0]:
                best[key] = (rank, _national_code(authority, record["attendance_code"]))
    return Counter((*key[:3], code) for key, (_, code) in best.items())


def test_canonical_counts_equal_the_files(built: Settings) -> None:
    found = rows(
        built,
        "transformer",
        """
        select people.local_authority_code, people.seemis_pupil_id, openings.seed_code::text,
            openings.attendance_code::integer, count(*)
        from canonical.attendance_openings as openings
        inner join vault.identity_map as people
            on openings.pupil_id = people.pupil_id
            and openings.local_authority_code = people.local_authority_code
        group by 1, 2, 3, 4
        """,
    )
    assert {tuple(row[:4]): row[4] for row in found} == dict(_expected())


def test_the_books_close(built: Settings) -> None:
    done = warehouse(built, "reconcile", "--json")
    assert done.code == 0, done.output
    assert done.json()["breaks"] == []


def test_a_school_with_two_departments_is_two_schools(built: Settings) -> None:
    found = rows(
        built,
        "transformer",
        "select sector, sum(openings_possible) from aggregated_exact.attendance_by_school_year"
        " where seed_code = '1004620' group by sector order by sector",
    )
    assert [sector for sector, _ in found] == ["primary", "secondary"]
    assert all(possible > 0 for _, possible in found)


def test_a_calendar_is_inferred_where_none_came(built: Settings) -> None:
    found = rows(
        built,
        "transformer",
        "select distinct calendar_source from pseudonymised.school_years where seed_code = 1004620",
    )
    assert found == [("inferred",)]


def test_small_schools_show_nothing_that_points_at_a_child(built: Settings) -> None:
    shown = rows(
        built, "analyst", "select count(*) from aggregated.attendance_by_school_year where pupils between 1 and 4"
    )
    assert shown == [(0,)]


def test_taking_a_delivery_back_and_again_leaves_no_trace(built: Settings) -> None:
    count = "select count(*), sum(attendance_code::integer) from canonical.attendance_openings"
    before = rows(built, "transformer", count)
    delivery = "S12000006/2025-09-15"
    assert warehouse(built, "withdraw", delivery, "--reason", "a test").code == 0
    run_plainly(built)
    assert rows(built, "transformer", count) != before
    assert warehouse(built, "restore", delivery, "--reason", "a test").code == 0
    run_plainly(built)
    assert rows(built, "transformer", count) == before


SWAP = """
with two as (
    select ctid, scn, row_number() over (order by seemis_pupil_id) as place
    from {table}
    where {where}
    order by seemis_pupil_id
    limit 2
)
update {table} as swapped
set scn = other.scn
from two as own, two as other
where swapped.ctid = own.ctid and other.place = 3 - own.place
"""
ONE_DELIVERY = "S12000005/2025-09-01"
COUNTED_AGAIN = (
    "control_audited_scopes", "control_raw_counts", "control_snapshot_counts", "control_snapshot_rows",
    "control_balance_of_files", "control_balance_of_people", "control_balance_lines", "control_reconciliation",
)  # fmt: skip


def _swap(built: Settings, role: str, table: str, where: str) -> None:
    with connect(built, role) as connection:
        assert connection.execute(SWAP.format(table=table, where=where)).rowcount == 2


def _breaks(built: Settings) -> set[tuple]:
    done = warehouse(built, "dbt", "--", "run", "--select", " ".join(COUNTED_AGAIN))
    assert done.code == 0, done.output
    query = (
        "select hop, delivery_key, feed, difference, checksum_matches from control.reconciliation where not is_closed"
    )
    return set(rows(built, "transformer", query))


def test_two_pupils_who_change_keys_behind_the_ledger_are_named(built: Settings) -> None:
    """In raw and in canonical: every count stays as it was."""
    first = "_file_id = (select min(file_id) from control.files where feed = 'pupils' and status = 'landed')"
    of_authority = "local_authority_code = 'S12000005'"
    _swap(built, "loader", "raw.pupils", first)
    try:
        seen = _breaks(built)
        named = warehouse(built, "reconcile")
    finally:
        _swap(built, "loader", "raw.pupils", first)
    hops = ("file to raw", "raw to canonical")  # raw is not what the file held, and canonical not what raw holds
    assert seen == {(hop, ONE_DELIVERY, "pupils", 0, False) for hop in hops}
    assert named.code != 0
    assert ONE_DELIVERY in named.output
    _swap(built, "transformer", "canonical.pupils", of_authority)
    try:
        seen = _breaks(built)
    finally:
        _swap(built, "transformer", "canonical.pupils", of_authority)
    assert seen == {("raw to canonical", ONE_DELIVERY, "pupils", 0, False)}
    assert _breaks(built) == set()
