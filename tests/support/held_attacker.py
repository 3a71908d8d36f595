"""Who reads every release, and knows how rows add up: which changes by 1 to 4 pupils follow from what was shown.

Each release's state of each part is an unknown; each row that was shown is a sum of them. A change follows where it is
a combination of these sums: asked in whole numbers modulo a prime.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import MartRows
from tests.support.held_world import Council, Mark, Pupil, keys

PRIME = 2_305_843_009_213_693_951
SMALL = 5
Part = tuple[Pupil, Mark]
Place = tuple[str, tuple[object, ...]]


@dataclass
class Seen:
    """One release: marks by pupil, what was over, and rows that were shown with the release that they are of."""

    marks: dict[int, dict[Mark, str]]
    until: date
    over_until: date
    closed_month: int
    shown: dict[Place, int]


@dataclass
class Space:
    """Sums that are known, reduced."""

    rows: dict[object, dict[object, int]] = field(default_factory=dict)

    def reduced(self, row: dict[object, int]) -> dict[object, int]:
        row = dict(row)
        while True:
            pivot = next((name for name in row if name in self.rows), None)
            if pivot is None:
                return row
            factor = row[pivot]
            for name, number in self.rows[pivot].items():
                left = (row.get(name, 0) - factor * number) % PRIME
                if left:
                    row[name] = left
                else:
                    row.pop(name, None)

    def add(self, row: dict[object, int]) -> None:
        row = self.reduced(row)
        if row:
            pivot = next(iter(row))
            factor = pow(row[pivot], -1, PRIME)
            row = {name: number * factor % PRIME for name, number in row.items()}
            for other in self.rows.values():
                if (by := other.get(pivot)) is not None:
                    for name, number in row.items():
                        left = (other.get(name, 0) - by * number) % PRIME
                        if left:
                            other[name] = left
                        else:
                            other.pop(name, None)
            self.rows[pivot] = row


def _closing(releases: list[Seen], start: int, mark: Mark) -> int:
    """The release whose state of a mark a row shows that is of release ``start``, when it was released last."""
    for number in range(start, len(releases)):
        if mark[0] <= releases[number].over_until:
            return number
    return len(releases) - 1


def _sum(
    within: list[Part], releases: list[Seen], base: int, now: int, touched: dict[Part, list[int]], knows: str = ""
) -> dict[object, int]:
    """A row as a sum of unknowns: of each part that ever changed its state at the release that the row shows.

    Of the school that is known nothing is unknown.
    """
    row: dict[object, int] = {}
    for pupil, mark in within:
        if mark[0] > releases[now].until or pupil.seed_code == knows:
            continue
        release = min(_closing(releases[: now + 1], base, mark), now)
        name = (_part((pupil, mark)), touched[pupil, mark][release])
        row[name] = row.get(name, 0) + 1
    return row


def given_away(
    council: Council, contracts: Iterable[ReleaseContract], releases: list[Seen], knows: str = ""
) -> list[str]:
    """Rows, with the release, of which the change by 1 to 4 pupils since they were shown follows.

    Two attackers: one has all releases up to it; the other has it and the one before, and is told in which parts
    nothing changed between them. Both are told which rows are held and of which release. Who ``knows`` a school has all
    its half days of each release, and is asked for changes in which pupils of others are.
    """
    touched = _touched(council, releases)
    every = {part: list(range(len(releases))) for part in touched}
    found = _given_away(council, contracts, releases, every, 0, knows)
    for number in range(1, len(releases)):
        found += _given_away(council, contracts, releases[: number + 1], touched, number - 1, knows)
    return found


def _given_away(
    council: Council, contracts: Iterable[ReleaseContract], releases: list[Seen], versions: dict[Part, list[int]],
    first: int, knows: str = "",
) -> list[str]:  # fmt: skip
    by_mart = {contract.mart: contract for contract in contracts}
    within: dict[Place, list[Part]] = defaultdict(list)
    for contract in by_mart.values():
        for pupil, mark in versions:
            for key in keys(contract, pupil, mark):
                within[contract.mart, key].append((pupil, mark))
    changing = {_part(part) for part in versions}
    candidates = {pupil: _marks_in(changing, releases, pupil) for pupil in council.pupils}
    space = Space()
    found = []
    for number in range(first, len(releases)):
        seen = releases[number]
        for place, base in seen.shown.items():
            if row := _sum(within[place], releases, base, number, versions, knows):
                space.add(row)
        for (mart, key), base in seen.shown.items():
            asked = _sum(within[mart, key], releases, number, number, versions, knows)
            if base == number or space.reduced(asked):
                continue
            changers = _changed(candidates, by_mart[mart], key, releases, base, number)
            changed = len(changers)
            if 0 < changed < SMALL and any(pupil.seed_code != knows for pupil in changers):
                found.append(f"{mart} {key} at {number}, as at {base}, with those from {first}: {changed} pupils")
    return found


def wrong_figures(
    council: Council, contracts: Iterable[ReleaseContract], releases: list[Seen], shown: Mapping[str, MartRows]
) -> list[str]:
    """Rows of the last release whose figures are not those of the states that they are of."""
    now = len(releases) - 1
    counts: dict[Place, Counter[str]] = defaultdict(Counter)
    for contract in contracts:
        for pupil in council.pupils:
            for mark in _marks(releases, now, pupil):
                for key in keys(contract, pupil, mark):
                    place = (contract.mart, key)
                    if place not in releases[now].shown:
                        continue
                    release = _closing(releases, releases[now].shown[place], mark)
                    state = releases[release].marks[pupil.number].get(mark)
                    if state is not None:
                        counts[place][state] += 1
    found = []
    for contract in contracts:
        rows = shown[contract.mart]
        for position in range(0 if waits(contract, releases) else len(rows)):
            place = (contract.mart, tuple(rows.columns[name][position] for name in contract.keys))
            count = counts[place]
            possible = count["attended"] + count["absent"]
            told = (rows.columns["openings_possible"][position], rows.columns["openings_attended"][position])
            if told != (possible, count["attended"]):
                found.append(f"{place}: {told}, not {possible} {count['attended']}")
            recorded = possible + count["not_counted"]
            share = round((Decimal(recorded) / (recorded + count["not_recorded"])), 2)
            if abs((rows.columns["completeness"][position] or 0) - share) > Decimal("0.011"):
                found.append(f"{place}: completeness {rows.columns['completeness'][position]}, not {share}")
    return found


def _marks(releases: list[Seen], now: int, pupil: Pupil) -> list[Mark]:
    """Half days of which a release up to one has a mark of a pupil."""
    return sorted({mark for seen in releases[: now + 1] for mark in seen.marks[pupil.number]})


def waits(contract: ReleaseContract, releases: list[Seen]) -> bool:
    """Whether rows by stage, sex, area or half day of the week stand until the next month is over."""
    cut = {"stage", "sex", "deprivation_group", "weekday"} & {*contract.keys}
    is_same = len(releases) > 1 and releases[-2].closed_month == releases[-1].closed_month
    return bool(cut) and "month" not in contract.keys and is_same


def _part(part: Part) -> object:
    """The finest part that a mark is in; marks of several pupils in one part add up."""
    pupil, (day, opening) = part
    return (pupil.seed_code, pupil.stage, pupil.sex, pupil.quintile, day, opening)


def _touched(council: Council, releases: list[Seen]) -> dict[Part, list[int]]:
    """Parts of which any pupil's mark changed after it was over, by mark; and for each release the version of it."""
    changing = set()
    for pupil in council.pupils:
        for number in range(1, len(releases)):
            before, now = releases[number - 1], releases[number]
            for mark in {*before.marks[pupil.number], *now.marks[pupil.number]}:
                was, is_ = before.marks[pupil.number].get(mark), now.marks[pupil.number].get(mark)
                if was != is_ and was is not None:
                    changing.add(_part((pupil, mark)))
    versions: dict[object, list[int]] = {}
    for part in changing:
        found = [0]
        for number in range(1, len(releases)):
            is_same = all(
                releases[number].marks[pupil.number].get(mark) == releases[number - 1].marks[pupil.number].get(mark)
                for pupil, mark in _members(council, part)
            )
            found.append(found[-1] if is_same else number)
        versions[part] = found
    return {one: versions[part] for part in changing for one in _members(council, part)[:1]}


