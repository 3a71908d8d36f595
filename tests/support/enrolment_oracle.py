"""Rules 5, 9, 17 and 18 in plain Python, from the words of the rules and not from the SQL.

It takes deliveries, and of the warehouse only which half days are open and up to when the data go; it says which marks
count, who is expected when, and at which school a pupil counts for persistent absence. Numbers are of one authority.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tests.support.canonical_world import DEFAULTS, Delivery, academic_year, at

EARLY_LEARNING = {"EL", "N1", "N2", "N3", "N4", "N5"}


class HalfDay(NamedTuple):
    day: date
    opening: str


class Mark(NamedTuple):
    scn: int
    seed_code: int
    half_day: HalfDay


@dataclass
class Enrolment:
    """One enrolment in one academic year."""

    scn: int
    seed_code: int
    entry_date: date
    leaving_date: date | None
    first: date
    last: date
    stage: str
    is_base: bool
    status: str
    mode: str
    needs_mark: bool

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def is_school(self) -> bool:
        return self.status != "withdrawn" and self.stage not in EARLY_LEARNING


@dataclass
class Verdict:
    """What the rules say of one authority and academic year."""

    counted: set[Mark] = field(default_factory=set)
    out_of_scope: set[Mark] = field(default_factory=set)
    elsewhere: set[Mark] = field(default_factory=set)
    outside: set[Mark] = field(default_factory=set)
    expected: set[Mark] = field(default_factory=set)
    base_schools: dict[int, int] = field(default_factory=dict)
    two_base_schools: set[int] = field(default_factory=set)


def _days(row: dict) -> dict:
    whole = {**DEFAULTS["enrolments"], "mode_of_attendance": "full_time", **row}
    whole["status"] = whole["status"] or "on_roll"
    whole["mode_of_attendance"] = whole["mode_of_attendance"] or "full_time"
    whole.setdefault("leaving_date", None)
    if whole["leaving_date"] and whole["leaving_date"] < whole["entry_date"]:
        whole["status"] = "withdrawn"
    return whole


def _enrolments(deliveries: Iterable[Delivery], year: str, known: set[int]) -> list[Enrolment]:
    """Rule 9: the enrolments that may count in the year, with their latest known dates."""
    starts, ends = date(int(year[:4]), 8, 1), date(int(year[:4]) + 1, 7, 31)
    snapshots: dict[datetime, dict] = {}
    for delivery in deliveries:
        if "enrolments" in delivery.rows:
            when = delivery.extracted_at or at(delivery.day) + timedelta(minutes=delivery.sequence)
            snapshots[when] = {
                (row["scn"], _days(row)["seed_code"], _days(row)["entry_date"]): _days(row)
                for row in delivery.rows["enrolments"]
                if row["scn"] in known
            }
    times = sorted(snapshots)

    def year_of(when: datetime) -> str:
        return academic_year(when.date())

    def missing_from(key: tuple, when: datetime) -> date:
        """Day of the next snapshot of its year, if that one lacks the row that ``when`` was the last to have."""
        later = [other for other in times if other > when and year_of(other) == year_of(when)]
        return later[0].date() if later else date.max

    found = []
    for key in {key for rows in snapshots.values() for key in rows}:
        having = [when for when in times if key in snapshots[when]]
        in_year = [when for when in having if year_of(when) == year]
        latest = snapshots[having[-1]][key]
        values = snapshots[in_year[-1]][key] if in_year else latest
        leaving = latest["leaving_date"] if latest["leaving_date"] and latest["leaving_date"] <= ends else None
        has_snapshot = any(year_of(when) == year for when in times)
        told_later = leaving is not None and year_of(having[-1]) > year
        if not in_year and has_snapshot and not told_later:
            continue
        last = min(leaving or date.max, missing_from(key, (in_year or having)[-1]), ends)
        first = max(key[2], starts)
        if first <= last:
            found.append(
                Enrolment(
                    *key, leaving, first, last, values["stage"], values["is_base_school"], values["status"],
                    values["mode_of_attendance"], needs_mark=not in_year and leaving is None,
                )
            )  # fmt: skip
    return found


def judge(
    deliveries: Iterable[Delivery], year: str, open_half_days: set[tuple[int, HalfDay]], data_as_at: HalfDay | None
) -> Verdict:
    """Which marks count, what is expected and where pupils belong, of one authority's deliveries in a year."""
    deliveries = list(deliveries)
    known = {row["scn"] for delivery in deliveries for row in delivery.rows.get("pupils", ())}
    marks = {
        Mark(row["scn"], row["seed_code"], HalfDay(row["attendance_date"], row["opening"]))
        for delivery in deliveries
        for row in delivery.rows.get("attendance", ())
        if row["scn"] in known and academic_year(row["attendance_date"]) == year
    }
    enrolments = _enrolments(deliveries, year, known)
    by_pupil: dict[int, list[Enrolment]] = defaultdict(list)
    for enrolment in enrolments:
        if enrolment.status != "withdrawn":
            by_pupil[enrolment.scn].append(enrolment)

    verdict = Verdict()
    nursery = {scn for scn, theirs in by_pupil.items() if not any(one.is_school for one in theirs)}
    verdict.out_of_scope = {mark for mark in marks if mark.scn in nursery}
    in_scope = marks - verdict.out_of_scope

    def is_enrolled(mark: Mark, enrolments: Iterable[Enrolment]) -> bool:
        return any(
            one.is_school and one.seed_code == mark.seed_code and one.covers(mark.half_day.day) for one in enrolments
        )

    where_enrolled = {(mark.scn, mark.half_day) for mark in in_scope if is_enrolled(mark, by_pupil[mark.scn])}
    verdict.elsewhere = {
        mark
        for mark in in_scope
        if (mark.scn, mark.half_day) in where_enrolled and not is_enrolled(mark, by_pupil[mark.scn])
    }
    verdict.counted = in_scope - verdict.elsewhere

    def is_confirmed(one: Enrolment) -> bool:
        return not one.needs_mark or any(
            mark.scn == one.scn and mark.seed_code == one.seed_code and one.covers(mark.half_day.day)
            for mark in verdict.counted
        )

    counting = [one for one in enrolments if one.is_school and is_confirmed(one)]
    verdict.outside = {
        mark for mark in verdict.counted if not is_enrolled(mark, [one for one in counting if one.scn == mark.scn])
    }
    based = [one for one in counting if one.status == "on_roll" and one.is_base]
    if data_as_at is not None:
        verdict.expected = {
            Mark(one.scn, one.seed_code, half_day)
            for one in based
            if one.mode != "part_time"
            for seed_code, half_day in open_half_days
            if seed_code == one.seed_code and one.covers(half_day.day) and half_day <= data_as_at
        }
        by_then = sorted(
            (one for one in based if one.first <= data_as_at.day),
            key=lambda one: (-min(one.last, data_as_at.day).toordinal(), -one.entry_date.toordinal(), one.seed_code),
        )
        for one in by_then:
            verdict.base_schools.setdefault(one.scn, one.seed_code)
    verdict.two_base_schools = {
        one.scn
        for one in based
        for two in based
        if one.scn == two.scn and one.seed_code != two.seed_code
        if one.first <= two.last and two.first <= one.last
        if two.entry_date != one.leaving_date and one.entry_date != two.leaving_date
    }
    return verdict
