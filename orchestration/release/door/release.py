"""Release of one authority, or of all: each subject in a transaction of its own (24-28)."""

from collections.abc import Callable

import psycopg

from orchestration.database import advisory_lock, connect
from orchestration.errors import WarehouseError
from orchestration.release.beside import at_hand
from orchestration.release.door.attendance import refused, release_attendance
from orchestration.release.door.contained import contained
from orchestration.release.door.gate import (
    Refusal,
)
from orchestration.release.door.record import (
    ReleaseResult,
)
from orchestration.release.door.subjects import declared_subjects, ready_subjects, refused_subject, release_subject
from orchestration.release.limits import seconds_left
from orchestration.release.own_school import provision_own_school
from orchestration.release.tables.provision import (
    applied_contracts,
    drop_gone_columns,
    manifest_path,
    provision_aggregated,
)
from orchestration.settings import Settings


def _attempt(settings: Settings, authority: str) -> ReleaseResult:
    with connect(settings, "releaser") as connection:
        limit = f"{max(1, round(seconds_left(settings.release_seconds)))}s"
        connection.execute("select set_config('statement_timeout', %s, false)", [limit])
        connection.commit()
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return release_attendance(connection, settings, authority)


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
        return refused(connection, authority, [refusal], None)


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
    with connect(settings, "releaser") as connection, advisory_lock(connection, "build"), at_hand(settings.threads):
        connection.commit()
        return _release_contained(settings, local_authority_code)


def release_all(settings: Settings) -> list[ReleaseResult]:
    """Release every authority that has deliveries in force or a release; one transaction each.

    What goes wrong at one of them refuses that one, within ``settings.release_seconds``, and no other. What lies
    outside the warehouse (a full disk, a lost database) is raised after the others have been tried.
    """
    _provision(settings)
    with connect(settings, "releaser") as connection, advisory_lock(connection, "build"), at_hand(settings.threads):
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
