"""The split of absence, late arrivals and reasons: at month ends, with five pupils behind everything (RULES 37)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from orchestration.release.tables.contracts import ReleaseContract
from tests.support.release_exact import contracts
from tests.support.release_runs import Releases
from tests.support.release_world import MONTHS, Month, Pupil, World, changed

AUGUST, SEPTEMBER, OCTOBER, NOVEMBER = MONTHS[:4]
ENDS = {
    AUGUST: date(2025, 8, 29),
    SEPTEMBER: date(2025, 9, 30),
    OCTOBER: date(2025, 10, 31),
    NOVEMBER: date(2025, 11, 28),
}
SCHOOL, OTHER, THIRD = "5000001", "5000002", "5000003"


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ReleaseContract, ...]:
    return contracts(tmp_path_factory.mktemp("contracts"))


@pytest.fixture
def releases(marts: tuple[ReleaseContract, ...]) -> Releases:
    return Releases(marts)


def _world(last: date, absent: Callable[[str, int, date], Month], as_at: date | None = None) -> World:
    """Three schools of forty; ``absent`` gives the month of a pupil by school, number and month."""
    months = [month for month in MONTHS if month <= last]
    pupils = tuple(
        Pupil(
            1000 * school + number, f"500000{school}", "primary", "P1" if number < 20 else "P2", "FM"[number % 2],
            str(number % 2 + 1), {month: absent(f"500000{school}", number, month) for month in months},
        )
        for school in (1, 2, 3)
        for number in range(40)
    )  # fmt: skip
    return World(pupils, as_at or ENDS[last])


def _plenty(_school: str, number: int, _month: date) -> Month:
    return Month(40, 4, 2 if number % 2 else 0, number % 3)


def _split(releases: Releases, code: str = SCHOOL) -> tuple[object, object, object]:
    row = releases.row("attendance_by_school_year", seed_code=code)
    return row["openings_authorised"], row["openings_not_authorised"], row["absence_symbol"]


def _months(releases: Releases, code: str = SCHOOL) -> list[object]:
    return [row["absence_symbol"] for row in releases.rows("attendance_by_school_month", seed_code=code)]


def test_shown_at_a_month_end_with_five_pupils_behind_each_part(releases: Releases) -> None:
    releases.release(_world(OCTOBER, _plenty))
    assert _split(releases) == (480, 120, None)
    assert _months(releases) == [None, None, None]
    assert releases.row("attendance_by_authority_year", sector="primary")["absence_symbol"] is None


def test_the_open_month_is_hidden_and_so_is_the_year_to_date(releases: Releases) -> None:
    releases.release(_world(OCTOBER, _plenty, date(2025, 10, 15)))
    assert _split(releases) == (None, None, "[c]")
    assert _months(releases) == [None, None, "[c]"]


def test_fewer_than_five_pupils_behind_a_part_hide_both(releases: Releases) -> None:
    def few(school: str, number: int, month: date) -> Month:
        return Month(40, 4, 2 if number < 4 else 0, 0) if school == SCHOOL else _plenty(school, number, month)

    releases.release(_world(OCTOBER, few))
    assert _split(releases) == (None, None, "[c]")
    assert _months(releases) == ["[c]"] * 3


def test_another_school_goes_with_it_where_few_pupils_are_hidden_beside(releases: Releases) -> None:
    def few(school: str, number: int, month: date) -> Month:
        return Month(40, 4, 2 if number < 4 else 0, 0) if school == SCHOOL else _plenty(school, number, month)

    releases.release(_world(OCTOBER, few))
    hidden = [row["seed_code"] for row in releases.rows("attendance_by_school_year") if row["absence_symbol"] == "[c]"]
    assert len(hidden) == 2
    assert releases.row("attendance_by_authority_year", sector="primary")["absence_symbol"] is None


def test_a_small_change_since_it_was_last_shown_hides_the_year(releases: Releases) -> None:
    def quiet(school: str, number: int, month: date) -> Month:
        if school == SCHOOL and month == NOVEMBER:
            return Month(40, 4, 0, 0) if number < 3 else Month(40)
        return _plenty(school, number, month)

    releases.release(_world(OCTOBER, _plenty))
    assert _split(releases)[2] is None
    releases.release(_world(NOVEMBER, quiet))
    assert _split(releases)[2] == "[c]"
    assert _months(releases) == [None, None, None, "[c]"]


def test_a_month_that_one_child_corrects_is_hidden_until_five_have_changed(releases: Releases) -> None:
    def corrected(school: str, number: int, month: date) -> Month:
        if school == SCHOOL and month == SEPTEMBER and number == 0:
            return Month(40, 4, 2, 0)
        return _plenty(school, number, month)

    releases.release(_world(OCTOBER, _plenty))
    releases.release(_world(OCTOBER, corrected))
    assert _months(releases) == [None, "[c]", None]
    assert _split(releases)[2] == "[c]"
    releases.release(_world(NOVEMBER, corrected))
    assert _months(releases) == [None, "[c]", None, None]
    assert _split(releases)[2] == "[c]", "November and the year would give September's correction away"


def test_a_month_hidden_once_stays_hidden_for_the_year(releases: Releases) -> None:
    def few_in_september(school: str, number: int, month: date) -> Month:
        if school == SCHOOL and month == SEPTEMBER and number >= 4:
            return Month(40)
        return _plenty(school, number, month)

    releases.release(_world(SEPTEMBER, few_in_september))
    assert _months(releases) == [None, "[c]"]
    releases.release(_world(OCTOBER, _plenty))
    assert _months(releases) == [None, "[c]", None]


def test_nothing_is_judged_between_month_ends(releases: Releases) -> None:
    releases.release(_world(OCTOBER, _plenty))
    releases.release(_world(NOVEMBER, _plenty, date(2025, 11, 12)))
    assert _months(releases) == [None, None, None, "[c]"]
    assert _split(releases)[2] == "[c]"
    releases.release(_world(NOVEMBER, _plenty))
    assert _months(releases) == [None] * 4
    assert _split(releases)[2] is None


def test_breakdowns_show_all_categories_or_none(releases: Releases) -> None:
    def few_in_p2(school: str, number: int, month: date) -> Month:
        if school == SCHOOL and number >= 22:
            return Month(40, 4, 0, 0)
        return _plenty(school, number, month)

    releases.release(_world(OCTOBER, few_in_p2))
    assert _split(releases)[2] is None
    stages = releases.rows("attendance_by_school_stage", seed_code=SCHOOL)
    assert [row["absence_symbol"] for row in stages if row["pupils"]] == ["[c]", "[c]"]
    stages = releases.rows("attendance_by_school_stage", seed_code=OTHER)
    assert [row["absence_symbol"] for row in stages if row["pupils"]] == [None, None]


def test_late_arrivals_are_judged_apart(releases: Releases) -> None:
    def punctual(school: str, number: int, month: date) -> Month:
        counts = _plenty(school, number, month)
        return replace(counts, late=1 if number < 3 else 0) if school == SCHOOL else counts

    releases.release(_world(OCTOBER, punctual))
    row = releases.row("attendance_by_school_year", seed_code=SCHOOL)
    assert (row["openings_late"], row["late_symbol"], row["absence_symbol"]) == (None, "[c]", None)


def test_categories_are_shown_by_sector(releases: Releases) -> None:
    releases.release(_world(OCTOBER, _plenty))
    row = releases.row("attendance_by_authority_year", sector="primary")
    assert (row["openings_unauthorised"], row["openings_excluded"], row["categories_symbol"]) == (360, 0, None)


def test_reasons_hide_few_pupils_and_a_complement(releases: Releases) -> None:
    def few(school: str, number: int, month: date) -> Month:
        if school == SCHOOL and number % 2 == 0 and number > 6:
            return Month(40, 0, 2)
        return _plenty(school, number, month)

    world = _world(OCTOBER, few)
    releases.release(world)
    rows = {row["reason"]: row for row in releases.rows("absence_reasons_by_school", seed_code=SCHOOL)}
    assert rows["sickness_without_provision"]["openings"] is None or rows["other_authorised"]["openings"] is None
    assert sum(row["openings"] is None for row in rows.values()) >= 2


def test_a_reason_of_few_pupils_does_not_follow_from_its_part_of_the_split(releases: Releases) -> None:
    def few_on_holiday(school: str, number: int, month: date) -> Month:
        is_absent = number in (1, 5) or number % 4 == 3
        return Month(40, 4, 2 if is_absent else 0) if school == SCHOOL else _plenty(school, number, month)

    releases.release(_world(OCTOBER, few_on_holiday))
    assert _split(releases)[2] is None
    rows = {row["reason"]: row for row in releases.rows("absence_reasons_by_school", seed_code=SCHOOL)}
    hidden = {reason for reason, row in rows.items() if row["openings"] is None}
    assert hidden == {"unexplained", "unauthorised_holiday"}


def test_a_reason_that_grows_by_few_is_hidden_until_five_more_have_it_than_when_it_was_shown(
    releases: Releases,
) -> None:
    def on_holiday(count: int) -> Callable[[str, int, date], Month]:
        def absent(school: str, number: int, month: date) -> Month:
            is_absent = number % 4 == 3 or (number % 4 == 1 and number < 4 * count)
            return Month(40, 4, 2 if is_absent else 0) if school == SCHOOL else _plenty(school, number, month)

        return absent

    def symbol(count: int, last: date) -> object:
        releases.release(_world(last, on_holiday(count)))
        (row,) = releases.rows("absence_reasons_by_school", seed_code=SCHOOL, reason="unauthorised_holiday")
        return row["openings_symbol"]

    assert symbol(5, SEPTEMBER) is None
    assert symbol(7, OCTOBER) == "[c]", "two more than when it was shown"
    assert symbol(8, NOVEMBER) == "[c]", "one more than at the last month end, three more than when it was shown"


def test_reasons_are_year_to_date_at_month_ends_only(releases: Releases) -> None:
    releases.release(_world(OCTOBER, _plenty, date(2025, 10, 15)))
    assert {row["openings_symbol"] for row in releases.rows("absence_reasons_by_school")} == {"[c]"}
    again = Releases(releases.contracts)
    again.release(_world(OCTOBER, _plenty))
    assert {row["openings_symbol"] for row in again.rows("absence_reasons_by_school")} == {None}


def test_rows_without_pupils_show_their_zeros(releases: Releases) -> None:
    releases.release(changed(_world(OCTOBER, _plenty), lambda pupil: pupil))
    row = releases.row("attendance_by_school_stage", seed_code=SCHOOL, stage="P7")
    assert (row["openings_authorised"], row["absence_symbol"]) == (0, None)
