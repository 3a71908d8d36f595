"""Release of a declared subject of one authority: its own gate, engine, attack, transaction (RULES 24-28, 41-46)."""

from collections.abc import Sequence

import psycopg

from orchestration.release.beside import each
from orchestration.release.declared.declaration import Declaration
from orchestration.release.door.gate import Build, Refusal, broken_seals, current_build, failed_tests, open_hops
from orchestration.release.door.record import (
    ReleaseResult,
    deliveries_in_force,
    new_subject_release,
    record_attempt,
)
from orchestration.release.engine.model import ModelError
from orchestration.release.limits import at
from orchestration.release.own_school import write_own_school
from orchestration.release.subject.attack import seen_by_readers, worked_out
from orchestration.release.subject.judge import judge
from orchestration.release.subject.judged import Judged, SubjectError
from orchestration.release.subject.moments import settled_in
from orchestration.release.subject.rows import Wanted, wanted_rows
from orchestration.release.subject.store import save_memory
from orchestration.release.tables.checks import CheckError, check_mart
from orchestration.release.tables.contracts import ReleaseContract, problems_of
from orchestration.release.tables.declared import DECLARED, declarations
from orchestration.release.tables.differences import apply_difference, difference_of, stage, standing_rows
from orchestration.release.tables.history import forget_replaced
from orchestration.release.tables.rows import MartRows, read_rows
from orchestration.subjects import waiting_marts

HOP = "exact marts to released marts"
ATTACK = "attack on what readers would see"
LISTED = 20


def declared_subjects(contracts: Sequence[ReleaseContract]) -> dict[str, list[ReleaseContract]]:
    """Contracts of declared subjects that have tables, by subject."""
    found: dict[str, list[ReleaseContract]] = {}
    for subject, declaration in declarations()[0].items():
        own = [contract for contract in contracts if contract.kind == DECLARED and contract.mart in declaration.marts]
        if own:
            found[subject] = own
    return dict(sorted(found.items(), key=lambda one: _rank(one[0])))


def _rank(subject: str, above: frozenset[str] = frozenset()) -> int:
    """Place in the order of release: after the subjects that its links are about, which have to stand then."""
    known = declarations()[0]
    others = {other for other, one in known.items() if one.marts.keys() & set(known[subject].links.values())}
    return max((1 + _rank(other, above | {subject}) for other in others - above - {subject}), default=0)


def ready_subjects(
    connection: psycopg.Connection, contracts: Sequence[ReleaseContract]
) -> dict[str, list[ReleaseContract]]:
    """Declared subjects without those that wait for the first file of a feed of theirs: these have nothing to release.

    A subject of which some marts wait and others do not is half-built, and its gate says so.
    """
    waiting = waiting_marts(connection)
    return {
        subject: own
        for subject, own in declared_subjects(contracts).items()
        if not all(contract.model in waiting for contract in own)
    }


def _gate(
    connection: psycopg.Connection, declaration: Declaration, contracts: Sequence[ReleaseContract], authority: str
) -> tuple[Build | None, list[Refusal]]:
    subjects = ("core", declaration.subject)
    build, refusals = current_build(connection, contracts)
    if build is None:
        return None, refusals
    missing = sorted(declaration.marts.keys() - {contract.mart for contract in contracts})
    problems = [f"{mart}: it has no table yet" for mart in missing]
    problems += [f"{contract.mart}: {said}" for contract in contracts for said in problems_of(contract)]
    refusals = [Refusal(f"release does not understand {said}", "contracts") for said in problems[:LISTED]] or refusals
    refusals = refusals or failed_tests(connection, subjects)
    refusals = refusals or open_hops(connection, authority, subjects) + broken_seals(connection, authority, subjects)
    return build, refusals


def refused_subject(
    connection: psycopg.Connection, authority: str, subject: str, refusals: Sequence[Refusal], event_id: int | None
) -> ReleaseResult:
    """Note that a subject is refused; readers keep its last good release."""
    connection.rollback()
    named = [Refusal(f"{subject}: {r.message}", r.hop, r.seed_code, r.amount) for r in refusals]
    result = ReleaseResult(authority, "refused", reasons=[refusal.message for refusal in named])
    record_attempt(connection, result, named, event_id)
    connection.commit()
    return result


