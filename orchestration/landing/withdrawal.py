"""Decisions of people about a delivery: entries on the ledger, which every layer follows from, and nothing else."""

from orchestration.database import advisory_lock, connect
from orchestration.landing import ledger_entries, verdicts
from orchestration.landing.ledger_entries import Delivery
from orchestration.landing.outcomes import LandingError
from orchestration.settings import Settings

# Each decision, and the kind of event that says that it does not hold.
OPPOSITES = {"withdrawn": "restored", "accepted": "unaccepted"}


def withdraw(settings: Settings, delivery_key: str, reason: str, actor: str) -> list[str]:
    """Withdraw a delivery: from the next build on every layer comes out as if it had never come.

    In: why and by whom; both stand on the ledger, so no pupil's details. Out: what else that decides, in words.
    Raises LandingError when the delivery is not known, is withdrawn already, or no reason is given.
    """
    return _enter(settings, delivery_key, "withdrawn", True, reason, actor)


def restore(settings: Settings, delivery_key: str, reason: str, actor: str) -> list[str]:
    """Undo a withdrawal. In, out and errors as for ``withdraw``."""
    return _enter(settings, delivery_key, "withdrawn", False, reason, actor)


def accept(settings: Settings, delivery_key: str, reason: str, actor: str) -> list[str]:
    """Let in a delivery that a sudden change holds back (rule 2): pupils and enrolments together.

    In and out as for ``withdraw``. Raises LandingError when nothing of it is held back for that, or no reason is given.
    """
    return _enter(settings, delivery_key, "accepted", True, reason, actor)


def unaccept(settings: Settings, delivery_key: str, reason: str, actor: str) -> list[str]:
    """Undo ``accept``: the delivery is held back again, if it still differs from the one before."""
    return _enter(settings, delivery_key, "accepted", False, reason, actor)


def _enter(settings: Settings, delivery_key: str, kind: str, holds: bool, reason: str, actor: str) -> list[str]:
    if not reason.strip():
        raise LandingError("Say why: the reason stands on the ledger, for whoever asks later.")
    with connect(settings, "steward") as connection, advisory_lock(connection, "landing"):
        delivery = ledger_entries.delivery(connection, delivery_key)
        if delivery is None or not delivery.is_complete:
            raise LandingError(f"{delivery_key} has not landed: `warehouse deliveries` lists those that have.")
        row = connection.execute(
            "select kind from control.ledger_events where delivery_id = %s and file_id is null and kind = any(%s) "
            "order by event_id desc limit 1",
            (delivery.delivery_id, [kind, OPPOSITES[kind]]),
        ).fetchone()
        if (row is not None and row[0] == kind) == holds:
            raise LandingError(f"{delivery_key} is {kind} already." if holds else f"{delivery_key} is not {kind}.")
        if kind == "accepted" and holds:
            _check_held_back(settings, delivery)
        ledger_entries.record_event(connection, delivery.delivery_id, kind if holds else OPPOSITES[kind], actor, reason)
        connection.commit()  # inside the lock: entries of the ledger are seen in the order of their numbers
        with connect(settings, "loader", autocommit=True) as loader:
            changes = verdicts.settle(settings, loader, delivery.local_authority_code)
    return [
        change.message or f"{change.delivery_key}, {change.snapshot.file_name}: counts from the next build on."
        for change in changes
    ]


def _check_held_back(settings: Settings, delivery: Delivery) -> None:
    with connect(settings, "loader", autocommit=True) as connection:
        held = connection.execute(
            "select 1 from control.files where delivery_id = %s and status = 'quarantined' and reason = %s",
            (delivery.delivery_id, verdicts.REASON),
        ).fetchone()
    if held is None:
        raise LandingError(
            f"Nothing of {delivery.delivery_key} is held back for a sudden change: `warehouse deliveries --delivery "
            f"{delivery.delivery_key}` says what became of its files."
        )
