"""What the warehouse knows of days without school, and of days that it takes for lost, as rows for the steward.

Read as the role ``auditor``. Each function returns dictionaries in the order they should be shown.
"""

from typing import Any

from psycopg.rows import dict_row

from orchestration.database import connect
from orchestration.settings import Settings

Rows = list[dict[str, Any]]


def _rows(settings: Settings, query: str, authority: str | None) -> Rows:
    with (
        connect(settings, "auditor", autocommit=True) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(query.encode(), {"authority": authority}).fetchall()


def _exists(settings: Settings, relation: str) -> bool:
    found = _rows(settings, f"select to_regclass('{relation}') is not null as found", None)
    return bool(found[0]["found"])


def closed_days(settings: Settings, authority: str | None = None) -> Rows:
    """Entries of the lists of closed days in the order of their making: days, school, why, who and when."""
    return _rows(
        settings,
        """
        select
            closed_days.local_authority_code, closed_days.first_day, closed_days.last_day,
            coalesce(lpad(closed_days.seed_code::text, 7, '0'), 'all') as school,
            case when closed_days.is_closed then 'closed' else 'opened again' end as entry,
            closed_days.reason, ledger_events.actor, ledger_events.occurred_at
        from control.closed_days
        inner join control.ledger_events using (event_id)
        where %(authority)s::text is null or closed_days.local_authority_code = %(authority)s
        order by closed_days.local_authority_code, closed_days.entry_id
        """,
        authority,
    )


def lost_days(settings: Settings, authority: str | None = None) -> Rows:
    """Days taken for lost in the last build, by authority, day and why, with their schools; at most ten are named."""
    if not _exists(settings, "control.lost_half_days"):
        return []
    return _rows(
        settings,
        """
        select
            local_authority_code, opening_date as day, string_agg(distinct opening, '+' order by opening) as halves,
            reason, count(distinct seed_code) as schools,
            array_to_string((array_agg(distinct lpad(seed_code::text, 7, '0')))[1:10], ', ')
            || case when count(distinct seed_code) > 10 then ', ...' else '' end as seed_codes
        from control.lost_half_days
        where %(authority)s::text is null or local_authority_code = %(authority)s
        group by local_authority_code, opening_date, reason
        order by local_authority_code, opening_date, reason
        """,
        authority,
    )


def short_calendars(settings: Settings, authority: str | None = None) -> Rows:
    """Delivered calendars that stop before the marks or the delivery do: what comes after is inferred."""
    if not _exists(settings, "control.short_calendars"):
        return []
    return _rows(
        settings,
        """
        select
            local_authority_code, academic_year, lpad(seed_code::text, 7, '0') as school, covered_to, delivered_on,
            last_marked_on
        from control.short_calendars
        where %(authority)s::text is null or local_authority_code = %(authority)s
        order by local_authority_code, academic_year, seed_code
        """,
        authority,
    )
