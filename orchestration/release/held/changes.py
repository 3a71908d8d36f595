"""In which rows of the marts the contribution of pupils differs from what was shown, and of which pupils (RULES 44)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from orchestration.release.held.half_days import OPENINGS, Amounts, Group, HalfDay, Who, differences
from orchestration.release.held.periods import Moment, steps_from
from orchestration.release.held.store import Versions
from orchestration.release.tables.contracts import ReleaseContract

ALL = "all"
BY_TIME = frozenset({"week", "month"})
BY_DAY = frozenset({"week", "weekday", "opening"})
"""Key columns in which half days of one month differ."""
Key = tuple[Any, ...]
"""Values of a mart's key columns in order."""
Place = tuple[str, Key]
"""Mart and key of a row."""


def judged(contract: ReleaseContract) -> bool:
    """Whether rows of a mart are of half days of schools or authorities, so that their changes are judged."""
    return contract.kind in ("school", "authority") and "openings_possible" in contract.measures


def key_of(contract: ReleaseContract, key: Key) -> dict[str, Any]:
    """The key of a row by column."""
    return dict(zip(contract.keys, key, strict=True))


def cell_of(key: Key) -> str:
    """The name of a row within its mart."""
    return "|".join(map(str, key))


def is_breakdown(contract: ReleaseContract) -> bool:
    """Whether rows of a year are cut by more than place: by stage, sex, area or half day of the week."""
    base = {"local_authority_code", "seed_code", "sector", "academic_year"}
    return bool(set(contract.keys) - base) and not BY_TIME & set(contract.keys)


def keys_of(contract: ReleaseContract, authority: str, year: str, half_day: HalfDay) -> Iterator[Key]:
    """Keys of the rows of a mart that a half day counts in: one of a school; of an authority, its sector and all."""
    fixed = {"local_authority_code": authority, "academic_year": year}
    values = [fixed[name] if name in fixed else half_day.value(name) for name in contract.keys]
    yield tuple(values)
    if "seed_code" not in contract.keys:
        at = contract.keys.index("sector")
        yield (*values[:at], ALL, *values[at + 1 :])


@dataclass
class Changes:
    """By row the pupils whose contribution differs, with the net differences of the four counts."""

    of: dict[Place, dict[int, list[int]]] = field(default_factory=dict)

    def add(self, place: Place, pupil: int, amounts: Amounts) -> None:
        """Add the difference of one half day."""
        found = self.of.setdefault(place, {}).setdefault(pupil, [0, 0, 0, 0])
        for number, amount in enumerate(amounts):
            found[number] += amount

    def pupils(self, place: Place) -> int:
        """Pupils whose contribution to a row differs."""
        return sum(any(amounts) for amounts in self.of.get(place, {}).values())

    def total(self, place: Place) -> Amounts:
        """By how much the four counts of a row differ."""
        found = [0, 0, 0, 0]
        for amounts in self.of.get(place, {}).values():
            for number, amount in enumerate(amounts):
                found[number] += amount
        return found[0], found[1], found[2], found[3]


Part = tuple[Group, str, date, str]
"""The finest part of rows: a group of a school, a day and half of it."""
Member = tuple[Who, int]
"""A pupil's month and the position of a half day in it."""


def part_of(half_day: HalfDay) -> Part:
    """The finest part that a half day is in."""
    return half_day.group, half_day.who.seed_code, half_day.day, half_day.opening


@dataclass
class Touched:
    """Rows that any change touches, with the finest parts of them that changed: a group, a day and half of it each."""

    of: dict[Place, set[int]] = field(default_factory=dict)
    parts: dict[Part, int] = field(default_factory=dict)
    members: list[dict[Member, None]] = field(default_factory=list)

    def add(self, places: Iterable[Place], half_day: HalfDay) -> None:
        """Note the part that a half day is in, and whose it is; ``places`` are the same for each half day of a part."""
        part = part_of(half_day)
        number = self.parts.setdefault(part, len(self.parts))
        if number == len(self.members):
            self.members.append({})
            for place in places:
                self.of.setdefault(place, set()).add(number)
        position = 2 * (half_day.day.day - 1) + OPENINGS.index(half_day.opening)
        self.members[number][half_day.who, position] = None


@dataclass
class Sums:
    """Touched rows as sums of unknowns: a part in one of its states. Readers know those they saw (``before``).

    ``schools`` has the SEED code of each unknown.
    """

    before: dict[Place, list[int]] = field(default_factory=dict)
    now: dict[Place, list[int]] = field(default_factory=dict)
    unknowns: dict[tuple[object, ...], int] = field(default_factory=dict)
    schools: list[str] = field(default_factory=list)


