"""Whether a council lets its heads see their own school exactly: its last word on the ledger (RULES 47)."""

from typing import Any

from psycopg.rows import dict_row

from orchestration.access.errors import ReaderError
from orchestration.access.granting import STEWARD
from orchestration.database import advisory_lock, connect
from orchestration.settings import Settings


def turn_own_school(settings: Settings, local_authority_code: str, *, is_on: bool, reason: str, actor: str) -> bool:
    """Turn own school on or off for a council. Out: whether that is new; what holds already is not entered again.

    Off holds from the next query on; rows come with the next release. Raises ReaderError without a reason.
    """
    if not reason.strip():
        raise ReaderError("say why: the reason stands on the ledger, for whoever asks later")
    with connect(settings, STEWARD) as connection, advisory_lock(connection, "landing"):
        row = connection.execute("select access.own_school_is_on(%s)", [local_authority_code]).fetchone()
        if row == (is_on,):
            connection.rollback()
            return False
        connection.execute(
            "insert into control.ledger_events (local_authority_code, kind, reason, actor) values (%s, %s, %s, %s)",
            [local_authority_code, "own_school_on" if is_on else "own_school_off", reason, actor],
        )
        connection.commit()  # inside the lock: entries of the ledger are seen in the order of their numbers
    return True


def own_school_decisions(settings: Settings) -> list[dict[str, Any]]:
    """What each council has decided, with who and when; one row per council that has said anything."""
    with (
        connect(settings, "auditor", autocommit=True) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(
            """
            select distinct on (local_authority_code)
                local_authority_code as authority,
                case kind when 'own_school_on' then 'on' else 'off' end as own_school,
                reason, actor, occurred_at
            from control.ledger_events
            where kind in ('own_school_on', 'own_school_off')
            order by local_authority_code, event_id desc
            """
        ).fetchall()
