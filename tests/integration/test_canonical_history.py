"""What the layers make of deliveries that come late, twice, corrected, in pieces, or are taken back."""

from datetime import date

import pytest

from orchestration.database import connect
from tests.conftest import NewWarehouse
from tests.support.canonical_world import OTHER_SCHOOL, SCHOOL, CanonicalWorld, Delivery, Row, State, at

WEEK = [date(2025, 9, day) for day in (1, 2, 3, 4, 5)]
BEFORE = date(2025, 8, 29)  # nobody has a mark on it elsewhere
SCNS = range(1, 7)
PUPILS: list[Row] = [{"scn": scn, "seemis_pupil_id": f"A{scn}"} for scn in SCNS]
ENROLMENTS: list[Row] = [{"scn": scn} for scn in SCNS]


def marks(days: list[date], **values: object) -> list[Row]:
    return [
        {"scn": scn, "attendance_date": day, "opening": half, "recorded_at": at(day, 16), **values}
        for scn in SCNS
        for day in days
        for half in ("AM", "PM")
    ]


OPENING = Delivery(
    date(2025, 9, 5),
    {
        "establishments": [{"seed_code": SCHOOL}],
        "pupils": PUPILS,
        "enrolments": ENROLMENTS,
        "attendance": marks(WEEK),
    },
)
MONDAY = Delivery(
    date(2025, 9, 8),
    {
        "attendance": [
            *marks([date(2025, 9, 8)]),
            {"scn": 1, "attendance_date": WEEK[3], "attendance_code": "30"},  # a correction of Thursday
            {"scn": 77, "attendance_date": WEEK[3]},  # a pupil nobody has heard of
        ]
    },
)
NEWCOMER = Delivery(
    date(2025, 9, 9),
    {
        "pupils": [*PUPILS, {"scn": 77, "seemis_pupil_id": "A77"}],
        "enrolments": [*ENROLMENTS, {"scn": 77, "entry_date": WEEK[3]}],
    },
)


@pytest.fixture(scope="module")
def shared_world(new_warehouse: NewWarehouse) -> CanonicalWorld:
    return CanonicalWorld(new_warehouse(built=True))


@pytest.fixture
def world(shared_world: CanonicalWorld) -> CanonicalWorld:
    shared_world.empty()
    return shared_world


def months(world: CanonicalWorld, person: str) -> tuple[object, ...]:
    rows = world.query(
        "select openings_attended, openings_unauthorised, openings_not_recorded from people "
        "inner join vault.tokens using (pupil_id) "
        "inner join pseudonymised.attendance_pupil_months on pupil_token = token where person = %s",
        f"S12000005|{person}",
    )
    return rows[0] if rows else ()


def differences(one: State, other: State) -> list[str]:
    return [name for name in one if one[name] != other[name]]


def test_held_marks_go_in_when_their_pupil_arrives(world: CanonicalWorld) -> None:
    """Rule 4, and the correction that came with them counts whatever waits."""
    world.deliver(OPENING, MONDAY)
    world.build()
    assert world.closes()
    assert months(world, "A1") == (11, 1, 0)
    assert world.query("select count(*) from canonical.held_openings") == [(1,)]
    assert world.query("select kind, row_count from canonical.identity_issues") == [("held_identity", 1)]
    world.deliver(NEWCOMER)
    world.build()
    assert world.closes()
    assert world.query("select count(*) from canonical.held_openings") == [(0,)]
    assert world.query("select count(*) from canonical.identity_issues") == [(0,)]
    # from Thursday to Monday afternoon six half days are expected, one has a mark
    assert months(world, "A77") == (1, 0, 5)


def test_a_withdrawn_delivery_comes_out_as_if_it_had_never_come(world: CanonicalWorld) -> None:
    world.deliver(OPENING, NEWCOMER)
    world.build()
    before = world.state()
    world.deliver(MONDAY)
    world.build()
    with_it = world.state()
    world.event(MONDAY, "withdrawn")
    world.build()
    assert world.closes()
    assert differences(before, world.state()) == []
    world.event(MONDAY, "restored")
    world.build()
    assert differences(with_it, world.state()) == []


def test_a_delivery_supersedes_another_whole_and_may_arrive_before_it(world: CanonicalWorld) -> None:
    corrected = Delivery(
        MONDAY.day, {"attendance": marks([date(2025, 9, 8)], attendance_code="20")}, sequence=2, supersedes=MONDAY.key
    )
    world.deliver(OPENING, corrected)
    world.build()
    before = world.state()
    world.deliver(MONDAY)
    world.build()
    assert world.closes()
    assert differences(before, world.state()) == []


