"""What needs attention: comparisons of schools, on literal figures."""

import datetime as dt
from decimal import Decimal

from dashboards.kit.formats import MINUS, Figure
from dashboards.subjects.core.figures import attention, checks, movements
from dashboards.subjects.core.figures.attention import Comparison, School, Week
from dashboards.subjects.core.figures.checks import Audience, Check, Delay
from dashboards.subjects.core.figures.held_back import Delivered, held_back

ALVA = School("5000001", "primary", "Alva Primary School")
BURN = School("5000002", "primary", "Burn Primary School")
CRAIG = School("5000003", "secondary", "Craig Academy")
MONDAY = dt.date(2025, 10, 27)
SEVERAL, ONE = Audience(None, 3), Audience(ALVA, 1)


def rate(value: str | None, symbol: str = "[c]") -> Figure:
    return Figure(None, symbol) if value is None else Figure(Decimal(value))


def week(
    weeks_ago: int, attended: int | None, possible: int | None, pupils: int | None = 100, complete: str = "1"
) -> Week:
    shown = attended is not None and possible
    value = Figure(Decimal(attended or 0) / Decimal(possible or 1)) if shown else Figure(None, "[c]")
    monday = MONDAY - dt.timedelta(weeks=weeks_ago)
    return Week(monday, pupils, possible, attended, value, rate(complete))


def compared(school: School, now: str | None, before: str | None) -> Comparison:
    return Comparison(school, rate(now), rate(before))


def test_sectors_of_one_seed_code_are_one_place_with_both_names() -> None:
    annexe = School(ALVA.seed_code, "special", "Alva Annexe")
    found = attention.by_seed_code([ALVA, annexe, BURN, School(BURN.seed_code, "special", BURN.name)])
    assert [(school.key, school.name) for school in found.values()] == [
        (ALVA.key, "Alva Primary School and Alva Annexe"),
        (BURN.key, BURN.name),
    ]


def test_a_week_is_whole_once_its_friday_is_in_the_data() -> None:
    mondays = {dt.date(2025, 10, 20), MONDAY}
    assert attention.last_whole_week(mondays, dt.date(2025, 10, 31)) == MONDAY
    assert attention.last_whole_week(mondays, dt.date(2025, 10, 30)) == dt.date(2025, 10, 20)
    assert attention.last_whole_week(mondays, dt.date(2025, 10, 1)) is None
    assert attention.last_whole_week(mondays, None) is None


def test_weeks_before_are_counted_together_and_at_most_four() -> None:
    weeks = [
        week(5, 0, 1000),
        week(4, 900, 1000),
        week(3, 450, 500),
        week(2, 900, 1000),
        week(1, 950, 1000),
        week(0, 880, 1000),
    ]
    found = attention.with_weeks_before(ALVA, weeks, MONDAY)
    assert found is not None
    assert found.before.value == Decimal(3200) / Decimal(3500)  # 900 + 450 + 900 + 950 of 3,500: 91.4%
    assert found.change.text == f"{MINUS}3.4"


def test_a_holiday_is_no_week_before() -> None:
    """Weeks with figures count, however long ago: two weeks off leave a gap, not a zero."""
    weeks = [week(6, 900, 1000), week(5, 900, 1000), week(2, 900, 1000), week(1, 900, 1000), week(0, 900, 1000)]
    found = attention.with_weeks_before(ALVA, weeks, MONDAY)
    assert found is not None
    assert found.before.text == "90.0%"


def test_a_hidden_week_is_left_out_and_one_shown_week_is_too_few() -> None:
    weeks = [week(3, None, None), week(2, None, None), week(1, 900, 1000), week(0, 800, 1000)]
    found = attention.with_weeks_before(ALVA, weeks, MONDAY)
    assert found is not None
    assert found.change.mark == "[x]"
    weeks[1] = week(2, 900, 1000)
    again = attention.with_weeks_before(ALVA, weeks, MONDAY)
    assert again is not None
    assert again.change.text == f"{MINUS}10.0"


def test_a_school_of_a_few_children_is_not_compared_for_a_week() -> None:
    weeks = [week(2, 90, 100, 19), week(1, 90, 100, 19), week(0, 50, 100, 19)]
    found = attention.with_weeks_before(ALVA, weeks, MONDAY)
    assert found is not None
    assert (found.now.text, found.change.mark) == ("50.0%", "[z]")


def test_a_school_without_the_week_is_not_compared() -> None:
    assert attention.with_weeks_before(ALVA, [week(1, 90, 100)], MONDAY) is None


