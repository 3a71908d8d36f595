"""Release of one authority: gate, protection, and the differences applied in one transaction (24-28)."""

from collections.abc import Callable, Collection, Sequence

import psycopg

from orchestration.database import advisory_lock, connect
from orchestration.errors import WarehouseError
from orchestration.release.door.attack import attack, is_worth_it, save_tried, tried_before, true_figures
from orchestration.release.door.attack import refusals as refusals_of
from orchestration.release.door.contained import contained
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
from orchestration.release.door.subjects import declared_subjects, ready_subjects, refused_subject, release_subject
from orchestration.release.door.years import last_years, record_years, untouched_years
from orchestration.release.follow.derived import ReleasedMart, invent_clusters, keep_months, made_by_release
from orchestration.release.follow.derived_checks import check_derived
from orchestration.release.held.hold import Held, hold, remember
from orchestration.release.held.periods import Moment
from orchestration.release.held.store import years_to_judge
from orchestration.release.limits import at, seconds_left
from orchestration.release.own_school import provision_own_school, write_own_school
from orchestration.release.protection.memory import Memory, load_memory, save_memory
from orchestration.release.protection.protect import Protected, protect
from orchestration.release.protection.sources import DatabasePupils
from orchestration.release.protection.splits import last_closed_month
from orchestration.release.tables.checks import CheckError, check_mart
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.declared import DECLARED
from orchestration.release.tables.differences import apply_difference, difference_of, stage, standing_rows
from orchestration.release.tables.provision import (
    applied_contracts,
    drop_gone_columns,
    manifest_path,
    provision_aggregated,
)
from orchestration.release.tables.rows import read_rows, released_rows
from orchestration.settings import Settings


def _check(
    connection: psycopg.Connection,
    protected: Protected,
    found: Held,
    contract: ReleaseContract,
    authority: str,
    untouched: Collection[str],
) -> None:
    if contract.is_made_by_release:
        check_derived(connection, contract, authority)
        return
    decision = protected.decisions.get(contract.mart)
    held_keys = found.keys(contract.mart)
    if decision is not None and decision.held:
        held_keys += [tuple(row[key] for key in contract.keys) for row in decision.held.values()]
    if held_keys:
        stage(connection, contract, "held", contract.keys, held_keys)
    check_mart(connection, contract, authority, f"held_{contract.mart}"[:63] if held_keys else None, untouched)


def _refused(
    connection: psycopg.Connection, authority: str, refusals: Sequence[Refusal], event_id: int | None
) -> ReleaseResult:
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


def _release(connection: psycopg.Connection, settings: Settings, authority: str) -> ReleaseResult:
    at("the gate")
    contracts = tuple(contract for contract in applied_contracts(connection) if contract.kind != DECLARED)
    last_event = last_event_of(connection, authority)
    build, refusals, is_withdrawn = _gate(connection, contracts, authority, last_event)
    if build is None or refusals:
        return _refused(connection, authority, refusals, build.event_id if build else None)
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
    deliveries = deliveries_in_force(connection, authority)
    data_as_at = last_day(exact)
    memory: Memory = load_memory(connection, authority)
    source = DatabasePupils(connection, authority)
    before = last_years(connection, contracts, authority, untouched)
    protected = protect(exact, standing, memory, source, data_as_at, deliveries[2], before)
    last_closed = last_closed_month(data_as_at, deliveries[2])
    at("making the released rows")
    of_now = {
        mart: ReleasedMart(rows.contract, released_rows(rows, protected.decisions[mart]))
        for mart, rows in exact.items()
    }
    at("holding changes of figures that were shown")
    last_release, code = last_release_of(connection, authority)
    moment, is_same = Moment.of(data_as_at, deliveries[2]), code == build.code_version
    try:
        found = hold(connection, authority, contracts, exact, standing, of_now, moment, is_same)
    except CheckError as error:
        return _refused(connection, authority, [Refusal(str(error), "changes of what was shown")], build.event_id)
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
    if not any(difference.count for difference in differences) and last_event:
        connection.execute(
            "update released.releases set checked_at = now() where local_authority_code = %s", [authority]
        )
        result = ReleaseResult(authority, "unchanged")
        write_own_school(connection, contracts, authority)
        record_attempt(connection, result, [], build.event_id)
        record_years(connection, contracts, authority, build.code_version, last_closed)
        remember(connection, found, last_release, new_alone=True)
        connection.commit()
        return result
    at("writing the released rows")
    tried = now_tried = tried_before(connection, authority)
    if is_worth_it(differences):
        findings, now_tried = attack(contracts, of_now, tried, lambda: true_figures(exact, memory), memory.new_held)
        if findings:
            return _refused(connection, authority, refusals_of(findings), build.event_id)
    release_id = new_release(connection, authority, build, data_as_at, differences, deliveries[:2])
    try:
        for difference in differences:
            apply_difference(connection, difference, release_id)
        for contract in contracts:
            at(f"checking {contract.mart}")
            _check(connection, protected, found, contract, authority, untouched)
    except CheckError as error:
        return _refused(connection, authority, [Refusal(str(error), "exact marts to released marts")], build.event_id)
    at("remembering what is hidden")
    save_memory(connection, authority, release_id, memory)
    remember(connection, found, release_id)
    save_tried(connection, authority, now_tried, tried)
    for contract in contracts:
        if contract.kind == "month_history":
            keep_months(connection, contract, authority, release_id)
    changed = {difference.contract.mart: difference.count for difference in differences if difference.count}
    result = ReleaseResult(authority, "released", release_id, changed)
    write_own_school(connection, contracts, authority)
    record_attempt(connection, result, [], build.event_id)
    record_years(connection, contracts, authority, build.code_version, last_closed)
    connection.commit()
    return result


