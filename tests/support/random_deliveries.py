"""Small random authorities: pupils who move, nurseries, corrected marks, snapshots that forget, SCNs that change hands.

Rows are what landing would accept: keys are unique inside a file, dates are in the year.
"""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tests.support.canonical_world import Delivery, Row, at

CODES = ("10", "10", "10", "10", "11", "20", "30", "40", "02", "ZZ")
STAGES = ("P1", "P7", "S1", "S4", "SP", "N5", "N5")
NOBODYS = 111111111
LEAVING = (
    None,
    None,
    None,
    date(2025, 9, 3),
    date(2025, 9, 10),
    date(2026, 6, 26),
    date(9999, 12, 31),
    date(2025, 9, 2),
)
DAYS = [date(2025, 9, 1) + timedelta(days=day) for day in (0, 1, 2, 3, 4, 30, 31)] + [
    date(2026, 5, 5),
    date(2026, 7, 30),
    date(2026, 8, 20),
]


@dataclass(frozen=True)
class Story:
    """Deliveries of one authority in order of arrival, and which are withdrawn or restored after which arrival."""

    deliveries: tuple[Delivery, ...]
    events: tuple[tuple[int, int, str], ...]  # after this arrival, this delivery, this kind


def random_story(seed: int, authority: str, number: int, deliveries: int = 4) -> Story:
    """A story that a seed stands for. ``number`` keeps schools of authorities apart, and all SCNs but one."""
    generator = random.Random(seed)
    # two neighbours have an SCN in common, of pupils with different dates of birth
    scns = [*(number * 100 + offset for offset in range(1, 5)), 900_000 + number // 2, number * 100 + 6]
    born = date(2015, 3, 1 + number % 2)
    schools = [5000000 + number * 10 + offset for offset in range(3)]
    days = sorted(generator.sample(DAYS, k=deliveries))
    made: list[Delivery] = []
    for position, day in enumerate(days):
        rows: dict[str, list[Row]] = {"attendance": _marks(generator, scns, schools, day)}
        if position == 0 or generator.random() < 0.6:
            rows["pupils"] = _pupils(generator, scns, born)
            rows["enrolments"] = _enrolments(generator, scns, schools, day)
        if generator.random() < 0.4:
            rows["calendar"] = _calendar(generator, schools[:2], day)
        if generator.random() < 0.4:
            rows["establishments"] = [
                {
                    "seed_code": school, "sector": generator.choice(("primary", "primary+secondary", "special")),
                    "closed_on": generator.choice((None, None, None, date(2025, 10, 1))),
                }
                for school in schools
            ]  # fmt: skip
        made.append(Delivery(day, rows, authority=authority))
    if generator.random() < 0.4:
        made[-1] = replace(made[-1], supersedes=made[generator.randrange(len(made) - 1)].key)
    generator.shuffle(made)
    events: list[tuple[int, int, str]] = []
    if generator.random() < 0.5:
        which = generator.randrange(len(made))
        after = generator.randrange(which, len(made))
        events.append((after, which, "withdrawn"))
        if generator.random() < 0.4:
            events.append((generator.randrange(after, len(made)), which, "restored"))
    return Story(tuple(made), tuple(events))


def _pupils(generator: random.Random, scns: list[int], born: date) -> list[Row]:
    rows = []
    for person in range(5):
        if generator.random() < 0.9:
            scn = scns[person] if generator.random() < 0.85 else generator.choice([*scns, NOBODYS])
            rows.append(
                {
                    "scn": scn, "seemis_pupil_id": f"P{person}", "sex": generator.choice("FM"), "date_of_birth": born,
                    "data_zone_code": generator.choice((None, "S01006506")),
                    "updated_at": at(date(2025, 8, generator.randrange(1, 28))),
                }
            )  # fmt: skip
    return rows


def _enrolments(generator: random.Random, scns: list[int], schools: list[int], day: date) -> list[Row]:
    rows: dict[tuple[int, int, date], Row] = {}
    for scn in [*scns, NOBODYS]:
        for school in generator.sample(schools, k=generator.choice((1, 1, 2))):
            entry = generator.choice((date(2024, 8, 19), date(2025, 8, 18), date(2025, 9, 3)))
            leaving = generator.choice(LEAVING)
            rows[(scn, school, entry)] = {
                "scn": scn, "seed_code": school, "entry_date": entry, "leaving_date": leaving,
                "stage": generator.choice(STAGES), "is_base_school": generator.random() < 0.8,
                "status": generator.choice(("on_roll", "on_roll", "on_roll", "guest", "withdrawn")),
                "mode_of_attendance": generator.choice((None, "full_time", "part_time")),
            }  # fmt: skip
    return list(rows.values())


def _calendar(generator: random.Random, schools: list[int], day: date) -> list[Row]:
    return [
        {"seed_code": school, "opening_date": open_on, "opening": half, "is_open": generator.random() < 0.9}
        for school in schools
        for open_on in DAYS
        for half in ("AM", "PM")
        if (open_on < date(2026, 8, 1)) == (day < date(2026, 8, 1)) and generator.random() < 0.9
    ]


def _marks(generator: random.Random, scns: list[int], schools: list[int], day: date) -> list[Row]:
    rows: dict[tuple[int, int, date, str], Row] = {}
    for scn in [*scns, scns[0] + 50, NOBODYS]:
        for marked_on in [other for other in DAYS if other <= day][-4:]:
            for half in ("AM", "PM"):
                for _ in range(generator.choice((0, 1, 1, 2))):
                    school = generator.choice((schools[0], schools[0], schools[scn % 3], schools[1]))
                    rows[(scn, school, marked_on, half)] = {
                        "scn": scn, "seed_code": school, "attendance_date": marked_on, "opening": half,
                        "attendance_code": generator.choice(CODES),
                        "recorded_at": at(marked_on, generator.choice((9, 12, 15))),
                    }  # fmt: skip
    shuffled = list(rows.values())
    generator.shuffle(shuffled)
    return shuffled
