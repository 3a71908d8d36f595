"""Children who are in a nursery, move, come late, have no number: each a council of its own, told in two parts."""

from datetime import date

import pytest

from tests.conftest import NewWarehouse
from tests.support.canonical_world import CanonicalWorld, Delivery, Row, State, at

FIRST, SECOND = date(2025, 9, 5), date(2025, 9, 12)
WEEK, NEXT_WEEK = [date(2025, 9, day) for day in range(1, 6)], [date(2025, 9, day) for day in range(8, 13)]
# marks of a past year that come after it
MARKED_ON = {FIRST: WEEK, SECOND: NEXT_WEEK, date(2026, 8, 14): [date(2026, 6, 5)]}
HERE, THERE = 5746728, 5746825
NOBODYS = 123456789

ENROLLED_LATER, OUT_OF_NURSERY, INTO_NURSERY, NURSERY_AND_SCHOOL, NURSERY_LATER, MOVED, NUMBERED, NEXT_YEAR = (
    "S12000005", "S12000006", "S12000008", "S12000010", "S12000011", "S12000013", "S12000014", "S12000017",
)  # fmt: skip


def marks(scn: int, days: list[date], school: int = HERE, halves: str = "AM PM") -> list[Row]:
    return [
        {"scn": scn, "seed_code": school, "attendance_date": day, "opening": half, "recorded_at": at(day, 16)}
        for day in days
        for half in halves.split()
    ]


def enrolled(scn: int, school: int = HERE, **values: object) -> Row:
    return {"scn": scn, "seed_code": school, "entry_date": date(2025, 8, 18), **values}


def council(authority: str, day: date, **rows: list[Row]) -> Delivery:
    """A delivery with one pupil, 1, who is always there, beside what is told of others. Numbers are of one council."""
    enrolments = {"enrolments": [enrolled(1), *rows["enrolments"]]} if "enrolments" in rows else {}
    pupils = {"pupils": [{"scn": 1, "seemis_pupil_id": "A1"}, *rows["pupils"]]} if "pupils" in rows else {}
    week = MARKED_ON.get(day, [day])
    told = {**pupils, **enrolments, "attendance": [*marks(1, week), *rows.get("attendance", [])]}
    own = 100 * int(authority[-3:])
    return Delivery(
        day,
        {
            feed: [row if row["scn"] == NOBODYS else {**row, "scn": own + row["scn"]} for row in found]
            for feed, found in told.items()
        },
        authority=authority,
    )


TWO: Row = {"scn": 2, "seemis_pupil_id": "A2"}
TOLD_FIRST = [
    # rule 5: known, and enrolled nowhere as far as anybody knows
    council(ENROLLED_LATER, FIRST, pupils=[TWO], enrolments=[], attendance=marks(2, WEEK)),
    council(OUT_OF_NURSERY, FIRST, pupils=[TWO], enrolments=[enrolled(2, stage="N5")], attendance=marks(2, WEEK)),
    council(INTO_NURSERY, FIRST, pupils=[TWO], enrolments=[enrolled(2, stage="P2")], attendance=marks(2, WEEK)),
    council(
        NURSERY_AND_SCHOOL,
        FIRST,
        pupils=[TWO],
        enrolments=[enrolled(2, stage="P2"), enrolled(2, THERE, stage="EL", is_base_school=False)],
        attendance=[*marks(2, WEEK, halves="AM"), *marks(2, WEEK, THERE)],
    ),
    council(NURSERY_LATER, FIRST, pupils=[TWO], enrolments=[], attendance=marks(2, WEEK)),
    council(
        MOVED,
        FIRST,
        pupils=[TWO],
        enrolments=[enrolled(2, leaving_date=WEEK[2]), enrolled(2, THERE, entry_date=WEEK[2])],
        attendance=[*marks(2, WEEK), *marks(2, WEEK[2:], THERE)],
    ),
    council(
        NUMBERED,
        FIRST,
        pupils=[{**TWO, "scn": NOBODYS}],
        enrolments=[enrolled(NOBODYS)],
        attendance=marks(NOBODYS, WEEK),
    ),
    council(
        NEXT_YEAR,
        FIRST,
        pupils=[TWO],
        enrolments=[enrolled(2, leaving_date=date(9999, 12, 31)), enrolled(2, THERE, entry_date=date(2026, 8, 17))],
        attendance=marks(2, WEEK),
    ),
]
TOLD_SECOND = [
    council(ENROLLED_LATER, SECOND, enrolments=[enrolled(2, entry_date=WEEK[2])]),
    council(OUT_OF_NURSERY, SECOND, enrolments=[enrolled(2, stage="P2")], attendance=marks(2, NEXT_WEEK)),
    council(INTO_NURSERY, SECOND, enrolments=[enrolled(2, stage="N4")], attendance=marks(2, NEXT_WEEK)),
    council(NURSERY_LATER, SECOND, enrolments=[enrolled(2, stage="N4")]),
    # the second school's enrolment was a mistake: what was marked there alone counts, the rest does not
    council(MOVED, SECOND, enrolments=[enrolled(2)]),
    council(NUMBERED, SECOND, pupils=[TWO], enrolments=[enrolled(2)], attendance=marks(2, NEXT_WEEK)),
    # and marks of a year of which no snapshot has come
    council(NEXT_YEAR, date(2026, 8, 14)),
    council(NEXT_YEAR, date(2026, 8, 20), attendance=marks(2, [date(2026, 8, 14)], THERE)),
]


@pytest.fixture(scope="module")
def world(new_warehouse: NewWarehouse) -> CanonicalWorld:
    made = CanonicalWorld(new_warehouse(built=True))
    made.deliver(*TOLD_FIRST)
    made.build()
    assert made.closes()
    return made


