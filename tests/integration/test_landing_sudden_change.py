"""A sudden change of pupils or their ids stops (rule 2), in whatever order deliveries come, until a person decides."""

import shutil
from collections.abc import Sequence
from itertools import permutations

import pytest

from orchestration.landing import LandingError, accept, discover, land_delivery, restore, unaccept, withdraw
from orchestration.settings import PROJECT_DIR, Settings
from tests.support.extracts import ALLOA, LORNSHILL, Extract, deliver, enrolments, establishments, extract, pupils
from tests.support.landings import emptied, ledger

CASE = PROJECT_DIR / "tests" / "data" / "cases" / "seemis-id-without-zeros" / "landing"
PEOPLE = 120
MARKED = "2025-08-18"  # the tenth open day is the 29th


@pytest.fixture
def warehouse(emptied_warehouse: Settings) -> Settings:
    return emptied(emptied_warehouse)


def people(count: int = PEOPLE, prefix: str = "P", first: int = 0) -> Extract:
    return extract("pupils", [[row[0], row[1].replace("P", prefix), *row[2:]] for row in pupils(first + count)[first:]])


def roll(count: int = PEOPLE, school: str = ALLOA, stage: str = "S2", leaving: str = "") -> Extract:
    return extract("enrolments", rolls(count, school, stage, leaving))


def rolls(count: int, school: str = ALLOA, stage: str = "S2", leaving: str = "", first: int = 0) -> list[list[str]]:
    (row, *_) = enrolments(school)
    scns = [person[0] for person in pupils(first + count)[first:]]
    return [[scn, school, "2024-08-20", leaving, stage, *row[5:]] for scn in scns]


def first_marks() -> Extract:
    rows = [[scn, ALLOA, MARKED, "AM", "10", f"{MARKED}T09:00:00+01:00"] for scn in ("173000006", "173000014")]
    return extract("attendance", rows)


def land(warehouse: Settings, date: str, *files: Extract, **manifest: object) -> dict[str, str]:
    """Outcome of each judged file of a delivery."""
    result = land_delivery(warehouse, deliver(warehouse.landing, files, date, **manifest))  # type: ignore[arg-type]
    return {file.feed: file.reason or file.status for file in result.files}


def standing(warehouse: Settings) -> dict[str, str]:
    rows = ledger(
        warehouse,
        "select delivery_key || ' ' || feed, coalesce(reason, status) from control.files "
        "inner join control.deliveries using (delivery_id) where feed in ('pupils', 'enrolments')",
    )
    return dict(rows)


def raw_agrees(warehouse: Settings) -> bool:
    """Rows lie where the verdict says: all accepted ones of a file in one of the two tables."""
    rows = ledger(
        warehouse,
        "select files.status, files.rows_accepted, "
        "(select count(*) from raw.pupils where _file_id = file_id and feed = 'pupils') + "
        "(select count(*) from raw.enrolments where _file_id = file_id and feed = 'enrolments'), "
        "(select count(*) from raw.held_pupils where _file_id = file_id and feed = 'pupils') + "
        "(select count(*) from raw.held_enrolments where _file_id = file_id and feed = 'enrolments') "
        "from control.files where feed in ('pupils', 'enrolments')",
    )
    return all(
        (counting, held) == ((accepted, 0) if status == "landed" else (0, accepted))
        for status, accepted, counting, held in rows
    )