def sums_of(touched: Touched, versions: Versions, moments: Mapping[int, Moment], shown: Mapping[Place, int]) -> Sums:
    """Touched rows that are ``shown``, each of the release given, as readers see them and as they would be now.

    A part in which nothing changed between two releases is the same unknown in both, as if readers knew where nothing
    changed: they do not, and it is as much as they could know.
    """
    sums = Sums()
    steps = {release: steps_from(release, moments) for release in set(shown.values())}
    groups = [part for part, _ in sorted(touched.parts.items(), key=lambda one: one[1])]

    def unknown(number: int, release: int | None) -> int:
        group, day = groups[number][0], groups[number][2]
        states = []
        for who, position in touched.members[number]:
            state = versions.now[who] if release is None else versions.at(who, _closing(steps[release], day))
            bits = tuple(bits >> position & 1 for bits in state.bits) if state.group == group else None
            states.append(bits)
        found = sums.unknowns.setdefault((number, *states), len(sums.unknowns))
        if found == len(sums.schools):
            sums.schools.append(groups[number][1])
        return found

    known: dict[tuple[int, int | None], int] = {}
    for place, release in shown.items():
        for number in sorted(touched.of.get(place, ())):
            for at, found in ((release, sums.before), (None, sums.now)):
                if (number, at) not in known:
                    known[number, at] = unknown(number, at)
                found.setdefault(place, []).append(known[number, at])
    return sums


def _closing(steps: Sequence[tuple[int, date]], day: date) -> int:
    """The release whose state of a day a row of a release shows: that one, or the first at which the day was over."""
    return next((number for number, over_until in steps if day <= over_until), steps[-1][0])


class Rows:
    """The rows that a half day counts in, found once for each part."""

    def __init__(self, contracts: Sequence[ReleaseContract], authority: str, year: str) -> None:
        self._of_day = [contract for contract in contracts if BY_DAY & set(contract.keys)]
        self._of_month = [contract for contract in contracts if not BY_DAY & set(contract.keys)]
        self._authority, self._year = authority, year
        self._known_of_day: dict[Part, tuple[Place, ...]] = {}
        self._known_of_month: dict[tuple[Group, str, date], tuple[Place, ...]] = {}

    def of(self, half_day: HalfDay) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
        """Rows that all half days of its pupil's month and group are in, and those of its day or half of the day."""
        month = half_day.group, half_day.who.seed_code, half_day.who.month
        of_month = self._known_of_month.get(month)
        if of_month is None:
            of_month = self._known_of_month[month] = self._places(self._of_month, half_day)
        part = part_of(half_day)
        of_day = self._known_of_day.get(part)
        if of_day is None:
            of_day = self._known_of_day[part] = self._places(self._of_day, half_day)
        return of_month, of_day

    def _places(self, contracts: Sequence[ReleaseContract], half_day: HalfDay) -> tuple[Place, ...]:
        return tuple(
            (contract.mart, key)
            for contract in contracts
            for key in keys_of(contract, self._authority, self._year, half_day)
        )


def changes_since(
    contracts: Sequence[ReleaseContract],
    authority: str,
    year: str,
    versions: Versions,
    moments: Mapping[int, Moment],
    wanted: Mapping[int, Collection[Place] | None],
) -> tuple[dict[int, Changes], Touched]:
    """What changed in rows that were shown by each release in ``wanted``, of what was over at the last one.

    By release the rows that are asked for; None asks for all. Also the parts that changed for any of them.
    """
    touched = Touched()
    found: dict[int, Changes] = {}
    until = moments[max(moments)].over_until
    rows = Rows(contracts, authority, year)
    for release, asked in sorted(wanted.items()):
        changes = found[release] = Changes()
        steps = steps_from(release, moments)
        for who, state in versions.now.items():
            before = versions.shown(who, steps)
            sums: dict[int, tuple[tuple[Place, ...], list[int]]] = {}
            for half_day in differences(who, before, state.until(until, who.month)):
                of_month, of_day = rows.of(half_day)
                touched.add((*of_month, *of_day), half_day)
                for places in (of_month, of_day):
                    _, net = sums.setdefault(id(places), (places, [0, 0, 0, 0]))
                    for number, amount in enumerate(half_day.amounts):
                        net[number] += amount
            for places, net in sums.values():
                for place in places:
                    if asked is None or place in asked:
                        changes.add(place, who.pupil, (net[0], net[1], net[2], net[3]))
    return found, touched
