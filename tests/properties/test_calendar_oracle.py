"""The calendar, what is expected and completeness, as the rules have them in plain Python (rules 7 to 10 and 12)."""

from datetime import date, timedelta

import pytest

from tests.conftest import NewWarehouse
from tests.properties.test_canonical_order import authorities
from tests.support.calendar_oracle import Authority
from tests.support.canonical_world import CanonicalWorld
from tests.support.random_calendars import END, LAST, deliver, random_authority

SEED = 20251129
AUTHORITIES = 16  # at once: a build costs as much for one as for all


@pytest.fixture(scope="module")
def drawn() -> dict[str, Authority]:
    return {code: random_authority(SEED + number, number) for number, code in enumerate(authorities()[:AUTHORITIES])}


@pytest.fixture(scope="module")
def world(new_warehouse: NewWarehouse, drawn: dict[str, Authority]) -> CanonicalWorld:
    found = CanonicalWorld(new_warehouse(built=True))
    for code, authority in drawn.items():
        deliver(found, code, authority)
    found.build("--select", "staged", "canonical", "control_expected_contributors")
    return found


def test_the_calendar_is_open_when_the_rules_say(world: CanonicalWorld, drawn: dict[str, Authority]) -> None:
    found: dict[str, set[tuple[int, date, str]]] = {code: set() for code in drawn}
    for code, *half_day in world.query(
        "select local_authority_code, seed_code, opening_date, opening from canonical.calendar "
        "where is_open and opening_date <= %s",
        LAST,
    ):
        found[code].add(tuple(half_day))  # type: ignore[arg-type]
    wrong = {}
    for code, authority in drawn.items():
        expected = authority.open_half_days()
        if found[code] != expected:
            wrong[code] = (sorted(expected - found[code])[:5], sorted(found[code] - expected)[:5])
    assert not wrong, wrong
    assert world.query("select distinct reason from canonical.lost_half_days order by 1") == [
        ("file lost",), ("other schools open",), ("short gap",),
    ]  # fmt: skip


def test_what_is_recorded_and_expected_is_what_the_rules_say(
    world: CanonicalWorld, drawn: dict[str, Authority]
) -> None:
    rows = world.query(
        """
        select local_authority_code, seed_code,
            sum(bit_count(coalesce(marked_slots, 0)::bit(64)))::integer,
            sum(bit_count((coalesce(marked_slots, 0) | coalesce(expected_slots, 0))::bit(64)))::integer
        from canonical.marked_months
        full join canonical.enrolled_months using (local_authority_code, pupil_id, seed_code, month)
        group by 1, 2 having sum(bit_count((coalesce(marked_slots, 0) | coalesce(expected_slots, 0))::bit(64))) > 0
        """
    )
    found: dict[str, dict[int, tuple[int, int]]] = {}
    for code, school, recorded, expected in rows:
        found.setdefault(code, {})[school] = (recorded, expected)
    assert found == {code: authority.recorded_and_expected() for code, authority in drawn.items()}


def test_data_go_up_to_what_the_rules_say(world: CanonicalWorld, drawn: dict[str, Authority]) -> None:
    found = world.query("select local_authority_code, data_as_at, data_as_at_opening from canonical.data_as_at")
    expected = {code: authority.data_as_at(authority.open_half_days()) for code, authority in drawn.items()}
    assert {code: (day, half) for code, day, half in found if day} == {c: e for c, e in expected.items() if e}


def test_a_school_without_a_mark_on_a_due_half_day_is_missing(
    world: CanonicalWorld, drawn: dict[str, Authority]
) -> None:
    """Rule 12: due on the morning after it; the last delivery was made on the evening of the last day."""
    found = {
        (code, school): (due, missing)
        for code, school, due, missing in world.query(
            "select local_authority_code, seed_code, half_days_due, half_days_missing "
            "from control.expected_contributors"
        )
    }
    expected = {}
    for code, authority in drawn.items():
        for school in authority.schools:
            due = [
                (day, half)
                for which, day, half in authority.open_half_days()
                if which == school and day + timedelta(1) <= LAST
            ]
            if due:
                missing = [half_day for half_day in due if half_day not in authority.marked[school]]
                expected[(code, school)] = (len(due), len(missing))
    assert END > LAST
    assert found == expected
