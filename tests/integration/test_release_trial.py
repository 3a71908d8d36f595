"""Attendance's declaration on trial, beside what readers of a small council see: nothing given away or changed (41)."""

from orchestration.release.door.trial import Tried, try_declarations
from orchestration.release.tables.declared import declarations, trials
from orchestration.settings import Settings
from tests.support.release_database import ask

STATE = """
    select (select count(*) from control.protected_cells), (select count(*) from control.protected_persons),
        (select count(*) from control.releases), (select count(*) from control.release_checks)
"""


def test_a_trial_compares_every_mart_and_leaves_everything_as_it_was(released: Settings) -> None:
    before = ask(released, STATE, "releaser")
    (tried,) = try_declarations(released)
    assert ask(released, STATE, "releaser") == before
    assert (tried.subject, tried.local_authority_code, tried.problem) == ("attendance", "S12000005", None)
    assert tried.given_away == ()
    assert {row.mart for row in tried.compared} == set(trials()["attendance"].marts)
    assert "attendance" not in declarations()[0]
    for row in tried.compared:
        assert row.rows == row.shown + row.hidden + row.lost + row.won + row.missing
    _says_what_the_rules_say(tried)


def _says_what_the_rules_say(tried: Tried) -> None:
    found = {(row.mart, row.measure): row for row in tried.compared}
    stages = found["attendance_by_school_stage", "openings_possible"]
    assert stages.few > 0
    assert stages.shown > stages.hidden + stages.lost
    assert stages.hidden + stages.lost >= stages.few, "1 to 4 are hidden"
    assert stages.unlike == 0, "figures of schools are the number of their persons"
    assert found["attendance_by_school_week", "openings_possible"].lost == 0


def test_a_trial_of_nobody_is_empty(released: Settings) -> None:
    assert try_declarations(released, ["S12000099"]) == []
