"""What the warehouse knows of itself, as rows: deliveries, rejects, balance sheet, freshness, releases.

All of it is read as the role ``auditor``, which sees the control schema and no pupil. Each function returns
a list of dictionaries in the order they should be shown.
"""

from typing import Any

from psycopg.rows import dict_row

from orchestration.database import connect
from orchestration.project_state import last_built, project_state
from orchestration.settings import Settings

Rows = list[dict[str, Any]]
HOPS = [
    "manifest to file",
    "manifest to file by establishment",
    "file to raw",
    "raw to canonical",
    "canonical to pupil months",
    "pupil months to weekday codes",
    "pupil months to school weekdays",
    "pupil months to marts",
]


def _rows(settings: Settings, query: str, **parameters: Any) -> Rows:
    with (
        connect(settings, "auditor", autocommit=True) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(query, parameters).fetchall()


def _exists(settings: Settings, relation: str) -> bool:
    return bool(_rows(settings, "select to_regclass(%(relation)s) is not null as found", relation=relation)[0]["found"])


def latest_event(settings: Settings) -> int:
    """Number of the ledger's last entry; 0 when it is empty."""
    return int(
        _rows(settings, "select coalesce(max(event_id), 0) as event_id from control.ledger_events")[0]["event_id"]
    )


def is_behind(settings: Settings) -> bool:
    """Whether something is left to build or to release.

    True where a model does not reflect the ledger's last entry (a build that failed half-way, or none yet), or an
    authority was not released since, or was refused: what held it back may be mended. True as well where the layers
    were built with another project: a model, a seed or a threshold has changed since.
    """
    query = """
        with latest as (
            select coalesce(max(ledger_events.event_id), 0) as event_id from control.ledger_events
        ),

        checks as (
            select distinct on (release_checks.local_authority_code)
                release_checks.local_authority_code,
                release_checks.event_id,
                release_checks.outcome
            from control.release_checks
            order by release_checks.local_authority_code asc, release_checks.check_id desc
        )

        select
            latest.event_id > 0 and (
                coalesce((
                    select min(model_builds.event_id)
                    from control.model_builds
                    left join pg_catalog.pg_views as views -- marts without rows of their own: release makes them
                        on views.schemaname = 'aggregated_exact' and views.viewname = model_builds.model
                    where (
                        model_builds.model ~ '^(attendance|persistent_absence|absence_reasons)_by_'
                        and views.viewname is null
                    )
                    or model_builds.model = 'control_reconciliation'
                ), 0) < latest.event_id
                or exists (
                    select 1
                    from control.deliveries_in_force
                    left join checks using (local_authority_code)
                    where checks.event_id is distinct from latest.event_id or checks.outcome = 'refused'
                )
            ) as is_behind
        from latest
    """
    return bool(_rows(settings, query)[0]["is_behind"]) or is_built_otherwise(settings)


def is_built_otherwise(settings: Settings) -> bool:
    """Whether the last good build was made with other models, seeds or thresholds than there are now."""
    with connect(settings, "auditor", autocommit=True) as connection:
        built = last_built(connection)
    return built is not None and built != project_state(settings)


def deliveries(settings: Settings) -> Rows:
    """One row per attempt to land a delivery, newest first: outcome, files and rows by outcome, message."""
    return _rows(
        settings,
        """
        select
            attempts.delivery_key as delivery,
            attempts.outcome,
            coalesce(events.kind, '-') as state,
            count(files.file_id) filter (where files.status = 'landed') as files_landed,
            count(files.file_id) filter (where files.status <> 'landed') as files_held_back,
            coalesce(sum(files.rows_accepted), 0)::bigint as rows_accepted,
            coalesce(sum(files.rows_rejected), 0)::bigint as rows_rejected,
            coalesce(sum(files.rows_duplicate), 0)::bigint as rows_duplicate,
            attempts.finished_at,
            attempts.message
        from control.attempts
        left join control.deliveries on attempts.delivery_key = deliveries.delivery_key
            and attempts.outcome = 'landed'
        left join control.files on deliveries.delivery_id = files.delivery_id
        left join lateral (
            select ledger_events.kind
            from control.ledger_events
            where ledger_events.delivery_id = deliveries.delivery_id
            order by ledger_events.event_id desc
            limit 1
        ) as events on true
        where attempts.outcome <> 'unchanged'
        group by attempts.attempt_id, events.kind
        order by attempts.attempt_id desc
        """,
    )


def files(settings: Settings, delivery_key: str) -> Rows:
    """One row per file of a delivery: feed, outcome, reason, rows."""
    return _rows(
        settings,
        """
        select
            files.feed, files.file_name, files.status, files.reason, files.rows_manifest, files.rows_file,
            files.rows_accepted, files.rows_rejected, files.rows_duplicate, files.extracted_at, files.message
        from control.files
        inner join control.deliveries on files.delivery_id = deliveries.delivery_id
        where deliveries.delivery_key = %(delivery_key)s
        order by files.file_id
        """,
        delivery_key=delivery_key,
    )


def rejects(settings: Settings, delivery_key: str | None = None) -> Rows:
    """Rejected rows by delivery, feed, reason and column, with an example row number; never a value."""
    return _rows(
        settings,
        """
        select
            deliveries.delivery_key as delivery, files.feed, rejects.reason, rejects.column_name,
            count(*) as row_count, min(rejects.row_number) as example_row
        from control.rejects
        inner join control.files on rejects.file_id = files.file_id
        inner join control.deliveries on files.delivery_id = deliveries.delivery_id
        where %(delivery_key)s::text is null or deliveries.delivery_key = %(delivery_key)s
        group by deliveries.delivery_key, files.feed, rejects.reason, rejects.column_name
        order by deliveries.delivery_key, files.feed, row_count desc, rejects.reason, rejects.column_name
        """,
        delivery_key=delivery_key,
    )


def warnings(settings: Settings, delivery_key: str | None = None) -> Rows:
    """Warnings by delivery, file, column and kind, with a count and an example row number."""
    return _rows(
        settings,
        """
        select
            deliveries.delivery_key as delivery, files.feed, warnings.kind, warnings.column_name,
            warnings.row_count, warnings.example_row, warnings.detail
        from control.warnings
        inner join control.deliveries on warnings.delivery_id = deliveries.delivery_id
        left join control.files on warnings.file_id = files.file_id
        where %(delivery_key)s::text is null or deliveries.delivery_key = %(delivery_key)s
        order by deliveries.delivery_key, files.feed, warnings.kind, warnings.column_name
        """,
        delivery_key=delivery_key,
    )


def balance_sheet(settings: Settings) -> Rows:
    """One row per authority and hop of the last build: amounts in and out, explained, breaks, verdict."""
    if not _exists(settings, "control.reconciliation"):
        return []
    return _rows(
        settings,
        """
        select
            local_authority_code, hop, count(*) as lines, sum(amount_in)::bigint as amount_in,
            sum(amount_out)::bigint as amount_out, sum(amount_in - amount_out - difference)::bigint as explained,
            count(*) filter (where not is_closed) as breaks,
            case when bool_and(is_closed) then 'closed' else 'BROKEN' end as verdict
        from control.reconciliation
        group by local_authority_code, hop
        order by local_authority_code, array_position(%(hops)s::text[], hop), hop
        """,
        hops=HOPS,
    )


def breaks(settings: Settings) -> Rows:
    """Each line of the balance sheet that does not close: hop, delivery, establishment, mart, amount."""
    if not _exists(settings, "control.reconciliation"):
        return []
    return _rows(
        settings,
        """
        select
            local_authority_code, hop, delivery_key, academic_year, feed, seed_code, mart,
            amount_in, amount_out, difference, checksum_matches
        from control.reconciliation
        where not is_closed
        order by local_authority_code, array_position(%(hops)s::text[], hop), seed_code, mart
        """,
        hops=HOPS,
    )


def broken_seals(settings: Settings) -> Rows:
    """Groups of rows that the last comparison found to be other than their model wrote."""
    return _rows(
        settings,
        """
        select
            hop, relation, local_authority_code, academic_year, seed_code, nullif(month, '0001-01-01') as month,
            rows_sealed, rows_found, rows_different
        from control.broken_seals
        order by hop, relation, local_authority_code, academic_year, seed_code, month
        """,
    )


def freshness(settings: Settings) -> Rows:
    """Freshness by authority and feed: schools, latest data, how many are late and which come first."""
    if not _exists(settings, "control.freshness"):
        return []
    return _rows(
        settings,
        """
        select
            local_authority_code, feed, count(*) as establishments, max(last_extracted_at) as last_extracted_at,
            max(data_to) as data_to, count(*) filter (where status <> 'fresh') as late,
            coalesce(string_agg(seed_code::text, ', ' order by seed_code) filter (where status <> 'fresh'), '')
                as late_seed_codes
        from control.freshness
        group by local_authority_code, feed
        order by local_authority_code, feed
        """,
    )


def late_establishments(settings: Settings) -> Rows:
    """Establishments that should have delivered a feed and have not."""
    if not _exists(settings, "control.freshness"):
        return []
    return _rows(
        settings,
        """
        select local_authority_code, feed, seed_code, status, last_extracted_at, data_to, due_at
        from control.freshness
        where status <> 'fresh'
        order by local_authority_code, feed, seed_code
        """,
    )


def releases(settings: Settings) -> Rows:
    """Releases, newest first: authority, data as at, rows changed, code version."""
    return _rows(
        settings,
        """
        select
            releases.release_id, releases.local_authority_code, releases.data_as_at, releases.released_at,
            (select sum(changed.value::bigint) from jsonb_each_text(releases.rows_changed) as changed)::bigint
                as rows_changed,
            cardinality(releases.deliveries) as deliveries, releases.code_version
        from control.releases
        order by releases.release_id desc
        """,
    )


def release_checks(settings: Settings) -> Rows:
    """The last check of each authority: released, unchanged or refused, and why."""
    return _rows(
        settings,
        """
        select distinct on (local_authority_code) local_authority_code, outcome, message, checked_at
        from control.release_checks
        order by local_authority_code, checked_at desc
        """,
    )