def test_falls_are_from_the_limit_on_as_written_and_hidden_ones_are_in_no_list() -> None:
    every = [
        compared(ALVA, "0.9004", "0.9204"),  # 90.0 and 92.0, as written: 2.0
        compared(BURN, "0.90049", "0.92"),  # 90.0 and 92.0
        compared(CRAIG, None, "0.99"),
        compared(School("4", "primary", "Dee"), "0.9009", "0.92"),  # 90.1: 1.9
        compared(School("5", "primary", "Esk"), "0.85", "0.92"),
    ]
    found = attention.falls(every, Decimal("2.0"))
    assert [one.school.name for one in found] == ["Esk", "Alva Primary School", "Burn Primary School"]


def test_rises_count_beyond_what_has_risen_everywhere() -> None:
    every = [compared(ALVA, "0.30", "0.25"), compared(BURN, "0.27", "0.25"), compared(CRAIG, "0.35", "0.25")]
    assert [one.school.name for one in attention.rises(every, Decimal(2))] == [CRAIG.name, ALVA.name, BURN.name]
    beyond = attention.rises(every, Decimal(2), Figure(Decimal("4.1"), None, "points"))
    assert [one.school.name for one in beyond] == [CRAIG.name]
    fallen = attention.rises(every, Decimal(2), Figure(Decimal("-4.0"), None, "points"))
    assert len(fallen) == 3, "a fall everywhere lowers nothing"
    assert len(attention.rises(every, Decimal(2), Figure(None, "[c]", "points"))) == 3


def test_the_middle_change_needs_three_schools() -> None:
    every = [compared(ALVA, "0.30", "0.25"), compared(BURN, "0.27", "0.25"), compared(CRAIG, None, "0.25")]
    assert attention.middle_change(every) is None
    middle = attention.middle_change([*every, compared(CRAIG, "0.35", "0.25")])
    assert middle is not None
    assert middle.text == "+5.0"


def test_incomplete_is_below_the_floor_or_missing_but_never_suppressed() -> None:
    weeks = {
        ALVA: [week(0, 900, 1000, complete="0.98")],
        BURN: [week(0, 900, 1000, complete="0.97")],
        CRAIG: [Week(MONDAY, None, None, None, rate(None, "[x]"), rate(None, "[x]"))],
        School("4", "special", "Dee"): [Week(MONDAY, None, None, None, rate(None), rate(None))],
    }
    found = attention.incomplete(weeks, MONDAY)
    assert [(gap.school.name, gap.completeness.mark) for gap in found] == [(BURN.name, "97.0%"), (CRAIG.name, "[x]")]


def persistent(audience: Audience, every: list[Comparison]) -> Check:
    words = checks.Wording("a", "Falls", "Attendance", "last year", "Now", "Before", "2.0", "fallen", "Fallen")
    return checks.compared(audience, words, every, attention.falls(every, Decimal("2.0")))


def test_sentences_for_many_schools() -> None:
    fallen, steady = compared(ALVA, "0.90", "0.94"), compared(BURN, "0.90", "0.90")
    assert persistent(SEVERAL, [fallen, steady]).sentence == (
        "Attendance has fallen by 2.0 percentage points or more from last year at one school: "
        "Alva Primary School (down 4.0 percentage points)."
    )
    two = persistent(SEVERAL, [fallen, compared(BURN, "0.90", "0.92"), compared(CRAIG, None, "0.9")])
    assert two.sentence == (
        "Attendance has fallen by 2.0 percentage points or more from last year at 2 of 3 schools, most at "
        "Alva Primary School (down 4.0 percentage points). 1 school could not be compared."
    )
    none = persistent(SEVERAL, [steady])
    assert (none.state, none.table) == ("clear", None)
    assert none.sentence == "At no school has attendance fallen by 2.0 percentage points or more from last year."
    assert persistent(SEVERAL, [compared(ALVA, None, "0.9")]).state == "unknown"


def test_sentences_for_the_own_school() -> None:
    fallen = persistent(ONE, [compared(ALVA, "0.90", "0.94")])
    assert (fallen.state, fallen.table) == ("attention", None)
    assert fallen.sentence == "At your school attendance is 90.0%, down 4.0 percentage points from last year (94.0%)."
    hidden = persistent(ONE, [compared(ALVA, "0.90", None)])
    assert (hidden.state, hidden.sentence) == (
        "unknown",
        "At your school attendance cannot be compared with last year: too few pupils to show.",
    )
    assert "A fall of 2.0" in persistent(ONE, [compared(ALVA, "0.90", "0.90")]).sentence


