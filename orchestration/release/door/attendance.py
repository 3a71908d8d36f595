"""Release of attendance of one authority: gate, protection, and the differences applied in one transaction (24-28)."""

from collections.abc import Collection, Sequence

import psycopg

from orchestration.release.beside import get_ready
from orchestration.release.declared.declaration import DeclarationError
from orchestration.release.door.attack import attack, attack_counts, is_worth_it, save_tried, tried_before, true_figures
from orchestration.release.door.attack import refusals as refusals_of
from orchestration.release.door.decide import Decided, attendance_declaration, decide_attendance
from orchestration.release.door.gate import (
    Build,
    Refusal,
    broken_seals,
    current_build,
    failed_tests,
    gone_schools,
    not_understood,
    open_hops,
    withdrawn_since,
)
from orchestration.release.door.readers import prepare_readers
from orchestration.release.door.record import (
    ReleaseResult,
    deliveries_in_force,
    last_day,
    last_event_of,
    last_release_of,
    new_release,
    record_attempt,
)
from orchestration.release.door.years import last_years, record_years, untouched_years
from orchestration.release.engine.model import ModelError
from orchestration.release.follow.derived import ReleasedMart, invent_clusters, keep_months, made_by_release
from orchestration.release.follow.derived_checks import check_derived
from orchestration.release.held.hold import Held, hold, remember
from orchestration.release.held.periods import Moment
from orchestration.release.held.store import years_to_judge
from orchestration.release.limits import at
from orchestration.release.own_school import write_own_school
from orchestration.release.protection.memory import Memory, load_memory, save_memory
from orchestration.release.protection.sources import DatabasePupils
from orchestration.release.protection.splits import last_closed_month
from orchestration.release.subject import judge
from orchestration.release.subject.counted import DatabaseCounts
from orchestration.release.subject.headships import shared_headships
from orchestration.release.subject.judged import SubjectError
from orchestration.release.tables.checks import CheckError, check_mart
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.declared import DECLARED
from orchestration.release.tables.differences import apply_difference, difference_of, stage, standing_rows
from orchestration.release.tables.history import forget_replaced
from orchestration.release.tables.provision import (
    applied_contracts,
)
from orchestration.release.tables.rows import read_rows, released_rows
from orchestration.settings import Settings

MANY_ROWS = 5_000
"""Rows of protected marts from which what is to be judged is worth another process from the start."""


def _check(
    connection: psycopg.Connection,
    decided: Decided,
    found: Held,
    contract: ReleaseContract,
    authority: str,
    untouched: Collection[str],
) -> None:
    if contract.is_made_by_release:
        check_derived(connection, contract, authority)
        return
    held_keys = list(dict.fromkeys([*found.keys(contract.mart), *decided.held_keys(contract)]))
    if held_keys:
        stage(connection, contract, "held", contract.keys, held_keys)
    check_mart(connection, contract, authority, f"held_{contract.mart}"[:63] if held_keys else None, untouched)


def refused(
    connection: psycopg.Connection, authority: str, refusals: Sequence[Refusal], event_id: int | None
) -> ReleaseResult:
    """Note that attendance of an authority is refused; readers keep its last good release."""
    connection.rollback()
    result = ReleaseResult(authority, "refused", reasons=[refusal.message for refusal in refusals])
    record_attempt(connection, result, refusals, event_id)
    connection.commit()
    return result


def _gate(
    connection: psycopg.Connection, contracts: Sequence[ReleaseContract], authority: str, last_event: int
) -> tuple[Build | None, list[Refusal], bool]:
    build, refusals = current_build(connection, contracts)
    if build is None:
        return None, refusals, False
    refusals = not_understood(contracts) or refusals
    is_withdrawn = withdrawn_since(connection, authority, last_event)
    refusals = refusals or failed_tests(connection)
    if not refusals:
        refusals = open_hops(connection, authority) + broken_seals(connection, authority)
    if not refusals and not is_withdrawn:
        refusals = gone_schools(connection, contracts, authority)
    return build, refusals, is_withdrawn