def test_ids_that_lost_their_zeros_hold_both_feeds_back_and_acceptance_lets_them_in(warehouse: Settings) -> None:
    first, second = "S12000005/2025-08-20", "S12000005/2025-08-27"
    assert land(warehouse, "2025-08-20", people(), roll()) == {"pupils": "landed", "enrolments": "landed"}
    result = land_delivery(warehouse, deliver(warehouse.landing, [people(prefix="0"), roll()], "2025-08-27"))
    assert {file.feed: file.reason for file in result.files} == {
        "pupils": "implausible_change", "enrolments": "implausible_change"
    }  # fmt: skip
    for file in result.files:
        assert f"120 of 120 candidate numbers that {first} has stand under another SEEMiS id" in str(file.message)
        assert f'warehouse accept {second} --reason "..."' in str(file.message)
    assert raw_agrees(warehouse)
    with pytest.raises(LandingError, match="Nothing of S12000005/2025-08-20 is held back"):
        accept(warehouse, first, "no need", "me")
    with pytest.raises(LandingError, match="is not accepted"):
        unaccept(warehouse, second, "it never was", "me")
    with pytest.raises(LandingError, match="Say why"):
        accept(warehouse, second, " ", "me")
    said = accept(warehouse, second, "SEEMiS was replaced", "me")
    assert len(said) == 2
    assert set(standing(warehouse).values()) == {"landed"}
    assert raw_agrees(warehouse)
    assert land(warehouse, "2025-09-03", people(prefix="0"), roll()) == {"pupils": "landed", "enrolments": "landed"}
    assert set(land(warehouse, "2025-09-10", people(), roll()).values()) == {"implausible_change"}
    unaccept(warehouse, second, "it was not", "me")
    assert {key: verdict for key, verdict in standing(warehouse).items() if key.endswith("pupils")} == {
        f"{first} pupils": "landed",
        f"{second} pupils": "implausible_change",
        "S12000005/2025-09-03 pupils": "implausible_change",
        "S12000005/2025-09-10 pupils": "landed",
    }
    assert raw_agrees(warehouse)
    assert ledger(warehouse, "select kind, reason from control.ledger_events where reason like '%%it was not%%' "
                  "or reason like 'SEEMiS%%' order by event_id") == [
        ("accepted", "SEEMiS was replaced"), ("unaccepted", "it was not")]  # fmt: skip


def test_the_same_deliveries_and_acceptances_end_alike_in_any_order(warehouse: Settings) -> None:
    """Four snapshots: one good, two with other ids, a good one; the third is accepted when it has come."""
    days = {"2025-08-20": "P", "2025-08-27": "0", "2025-09-03": "0", "2025-09-10": "P"}
    accepted = "2025-09-03"
    ends = set()
    for order in list(permutations(days))[::7]:
        emptied(warehouse)
        for day in order:
            land(warehouse, day, people(12, prefix=days[day]), roll(12))
            if standing(warehouse).get(f"S12000005/{accepted} pupils") == "implausible_change":
                accept(warehouse, f"S12000005/{accepted}", "so it is", "me")
        assert raw_agrees(warehouse)
        ends.add(tuple(sorted(standing(warehouse).items())))
    (end,) = ends
    assert dict(end)["S12000005/2025-08-27 pupils"] == "implausible_change"
    assert dict(end)["S12000005/2025-09-03 pupils"] == "landed"
    assert dict(end)["S12000005/2025-09-10 pupils"] == "implausible_change"


@pytest.mark.parametrize("step", [1, -1])
def test_of_an_export_through_a_spreadsheet_six_pupils_stay_six(warehouse: Settings, step: int) -> None:
    """The second file of pupils has lost the zeros before its ids, as Excel does; also when it comes first."""
    shutil.copytree(CASE, warehouse.landing)
    keys = [found.delivery_key for found in discover(warehouse)]
    for key in keys[::step]:
        assert land_delivery(warehouse, key).outcome == "landed"
    assert standing(warehouse) == {
        "S12000017/2025-08-22 pupils": "landed",
        "S12000017/2025-08-22 enrolments": "landed",
        "S12000017/2025-08-25 pupils": "implausible_change",
    }
    ids = "select count(distinct seemis_pupil_id), min(length(seemis_pupil_id)) from raw.pupils"
    assert ledger(warehouse, ids) == [(6, 6)]


def numbers(
    warehouse: Settings,
    before: Sequence[Extract],
    after: Sequence[Extract],
    day: str = "2025-09-10",
    **manifest: object,
) -> set[str]:
    land(warehouse, "2025-08-20", first_marks(), *before)
    outcome = land(warehouse, day, *after, **manifest)
    return {outcome[file.feed] for file in after}


