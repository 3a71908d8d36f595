"""The main job on a whole council, as a user runs it: planted truth, planted breaks."""

import csv
import gzip
import io
import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from orchestration.database import connect, stop
from orchestration.ledger import is_behind
from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.main_job import fingerprint, rows, warehouse


@pytest.fixture(scope="module")
def truth(released: Settings) -> dict:
    return json.loads((released.landing / "truth.json").read_text())


def test_canonical_counts_equal_what_was_generated(released: Settings, truth: dict) -> None:
    expected = {
        (seed_code, stage, code): openings
        for seed_code, stage, code, openings in truth["authorities"]["S12000005"]["2025/26"]["attendance"]
    }
    found = rows(
        released,
        "transformer",
        """
        select openings.seed_code::text, pupil_years.stage, lpad(openings.attendance_code::text, 2, '0'), count(*)
        from canonical.attendance_openings as openings
        inner join canonical.pupil_years as pupil_years
            on openings.pupil_id = pupil_years.pupil_id
            and openings.seed_code = pupil_years.seed_code
            and pupil_years.academic_year = '2025/26'
        group by 1, 2, 3
        """,
    )
    counted = {(seed_code, stage, code): openings for seed_code, stage, code, openings in found}
    differing = {key for key in expected.keys() | counted.keys() if expected.get(key) != counted.get(key)}
    assert not differing, sorted((key, expected.get(key), counted.get(key)) for key in differing)[:20]


def test_each_rejected_row_was_planted_and_each_planted_row_rejected(released: Settings, truth: dict) -> None:
    planted = {
        (fault["delivery"], fault["file"], fault["row"], fault["reason"])
        for fault in truth["faults"]
        if fault["outcome"] == "rejected"
    }
    found = rows(
        released,
        "auditor",
        """
        select deliveries.delivery_key, files.file_name, rejects.row_number, rejects.reason
        from control.rejects
        inner join control.files on rejects.file_id = files.file_id
        inner join control.deliveries on files.delivery_id = deliveries.delivery_id
        where files.status = 'landed'
        """,
    )
    assert planted
    assert planted - set(found) == set()
    assert {row[:3] for row in found} - {row[:3] for row in planted} == set(), "a good row was rejected"


def test_each_planted_file_fault_has_its_outcome(released: Settings, truth: dict) -> None:
    outcomes = {"quarantined", "refused", "set_aside"}
    planted = {
        (fault["delivery"], fault["file"], fault["outcome"], fault["reason"])
        for fault in truth["faults"]
        if fault["outcome"] in outcomes and "file" in fault
    }
    found = rows(
        released,
        "auditor",
        """
        select deliveries.delivery_key, files.file_name, files.status, files.reason
        from control.files
        inner join control.deliveries on files.delivery_id = deliveries.delivery_id
        where files.status <> 'landed'
        """,
    )
    assert planted
    assert planted == set(found)


def test_each_planted_delivery_fault_is_refused(released: Settings, truth: dict) -> None:
    planted = {
        (fault["delivery"], fault["reason"])
        for fault in truth["faults"]
        if fault["outcome"] == "refused" and "file" not in fault
    }
    found = rows(released, "auditor", "select delivery_key, reason from control.attempts where outcome = 'refused'")
    assert planted
    assert planted == set(found)


def test_each_planted_warning_is_on_record(released: Settings, truth: dict) -> None:
    planted = Counter(
        (fault["delivery"], fault["reason"]) for fault in truth["faults"] if fault["outcome"] == "warning"
    )
    found = rows(
        released,
        "auditor",
        """
        select deliveries.delivery_key, warnings.kind
        from control.warnings
        inner join control.deliveries on warnings.delivery_id = deliveries.delivery_id
        """,
    )
    assert planted.keys() - set(found) == set()


def test_each_planted_identity_case_is_with_the_steward(released: Settings, truth: dict) -> None:
    elsewhere = [fault for fault in truth["faults"] if fault["outcome"] == "marked_elsewhere"]
    query = "select count(*) from canonical.openings_left_out where reason = 'marked_elsewhere'"
    assert rows(released, "transformer", query) == [(len(elsewhere),)]
    planted = {fault["reason"] for fault in truth["faults"] if fault["outcome"] in {"identity_issue", "held_identity"}}
    found = rows(released, "steward", "select distinct kind from canonical.identity_issues")
    assert planted == {kind for (kind,) in found}


def test_each_planted_delivery_that_is_replaced_is_out_of_force(released: Settings, truth: dict) -> None:
    """And one whose replacement has quarantined files stands; the counts of canonical say so too."""
    planted = {fault["delivery"] for fault in truth["faults"] if fault["outcome"] == "withdrawn"}
    standing = {fault["delivery"] for fault in truth["faults"] if fault["outcome"] == "counted"}
    in_force = {key for (key,) in rows(released, "auditor", "select delivery_key from control.deliveries_in_force")}
    landed = {key for (key,) in rows(released, "auditor", "select delivery_key from control.deliveries")}
    assert planted
    assert planted == landed - in_force
    assert standing
    assert standing <= in_force


def test_the_balance_sheet_closes(released: Settings) -> None:
    done = warehouse(released, "reconcile", "--json")
    assert done.code == 0, done.output[-2000:]
    sheet = done.json()
    assert sheet["breaks"] == []
    assert {line["verdict"] for line in sheet["hops"]} == {"closed"}
    assert "pupil months to marts" in {line["hop"] for line in sheet["hops"]}