def _members(council: Council, part: object) -> list[Part]:
    seed, stage, sex, quintile, day, opening = part  # type: ignore[misc]
    return [
        (pupil, (day, opening))
        for pupil in council.pupils
        if (pupil.seed_code, pupil.stage, pupil.sex, pupil.quintile) == (seed, stage, sex, quintile)
    ]


def _marks_in(changing: set[object], releases: list[Seen], pupil: Pupil) -> list[Mark]:
    """Half days of a pupil of which any release has a mark, in parts that changed."""
    return [mark for mark in _marks(releases, len(releases) - 1, pupil) if _part((pupil, mark)) in changing]


def _changed(
    candidates: Mapping[Pupil, list[Mark]], contract: ReleaseContract, key: tuple[object, ...],
    releases: list[Seen], base: int, now: int,
) -> list[Pupil]:  # fmt: skip
    """Pupils whose contribution to a row differs between what it shows and what is so now."""
    found = []
    for pupil, marks in candidates.items():
        net = {"attended": 0, "absent": 0, "not_counted": 0, "not_recorded": 0}
        for mark in marks:
            if key not in keys(contract, pupil, mark):
                continue
            release = _closing(releases[: now + 1], base, mark)
            before = releases[release].marks[pupil.number].get(mark)
            state = releases[now].marks[pupil.number].get(mark)
            if state is not None:
                net[state] += 1
            if before is not None:
                net[before] -= 1
        if any(net.values()):
            found.append(pupil)
    return found