@pytest.fixture(scope="module")
def first_kinds(world: CanonicalWorld) -> dict[str, list[str]]:
    return {delivery.authority: kinds(world, delivery.authority) for delivery in TOLD_FIRST}


@pytest.fixture(scope="module")
def first(world: CanonicalWorld, first_kinds: dict[str, list[str]]) -> dict[str, dict[str, int]]:
    assert first_kinds
    return {delivery.authority: counted(world, delivery.authority) for delivery in TOLD_FIRST}


@pytest.fixture(scope="module")
def second(world: CanonicalWorld, first: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    assert first
    world.deliver(*TOLD_SECOND)
    world.build()
    assert world.closes()
    return {delivery.authority: counted(world, delivery.authority) for delivery in TOLD_FIRST}


def counted(world: CanonicalWorld, authority: str) -> dict[str, int]:
    """Marks of pupil 2, by school where they count and by reason where they do not, and half days not recorded."""
    person = f"{authority}|A2"
    found = world.query(
        """
        select 'at ' || seed_code, count(*)::integer from canonical.attendance_openings
        inner join people using (pupil_id) where person = %s group by 1
        union all
        select reason, count(*)::integer from canonical.openings_left_out
        inner join people using (pupil_id) where person = %s group by 1
        union all
        select 'not recorded at ' || seed_code, sum(openings_not_recorded)::integer
        from pseudonymised.attendance_pupil_months inner join vault.tokens on token = pupil_token
        inner join people using (pupil_id) where person = %s and openings_not_recorded > 0 group by 1
        union all
        select 'held', count(*)::integer from canonical.held_openings
        where local_authority_code = %s having count(*) > 0
        """,
        person,
        person,
        person,
        authority,
    )
    return dict(found)


def kinds(world: CanonicalWorld, authority: str) -> list[str]:
    query = "select kind from canonical.identity_issues where local_authority_code = %s order by 1"
    return [kind for (kind,) in world.query(query, authority)]


def test_known_and_not_yet_enrolled(first: dict[str, dict[str, int]]) -> None:
    assert first[ENROLLED_LATER] == first[NURSERY_LATER] == {f"at {HERE}": 10}


def test_early_learning_counts_nowhere(first: dict[str, dict[str, int]]) -> None:
    assert first[OUT_OF_NURSERY] == {"out_of_scope": 10}
    # at the school one half day has no mark, and what the nursery marked then counts (rule 5)
    assert first[NURSERY_AND_SCHOOL] == {
        f"at {HERE}": 5,
        f"at {THERE}": 5,
        "marked_elsewhere": 5,
        f"not recorded at {HERE}": 5,
    }


def test_marks_at_both_schools_after_a_move(world: CanonicalWorld, first: dict[str, dict[str, int]]) -> None:
    assert first[MOVED] == {f"at {HERE}": 6, f"at {THERE}": 6, "marked_elsewhere": 4}


def test_a_move_is_no_case_and_a_missing_number_is(
    first: dict[str, dict[str, int]], first_kinds: dict[str, list[str]]
) -> None:
    assert first[NUMBERED] == {"held": 10}
    assert first_kinds[NUMBERED] == ["placeholder_scn"]
    assert first_kinds[MOVED] == []
    assert first_kinds[ENROLLED_LATER] == ["no_enrolment"]


def test_what_comes_later_moves_the_marks(second: dict[str, dict[str, int]]) -> None:
    """Into scope and out of it, to where the pupil is enrolled after all, and to the number that was missing."""
    # the days before the entry date stay outside any enrolment
    assert second[ENROLLED_LATER] == {f"at {HERE}": 10, f"not recorded at {HERE}": 10}
    assert second[OUT_OF_NURSERY] == {f"at {HERE}": 20}
    assert second[INTO_NURSERY] == {"out_of_scope": 20}
    assert second[NURSERY_LATER] == {"out_of_scope": 10}
    assert second[NUMBERED] == {f"at {HERE}": 10, "held": 10, f"not recorded at {HERE}": 10}


def test_an_enrolment_taken_back(second: dict[str, dict[str, int]]) -> None:
    """The snapshot that lacks the row ends it and undoes nothing before; the leaving date is gone, so both count."""
    assert (second[MOVED][f"at {HERE}"], second[MOVED][f"at {THERE}"]) == (10, 6)
    assert "marked_elsewhere" not in second[MOVED]


def test_a_year_without_a_snapshot(world: CanonicalWorld, second: dict[str, dict[str, int]]) -> None:
    """A mark confirms only an enrolment that has its day: the one announced begins after it, the old one has none."""
    assert second[NEXT_YEAR] == {f"at {HERE}": 10, f"at {THERE}": 2, f"not recorded at {HERE}": 2}
    years = "select academic_year from canonical.delivered_years where local_authority_code = %s order by 1"
    assert world.query(years, NEXT_YEAR) == [("2025/26",), ("2026/27",)]
    months = """
        select count(*) from canonical.enrolled_months inner join people using (pupil_id)
        where academic_year = '2026/27' and person = %s"""
    assert world.query(months, f"{NEXT_YEAR}|A2") == [(0,)]
    assert world.query(months, f"{NEXT_YEAR}|A1") == [(1,)]


def test_built_from_raw_it_is_the_same(world: CanonicalWorld, second: dict[str, dict[str, int]]) -> None:
    assert second
    updated: State = world.state()
    world.build("--full-refresh")
    rebuilt = world.state()
    assert [name for name in updated if updated[name] != rebuilt[name]] == []
