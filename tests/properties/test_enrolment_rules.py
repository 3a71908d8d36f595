"""What counts, what is expected and where pupils belong, held against the rules in plain Python on random councils."""

import random
from datetime import date, timedelta

from tests.conftest import NewWarehouse
from tests.properties.test_canonical_order import authorities
from tests.support.canonical_world import CanonicalWorld, Delivery, Row
from tests.support.enrolment_oracle import HalfDay, Mark, Verdict, judge

COUNCILS = 16
YEARS = ("2024/25", "2025/26", "2026/27")
DELIVERED_ON = [
    date(2024, 9, 6), date(2025, 5, 16), date(2025, 8, 22), date(2025, 9, 12), date(2026, 3, 6), date(2026, 8, 21),
]  # fmt: skip
ENTERED = [
    date(2022, 8, 17), date(2024, 9, 3), date(2025, 8, 18), date(2025, 9, 10), date(2026, 4, 20), date(2026, 8, 17),
]  # fmt: skip
LEFT = [
    None, None, None, date(9999, 12, 31), date(2027, 6, 30), date(2026, 6, 26), date(2025, 9, 10), date(2025, 6, 27),
    date(2024, 9, 3),
]  # fmt: skip
STAGES = ["P2", "P7", "S1", "SP", "N4", "EL"]
PUPILS = 6


def random_council(seed: int, authority: str, number: int) -> list[Delivery]:
    """Deliveries of a small council: three schools, six pupils who come, go, move and are forgotten."""
    generator = random.Random(seed)
    schools = [5000000 + number * 10 + offset for offset in range(3)]
    scns = [900_000 + number * 10 + offset for offset in range(PUPILS)]
    made = []
    for day in sorted(generator.sample(DELIVERED_ON, k=4)):
        rows: dict[str, list[Row]] = {"attendance": _marks(generator, scns, schools, day)}
        if not made:
            rows["pupils"] = [{"scn": scn, "seemis_pupil_id": f"P{scn}"} for scn in scns]
        if generator.random() < 0.6:
            rows["enrolments"] = _enrolments(generator, scns, schools)
        if generator.random() < 0.7:
            rows["calendar"] = [
                {"seed_code": school, "opening_date": open_on, "opening": half}
                for school in schools
                for open_on in _school_days(day)
                for half in ("AM", "PM")
            ]
        made.append(Delivery(day, rows, authority=authority))
    return made


def _school_days(day: date) -> list[date]:
    return [day - timedelta(days=before) for before in range(4, -1, -1)]


def _marks(generator: random.Random, scns: list[int], schools: list[int], day: date) -> list[Row]:
    rows = {}
    for scn in scns:
        usual = generator.choice(schools)
        for marked_on in _school_days(day):
            for half in ("AM", "PM"):
                for school in {usual if generator.random() < 0.8 else None, *generator.choices([None, *schools])}:
                    if school is not None:
                        rows[(scn, school, marked_on, half)] = {
                            "scn": scn, "seed_code": school, "attendance_date": marked_on, "opening": half,
                        }  # fmt: skip
    return list(rows.values())


def _enrolments(generator: random.Random, scns: list[int], schools: list[int]) -> list[Row]:
    rows = {}
    for scn in scns:
        stages = [generator.choice(STAGES), generator.choice(STAGES)]
        for school in generator.choices(schools, k=generator.choice((0, 1, 1, 2, 3))):
            entry = generator.choice(ENTERED)
            rows[(scn, school, entry)] = {
                "scn": scn, "seed_code": school, "entry_date": entry, "leaving_date": generator.choice(LEFT),
                "stage": generator.choice(stages), "is_base_school": generator.random() < 0.8,
                "status": generator.choice((None, "on_roll", "on_roll", "guest", "withdrawn")),
                "mode_of_attendance": generator.choice((None, None, "part_time")),
            }  # fmt: skip
    return list(rows.values())


