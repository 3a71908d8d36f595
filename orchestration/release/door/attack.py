"""The attacker inside a release: what is about to be shown is tried for what it gives away, before anybody sees it.

It works out what it can from what readers will see alone; what it finds is compared with the true figures then, since
a bound that is not true gives nobody away. Parts of the pattern that were tried before and stand as they did are left
out: ``control.attacked_patterns`` has them. A finding refuses the authority and names the cell (RULES 46).
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

import psycopg

from orchestration.release.beside import each
from orchestration.release.door.gate import LISTED, Refusal
from orchestration.release.follow.derived import ReleasedMart
from orchestration.release.limits import at
from orchestration.release.protection.audit import attendance_program, with_zeros
from orchestration.release.protection.program import Finding, Program
from orchestration.release.subject.attack import seen_by_readers, worked_out
from orchestration.release.subject.counted import Counted
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.differences import Difference
from orchestration.release.tables.rows import MartRows
from orchestration.release.thresholds import SMALL

CLOSE = 0.01
"""What a linear program may be off by."""
HOP = "attack on what readers would see"
Tried = set[tuple[str, str]]
"""Academic year and digest of the parts that have been tried."""


def _rows(mart: ReleasedMart) -> MartRows:
    names = [column.name for column in mart.contract.released_columns]
    columns = zip(*mart.rows.values(), strict=True) if mart.rows else ([] for _ in names)
    return MartRows(mart.contract, {name: list(values) for name, values in zip(names, columns, strict=True)})


def _programs(marts: Mapping[str, MartRows], *, with_pupils: bool = False) -> Iterable[tuple[str, Program]]:
    for year in sorted({year for rows in marts.values() for year in rows.columns.get("academic_year", [])}):
        yield year, attendance_program(marts, year, with_pupils=with_pupils)


def tried_before(connection: psycopg.Connection, authority: str) -> Tried:
    """Parts of the authority's pattern that an earlier release has tried."""
    query = "select academic_year, digest from control.attacked_patterns where local_authority_code = %s"
    return {(str(year), str(digest)) for year, digest in connection.execute(query, [authority])}


def true_figures(exact: Mapping[str, MartRows]) -> dict[tuple[str, str], float]:
    """The figures behind what is hidden, by year and name, with the pupils behind each (``pupils ...``)."""
    return {
        (year, name): low
        for year, program in _programs(exact, with_pupils=True)
        for name, (low, high) in program.bounds.items()
        if low == high
    }


def is_of_few(finding: Finding, year: str, truth: Mapping[tuple[str, str], float]) -> bool:
    """Whether a finding is true, and one to four pupils stand behind the figure; yes where that is not known."""
    if finding.low != finding.low:  # no number: the figures are of different dates
        return False
    figure = truth.get((year, finding.place))
    if figure is not None and not finding.low - CLOSE <= figure <= finding.high + CLOSE:
        return False
    if finding.place.startswith("openings"):
        _, _, of_what = finding.place.partition(" ")
        figure = truth.get((year, f"pupils {of_what}"))
    return figure is None or 0 < figure < SMALL


def attack(
    contracts: Sequence[ReleaseContract],
    released: Mapping[str, ReleasedMart],
    before: Tried,
    truth: Callable[[], Mapping[tuple[str, str], float]],
) -> tuple[list[Finding], Tried]:
    """Try all parts of the pattern that differ from what was tried before, or all where a contract has changed.

    ``truth`` is asked for the true figures only where something is found.
    Out: what can be worked out of few pupils, and all parts as they stand now.
    """
    marts = {mart: _rows(found) for mart, found in released.items() if found.contract.is_protected}
    of_contracts = "".join(contract.fingerprint for contract in contracts if contract.is_protected)
    suspicious: list[tuple[str, Program]] = []
    now: Tried = set()
    for year, program in _programs(marts):
        at(f"trying what readers would see of {year}")
        for part in program.components():
            place = (year, hashlib.sha256(f"{of_contracts} {part.digest}".encode()).hexdigest())
            now.add(place)
            if place not in before and part.bounded():
                suspicious.append((year, part))
    true = truth() if suspicious else {}
    found = [
        finding
        for year, part in suspicious
        for finding in with_zeros(part, year, true).bounded()
        if is_of_few(finding, year, true)
    ]
    return found, now


def attack_counts(
    counted: Counted, exact: Mapping[str, MartRows], released: Mapping[str, ReleasedMart]
) -> list[Refusal]:
    """What counts of pupils would give away, of periods in which anything of them is new; without a figure."""
    marts = {name: (exact[name], released[name].rows) for name in counted.declaration.marts if name in exact}
    at("trying what counts of pupils would give away")
    tried = each(worked_out, [(one, seen_by_readers(one, marts)) for one in counted.new])
    found = [f"{name} ({one.place.period})" for one, names in zip(counted.new, tried, strict=True) for name in names]
    return [Refusal(f"what readers would see gives away {name}", HOP) for name in found[:LISTED]]


def is_worth_it(differences: Sequence[Difference]) -> bool:
    """Whether anything that protection decides has changed."""
    return any(difference.count for difference in differences if difference.contract.is_protected)


def refusals(findings: Sequence[Finding]) -> list[Refusal]:
    """Findings in words, by cell and without a figure."""
    return [
        Refusal(f"what readers would see gives a hidden figure away: {found.what} of {found.place}", HOP)
        for found in findings[:LISTED]
    ]


def save_tried(connection: psycopg.Connection, authority: str, now: Tried, before: Tried) -> None:
    """Note what was tried, in the release's transaction; parts of these years that are gone are forgotten."""
    years = {year for year, _ in now}
    with connection.cursor() as cursor:
        cursor.executemany(
            "delete from control.attacked_patterns "
            "where local_authority_code = %s and academic_year = %s and digest = %s",
            [(authority, *place) for place in sorted(before - now) if place[0] in years],
        )
        cursor.executemany(
            "insert into control.attacked_patterns (local_authority_code, academic_year, digest) values (%s, %s, %s) "
            "on conflict do nothing",
            [(authority, *place) for place in sorted(now - before)],
        )
