"""A council of a few schools, mark by mark, for the tests of held changes: exact rows in plain Python."""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import psycopg

from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import MartRows

AUTHORITY, YEAR = "S12000005", "2025/26"
FIRST_DAY = date(2025, 8, 18)
STATES = ("attended", "absent", "not_counted", "not_recorded")
GROUPS = {"1": "most_deprived_fifth", "2": "second_fifth"}
Row = dict[str, Any]
Mark = tuple[date, str]


@dataclass(frozen=True)
class Pupil:
    number: int
    seed_code: str
    sector: str
    stage: str
    sex: str
    quintile: str

    @property
    def token(self) -> str:
        return f"00000000-0000-0000-0000-{self.number:012d}"

    @property
    def group(self) -> str:
        return GROUPS.get(self.quintile, "rest")


@dataclass
class Council:
    """Pupils and their marks (``attended``, ``absent``, ``not_counted``, ``not_recorded``) up to a day."""

    pupils: list[Pupil]
    marks: dict[int, dict[Mark, str]] = field(default_factory=lambda: defaultdict(dict))
    until: date = FIRST_DAY - timedelta(days=1)

    def go_on(self, until: date, generator: random.Random) -> None:
        """Mark every half day up to a day."""
        while self.until < until:
            self.until += timedelta(days=1)
            if self.until.weekday() < 5:
                for pupil in self.pupils:
                    for opening in ("AM", "PM"):
                        state = "attended" if generator.random() < 0.9 else "absent"
                        self.marks[pupil.number][self.until, opening] = state

    def correct(self, pupils: Iterable[Pupil], days: list[date], generator: random.Random) -> None:
        """Change marks of some pupils on some days."""
        for pupil in pupils:
            own = self.marks[pupil.number]
            for day in days:
                for opening in ("AM", "PM"):
                    if (day, opening) in own and generator.random() < 0.7:
                        others = [state for state in STATES if state != own[day, opening]]
                        own[day, opening] = generator.choice(others)


def made(sizes: dict[tuple[str, str], int], generator: random.Random) -> Council:
    """A council with schools of these sizes by SEED code and sector."""
    stages = {"primary": ("P1", "P2"), "secondary": ("S1", "S2")}
    pupils = []
    for (seed, sector), size in sizes.items():
        for _ in range(size):
            stage, sex = generator.choice(stages[sector]), generator.choice("FM")
            pupils.append(Pupil(len(pupils) + 1, seed, sector, stage, sex, generator.choice("12345")))
    return Council(pupils)


Taken = dict[int, dict[Mark, str]]
"""Marks that were withdrawn, by pupil."""


def withdrawn_and_restored(council: Council, taken: Taken, generator: random.Random, until: date) -> Taken:
    """Bring back what was withdrawn, or withdraw a week of a school now and then. Out: what is away now."""
    for number, marks in taken.items():
        council.marks[number].update(marks)
    if taken or generator.random() < 0.7:
        return {}
    start = FIRST_DAY + timedelta(days=generator.randrange((until - FIRST_DAY).days))
    days = {start + timedelta(days=number) for number in range(5)}
    school = generator.choice(sorted({pupil.seed_code for pupil in council.pupils}))
    found: Taken = {}
    for pupil in council.pupils:
        if pupil.seed_code == school:
            own = council.marks[pupil.number]
            found[pupil.number] = {mark: own.pop(mark) for mark in [mark for mark in own if mark[0] in days]}
    return found


def value(pupil: Pupil, mark: Mark, column: str) -> object:
    """What a mart's key column has for a mark."""
    day, opening = mark
    return {
        "local_authority_code": AUTHORITY, "academic_year": YEAR, "seed_code": pupil.seed_code,
        "sector": pupil.sector, "stage": pupil.stage, "sex": pupil.sex, "simd_quintile": pupil.quintile,
        "deprivation_group": pupil.group, "month": day.replace(day=1), "week": day - timedelta(days=day.weekday()),
        "weekday": day.isoweekday(), "opening": opening,
    }[column]  # fmt: skip