def test_an_old_mark_that_arrives_late_changes_nothing_that_counts(world: CanonicalWorld) -> None:
    world.deliver(OPENING, MONDAY)
    world.build()
    before = world.query("select * from canonical.attendance_openings order by 1, 2, 3, 4, 5")
    late = Delivery(
        date(2025, 9, 9),
        {
            "attendance": [
                {"scn": 1, "attendance_date": WEEK[3], "recorded_at": at(WEEK[3], 9), "attendance_code": "40"}
            ]
        },
    )
    world.deliver(late)
    world.build()
    assert world.query("select * from canonical.attendance_openings order by 1, 2, 3, 4, 5") == before
    assert world.closes()


def test_rows_that_are_tried_again_are_added_to_their_file(world: CanonicalWorld) -> None:
    world.deliver(OPENING)
    world.build()
    world.retry(
        OPENING,
        "attendance",
        [{"scn": 2, "seed_code": OTHER_SCHOOL, "attendance_date": BEFORE, "recorded_at": at(BEFORE)}],
    )
    world.build()
    assert world.closes()
    updated = world.state()
    assert any("no_enrolment" in row for row in updated["issues"])
    world.build("--full-refresh")
    assert differences(updated, world.state()) == []


def test_an_scn_that_turns_out_to_be_shared_moves_its_marks(world: CanonicalWorld) -> None:
    """Rule 2: marks of a number follow its holder at their date, also marks that are in already."""
    world.deliver(OPENING)
    world.build()
    taken_over = Delivery(
        date(2025, 9, 3),
        {
            "pupils": [*PUPILS[1:], {"scn": 1, "seemis_pupil_id": "B1"}],
            "enrolments": ENROLMENTS,
        },
    )
    world.deliver(taken_over)
    world.build()
    assert world.closes()
    holders = world.query(
        "select person, min(attendance_date), max(attendance_date) from canonical.attendance_openings "
        "inner join people using (pupil_id) where person like '%%1' group by person order by person"
    )
    assert holders == [
        ("S12000005|A1", date(2025, 9, 5), date(2025, 9, 5)),
        ("S12000005|B1", date(2025, 9, 1), date(2025, 9, 4)),
    ]
    updated = world.state()
    world.build("--full-refresh")
    assert differences(updated, world.state()) == []


def test_a_build_that_was_cut_off_is_made_good_by_the_next(world: CanonicalWorld) -> None:
    """Each prefix of the models may have been built, of different deliveries, when the next build comes."""
    world.deliver(OPENING)
    world.build()
    world.deliver(MONDAY)
    world.build("--select", "stg_control__files", "+canonical_attendance_openings,canonical")
    world.deliver(NEWCOMER)
    world.build("--select", "stg_control__files", "+canonical_marked_months,canonical")
    world.event(MONDAY, "withdrawn")
    world.build("--select", "stg_control__files", "+canonical_calendar,canonical")
    world.event(MONDAY, "restored")
    world.build()
    assert world.closes()
    healed = world.state()
    world.build("--full-refresh")
    assert differences(healed, world.state()) == []


def test_a_scope_rebuilt_from_raw_is_the_scope_updated_by_key(world: CanonicalWorld) -> None:
    world.deliver(OPENING, NEWCOMER)
    world.build()
    world.deliver(MONDAY)
    world.build("--vars", "openings_rebuild_rows: 0")  # three tenths of the scope do not come: by key
    world.event(OPENING, "withdrawn")
    world.build("--vars", "openings_rebuild_rows: 0")  # more than three tenths go: from raw
    assert world.closes()
    rebuilt = world.state()
    world.build("--full-refresh")
    assert differences(rebuilt, world.state()) == []


def test_watermarks_tell_the_ledger_state_of_each_table(world: CanonicalWorld) -> None:
    world.deliver(OPENING)
    world.build()
    world.deliver(MONDAY)
    world.build("--select", "stg_control__files", "canonical_attendance_openings")
    built = dict(world.query("select model, event_id from control.model_builds"))
    cut = world.query("select max(event_id) from control.ledger_events")[0][0]
    assert built["stg_control__files"] == cut
    # the SCNs it stands on are older, and so is all that stands on it
    assert built["canonical_attendance_openings"] == built["canonical_pupil_years"] == cut - 1


def test_a_local_code_that_is_mapped_later_counts_in_past_marks_too(world: CanonicalWorld) -> None:
    """The remedy of rule 11: map the code, load the seed, run again."""
    coded = marks([WEEK[0]], attendance_code="ATT")
    world.deliver(Delivery(OPENING.day, {**OPENING.rows, "attendance": coded}))
    world.build()
    assert world.query("select distinct attendance_code from canonical.attendance_openings") == [(99,)]
    with connect(world.settings, "admin") as connection:
        connection.execute(
            "insert into reference.local_attendance_codes (local_authority_code, local_code, attendance_code) "
            "values ('S12000005', 'ATT', '10')"
        )
    world.build()
    assert world.query("select distinct attendance_code from canonical.attendance_openings") == [(10,)]
    assert months(world, "A1") == (2, 0, 0)
    with connect(world.settings, "admin") as connection:
        connection.execute("delete from reference.local_attendance_codes where local_code = 'ATT'")
