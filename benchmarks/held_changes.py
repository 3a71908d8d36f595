"""How much of attendance is held when marks are corrected, by size of school (``python -m benchmarks.held_changes``).

A made-up council in which 2 in 100 pupils of each school are corrected in each week, for one to three days, judged at
the end of a term as release judges it (RULES 44). Printed as the table of docs/disclosure-control.md.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from orchestration.release.held.changes import Changes, Place, changes_since, judged, key_of, sums_of
from orchestration.release.held.decide import Asked, held
from orchestration.release.held.half_days import Group, State, Who
from orchestration.release.held.periods import Moment
from orchestration.release.held.store import Versions
from orchestration.release.tables.contracts import ReleaseContract, load_release_contracts
from orchestration.release.tables.provision import manifest_path
from orchestration.release.thresholds import SMALL
from orchestration.settings import load_settings

AUTHORITY, YEAR, WEEKS, FIRST = "S12000000", "2025/26", 10, date(2025, 8, 18)
SIZES = {15: 8, 35: 10, 75: 12, 150: 15, 300: 10, 800: 6}
"""Schools of each size; those of 800 are secondaries."""
CORRECTED = 0.02
STAGES = {"primary": ("P1", "P2", "P3", "P4", "P5", "P6", "P7"), "secondary": ("S1", "S2", "S3", "S4", "S5", "S6")}
GROUPS = {"1": "most_deprived_fifth", "2": "second_fifth"}
HALF_DAYS = {"week": 10, "month": 40}


@dataclass
class Line:
    """Rows of one kind and size: how many changed, were held, held for others' sake, and by how many points at most."""

    changed: int = 0
    held: int = 0
    for_others: int = 0
    points: float = 0.0


def _corrections(generator: random.Random) -> Iterator[tuple[str, int, Who, State, State]]:
    number, school = 0, 0
    for size, count in SIZES.items():
        sector = "secondary" if size == max(SIZES) else "primary"
        for _ in range(count):
            school += 1
            seed = f"{5000000 + school}"
            for week in range(WEEKS):
                for _ in range(sum(generator.random() < CORRECTED for _ in range(size))):
                    number += 1
                    quintile = generator.choice("12345")
                    group = Group(
                        sector,
                        generator.choice(STAGES[sector]),
                        generator.choice("FM"),
                        quintile,
                        GROUPS.get(quintile, "rest"),
                    )
                    start = FIRST + timedelta(days=7 * week + generator.randrange(5))
                    days = [start + timedelta(days=more) for more in range(generator.choice((1, 1, 1, 2, 3)))]
                    kept = [day.day for day in days if day.weekday() < 5 and day.month == start.month]
                    bits = sum(3 << (2 * (day - 1)) for day in kept)
                    absent, present = State(group, (bits, 0, 0, 0)), State(group, (bits, bits, 0, 0))
                    before, now = (absent, present) if generator.random() < 0.5 else (present, absent)
                    yield seed, size, Who(number, seed, start.replace(day=1)), before, now


def simulated(contracts: list[ReleaseContract], seed: int = 3) -> dict[tuple[str, str], Line]:
    """By mart and size of school (or ``authority``) what became of rows that corrections changed."""
    versions, sizes = Versions(), {}
    for school, size, who, before, now in _corrections(random.Random(seed)):
        sizes[school] = size
        versions.of[who], versions.now[who] = [(1, None, before)], now
    end = date(2025, 12, 28)
    moments = {1: Moment(end, 202511, end)}
    changes, touched = changes_since(contracts, AUTHORITY, YEAR, versions, moments, {1: None})
    asked = {place: Asked(changes[1].pupils(place), True) for place in touched.of}
    stand = held(asked, sums_of(touched, versions, moments, dict.fromkeys(asked, 1)))
    found: dict[tuple[str, str], Line] = defaultdict(Line)
    by_mart = {contract.mart: contract for contract in contracts}
    for place, one in asked.items():
        if one.pupils:
            own = sizes.get(str(key_of(by_mart[place[0]], place[1]).get("seed_code")))
            line = found[place[0], str(own) if own else "authority"]
            line.changed += 1
            line.held += place in stand
            line.for_others += place in stand and one.pupils >= SMALL
            if place in stand and own:
                line.points = max(line.points, _points(by_mart[place[0]], place, changes[1], own))
    return found


def _points(contract: ReleaseContract, place: Place, changes: Changes, size: int) -> float:
    half_days = next((count for key, count in HALF_DAYS.items() if key in contract.keys), 10 * WEEKS)
    return 100 * abs(changes.total(place)[1]) / (size * half_days)


def main() -> None:
    """Print the table."""
    settings = load_settings()
    manifest = manifest_path(settings)
    contracts = [contract for contract in load_release_contracts(manifest) if judged(contract)]
    print("| rows | size of school | changed | held | of these for others' sake | largest difference, points |")
    print("|---|---|---|---|---|---|")
    for (mart, size), line in sorted(simulated(contracts).items(), key=lambda one: (one[0][0], one[0][1].zfill(9))):
        name = mart.removeprefix("attendance_by_")
        print(f"| {name} | {size} | {line.changed} | {line.held} | {line.for_others} | {line.points:.2f} |")


if __name__ == "__main__":
    main()
