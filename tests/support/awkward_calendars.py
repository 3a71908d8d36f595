"""Authorities with awkward calendars: what was delivered of each, and what must come out, to the opening."""

from datetime import date

from tests.support.calendar_cases import Place, half_days, weekdays, whole

DAYS = weekdays(3)  # 18 August to 5 September
WEDNESDAY, THURSDAY, FRIDAY = date(2025, 8, 27), date(2025, 8, 28), date(2025, 8, 29)
MONDAY = date(2025, 9, 1)
DAY = 12  # openings: six pupils, two half days
ALL = Place(half_days(DAYS))
WITHOUT = {day: Place(half_days(other for other in DAYS if other != day)) for day in (WEDNESDAY, THURSDAY, MONDAY)}
FOUR_WEEKS, FIVE_WEEKS = weekdays(4), weekdays(5)
NINE = [(day, half) for day, half in half_days(FOUR_WEEKS) if (day.weekday(), half) != (4, "PM")]
AUTUMN = half_days(FIVE_WEEKS)
HOLIDAY_WEEK = [half_day for half_day in half_days(DAYS) if not date(2025, 8, 25) <= half_day[0] <= FRIDAY]

# authority: its schools
PLACES: dict[str, list[Place]] = {
    # a storm day, without and with calendars; an in-service day
    "S12000005": [WITHOUT[WEDNESDAY]] * 3,
    "S12000006": [Place(WITHOUT[WEDNESDAY].marked, calendar=whole(DAYS))] * 2,
    "S12000008": [WITHOUT[MONDAY]] * 3,
    # never open on Friday afternoons; one Friday is lost at one school
    "S12000010": [Place([h for h in NINE if h[0] != date(2025, 9, 5)]), *[Place(NINE)] * 3],
    # open at a quarter of the others, and at a fifth
    "S12000011": [ALL, *[WITHOUT[THURSDAY]] * 4],
    "S12000013": [ALL, *[WITHOUT[THURSDAY]] * 5],
    # a lost file that says of which school, and one that does not
    "S12000014": [ALL, *[WITHOUT[WEDNESDAY]] * 5],
    "S12000017": [ALL, *[WITHOUT[WEDNESDAY]] * 5],
    # a mid-term holiday of three weekdays, and one of four
    "S12000018": [Place([h for h in ALL.marked if not date(2025, 8, 25) <= h[0] <= WEDNESDAY])] * 2,
    "S12000023": [Place([h for h in ALL.marked if not date(2025, 8, 25) <= h[0] <= THURSDAY])] * 2,
    # all close at noon, and one of two whose file was lost first
    "S12000027": [Place(half_days(DAYS, [(FRIDAY, "PM")]))] * 3,
    "S12000040": [Place(half_days(DAYS, [(WEDNESDAY, "PM")]))] * 2,
    # one wrong mark in a holiday week
    "S12000028": [
        Place([*HOLIDAY_WEEK, (WEDNESDAY, "AM")], stages=("P3", *["P2"] * 5), stays_away={"P2": [(WEDNESDAY, "AM")]}),
        Place(HOLIDAY_WEEK),
    ],
    # P1 comes in the mornings for three weeks, and is away one afternoon of the fifth
    "S12000029": [
        Place(
            AUTUMN,
            stages=["P1"] * 6 + ["P2"] * 6,
            stays_away={"P1": [(d, h) for d, h in AUTUMN if h == "PM" and (d in DAYS or d == date(2025, 9, 17))]},
        )
    ],
    # mothballed from a Wednesday; closed on a Tuesday, with marks two days later
    "S12000033": [Place([h for h in ALL.marked if h[0] < WEDNESDAY], mothballed_on=WEDNESDAY), ALL],
    "S12000034": [
        Place([h for h in ALL.marked if h[0] < WEDNESDAY or h[0] == THURSDAY], closed_on=date(2025, 8, 26)), ALL,
    ],
    # a calendar that stops, of a school that falls silent
    "S12000035": [
        Place(half_days(weekdays(2)), calendar=dict.fromkeys(half_days(weekdays(1)), True)), *[ALL] * 3,
    ],
    # closed before anything came, and marks come later; closed and opened again; a calendar comes later
    "S12000036": [WITHOUT[WEDNESDAY]] * 2,
    "S12000038": [WITHOUT[WEDNESDAY]],
    "S12000039": [WITHOUT[WEDNESDAY]] * 2,
}  # fmt: skip
FIFTEEN, FOURTEEN = 15 * DAY, 14 * DAY

# openings possible and not recorded, by school: after the first build, and after the second where that differs
FIRST: dict[str, list[tuple[int, int]]] = {
    "S12000005": [(FOURTEEN, DAY)] * 3,
    "S12000006": [(FOURTEEN, DAY)] * 2,
    "S12000008": [(FOURTEEN, DAY)] * 3,
    "S12000010": [(35 * 6, 6), *[(36 * 6, 0)] * 3],
    "S12000011": [(FIFTEEN, 0), *[(FOURTEEN, DAY)] * 4],
    "S12000013": [(FIFTEEN, 0), *[(FOURTEEN, 0)] * 5],
    "S12000014": [(FIFTEEN, 0), (FOURTEEN, DAY), *[(FOURTEEN, 0)] * 4],
    "S12000017": [(FIFTEEN, 0), *[(FOURTEEN, DAY)] * 5],
    "S12000018": [(12 * DAY, 3 * DAY)] * 2,
    "S12000023": [(11 * DAY, 0)] * 2,
    "S12000027": [(29 * 6, 0)] * 3,
    "S12000040": [(29 * 6, 0)] * 2,
    "S12000028": [(10 * DAY + 1, 0), (10 * DAY, 0)],
    "S12000029": [(50 * 6 + 34 * 6, 6)],
    "S12000033": [(7 * DAY, 0), (FIFTEEN, 0)],
    "S12000034": [(8 * DAY, 0), (FIFTEEN, 0)],
    "S12000035": [(10 * DAY, 5 * DAY), *[(FIFTEEN, 0)] * 3],
    "S12000036": [(FOURTEEN, 0)] * 2,
    "S12000038": [(FOURTEEN, 0)],
    "S12000039": [(FOURTEEN, DAY)] * 2,
}
SECOND = FIRST | {
    "S12000005": [(FOURTEEN, 0)] * 3,
    "S12000006": [(FOURTEEN, 0)] * 2,
    "S12000008": [(FOURTEEN, DAY), *[(FOURTEEN, 0)] * 2],
    "S12000018": [(12 * DAY, 0)] * 2,
    "S12000036": [(FIFTEEN, 0), (FOURTEEN, 0)],
    "S12000038": [(FOURTEEN, DAY)],
    "S12000039": [(FOURTEEN, 0)] * 2,
}
