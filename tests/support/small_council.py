"""A council of three small schools whose deliveries come night by night: the same ones in every process.

A primary school with 56 pupils, a secondary school with 48 and a special one with three, so that some cells of its
marts are hidden. All pupils are made up; the schools are real ones of Clackmannanshire. Weeks are delivered whole
on Fridays, the days after them one by one.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from orchestration.synthetic.world.identifiers import scn_check_digits
from tests.support.extracts import CALENDAR, ENROLMENTS, ESTABLISHMENTS, PUPILS, Extract, deliver, extract

PRIMARY, SECONDARY, SPECIAL = "5700728", "5702534", "5700442"
FIRST_DAY, LAST_DAY = date(2025, 8, 18), date(2026, 6, 26)
WEEKS = 6  # Fridays from 22 August; the census is in the fifth week
ZONES = [f"S010074{number:02d}" for number in range(0, 60, 4)]
KEY = "take-over-tests-only-0123456789abcdef"


@dataclass(frozen=True)
class Child:
    """One pupil, made up."""

    scn: str
    seemis_pupil_id: str
    school: str
    stage: str
    sex: str
    zone: str
    born: date


def _scns(count: int) -> list[str]:
    heads = np.arange(17_100_100, 17_100_100 + 2 * count)
    checks = scn_check_digits(heads)
    return [f"{head}{check}" for head, check in zip(heads, checks, strict=True) if check < 10][:count]


def children() -> list[Child]:
    """All pupils of the council."""
    chance = random.Random(7)
    places = [(PRIMARY, f"P{stage}") for stage in range(1, 8) for _ in range(8)]
    places += [(SECONDARY, f"S{stage}") for stage in range(1, 7) for _ in range(8)]
    places += [(SPECIAL, "SP")] * 3
    found = []
    for number, (scn, (school, stage)) in enumerate(zip(_scns(len(places)), places, strict=True)):
        age = 10 if stage == "SP" else int(stage[1]) + (4 if stage[0] == "P" else 11)
        born = date(2025 - age, 1 + number % 12, 1 + number % 28)
        seemis = f"305{(number * 3_870_409 + 1_234_567) % 10_000_000:07d}"
        found.append(Child(scn, seemis, school, stage, chance.choice("FM"), chance.choice(ZONES), born))
    return found


def school_days(first: date = FIRST_DAY, last: date = LAST_DAY) -> Iterator[date]:
    """Mondays to Fridays."""
    day = first
    while day <= last:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)


def _marks(days: list[date]) -> Extract:
    rows = []
    for day in days:
        chance = random.Random(day.toordinal())
        for child in children():
            is_ill = chance.random() < 0.06
            for opening in ("AM", "PM"):
                code = chance.choice(("20", "20", "30", "31", "11")) if is_ill or chance.random() < 0.02 else "10"
                rows.append([child.scn, child.school, f"{day}", opening, code, f"{day}T09:05:00+01:00"])
    return extract("attendance", rows, compressed=True)


def _pupils(day: date) -> Extract:
    rows = [
        [c.scn, c.seemis_pupil_id, f"Fore{at}", f"Sur{at}", "", f"{c.born}", c.sex, c.zone, "01", "eng",
         "first_language", "no", "N", "none", "none", "01", f"{day}T07:00:00+01:00"]
        for at, c in enumerate(children())
    ]  # fmt: skip
    return extract("pupils", rows, PUPILS, compressed=True)


def _enrolments(day: date) -> Extract:
    rows = [
        [c.scn, c.school, f"{FIRST_DAY}", "", c.stage, "", "Y", "on_roll", "full_time", "", f"{day}T07:00:00+01:00"]
        for c in children()
    ]
    return extract("enrolments", rows, ENROLMENTS, compressed=True)


def _schools() -> list[Extract]:
    sectors = {PRIMARY: "primary", SECONDARY: "secondary", SPECIAL: "special"}
    schools = [
        [code, f"School {code}", "S12000005", sector, "", "N", "10", "400", "english", "N", "", "", ""]
        for code, sector in sectors.items()
    ]
    calendar = [
        [code, f"{day}", opening, "Y", "term", "2025-06-01T09:00:00+01:00"]
        for code in sectors
        for day in school_days()
        for opening in ("AM", "PM")
    ]
    return [
        extract("establishments", schools, ESTABLISHMENTS),
        extract("calendar", calendar, CALENDAR, compressed=True),
    ]


def nights() -> list[date]:
    """Days on which something is delivered: six Fridays, then every school day."""
    fridays = [FIRST_DAY + timedelta(days=4 + 7 * week) for week in range(WEEKS)]
    return [*fridays, *school_days(fridays[-1] + timedelta(days=1))]


def deliver_nights(landing: Path, first: int, last: int) -> list[str]:
    """Write the deliveries of nights ``first`` to ``last`` (from 0, the last not included); returns their keys."""
    keys = []
    for number, day in list(enumerate(nights()))[first:last]:
        days = [day - timedelta(days=back) for back in range(4, -1, -1)] if number < WEEKS else [day]
        files = [_marks(days)]
        if number < WEEKS or day.weekday() == 4:
            files += [_pupils(day), _enrolments(day)]
        if number == 0:
            files += _schools()
        keys.append(deliver(landing, files, f"{day}"))
    return keys
