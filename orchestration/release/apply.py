"""Release of one authority: gate, protection, and the differences applied in one transaction (24-28)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import psycopg

from orchestration.database import advisory_lock, connect
from orchestration.release.checks import CheckError, check_mart
from orchestration.release.contracts import ReleaseContract
from orchestration.release.derived import (
    ReleasedMart,
    clusters,
    invent_clusters,
    keep_months,
    kept_months,
    month_history,
    months_of_years,
    similar_schools,
)
from orchestration.release.derived_checks import check_derived
from orchestration.release.differences import (
    Difference,
    Released,
    apply_difference,
    difference_of,
    stage,
    standing_rows,
)
from orchestration.release.gate import Build, Refusal, current_build, failed_tests, gone_schools, lifted, open_hops
from orchestration.release.memory import Memory, load_memory, save_memory
from orchestration.release.protect import Protected, protect
from orchestration.release.readers import prepare_readers
from orchestration.release.rows import MartRows, read_rows, released_rows
from orchestration.release.sources import DatabasePupils
from orchestration.release.tables import (
    LABEL,
    applied_contracts,
    drop_gone_columns,
    manifest_path,
    provision_aggregated,
)
from orchestration.settings import Settings


@dataclass(frozen=True)
class ReleaseResult:
    """What became of one authority: released, unchanged or refused, rows changed by mart, and why refused."""

    local_authority_code: str
    outcome: str
    release_id: int | None = None
    rows_changed: dict[str, int] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


def _made_by_release(
    connection: psycopg.Connection,
    contract: ReleaseContract,
    authority: str,
    exact: Mapping[str, MartRows],
    released: Mapping[str, ReleasedMart],
) -> Released:
    if contract.kind == "month_history":
        kept = kept_months(connection, contract, authority)
        return month_history(contract, released, kept, months_of_years(exact))
    if contract.kind == "similar_schools":
        return similar_schools(read_rows(connection, contract, authority), released)
    return clusters(connection, contract, authority)


def _check(connection: psycopg.Connection, protected: Protected, contract: ReleaseContract, authority: str) -> None:
    if contract.is_made_by_release:
        check_derived(connection, contract, authority)
        return
    decision = protected.decisions.get(contract.mart)
    held_keys = []
    if decision is not None and decision.held:
        held_keys = [tuple(row[key] for key in contract.keys) for row in decision.held.values()]
        stage(connection, contract, "held", contract.keys, held_keys)
    check_mart(connection, contract, authority, f"held_{contract.mart}"[:63] if held_keys else None)


def _deliveries(connection: psycopg.Connection, authority: str) -> tuple[list[int], list[str], date | None]:
    rows = connection.execute(
        """
        select delivery_id, delivery_key, extract_date from control.deliveries_in_force
        where local_authority_code = %s order by delivery_id
        """,
        [authority],
    ).fetchall()
    return [row[0] for row in rows], [row[1] for row in rows], max((row[2] for row in rows), default=None)


def _last_event(connection: psycopg.Connection, authority: str) -> int:
    row = connection.execute(
        "select coalesce(max(event_id), 0) from control.releases where local_authority_code = %s", [authority]
    ).fetchone()
    return int(row[0]) if row else 0


def _data_as_at(exact: Mapping[str, MartRows]) -> date | None:
    rows = exact.get("attendance_by_school_year")
    dates = rows.columns.get("data_as_at", []) if rows else []
    return max((found for found in dates if found is not None), default=None)


def _new_release(
    connection: psycopg.Connection,
    authority: str,
    build: Build,
    data_as_at: date | None,
    differences: Sequence[Difference],
    deliveries: tuple[list[int], list[str]],
) -> int:
    changed = {difference.contract.mart: difference.count for difference in differences if difference.count}
    row = connection.execute(
        """
        insert into control.releases
            (local_authority_code, event_id, data_as_at, code_version, deliveries, rows_changed)
        values (%s, %s, %s, %s, %s, %s) returning release_id
        """,
        [authority, build.event_id, data_as_at, build.code_version, deliveries[0], json.dumps(changed)],
    ).fetchone()
    assert row is not None
    release_id = int(row[0])
    connection.execute(
        """
        insert into aggregated.releases (local_authority_code, data_as_at, released_at, checked_at, code_version,
            deliveries, label, release_id)
        values (%s, %s, now(), now(), %s, %s, %s, %s)
        on conflict (local_authority_code) do update
        set data_as_at = excluded.data_as_at, released_at = excluded.released_at,
            checked_at = excluded.checked_at, code_version = excluded.code_version,
            deliveries = excluded.deliveries, label = excluded.label, release_id = excluded.release_id
        """,
        [authority, data_as_at, build.code_version, deliveries[1], LABEL, release_id],
    )
    return release_id


def _record(
    connection: psycopg.Connection,
    result: ReleaseResult,
    refusals: Sequence[Refusal],
    event_id: int | None,
) -> None:
    rows = refusals or [Refusal("")]
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into control.release_checks
                (local_authority_code, outcome, release_id, hop, seed_code, amount, message, event_id)
            values (%s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                (
                    result.local_authority_code, result.outcome, result.release_id, row.hop, row.seed_code,
                    row.amount, row.message or None, event_id,
                )
                for row in rows
            ],
        )  # fmt: skip


def _refused(
    connection: psycopg.Connection, authority: str, refusals: Sequence[Refusal], event_id: int | None
) -> ReleaseResult:
    connection.rollback()
    result = ReleaseResult(authority, "refused", reasons=[refusal.message for refusal in refusals])
    _record(connection, result, refusals, event_id)
    connection.commit()
    return result


def _gate(
    connection: psycopg.Connection, contracts: Sequence[ReleaseContract], authority: str, last_event: int
) -> tuple[Build | None, list[Refusal], bool]:
    build, refusals = current_build(connection, contracts)
    if build is None:
        return None, refusals, False
    is_lifted = lifted(connection, authority, last_event)
    refusals = refusals or failed_tests(connection)
    if not refusals:
        refusals = open_hops(connection, authority)
    if not refusals and not is_lifted:
        refusals = gone_schools(connection, contracts, authority)
    return build, refusals, is_lifted


def _release(connection: psycopg.Connection, settings: Settings, authority: str) -> ReleaseResult:
    contracts = applied_contracts(connection)
    last_event = _last_event(connection, authority)
    build, refusals, is_lifted = _gate(connection, contracts, authority, last_event)
    if build is None or refusals:
        return _refused(connection, authority, refusals, build.event_id if build else None)
    prepare_readers(connection, settings, authority)
    if settings.environment != "live" and any(contract.kind == "clusters" for contract in contracts):
        invent_clusters(connection, authority)
    copied = [contract for contract in contracts if not contract.is_made_by_release]
    exact = {contract.mart: read_rows(connection, contract, authority) for contract in copied}
    standing = {
        contract.mart: read_rows(connection, contract, authority, f"aggregated.{contract.mart}")
        for contract in contracts
    }
    deliveries = _deliveries(connection, authority)
    data_as_at = _data_as_at(exact)
    memory: Memory = load_memory(connection, authority)
    memory.holds_lifted = is_lifted
    source = DatabasePupils(connection, authority)
    protected = protect(exact, standing, memory, source, data_as_at, deliveries[2])
    released = {
        mart: ReleasedMart(rows.contract, released_rows(rows, protected.decisions[mart]))
        for mart, rows in exact.items()
    }
    wanted = {
        contract.mart: _made_by_release(connection, contract, authority, exact, released)
        if contract.is_made_by_release
        else released[contract.mart].rows
        for contract in contracts
    }
    differences = [
        difference_of(contract, standing_rows(standing[contract.mart]), wanted[contract.mart]) for contract in contracts
    ]
    if not any(difference.count for difference in differences) and last_event:
        connection.execute(
            "update aggregated.releases set checked_at = now() where local_authority_code = %s", [authority]
        )
        result = ReleaseResult(authority, "unchanged")
        _record(connection, result, [], build.event_id)
        connection.commit()
        return result
    release_id = _new_release(connection, authority, build, data_as_at, differences, deliveries[:2])
    try:
        for difference in differences:
            apply_difference(connection, difference, release_id)
        for contract in contracts:
            _check(connection, protected, contract, authority)
    except CheckError as error:
        return _refused(connection, authority, [Refusal(str(error), "exact marts to released marts")], build.event_id)
    save_memory(connection, authority, release_id, memory)
    for contract in contracts:
        if contract.kind == "month_history":
            keep_months(connection, contract, authority, release_id)
    changed = {difference.contract.mart: difference.count for difference in differences if difference.count}
    result = ReleaseResult(authority, "released", release_id, changed)
    _record(connection, result, [], build.event_id)
    connection.commit()
    return result


def _release_locked(connection: psycopg.Connection, settings: Settings, authority: str) -> ReleaseResult:
    connection.commit()
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    try:
        return _release(connection, settings, authority)
    except BaseException:
        if not connection.closed:
            connection.rollback()
        raise
    finally:
        if not connection.closed:
            connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED


def release_authority(settings: Settings, local_authority_code: str) -> ReleaseResult:
    """Release one authority: all its marts from the old state to the new in one transaction.

    Refuses, with hop, establishment and amount, while the balance sheet does not close or the exact marts are
    not of one build; readers then keep the last good release. Waits for a running build.
    """
    if manifest_path(settings).exists():
        provision_aggregated(settings)
    with connect(settings, "releaser") as connection, advisory_lock(connection, "build"):
        return _release_locked(connection, settings, local_authority_code)


def release_all(settings: Settings) -> list[ReleaseResult]:
    """Release every authority that has deliveries in force or a release; one transaction each."""
    if manifest_path(settings).exists():
        provision_aggregated(settings)
    with connect(settings, "releaser") as connection, advisory_lock(connection, "build"):
        authorities = connection.execute(
            """
            select local_authority_code from control.deliveries_in_force
            union
            select local_authority_code from aggregated.releases
            order by 1
            """
        ).fetchall()
        results = [_release_locked(connection, settings, str(code)) for (code,) in authorities]
        if all(result.outcome != "refused" for result in results):
            try:
                drop_gone_columns(connection)
                connection.commit()
            except psycopg.errors.LockNotAvailable:
                connection.rollback()  # somebody is reading the table: the next release tries again
        return results
