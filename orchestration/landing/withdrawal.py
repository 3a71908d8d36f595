"""Takes a delivery out of every layer, or brings it back: an entry on the ledger, and nothing else."""

from orchestration.database import advisory_lock, connect
from orchestration.landing import register
from orchestration.landing.outcomes import LandingError
from orchestration.settings import Settings


def withdraw(settings: Settings, delivery_key: str, reason: str, actor: str) -> None:
    """Withdraw a delivery: from the next build on every layer comes out as if it had never come.

    In: why and by whom; both stand on the ledger, so no pupil's details. Raises LandingError when the delivery is
    not known, is withdrawn already, or no reason is given.
    """
    _enter(settings, delivery_key, "withdrawn", reason, actor)


def restore(settings: Settings, delivery_key: str, reason: str, actor: str) -> None:
    """Undo a withdrawal. In and errors as for ``withdraw``."""
    _enter(settings, delivery_key, "restored", reason, actor)


def _enter(settings: Settings, delivery_key: str, kind: str, reason: str, actor: str) -> None:
    if not reason.strip():
        raise LandingError("Say why: the reason stands on the ledger, for whoever asks later.")
    with connect(settings, "steward") as connection, advisory_lock(connection, "landing"):
        delivery = register.delivery(connection, delivery_key)
        if delivery is None or not delivery.is_complete:
            raise LandingError(f"{delivery_key} has not landed: `warehouse deliveries` lists those that have.")
        row = connection.execute(
            "select kind from control.ledger_events where delivery_id = %s and file_id is null "
            "and kind in ('landed', 'withdrawn', 'restored') order by event_id desc limit 1",
            (delivery.delivery_id,),
        ).fetchone()
        is_withdrawn = row is not None and row[0] == "withdrawn"
        if is_withdrawn == (kind == "withdrawn"):
            raise LandingError(f"{delivery_key} is {'withdrawn already' if is_withdrawn else 'not withdrawn'}.")
        register.record_event(connection, delivery.delivery_id, kind, actor, reason)
        connection.commit()  # inside the lock: entries of the ledger are seen in the order of their numbers