def found(world: CanonicalWorld) -> dict[tuple[str, str], Verdict]:
    """What the warehouse says, by authority and year, of the same things."""
    verdicts = {(authority, year): Verdict() for authority in authorities()[:COUNCILS] for year in YEARS}
    scn_of = "inner join canonical.attendance_scns as scns using (local_authority_code, pupil_id)"
    day_of_slot = """
        cross join lateral (
            select days.attendance_date, halves.opening
            from canonical.days as days
            cross join lateral (values ('AM', morning_slot), ('PM', afternoon_slot)) as halves (opening, slot)
            where days.month = rows.month and halves.slot & rows.slots <> 0
        ) as half_days"""
    queries = {
        "counted": f"""
            select local_authority_code, days.academic_year, scn, seed_code, attendance_date, opening
            from canonical.attendance_openings {scn_of} inner join canonical.days as days using (attendance_date)""",
        "out_of_scope": f"""
            select local_authority_code, academic_year, scn, seed_code, attendance_date, opening
            from canonical.openings_left_out {scn_of} where reason = 'out_of_scope'""",
        "elsewhere": f"""
            select local_authority_code, academic_year, scn, seed_code, attendance_date, opening
            from canonical.openings_left_out {scn_of} where reason = 'marked_elsewhere'""",
        "expected": f"""
            select local_authority_code, academic_year, scn, seed_code, attendance_date, opening
            from (select *, expected_slots as slots from canonical.enrolled_months) as rows {scn_of} {day_of_slot}""",
    }
    for name, query in queries.items():
        for authority, year, scn, seed_code, day, opening in world.query(query):
            getattr(verdicts[(authority, year)], name).add(Mark(scn, seed_code, HalfDay(day, opening)))
    bases = f"select local_authority_code, academic_year, scn, seed_code from canonical.base_schools {scn_of}"
    for authority, year, scn, seed_code in world.query(bases):
        verdicts[(authority, year)].base_schools[scn] = seed_code
    twice = f"""
        select local_authority_code, academic_year, scn from canonical.identity_issues {scn_of}
        where kind = 'two_base_schools'"""
    for authority, year, scn in world.query(twice):
        verdicts[(authority, year)].two_base_schools.add(scn)
    return verdicts


def test_the_layers_say_what_the_rules_say(new_warehouse: NewWarehouse) -> None:
    world = CanonicalWorld(new_warehouse(built=True))
    councils = {
        authority: random_council(1000 + number, authority, number)
        for number, authority in enumerate(authorities()[:COUNCILS])
    }
    # the second half comes in two parts, so that both ways of building are looked at
    for arrival in range(4):
        for number, deliveries in enumerate(councils.values()):
            if number < COUNCILS // 2 and arrival == 0:
                world.deliver(*deliveries)
            elif number >= COUNCILS // 2:
                world.deliver(deliveries[arrival])
        if arrival in {1, 3}:
            world.build()
    assert world.closes()

    open_half_days: dict[tuple[str, str], set[tuple[int, HalfDay]]] = {}
    for authority, year, seed_code, day, opening in world.query(
        "select local_authority_code, academic_year, seed_code, opening_date, opening from canonical.calendar "
        "where is_open"
    ):
        open_half_days.setdefault((authority, year), set()).add((seed_code, HalfDay(day, opening)))
    as_at = {
        (row[0], row[1]): HalfDay(row[2], row[3]) if row[2] else None
        for row in world.query(
            "select local_authority_code, academic_year, data_as_at, data_as_at_opening from canonical.data_as_at"
        )
    }
    outside = {
        (row[0], row[1]): row[2]
        for row in world.query(
            "select local_authority_code, academic_year, sum(openings)::integer "
            "from canonical.marks_outside_enrolment group by 1, 2"
        )
    }
    delivered = set(world.query("select local_authority_code, academic_year from canonical.delivered_years"))
    for place, verdict in found(world).items():
        authority, year = place
        if place not in delivered:
            assert verdict == Verdict()
            continue
        rules = judge(councils[authority], year, open_half_days.get(place, set()), as_at.get(place))
        for name in ("out_of_scope", "elsewhere", "counted", "expected"):
            assert getattr(verdict, name) == getattr(rules, name), (place, name)
        assert verdict.base_schools == rules.base_schools, place
        assert verdict.two_base_schools == rules.two_base_schools, place
        assert outside.get(place, 0) == len(rules.outside), place
