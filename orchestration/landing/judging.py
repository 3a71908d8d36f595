"""Judges every snapshot of an authority that stands against the accepted one before it (rule 2), in words."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from psycopg import Connection
from psycopg.types.json import Jsonb

from orchestration.contracts import load_contracts, placeholder_numbers
from orchestration.landing import comparing
from orchestration.landing.comparing import Facts, Side, Thresholds
from orchestration.landing.findings import LOCAL_TIME
from orchestration.landing.outcomes import Warned
from orchestration.landing.reference import academic_year
from orchestration.settings import Settings

REASON = "implausible_change"
ROUNDS = 8  # a verdict decides what is superseded, and that what is compared with: settled in two, as a rule
PARTNERS = {"pupils": "enrolments", "enrolments": "pupils"}
FIRST_DAYS = """
select academic_year, min(first_date)
from control.file_years
inner join control.files using (file_id)
where files.delivery_id = any(%s) and files.feed = 'attendance' and files.status = 'landed' and first_date is not null
group by academic_year
"""
CALENDAR_DAYS = """
select distinct opening_date
from raw.calendar
inner join control.files on calendar._file_id = files.file_id
where files.delivery_id = any(%s) and files.status = 'landed' and calendar.is_open
order by opening_date
"""
CLOSED = """
select distinct seed_code
from raw.establishments
inner join control.files on establishments._file_id = files.file_id
where files.delivery_id = any(%s) and files.status = 'landed' and establishments.closed_on is not null
"""


@dataclass(frozen=True)
class Snapshot:
    """A file that is judged."""

    file_id: int
    delivery_id: int
    feed: str
    file_name: str
    extracted_at: datetime
    status: str
    content: str  # hash of the file, and how many of its rows are in raw

    @property
    def is_held(self) -> bool:
        """Whether its rows are held back as the ledger stands."""
        return self.status == "quarantined"

    @property
    def day(self) -> date:
        """The day that it speaks of."""
        return self.extracted_at.astimezone(LOCAL_TIME).date()


@dataclass(frozen=True)
class Standing:
    """A delivery that has landed and is not withdrawn, with its files that are judged."""

    delivery_id: int
    delivery_key: str
    extract_date: date
    sequence: int
    supersedes: str | None
    is_accepted: bool
    has_other_quarantine: bool
    files: dict[str, Snapshot] = field(default_factory=dict)

    @property
    def place(self) -> tuple[datetime, date, int]:
        """Where it stands among the others: by its extraction, and then as deltas do."""
        return max(file.extracted_at for file in self.files.values()), self.extract_date, self.sequence


@dataclass(frozen=True)
class Change:
    """A file whose verdict is another than the ledger has; ``message`` says why it is held back, if it is."""

    snapshot: Snapshot
    delivery_key: str
    message: str | None


@dataclass(frozen=True)
class Verdicts:
    """What was decided: files that change sides, and what is odd about the ``judged`` ones that count."""

    changes: tuple[Change, ...]
    warnings: Mapping[int, Warned]
    judged: tuple[int, ...]


@dataclass
class Judge:
    """The deliveries of an authority that stand, and the verdicts on their snapshots."""

    settings: Settings
    connection: Connection
    local_authority_code: str
    standing: dict[int, Standing]

    def __post_init__(self) -> None:
        self.limits = Thresholds.of(self.settings)
        ids = list(self.standing)
        self.closed = sorted(row[0] for row in self.connection.execute(CLOSED, (ids,)).fetchall())
        seed = load_contracts()["pupils"].column("scn").placeholders
        self.nobodys = sorted(
            placeholder_numbers(self.settings.seeds_dir, seed, self.local_authority_code) if seed else ()
        )
        self.judged = sorted((d for d in self.standing.values() if d.files), key=lambda delivery: delivery.place)

    @cached_property
    def calendar(self) -> list[date]:
        """Open days by the calendars delivered. Asked for only where numbers jump: there may be millions of rows."""
        return [row[0] for row in self.connection.execute(CALENDAR_DAYS, (list(self.standing),)).fetchall()]

    @cached_property
    def first_days(self) -> dict[str, date]:
        """The first day with a mark of each academic year."""
        return dict(self.connection.execute(FIRST_DAYS, (list(self.standing),)).fetchall())

    def decide(self) -> Verdicts:
        """Judge in the order of extraction, again and again until what is superseded follows from the verdicts."""
        refused: set[int] = set()
        for _ in range(ROUNDS):
            found, said, warnings = self._round(self._superseded(refused))
            if found == refused:
                break
            refused = found
        changes = tuple(
            Change(file, delivery.delivery_key, said[file.file_id] if delivery.delivery_id in refused else None)
            for delivery in self.judged
            for file in delivery.files.values()
            if (delivery.delivery_id in refused) != file.is_held
        )
        judged = tuple(file.file_id for delivery in self.judged for file in delivery.files.values())
        return Verdicts(changes, warnings, judged)

    def _superseded(self, refused: set[int]) -> set[str]:
        return {
            delivery.supersedes
            for delivery in self.standing.values()
            if delivery.supersedes and not delivery.has_other_quarantine and delivery.delivery_id not in refused
        }

    def _round(self, superseded: set[str]) -> tuple[set[int], dict[int, str], dict[int, Warned]]:
        refused: set[int] = set()
        said: dict[int, str] = {}
        warnings: dict[int, Warned] = {}
        accepted: dict[str, list[tuple[Standing, Snapshot]]] = {"pupils": [], "enrolments": []}
        for delivery in self.judged:
            replaced = self._replaced_by(delivery)
            broken: dict[str, str] = {}
            for feed, file in delivery.files.items():
                before = [
                    (other, old)
                    for other, old in accepted[feed]
                    if old.extracted_at <= file.extracted_at and other.delivery_key not in superseded | replaced
                ]
                if not before:
                    continue
                other, old = max(before, key=lambda pair: (pair[1].extracted_at, *pair[0].place[1:]))
                found = self._compare(feed, old, other, file, delivery, accepted)
                words = self._words(found, feed, other.delivery_key)
                if found.identifiers_changed(self.limits):
                    broken[feed] = words
                elif found.numbers_changed(self.limits):
                    if self._numbers_count(old, file):
                        broken[feed] = words
                    else:
                        warnings[file.file_id] = Warned(REASON, row_count=abs(found.after - found.before), detail=words)
            if broken and not delivery.is_accepted:
                refused.add(delivery.delivery_id)
                for feed, file in delivery.files.items():
                    said[file.file_id] = self._message(delivery, file, broken.get(feed), broken)
                continue
            for feed, words in broken.items():
                warnings[delivery.files[feed].file_id] = Warned(REASON, detail=f"accepted: {words}")
            for feed, file in delivery.files.items():
                accepted[feed].append((delivery, file))
        return refused, said, warnings

    def _replaced_by(self, delivery: Standing) -> set[str]:
        """What a delivery supersedes, in chains."""
        by_key = {other.delivery_key: other for other in self.standing.values()}
        found: set[str] = set()
        key = delivery.supersedes
        while key is not None and key not in found:
            found.add(key)
            key = by_key[key].supersedes if key in by_key else None
        return found

    def _numbers_count(self, old: Snapshot, new: Snapshot) -> bool:
        """Whether numbers decide: not between two years, and not before the tenth open day of one."""
        year = academic_year(new.day)
        if academic_year(old.day) != year:
            return False
        first, last = date(int(year[:4]), 8, 1), date(int(year[:4]) + 1, 7, 31)
        days = [day for day in self.calendar if first <= day <= last]
        if not days and year in self.first_days:
            start: date = self.first_days[year]
            weekdays = (start + timedelta(at) for at in range(3 * self.limits.open_days))
            days = [day for day in weekdays if day.weekday() < 5]
        return len(days) >= self.limits.open_days and new.day >= days[self.limits.open_days - 1]

    def _compare(
        self,
        feed: str,
        old: Snapshot,
        old_delivery: Standing,
        new: Snapshot,
        new_delivery: Standing,
        accepted: Mapping[str, list[tuple[Standing, Snapshot]]],
    ) -> Facts:
        rolls = (self._roll_of(old, old_delivery, accepted), self._roll_of(new, new_delivery, accepted))
        compared = [
            (file.content, str(file.day), roll.content if roll else "")
            for file, roll in zip((old, new), rolls, strict=True)
        ]
        sides = [
            Side(file.file_id, file.is_held, file.day, roll.file_id if roll else 0, roll is not None and roll.is_held)
            for file, roll in zip((old, new), rolls, strict=True)
        ]
        basis = json.dumps([feed, compared, self.closed, self.nobodys, list(vars(self.limits).values())])
        name = hashlib.sha256(basis.encode()).hexdigest()
        known = self.connection.execute(
            "select facts from control.snapshot_comparisons where comparison = %s", (name,)
        ).fetchone()
        if known is not None:
            return comparing.facts(**known[0])
        found = comparing.compare(self.connection, feed, sides[0], sides[1], self.closed, self.nobodys, self.limits)
        self.connection.execute(
            "insert into control.snapshot_comparisons (comparison, facts) values (%s, %s) on conflict do nothing",
            (name, Jsonb(dict(comparing.as_values(found)))),
        )
        return found

    @staticmethod
    def _roll_of(
        file: Snapshot, delivery: Standing, accepted: Mapping[str, list[tuple[Standing, Snapshot]]]
    ) -> Snapshot | None:
        """The enrolments that say who is in scope: of the same delivery, else the latest accepted before."""
        if "enrolments" in delivery.files:
            return delivery.files["enrolments"]
        before = [roll for _, roll in accepted["enrolments"] if roll.extracted_at <= file.extracted_at]
        return max(before, key=lambda roll: roll.extracted_at, default=None)

    def _words(self, found: Facts, feed: str, before: str) -> str:
        if found.identifiers_changed(self.limits):
            return (
                f"{found.renumbered:,} of {found.known:,} candidate numbers that {before} has stand under another "
                "SEEMiS id here"
            )
        parts = []
        limits = self.limits
        difference = abs(found.after - found.before)
        if difference > limits.authority_pupils and difference > limits.authority_share * found.before:
            parts.append(f"it has {_pupils(found.after)} where {before} has {found.before:,}")
        shown = [f"school {code:07d} has {_pupils(after)} where it had {was:,}" for code, was, after in found.schools]
        parts += shown[:3] + ([f"and {len(shown) - 3} more schools differ as much"] if len(shown) > 3 else [])
        return "; ".join(parts) + " (P1, leavers and schools that close apart)"

    def _message(self, delivery: Standing, file: Snapshot, own: str | None, broken: Mapping[str, str]) -> str:
        partner = PARTNERS[file.feed]
        what = own or f"it goes with {delivery.files[partner].file_name}: {broken[partner]}"
        return (
            f"{delivery.delivery_key}, {file.file_name}: held back, since it changes too much at once: {what}. If the "
            "export is wrong (ids without leading zeros, half a list), deliver a right one under a new sequence. If "
            f'the change is real: `warehouse accept {delivery.delivery_key} --reason "..."`.'
        )


def _pupils(number: int) -> str:
    return f"{number:,} pupil" + ("" if number == 1 else "s")
