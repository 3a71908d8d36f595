"""The attacker inside a release: what is about to be shown is tried for what it gives away, before anybody sees it.

It sees only what readers will see. Parts of the pattern that were tried before and stand as they did are left out:
``control.attacked_patterns`` has them. A finding refuses the authority and names the cell (RULES 46).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import psycopg

from orchestration.release.audit import attendance_program, persistent_program
from orchestration.release.contracts import ReleaseContract
from orchestration.release.derived import ReleasedMart
from orchestration.release.differences import Difference
from orchestration.release.gate import LISTED, Refusal
from orchestration.release.limits import at
from orchestration.release.program import Finding, Program
from orchestration.release.rows import MartRows

HOP = "attack on what readers would see"
Tried = set[tuple[str, str]]
"""Academic year and digest of the parts that have been tried."""


def _rows(mart: ReleasedMart) -> MartRows:
    names = [column.name for column in mart.contract.released_columns]
    columns = zip(*mart.rows.values(), strict=True) if mart.rows else ([] for _ in names)
    return MartRows(mart.contract, {name: list(values) for name, values in zip(names, columns, strict=True)})


def _programs(marts: Mapping[str, MartRows]) -> Iterable[tuple[str, Program]]:
    for year in sorted({year for rows in marts.values() for year in rows.columns.get("academic_year", [])}):
        yield year, attendance_program(marts, year)
        yield year, persistent_program(marts, year)


def tried_before(connection: psycopg.Connection, authority: str) -> Tried:
    """Parts of the authority's pattern that an earlier release has tried."""
    query = "select academic_year, digest from control.attacked_patterns where local_authority_code = %s"
    return {(str(year), str(digest)) for year, digest in connection.execute(query, [authority])}


def attack(
    contracts: Sequence[ReleaseContract], released: Mapping[str, ReleasedMart], before: Tried
) -> tuple[list[Finding], Tried]:
    """Try all parts of the pattern that differ from what was tried before, or all where a contract has changed.

    Out: what can be worked out of few pupils, and all parts as they stand now.
    """
    marts = {mart: _rows(found) for mart, found in released.items() if found.contract.is_protected}
    of_contracts = "".join(contract.fingerprint for contract in contracts if contract.is_protected)
    findings: list[Finding] = []
    now: Tried = set()
    for year, program in _programs(marts):
        at(f"trying what readers would see of {year}")
        for part in program.components():
            place = (year, hashlib.sha256(f"{of_contracts} {part.digest}".encode()).hexdigest())
            now.add(place)
            if place not in before:
                findings += part.bounded()
    return findings, now


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
