"""A build over values that changed behind its back: nothing is released, the place is named, the rest stays."""

import pytest

from orchestration.database import connect
from orchestration.settings import Settings
from tests.faults.conftest import FULL_SIZE, NewCopy
from tests.faults.corruption.test_values import EIGHT
from tests.support.main_job import fingerprint, rows, warehouse

DERIVED = [what for what, (relation, _, _) in EIGHT.items() if not relation.startswith("raw.")]


@pytest.fixture(scope="module")
def changed(copied: NewCopy) -> Settings:
    """A built warehouse with values changed in canonical and in the pupil tables, and a night that is waiting."""
    found = copied()
    assert warehouse(found, "status").code == 0
    return found


def do(settings: Settings, *what: str) -> None:
    with connect(settings, "admin") as connection:
        for one in what:
            assert connection.execute(EIGHT[one][2].encode()).rowcount > 0, one


def test_changed_values_hold_the_release_and_are_named(changed: Settings) -> None:
    """Also where the night writes other rows of the same tables: it does not seal in what it has not written."""
    before = fingerprint(changed, "aggregated")
    do(changed, *DERIVED)
    done = warehouse(changed, "run")
    assert done.code == 4, done.output + done.errors
    assert fingerprint(changed, "aggregated") == before
    query = "select relation, hop, sum(rows_different) from control.broken_seals where seed_code <> '' group by 1, 2"
    broken = {(relation, hop): different for relation, hop, different in rows(changed, "auditor", query)}
    assert broken["canonical.pupil_years", "raw to canonical"] == 1
    # these are held against what they stand on, which has changed too
    assert broken["pseudonymised.pupil_years", "canonical to pseudonymised"] == 2
    assert broken["pseudonymised.attendance_pupil_weekday_codes", "canonical to pseudonymised"] >= 2
    opened = rows(changed, "auditor", "select distinct hop from control.reconciliation where not is_closed")
    assert ("raw to canonical",) in opened
    assert "canonical.pupil_years is not what was written" in " ".join(done.errors.split())
    said = warehouse(changed, "reconcile")
    assert said.code == 3
    assert "canonical.pupil_years" in said.output


def test_a_rebuild_puts_them_right(changed: Settings, undisturbed: Settings) -> None:
    done = warehouse(changed, "run", "--full-refresh", "--json")
    assert done.code in {0, 3}, done.output[-3000:] + done.errors[-3000:]
    assert rows(changed, "auditor", "select * from control.broken_seals") == []
    for schema in ("pseudonymised", "aggregated_exact", "aggregated"):
        assert fingerprint(changed, schema) == fingerprint(undisturbed, schema), schema
    said = warehouse(changed, "reconcile", "--verify", "--json")
    assert said.code == 0, said.output
    assert said.json()["changed"] == []


@pytest.mark.skipif(not FULL_SIZE, reason="a rebuild more; make faults")
def test_a_rebuild_from_changed_rows_of_raw_is_not_trusted(changed: Settings) -> None:
    before = fingerprint(changed, "aggregated")
    do(changed, *(what for what in EIGHT if what not in DERIVED))
    done = warehouse(changed, "run", "--full-refresh")
    assert done.code == 4, done.output + done.errors
    assert "file to raw" in done.errors
    assert fingerprint(changed, "aggregated") == before