def test_where_no_school_can_be_compared_all_stand_in_the_table_with_the_reason() -> None:
    every = [compared(ALVA, None, "0.92"), compared(BURN, "0.91", None)]
    words = checks.Wording("x", "Falls", "Attendance", "May", "June", "May", "2", "fallen", "Schools")
    check = checks.compared(SEVERAL, words, every, [])
    assert (check.state, check.table) == ("unknown", None)
    assert check.all_rows is not None
    assert [str(row[1]) for row in check.all_rows.rows] == [str(rate(None)), str(rate(None))]
    assert checks.compared(SEVERAL, words, [], []).all_rows is None


def test_the_first_sentence_says_plainly_that_nothing_needs_attention() -> None:
    clear, note, unknown = (Check(state, state, state, "") for state in ("clear", "attention", "unknown"))
    assert checks.summary([clear, clear], SEVERAL) == "Nothing needs attention today."
    assert checks.summary([clear], ONE) == "Nothing needs attention at your school today."
    assert checks.summary([clear, note], ONE) == "1 thing needs attention at your school."
    assert checks.summary([note, note, unknown], SEVERAL) == "2 things need attention."
    assert checks.summary([clear, unknown], SEVERAL) == (
        "Nothing that can be judged today needs attention. Not judged: unknown."
    )
    assert checks.in_order([unknown, clear, note]) == (note, clear, unknown)


def test_what_is_late_is_said_for_schools_and_for_the_own() -> None:
    delay = Delay(
        ALVA.name, ALVA, "attendance", "late", dt.date(2025, 10, 29), dt.date(2025, 10, 29), dt.date(2025, 10, 31)
    )
    whole = Delay("Whole authority", None, "pupils", "missing", None, None, None)
    many = checks.late(SEVERAL, [delay, whole], None)
    assert many.sentence == (
        "1 of 3 schools has not sent all that was due. Nothing received from the authority: pupils."
    )
    assert many.table is not None
    own = checks.late(ONE, [delay], dt.date(2025, 10, 29))
    assert own.sentence == "Late from your school: attendance, due on 31 October 2025."
    assert own.table is None
    assert checks.late(ONE, [], MONDAY).sentence == (
        "Everything that was due from your school has arrived. Attendance is marked to 27 October 2025."
    )


def test_a_long_list_says_that_it_is_cut_and_the_download_is_not() -> None:
    every = [compared(School(str(n), "primary", f"School {n:02}"), "0.80", "0.90") for n in range(12)]
    check = persistent(Audience(None, 12), every)
    assert check.table is not None
    assert check.all_rows is not None
    assert (len(check.table.rows), len(check.all_rows.rows)) == (10, 12)
    assert check.table.notes == ("The first 10 of 12 are shown; all are in the download below.",)


def delivered(day: int, number: int, feed: str, status: str) -> Delivered:
    key = f"S12000005/2025-10-{day}" + (f"-{number}" if number > 1 else "")
    return Delivered(key, dt.date(2025, 10, day), feed, status, "Why.", status == "landed")


def test_a_file_held_back_waits_until_a_good_one_of_its_kind_has_come() -> None:
    bad = delivered(28, 1, "pupils", "quarantined")
    assert held_back([bad]).state == "attention"
    assert held_back([bad, delivered(29, 1, "attendance", "landed")]).state == "attention"
    assert held_back([bad, delivered(27, 1, "pupils", "landed")]).state == "attention"
    replaced = held_back([bad, delivered(28, 11, "pupils", "landed")])
    assert replaced.state == "clear"
    assert replaced.table is not None
    assert replaced.table.rows[0][-1] == "A good one came on 28 October 2025"


def test_whole_deliveries_are_not_counted_as_files() -> None:
    bad = [delivered(28, number, "", "refused") for number in (1, 2)] + [delivered(28, 3, "pupils", "quarantined")]
    assert held_back(bad).sentence == (
        "1 file and 2 whole deliveries could not be used, and no good one has come since."
    )


def test_the_eleventh_delivery_of_a_day_comes_after_the_ninth() -> None:
    late, early = delivered(28, 11, "", "refused"), delivered(28, 9, "pupils", "landed")
    assert held_back([late, early]).state == "attention"


def test_what_must_not_be_sent_needs_attention_and_what_waits_by_design_does_not() -> None:
    assert held_back([delivered(28, 1, "library_loans", "set_aside")]).state == "clear"
    unwanted = held_back([delivered(28, 1, "pastoral_notes", "refused"), delivered(29, 1, "pupils", "landed")])
    assert unwanted.sentence == "1 file came that must not be sent; nothing of it was read."


def test_persistent_absence_needs_two_months() -> None:
    check = movements.persistent(SEVERAL, [], {ALVA.key: ALVA})
    assert (check.state, check.sentence) == ("unknown", "No school can be compared with a month before yet.")