def _attempt(settings: Settings, authority: str) -> ReleaseResult:
    with connect(settings, "releaser") as connection:
        limit = f"{max(1, round(seconds_left(settings.release_seconds)))}s"
        connection.execute("select set_config('statement_timeout', %s, false)", [limit])
        connection.commit()
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return _release(connection, settings, authority)


def _attempt_of(subject: str) -> Callable[[Settings, str], ReleaseResult]:
    def attempt(settings: Settings, authority: str) -> ReleaseResult:
        with connect(settings, "releaser") as connection:
            limit = f"{max(1, round(seconds_left(settings.release_seconds)))}s"
            connection.execute("select set_config('statement_timeout', %s, false)", [limit])
            connection.commit()
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            contracts = declared_subjects(applied_contracts(connection)).get(subject, [])
            return release_subject(connection, authority, subject, contracts)

    return attempt


def _refuse_of(subject: str) -> Callable[[Settings, str, Refusal], ReleaseResult]:
    def refuse(settings: Settings, authority: str, refusal: Refusal) -> ReleaseResult:
        with connect(settings, "releaser") as connection:
            return refused_subject(connection, authority, subject, [refusal], None)

    return refuse


def _refuse(settings: Settings, authority: str, refusal: Refusal) -> ReleaseResult:
    with connect(settings, "releaser") as connection:
        return _refused(connection, authority, [refusal], None)


def _release_contained(settings: Settings, authority: str) -> ReleaseResult:
    """Attendance, then each declared subject, each in a transaction of its own: what one refuses stops no other."""
    result = contained(settings, authority, _attempt, _refuse)
    with connect(settings, "releaser") as connection:
        subjects = ready_subjects(connection, applied_contracts(connection))
    for subject in subjects:
        result = result.and_also(contained(settings, authority, _attempt_of(subject), _refuse_of(subject)))
    return result


def _provision(settings: Settings) -> None:
    """Make the tables as the project declares them, where it has been parsed."""
    if manifest_path(settings).exists():
        provision_aggregated(settings)
        provision_own_school(settings)


def release_authority(settings: Settings, local_authority_code: str) -> ReleaseResult:
    """Release one authority: all its marts from the old state to the new in one transaction.

    Refuses, with hop, establishment and amount, while the balance sheet does not close or the exact marts are
    not of one build, and with the step where something goes wrong; readers then keep the last good release.
    Waits for a running build.
    """
    _provision(settings)
    with connect(settings, "releaser") as connection, advisory_lock(connection, "build"):
        connection.commit()
        return _release_contained(settings, local_authority_code)


def release_all(settings: Settings) -> list[ReleaseResult]:
    """Release every authority that has deliveries in force or a release; one transaction each.

    What goes wrong at one of them refuses that one, within ``settings.release_seconds``, and no other. What lies
    outside the warehouse (a full disk, a lost database) is raised after the others have been tried.
    """
    _provision(settings)
    with connect(settings, "releaser") as connection, advisory_lock(connection, "build"):
        authorities = connection.execute(
            """
            select local_authority_code from control.deliveries_in_force
            union
            select local_authority_code from released.releases
            order by 1
            """
        ).fetchall()
        connection.commit()
        results, outside = [], None
        for (code,) in authorities:
            try:
                results.append(_release_contained(settings, str(code)))
            except (psycopg.Error, OSError, WarehouseError) as error:
                outside = outside or error
        if outside is not None:
            raise outside
        if all(result.outcome != "refused" for result in results):
            try:
                drop_gone_columns(connection)
                connection.commit()
            except psycopg.errors.LockNotAvailable:
                connection.rollback()  # somebody is reading the table: the next release tries again
        return results