def release_subject(
    connection: psycopg.Connection, authority: str, subject: str, contracts: Sequence[ReleaseContract]
) -> ReleaseResult:
    """Take all marts of a declared subject of an authority from the old state to the new in one transaction.

    Refuses, with a reason, where anything is not understood or the attacker finds something; no other subject is
    touched then.
    """
    at(f"the gate of {subject}")
    declaration = declarations()[0][subject]
    build, refusals = _gate(connection, declaration, contracts, authority)
    if build is None or refusals:
        return refused_subject(connection, authority, subject, refusals, build.event_id if build else None)
    try:
        return _released(connection, declaration, contracts, authority, build)
    except (SubjectError, ModelError, CheckError) as error:
        return refused_subject(connection, authority, subject, [Refusal(str(error), HOP)], build.event_id)


def _released(
    connection: psycopg.Connection,
    declaration: Declaration,
    contracts: Sequence[ReleaseContract],
    authority: str,
    build: Build,
) -> ReleaseResult:
    subject = declaration.subject
    at(f"reading rows of {subject}")
    exact = {contract.mart: read_rows(connection, contract, authority) for contract in contracts}
    standing = {c.mart: read_rows(connection, c, authority, f"released.{c.mart}") for c in contracts}
    deliveries = deliveries_in_force(connection, authority)
    settled = settled_in(declaration, standing)
    judged = judge(connection, declaration, authority, exact, deliveries[2], settled)
    wanted = {
        name: wanted_rows(declaration, mart, exact[name], standing[name], judged, settled)
        for name, mart in declaration.marts.items()
    }
    differences = [difference_of(c, standing_rows(standing[c.mart]), wanted[c.mart].rows) for c in contracts]
    every = [one for periods in judged.values() for one in periods.values()]
    is_new = any(one.memory.new_cells or one.memory.new_rows is not None for one in every)
    if not is_new and not any(difference.count for difference in differences):
        result = ReleaseResult(authority, "unchanged")
        forget_replaced(connection, authority, deliveries[0])
        write_own_school(connection, contracts, authority)
        record_attempt(connection, result, [], build.event_id)
        connection.commit()
        return result
    if found := _attacked(every, exact, wanted):
        refusals = [Refusal(f"what readers would see gives away {name}", ATTACK) for name in found[:LISTED]]
        return refused_subject(connection, authority, subject, refusals, build.event_id)
    at(f"writing rows of {subject}")
    release_id = new_subject_release(connection, authority, subject, build, deliveries, differences)
    for difference in differences:
        apply_difference(connection, difference, release_id)
    for contract in contracts:
        at(f"checking {contract.mart}")
        held = wanted[contract.mart].held
        if held:
            stage(connection, contract, "held", contract.keys, held)
        check_mart(connection, contract, authority, f"held_{contract.mart}"[:63] if held else None)
    for one in every:
        save_memory(connection, one.place, one.memory, release_id, deliveries[2])
    changed = {difference.contract.mart: difference.count for difference in differences if difference.count}
    result = ReleaseResult(authority, "released", release_id, changed)
    forget_replaced(connection, authority, deliveries[0])
    write_own_school(connection, contracts, authority)
    record_attempt(connection, result, [], build.event_id)
    connection.commit()
    return result


def _attacked(every: Sequence[Judged], exact: dict[str, MartRows], wanted: dict[str, Wanted]) -> list[str]:
    released = {name: (exact[name], found.rows) for name, found in wanted.items()}
    new = {one.place.period for one in every if one.memory.new_cells or one.memory.new_rows is not None}
    tried = [one for one in every if one.place.period in new]
    if tried:
        at(f"trying what readers would see of {tried[0].place.subject}")
    return [
        name for found in each(worked_out, [(one, seen_by_readers(one, released)) for one in tried]) for name in found
    ]
