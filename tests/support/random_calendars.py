"""Small random authorities for the rules of the calendar: holidays, lost days, calendars that stop, schools that close.

What really happened is drawn first; what was delivered of it, and what was said of closed days, comes after.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta

from orchestration.database import connect
from tests.support.calendar_oracle import HALVES, Authority, HalfDay, Pupil, School
from tests.support.canonical_world import CanonicalWorld, Delivery, Row, at

FIRST, LAST = date(2025, 8, 18), date(2025, 10, 3)
END = date(2026, 6, 24)
DAYS = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
WEEKDAYS = [day for day in DAYS if day.weekday() < 5]


def random_authority(seed: int, number: int) -> Authority:
    """An authority that a seed stands for. ``number`` keeps schools and pupils of authorities apart."""
    generator = random.Random(seed)
    holidays = _holidays(generator)
    lost_everywhere = set(generator.sample(WEEKDAYS, k=generator.choice((0, 1, 2))))
    schools: dict[int, School] = {}
    pupils: dict[int, Pupil] = {}
    marks: set[tuple[int, date, str]] = set()
    for place in range(generator.choice((1, 2, 3, 5, 6))):
        code = 6000000 + number * 100 + place
        week = _week(generator)
        really_open = [
            (d, half) for d in WEEKDAYS if d not in holidays for half in HALVES if (d.weekday(), half) in week
        ]
        schools[code] = _school(generator, really_open, holidays)
        mornings = generator.random() < 0.5
        mine = {}
        for at_school in range(generator.choice((3, 6, 8))):
            mine[number * 1000 + place * 20 + at_school + 1] = Pupil(code, generator.choice(("P1", "P2", "P2", "S1")))
        pupils |= mine
        lost = lost_everywhere | set(generator.sample(WEEKDAYS, k=generator.choice((0, 1, 3))))
        ends = generator.choice((LAST, LAST, LAST, date(2025, 9, 12)))
        for day, half in really_open:
            if day not in lost and day <= ends and not _is_gone(schools[code], day):
                coming = 0.4 if generator.random() < 0.03 else 0.97  # half a file
                for pupil, found in mine.items():
                    stays_away = mornings and found.stage == "P1" and half == "PM" and day < date(2025, 9, 10)
                    if not stays_away and generator.random() < coming:
                        marks.add((pupil, day, half))
        for day in generator.sample(DAYS, k=2):  # a mark that should not be there
            marks.add((generator.choice(list(mine)), day, generator.choice(HALVES)))
    return Authority(FIRST, LAST, schools, pupils, marks, _lost_files(generator, schools, lost_everywhere),
                     _closures(generator, schools, holidays))  # fmt: skip


def _holidays(generator: random.Random) -> set[date]:
    """A run of one to five weekdays, and perhaps another one."""
    found: set[date] = set()
    for _ in range(generator.choice((1, 2))):
        begin = generator.randrange(5, len(WEEKDAYS) - 6)
        found |= set(WEEKDAYS[begin : begin + generator.choice((1, 3, 4, 5))])
    return found


def _week(generator: random.Random) -> set[tuple[int, str]]:
    """Half days of the usual week: all, without Friday afternoon, or without Fridays."""
    week = {(day, half) for day in range(5) for half in HALVES}
    return week - generator.choice((set(), set(), {(4, "PM")}, {(4, "AM"), (4, "PM")}))


def _school(generator: random.Random, really_open: Sequence[HalfDay], holidays: set[date]) -> School:
    calendar: dict[HalfDay, bool] | None = None
    kind = generator.choice(("none", "none", "none", "whole", "stops"))
    if kind != "none":
        ends = LAST if kind == "whole" else generator.choice(WEEKDAYS[3:25])
        calendar = {half_day: generator.random() < 0.97 for half_day in really_open if half_day[0] <= ends}
        if generator.random() < 0.5:
            calendar |= {(day, half): False for day in holidays if day <= ends for half in HALVES}
        if kind == "whole":
            calendar[(END, "AM")] = True
    closing = generator.choice((None, None, None, None, "closed", "mothballed"))
    day = generator.choice(WEEKDAYS[8:])
    return School(
        generator.choice(("primary", "primary", "secondary", "primary+secondary")),
        calendar or None,
        day if closing == "closed" else None,
        day if closing == "mothballed" else None,
    )


def _is_gone(school: School, day: date) -> bool:
    gone_from = [found for found in (school.closed_on, school.mothballed_on) if found]
    return bool(gone_from) and day > gone_from[0]


def _lost_files(
    generator: random.Random, schools: dict[int, School], days: set[date]
) -> list[tuple[date, frozenset[int] | None]]:
    found: list[tuple[date, frozenset[int] | None]] = []
    for day in sorted(days | set(generator.sample(WEEKDAYS, k=1))):
        if generator.random() < 0.5:
            some = frozenset(code for code in schools if generator.random() < 0.7)
            found.append((day, None if generator.random() < 0.3 or not some else some))
    return found


def _closures(
    generator: random.Random, schools: dict[int, School], holidays: set[date]
) -> list[tuple[int | None, date, date, bool]]:
    found: list[tuple[int | None, date, date, bool]] = []
    for _ in range(generator.choice((0, 1, 3))):
        first = generator.choice(sorted(holidays) + WEEKDAYS[10:14])
        last = first + timedelta(generator.choice((0, 0, 1)))
        found.append((generator.choice((None, None, *schools)), first, last, generator.random() < 0.7))
    return found


def deliver(world: CanonicalWorld, code: str, authority: Authority) -> None:
    """Deliver an authority as it is, in one delivery at the end, and put lost files and closures on the ledger."""
    rows: dict[str, list[Row]] = {
        "establishments": [
            {"seed_code": school, "sector": found.sector, "closed_on": found.closed_on,
             "mothballed_on": found.mothballed_on, "local_authority_code": code}
            for school, found in authority.schools.items()
        ],
        "pupils": [{"scn": pupil, "seemis_pupil_id": f"P{pupil}"} for pupil in authority.pupils],
        "enrolments": [
            {"scn": pupil, "seed_code": found.school, "stage": found.stage, "entry_date": date(2025, 8, 1)}
            for pupil, found in authority.pupils.items()
        ],
        "attendance": [
            {"scn": pupil, "seed_code": authority.pupils[pupil].school, "attendance_date": day, "opening": half,
             "recorded_at": at(day, 16)}
            for pupil, day, half in sorted(authority.marks)
        ],
    }  # fmt: skip
    calendars = [
        {"seed_code": school, "opening_date": day, "opening": half, "is_open": is_open}
        for school, found in authority.schools.items()
        for (day, half), is_open in (found.calendar or {}).items()
    ]
    world.deliver(Delivery(authority.last, rows | ({"calendar": calendars} if calendars else {}), authority=code))
    tell(world, code, *authority.lost, *authority.closures)


Closure = tuple[int | None, date, date, bool]
Lost = tuple[date, frozenset[int] | None]


def random_ledger(seed: int, number: int) -> list[Closure | Lost]:
    """Lost files and closed days at the schools and days of ``random_deliveries``, some for a delivery."""
    generator = random.Random(seed)
    schools = [5000000 + number * 10 + offset for offset in range(3)]
    days = [date(2025, 9, 1) + timedelta(day) for day in (1, 2, 3, 7, 30)]
    found: list[Closure | Lost] = []
    for day in generator.sample(days, k=2):
        found.append((day, generator.choice((None, frozenset(schools[:2])))))
    for _ in range(3):
        day = generator.choice(days)
        found.append((generator.choice((None, *schools)), day, day + timedelta(1), generator.random() < 0.7))
    generator.shuffle(found)
    return found


def tell(world: CanonicalWorld, authority: str, *entries: Closure | Lost) -> None:
    """Put lost files and closures on the ledger."""
    for entry in entries:
        if len(entry) == 2:
            lose(world, authority, *entry)
        else:
            school, first, last, is_closed = entry
            close(world, authority, school, first, last, is_closed=is_closed)


def lose(world: CanonicalWorld, authority: str, day: date, schools: frozenset[int] | None) -> None:
    """A delivery of that day whose attendance file was quarantined."""
    with connect(world.settings, "admin") as connection:
        row = connection.execute(
            "insert into control.deliveries (delivery_key, local_authority_code, extract_date, sequence, environment, "
            "manifest_sha256) values (%s, %s, %s, 9, 'test', '') returning delivery_id",
            [f"{authority}/{day}-9", authority, day],
        ).fetchone()
        assert row
        file = connection.execute(
            "insert into control.files (delivery_id, feed, file_name, kind, status, reason, extracted_at, "
            "rows_manifest) values (%s, 'attendance', 'a.csv', 'delta', 'quarantined', 'count_mismatch', %s, 9) "
            "returning file_id",
            [row[0], at(day)],
        ).fetchone()
        assert file
        for school in schools or ():
            connection.execute("insert into control.announced_rows values (%s, %s, 3)", [file[0], school])
        connection.execute(
            "insert into control.ledger_events (delivery_id, kind, actor) values (%s, 'landed', 'test')", [row[0]]
        )


def close(
    world: CanonicalWorld, authority: str, school: int | None, first: date, last: date, *, is_closed: bool
) -> None:
    """An entry of the authority's list of closed days."""
    with connect(world.settings, "admin") as connection:
        row = connection.execute(
            "insert into control.ledger_events (local_authority_code, kind, reason, actor) "
            "values (%s, 'days_closed', 'test', 'test') returning event_id",
            [authority],
        ).fetchone()
        assert row
        connection.execute(
            "insert into control.closed_days (event_id, local_authority_code, seed_code, first_day, last_day, "
            "is_closed, reason) values (%s, %s, %s, %s, %s, %s, 'test')",
            [row[0], authority, school, first, last, is_closed],
        )