def test_the_same_deliveries_again_change_nothing(released: Settings) -> None:
    schemas = ("canonical", "pseudonymised", "aggregated_exact", "aggregated")
    before = {schema: fingerprint(released, schema) for schema in schemas}
    releases = rows(released, "auditor", "select release_id from control.releases")
    done = warehouse(released, "run", "--build", "--json")
    assert done.code in {0, 3}, done.output[-2000:]
    assert {schema: fingerprint(released, schema) for schema in schemas} == before
    assert rows(released, "auditor", "select release_id from control.releases") == releases
    assert not is_behind(released)  # so that the next run finds nothing to do, and is quick to say so


def _identifiers(landing: Path) -> set[str]:
    """Surnames with forenames, SCNs and SEEMiS ids of the extracts, of the first snapshot."""
    found: set[str] = set()
    folder = min(path.parent for path in landing.glob("S12000005/*/manifest.json"))
    path = next(iter(folder.glob("pupils.csv*")))
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        found |= {row["scn"], row["seemis_pupil_id"], f"{row['forename']} {row['surname']}"}
    return {text for text in found if len(text or "") > 6}


def _texts_of(settings: Settings, schema: str) -> str:
    role = {"aggregated": "analyst", "control": "transformer"}.get(schema, "transformer")
    listing = "select table_name from information_schema.tables where table_schema = %s"
    parts = []
    with connect(settings, role, autocommit=True) as connection:
        for (table,) in connection.execute(listing, (schema,)).fetchall():
            try:
                copied = connection.execute(f'select t::text from "{schema}"."{table}" as t limit 200000')
                parts.extend(text for (text,) in copied)
            except psycopg.errors.InsufficientPrivilege:
                continue
    return "\n".join(parts)


def test_nothing_that_identifies_a_pupil_gets_past_canonical(released: Settings) -> None:
    identifiers = _identifiers(released.landing)
    assert len(identifiers) > 10_000
    places = {
        schema: _texts_of(released, schema) for schema in ("pseudonymised", "aggregated_exact", "aggregated", "control")
    }
    for path in released.home.rglob("*"):
        inside = path.relative_to(released.home).parts
        if path.is_file() and inside[0] not in {"landing", "postgres"} and path.stat().st_size < 50_000_000:
            places[str(path.relative_to(released.home))] = path.read_bytes().decode("utf-8", errors="ignore")
    for place, text in places.items():
        words = set(re.findall(r"[^\W_]+(?: [^\W_]+)?", text))
        assert not words & identifiers, f"{place} holds something that identifies a pupil"


def test_the_key_is_in_no_table_and_no_file_but_its_own(released: Settings) -> None:
    key_file = next(path for path in released.home.iterdir() if "key" in path.name)
    assert key_file.stat().st_mode & 0o077 == 0
    key = key_file.read_text().strip()
    found = subprocess.run(
        ["grep", "-rlF", "--", key, str(released.home)], capture_output=True, text=True, check=False
    ).stdout.split()
    assert [Path(path).name for path in found] == [key_file.name]


def test_a_planted_break_stops_the_release_and_is_named(released_home: Path, new_warehouse: NewWarehouse) -> None:
    """A raw row deleted behind the ledger's back, and a pupil month changed by one; mended, the release goes on."""
    broken = new_warehouse(copy_of=released_home)
    before = fingerprint(broken, "aggregated")
    with connect(broken, "loader") as connection:
        lost = connection.execute(
            """
            delete from raw.attendance
            where ctid = (select ctid from raw.attendance where attendance_code = '10' limit 1)
            returning *
            """
        ).fetchone()
    assert lost is not None
    columns = rows(
        broken,
        "transformer",
        "select column_name from information_schema.columns where table_schema = 'raw' and table_name = 'attendance'"
        " order by ordinal_position",
    )
    names = [name for (name,) in columns]
    seed_code = lost[names.index("seed_code")]
    with connect(broken, "transformer") as connection:
        changed = connection.execute(
            """
            update pseudonymised.attendance_pupil_months
            set openings_attended = openings_attended + 1
            where ctid = (select ctid from pseudonymised.attendance_pupil_months where seed_code <> %s limit 1)
            returning ctid, seed_code
            """,
            (seed_code,),
        ).fetchone()
    assert changed is not None
    done = warehouse(broken, "run", "--build")
    assert done.code == 4, done.output
    assert str(seed_code) in done.errors
    assert str(changed[1]) in done.errors
    assert "raw" in done.errors
    assert fingerprint(broken, "aggregated") == before

    with connect(broken, "loader") as connection:
        marks = ", ".join(["%s"] * len(lost))
        connection.execute(f"insert into raw.attendance ({', '.join(names)}) values ({marks})", lost)
    with connect(broken, "transformer") as connection:
        connection.execute(
            "update pseudonymised.attendance_pupil_months set openings_attended = openings_attended - 1"
            " where ctid = %s",
            (changed[0],),
        )
    done = warehouse(broken, "run", "--build")
    assert done.code in {0, 3}, done.output + done.errors
    assert fingerprint(broken, "aggregated") == before
    stop(broken)


def test_files_changed_after_they_landed_are_refused(released: Settings, truth: dict) -> None:
    """Put over the delivery they are refused, and what was loaded stands; put back, all is as it was."""
    for fault in truth["faults_later"]:
        delivery, changed = released.landing / fault["delivery"], released.landing / fault["folder"]
        kept = delivery.rename(released.home / "kept")
        shutil.copytree(changed, delivery)
        try:
            done = warehouse(released, "run", "--no-build", "--json")
        finally:
            shutil.rmtree(delivery)
            kept.rename(delivery)
        assert done.code == 3, done.output + done.errors
        assert [attempt["outcome"] for attempt in done.json()["deliveries"]] == ["refused"]
        query = "select outcome, reason from control.attempts where delivery_key = %s order by attempt_id"
        found = rows(released, "auditor", query, fault["delivery"])
        assert found == [("landed", None), (fault["outcome"], fault["reason"])]
    assert warehouse(released, "run", "--no-build").code == 0