def keys(contract: ReleaseContract, pupil: Pupil, mark: Mark) -> tuple[tuple[object, ...], ...]:
    """Rows of a mart that a mark is in."""
    return _keys(tuple(contract.keys), pupil, mark)


@cache
def _keys(columns: tuple[str, ...], pupil: Pupil, mark: Mark) -> tuple[tuple[object, ...], ...]:
    found = tuple(value(pupil, mark, column) for column in columns)
    if "seed_code" in columns:
        return (found,)
    at = columns.index("sector")
    return found, (*found[:at], "all", *found[at + 1 :])


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(Decimal("0.00000001"), ROUND_HALF_UP) if whole else None


def exact(council: Council, contracts: Iterable[ReleaseContract]) -> dict[str, MartRows]:
    """Exact rows of the marts as a build would have them."""
    found = {}
    for contract in contracts:
        counts: dict[tuple[object, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        persons: dict[tuple[object, ...], set[int]] = defaultdict(set)
        for pupil in council.pupils:
            for mark, state in council.marks[pupil.number].items():
                for key in keys(contract, pupil, mark):
                    counts[key][state] += 1
                    if state in ("attended", "absent"):
                        persons[key].add(pupil.number)
        columns: dict[str, list[Any]] = {column.name: [] for column in contract.columns}
        for key in sorted(counts, key=lambda one: tuple(map(str, one))):
            row = _row(contract, key, counts[key], len(persons[key]), council.until)
            for name, cells in columns.items():
                cells.append(row.get(name))
        found[contract.mart] = MartRows(contract, columns)
    return found


def _row(contract: ReleaseContract, key: tuple[object, ...], counts: dict[str, int], persons: int, until: date) -> Row:
    possible = counts["attended"] + counts["absent"]
    recorded = possible + counts["not_counted"]
    return {
        **dict.fromkeys(contract.measures, 0),
        **dict(zip(contract.keys, key, strict=True)),
        "pupils": persons, "openings_possible": possible, "openings_attended": counts["attended"],
        "openings_not_counted": counts["not_counted"], "openings_not_recorded": counts["not_recorded"],
        "openings_authorised": counts["absent"], "openings_not_authorised": 0,
        "attendance_rate": _share(counts["attended"], possible),
        "completeness": _share(recorded, recorded + counts["not_recorded"]),
        "data_as_at": until, "behind_pupils": persons, "behind_marked": persons, "school_week_number": 1,
        "rate_same_weeks_last_year": None, "weeks_compared": None,
    }  # fmt: skip


TABLE = """
create table if not exists aggregated_exact.attendance_half_days (local_authority_code text, academic_year text,
    month date, pupil_token uuid, seed_code text, sector text, stage text, sex text, simd_quintile text,
    deprivation_group text, possible_slots bigint, attended_slots bigint, not_counted_slots bigint,
    not_recorded_slots bigint);
grant select on aggregated_exact.attendance_half_days to releaser;
"""


def write(connection: psycopg.Connection, council: Council) -> None:
    """The council's half days as the build leaves them for release."""
    connection.execute(TABLE)
    connection.execute("truncate aggregated_exact.attendance_half_days")
    rows = []
    for pupil in council.pupils:
        months: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for (day, opening), state in council.marks[pupil.number].items():
            bit = 1 << (2 * (day.day - 1) + (opening == "PM"))
            bits = months[day.replace(day=1)]
            bits[0] |= bit * (state in ("attended", "absent"))
            bits[1] |= bit * (state == "attended")
            bits[2] |= bit * (state == "not_counted")
            bits[3] |= bit * (state == "not_recorded")
        rows += [
            (AUTHORITY, YEAR, month, pupil.token, pupil.seed_code, pupil.sector, pupil.stage, pupil.sex,
             pupil.quintile, pupil.group, *bits)
            for month, bits in sorted(months.items())
        ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(
            f"insert into aggregated_exact.attendance_half_days values ({', '.join(['%s'] * 14)})",
            rows,
        )
