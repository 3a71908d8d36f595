"""The attacker who also knows one school exactly, or the two of a shared headship, on all that stands (RULES 47).

The strongest there could be: all released tables together, which no head sees, and the exact rows of the schools. So
what is found here is what a head and an officer of the council could work out together, and no reader alone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import psycopg

from orchestration.database import connect
from orchestration.release.door.decide import attendance_declaration
from orchestration.release.door.record import deliveries_in_force
from orchestration.release.door.subjects import ready_subjects
from orchestration.release.engine.heads import school_of
from orchestration.release.engine.model import FINEST
from orchestration.release.limits import at
from orchestration.release.protection.audit import programs
from orchestration.release.protection.knowing import school_of as department_of
from orchestration.release.protection.knowing import together, true_of
from orchestration.release.subject.attack import Released, findings
from orchestration.release.subject.counted import DatabaseCounts, judge_counts
from orchestration.release.subject.headships import shared_headships
from orchestration.release.subject.judge import judge
from orchestration.release.subject.judged import Judged
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.declared import DECLARED, declarations
from orchestration.release.tables.differences import standing_rows
from orchestration.release.tables.provision import applied_contracts
from orchestration.release.tables.rows import MartRows, read_rows
from orchestration.settings import Settings


@dataclass(frozen=True)
class Knowing:
    """What who knows these schools could work out of others: subject, schools, and the figures by name and period."""

    local_authority_code: str
    subject: str
    schools: tuple[str, ...]
    given_away: tuple[str, ...]


def audit_knowing(settings: Settings, authorities: Collection[str] = (), *, in_pairs: bool = False) -> list[Knowing]:
    """Attack what stands as one who knows each school in turn, and each shared headship; ``in_pairs``: any two.

    Out: a line for each that finds something, and none where there is nothing. Nothing is changed.
    """
    with connect(settings, "releaser") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        contracts = applied_contracts(connection)
        codes = connection.execute("select distinct local_authority_code from control.releases order by 1").fetchall()
        found: list[Knowing] = []
        for code in (str(code) for (code,) in codes):
            if authorities and code not in authorities:
                continue
            shared = [] if in_pairs else [tuple(sorted(one)) for one in shared_headships(connection, code)]
            found += _of_attendance(connection, contracts, code, shared, in_pairs=in_pairs)
            for subject, own in ready_subjects(connection, contracts).items():
                found += _of_subject(connection, code, subject, own, shared, in_pairs=in_pairs)
        connection.rollback()
    return found


def knowers(
    schools: Collection[str], shared: Sequence[tuple[str, ...]], *, in_pairs: bool
) -> Iterator[tuple[str, ...]]:
    """Each school with all its departments, then those that one head has together, or any two."""
    departments: dict[str, list[str]] = {}
    for place in sorted(schools):
        departments.setdefault(school_of(place), []).append(place)
    yield from (tuple(places) for places in departments.values())
    yield from ((*one, *other) for one, other in combinations(departments.values(), 2)) if in_pairs else shared


def _of_subject(
    connection: psycopg.Connection,
    authority: str,
    subject: str,
    contracts: Sequence[ReleaseContract],
    shared: Sequence[tuple[str, ...]],
    *,
    in_pairs: bool,
) -> Iterator[Knowing]:
    declaration = declarations()[0][subject]
    exact = {contract.mart: read_rows(connection, contract, authority) for contract in contracts}
    standing = {c.mart: read_rows(connection, c, authority, f"released.{c.mart}") for c in contracts}
    judged = judge(connection, declaration, authority, exact, deliveries_in_force(connection, authority)[2])
    released: Released = {mart: (exact[mart], standing_rows(standing[mart])) for mart in exact}
    every = [one for periods in judged.values() for one in periods.values()]
    schools = {place for one in every for place in _hidden_schools(one)}
    for known in knowers(schools, shared, in_pairs=in_pairs):
        at(f"trying what {' and '.join(known)} would tell of others in {subject}")
        given = [f"{name} ({one.place.period})" for one in every for name in findings(one, released, known)]
        if given:
            yield Knowing(authority, subject, known, tuple(given))


def _hidden_schools(judged: Judged) -> set[str]:
    """Schools with a figure that is hidden or held: who knows another one learns nothing new of it."""
    decision = judged.decision
    finest = {table.name for table in judged.figures.model.tables if table.place == FINEST}
    return {
        cell.place
        for number, cell in enumerate(decision.system.cells)
        if cell.table in finest and not decision.shown[number]
    }


def _of_attendance(
    connection: psycopg.Connection,
    contracts: Sequence[ReleaseContract],
    authority: str,
    shared: Sequence[tuple[str, ...]],
    *,
    in_pairs: bool,
) -> Iterator[Knowing]:
    protected = [one for one in contracts if one.kind != DECLARED and one.is_protected]
    exact = {one.mart: read_rows(connection, one, authority) for one in protected}
    released = {one.mart: read_rows(connection, one, authority, f"released.{one.mart}") for one in protected}
    truth = true_of(exact)
    hidden = [name for _, program in programs(released) for name in program.hidden]
    schools = {department for name in hidden if (department := department_of(name))}
    for known in knowers(schools, shared, in_pairs=in_pairs):
        at(f"trying what {' and '.join(known)} would tell of others in attendance")
        if given := together(released, truth, known):
            yield Knowing(authority, "attendance", known, tuple(given))
    yield from _of_counts(connection, authority, exact, released, shared, in_pairs=in_pairs)


def _of_counts(
    connection: psycopg.Connection,
    authority: str,
    exact: Mapping[str, MartRows],
    standing: Mapping[str, MartRows],
    shared: Sequence[tuple[str, ...]],
    *,
    in_pairs: bool,
) -> Iterator[Knowing]:
    """The same of counts of pupils and of persistent absence, which their declaration decides."""
    declaration = attendance_declaration()
    extracted_on = deliveries_in_force(connection, authority)[2]
    source = DatabaseCounts(connection, declaration, authority)
    every = judge_counts(declaration, exact, source, authority, extracted_on, {}).every
    released: Released = {mart: (exact[mart], standing_rows(standing[mart])) for mart in exact}
    schools = {place for one in every for place in _hidden_schools(one)}
    for known in knowers(schools, shared, in_pairs=in_pairs):
        at(f"trying what {' and '.join(known)} would tell of counts of others")
        given = [f"{name} ({one.place.period})" for one in every for name in findings(one, released, known)]
        if given:
            yield Knowing(authority, "attendance", known, tuple(given))