def release_attendance(connection: psycopg.Connection, settings: Settings, authority: str) -> ReleaseResult:
    """Take all marts of attendance of an authority from the old state to the new, in the caller's transaction.

    Refuses, with a reason, while the balance does not close, something is not understood or the attacker finds a
    figure.
    """
    at("the gate")
    contracts = tuple(contract for contract in applied_contracts(connection) if contract.kind != DECLARED)
    last_event = last_event_of(connection, authority)
    build, refusals, is_withdrawn = _gate(connection, contracts, authority, last_event)
    if build is None or refusals:
        return refused(connection, authority, refusals, build.event_id if build else None)
    at("preparing readers")
    prepare_readers(connection, settings, authority)
    if settings.environment != "live" and any(contract.kind == "clusters" for contract in contracts):
        invent_clusters(connection, authority)
    at("reading exact and standing rows")
    untouched: set[str] = set()
    if last_event and not is_withdrawn:
        untouched = untouched_years(connection, contracts, authority, build.code_version)
        untouched -= years_to_judge(connection, authority)
    copied = [contract for contract in contracts if not contract.is_made_by_release]
    exact = {contract.mart: read_rows(connection, contract, authority, without_years=untouched) for contract in copied}
    standing = {
        contract.mart: read_rows(connection, contract, authority, f"released.{contract.mart}", untouched)
        for contract in contracts
    }
    if sum(len(rows) for rows in exact.values() if rows.contract.is_protected) >= MANY_ROWS:
        get_ready(judge.__name__)
    deliveries = deliveries_in_force(connection, authority)
    data_as_at = last_day(exact)
    memory: Memory = load_memory(connection, authority)
    source = DatabasePupils(connection, authority)
    before = last_years(connection, contracts, authority, untouched)
    together = shared_headships(connection, authority)
    try:
        counts = DatabaseCounts(connection, attendance_declaration(), authority)
        decided = decide_attendance(
            exact, memory, source, counts, authority, data_as_at, deliveries[2], before, together
        )
    except (DeclarationError, ModelError, SubjectError) as error:
        return refused(connection, authority, [Refusal(str(error), "exact marts to released marts")], build.event_id)
    last_closed = last_closed_month(data_as_at, deliveries[2])
    at("making the released rows")
    of_now = {
        mart: ReleasedMart(rows.contract, released_rows(rows, decided.decisions[mart])) for mart, rows in exact.items()
    }
    at("holding changes of figures that were shown")
    last_release, code = last_release_of(connection, authority)
    moment, is_same = Moment.of(data_as_at, deliveries[2]), code == build.code_version
    try:
        found = hold(connection, authority, contracts, exact, standing, of_now, moment, is_same, together)
    except CheckError as error:
        return refused(connection, authority, [Refusal(str(error), "changes of what was shown")], build.event_id)
    released = found.released
    wanted = {
        contract.mart: made_by_release(connection, contract, authority, exact, released, untouched)
        if contract.is_made_by_release
        else released[contract.mart].rows
        for contract in contracts
    }
    differences = [
        difference_of(contract, standing_rows(standing[contract.mart]), wanted[contract.mart]) for contract in contracts
    ]
    if not any(difference.count for difference in differences) and last_event and not decided.counted.new:
        connection.execute(
            "update released.releases set checked_at = now() where local_authority_code = %s", [authority]
        )
        result = ReleaseResult(authority, "unchanged")
        forget_replaced(connection, authority, deliveries[0])
        write_own_school(connection, contracts, authority)
        record_attempt(connection, result, [], build.event_id)
        record_years(connection, contracts, authority, build.code_version, last_closed)
        remember(connection, found, last_release, new_alone=True)
        connection.commit()
        return result
    at("writing the released rows")
    tried = now_tried = tried_before(connection, authority)
    if is_worth_it(differences):
        findings, now_tried = attack(contracts, of_now, tried, lambda: true_figures(exact))
        given = refusals_of(findings) + attack_counts(decided.counted, exact, released)
        if given:
            return refused(connection, authority, given, build.event_id)
    release_id = new_release(connection, authority, build, data_as_at, differences, deliveries[:2])
    try:
        for difference in differences:
            apply_difference(connection, difference, release_id)
        for contract in contracts:
            at(f"checking {contract.mart}")
            _check(connection, decided, found, contract, authority, untouched)
    except CheckError as error:
        return refused(connection, authority, [Refusal(str(error), "exact marts to released marts")], build.event_id)
    at("remembering what is hidden")
    save_memory(connection, authority, release_id, memory)
    decided.counted.save(connection, release_id, decided.today)
    remember(connection, found, release_id)
    save_tried(connection, authority, now_tried, tried)
    for contract in contracts:
        if contract.kind == "month_history":
            keep_months(connection, contract, authority, release_id)
    changed = {difference.contract.mart: difference.count for difference in differences if difference.count}
    result = ReleaseResult(authority, "released", release_id, changed)
    forget_replaced(connection, authority, deliveries[0])
    write_own_school(connection, contracts, authority)
    record_attempt(connection, result, [], build.event_id)
    record_years(connection, contracts, authority, build.code_version, last_closed)
    connection.commit()
    return result