TWO_SCHOOLS = rolls(200) + rolls(100, LORNSHILL, first=200)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((people(), roll()), (people(100), roll(100)), "implausible_change"),
        ((people(), roll()), (people(110), roll(110)), "landed"),
        ((people(100), roll(100)), (people(111), roll(111)), "implausible_change"),
        ((people(), roll()), (people(60),), "implausible_change"),
        ((people(12), roll(12)), (people(2), roll(2)), "landed"),
        ((people(), roll()), (people(), roll(60)), "implausible_change"),
        ((people(), roll(stage="P1")), (people(60), roll(60, stage="P1")), "landed"),
        ((people(), roll(stage="N5")), (people(60), roll(60, stage="N5")), "landed"),
        ((people(), roll()), (people(), roll(leaving="2025-09-01")), "landed"),
        ((people(300), extract("enrolments", TWO_SCHOOLS)),
         (people(300), extract("enrolments", rolls(235) + rolls(65, LORNSHILL, first=235))), "implausible_change"),
        ((people(300), extract("enrolments", TWO_SCHOOLS)),
         (people(300), extract("enrolments", rolls(228) + rolls(72, LORNSHILL, first=228))), "landed"),
    ],
    ids=["half an export", "a tenth fewer", "more than a tenth more", "pupils alone", "few", "enrolments alone lose",
         "P1", "early learning", "leavers", "a school loses a third", "a school loses less"],
)  # fmt: skip
def test_numbers_are_judged_by_authority_and_school(
    warehouse: Settings, before: Sequence[Extract], after: Sequence[Extract], verdict: str
) -> None:
    assert numbers(warehouse, before, after) == {verdict}
    assert raw_agrees(warehouse)


@pytest.mark.parametrize(
    ("day", "verdict"), [("2025-08-28", "landed"), ("2025-08-29", "implausible_change"), ("2026-08-20", "landed")]
)
def test_before_the_tenth_open_day_and_between_years_numbers_are_warned_about_alone(
    warehouse: Settings, day: str, verdict: str
) -> None:
    assert numbers(warehouse, (people(), roll()), (people(60), roll(60)), day) == {verdict}
    warned = ledger(warehouse, "select count(*), min(detail) from control.warnings where kind = 'implausible_change'")[
        0
    ]
    assert warned[0] == (2 if verdict == "landed" else 0)
    if warned[0]:
        assert "has 60 pupils where S12000005/2025-08-20 has 120" in warned[1]


def test_a_school_that_closes_and_the_one_that_takes_its_pupils_are_apart(warehouse: Settings) -> None:
    places = establishments()
    places[1][-2] = "2025-09-01"
    land(warehouse, "2025-08-20", first_marks(), people(300), extract("enrolments", TWO_SCHOOLS))
    merged = (extract("establishments", places), people(300), extract("enrolments", rolls(300)))
    assert set(land(warehouse, "2025-09-10", *merged).values()) == {"landed"}


def test_what_is_replaced_is_not_compared_with_and_a_snapshot_without_its_predecessor_is_judged_anew(
    warehouse: Settings,
) -> None:
    first, wrong, right = (f"S12000005/2025-09-{day}" for day in ("01", "08", "15"))
    land(warehouse, "2025-08-20", first_marks())
    land(warehouse, "2025-09-01", people(12, prefix="0"), roll(12))
    assert set(land(warehouse, "2025-09-08", people(12), roll(12)).values()) == {"implausible_change"}
    withdraw(warehouse, first, "wrong ids", "me")
    assert standing(warehouse)[f"{wrong} pupils"] == "landed"
    restore(warehouse, first, "a mistake", "me")
    assert standing(warehouse)[f"{wrong} pupils"] == "implausible_change"
    assert set(land(warehouse, "2025-09-15", people(12), roll(12), supersedes=first).values()) == {"landed"}
    assert standing(warehouse)[f"{wrong} pupils"] == "landed"
    assert standing(warehouse)[f"{right} pupils"] == "landed"
    assert raw_agrees(warehouse)
    shutil.rmtree(warehouse.landing)  # verdicts need no folder any more
    withdraw(warehouse, right, "not wanted", "me")
    assert standing(warehouse)[f"{wrong} pupils"] == "implausible_change"
    assert raw_agrees(warehouse)
