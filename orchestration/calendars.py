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


def short_calendar_warnings(settings: Settings, delivery_key: str | None = None) -> Rows:
    """``calendar_short`` where only the build could know, as warnings: of the authority's latest calendars.

    Where landing has warned of that delivery by itself, nothing is said twice.
    """
    if not _exists(settings, "control.short_calendars"):
        return []
    query = """
        with latest as (
            select distinct on (deliveries.local_authority_code)
                deliveries.local_authority_code, deliveries.delivery_key, files.file_id
            from control.files
            inner join control.deliveries using (delivery_id)
            inner join control.files_in_force using (file_id)
            where files.feed = 'calendar'
            order by deliveries.local_authority_code, files.extracted_at desc, files.file_id desc
        )

        select
            latest.delivery_key as delivery, 'calendar' as feed, 'calendar_short' as kind, null as column_name,
            count(distinct short_calendars.seed_code) as row_count, null as example_row,
            array_to_string((array_agg(distinct lpad(short_calendars.seed_code::text, 7, '0')))[1:10], ', ')
            || case when count(distinct short_calendars.seed_code) > 10 then ', ...' else '' end as detail
        from control.short_calendars
        inner join latest using (local_authority_code)
        where not exists (
            select 1 from control.warnings
            where warnings.file_id = latest.file_id and warnings.kind = 'calendar_short'
        )
        group by latest.delivery_key
        order by latest.delivery_key
    """
    return [row for row in _rows(settings, query, None) if delivery_key in (None, row["delivery"])]
