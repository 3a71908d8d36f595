-- depends_on: {{ ref('control_audited_scopes') }}
-- A snapshot's row is in canonical when a version of its person (and enrolment) covers the instant of the snapshot.
with file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }} as file_ledger
    where {{ in_touched_scope('file_ledger') }}
        and file_ledger.feed in ('pupils', 'enrolments')
        and file_ledger.status = 'landed'
),

-- two deliveries may hold the same instant: one line, under the later
snapshots as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        file_ledger.feed,
        file_ledger.is_in_force,
        file_ledger.extracted_at,
        max(file_ledger.file_id) as file_id,
        array_agg(file_ledger.file_id) as file_ids
    from file_ledger
    group by
        file_ledger.local_authority_code, file_ledger.academic_year, file_ledger.feed, file_ledger.is_in_force,
        file_ledger.extracted_at
),

delivered as (
    select
        snapshots.file_id,
        raw_counts.seed_code,
        sum(raw_counts.row_count) as row_count
    from snapshots
    inner join {{ ref('control_raw_counts') }} as raw_counts on raw_counts.file_id = any(snapshots.file_ids)
    group by snapshots.file_id, raw_counts.seed_code
),

standing as (
    select
        snapshots.file_id,
        0 as seed_code,
        count(*) as row_count
    from snapshots
    inner join {{ ref('canonical_pupils') }} as versions
        on versions.local_authority_code = snapshots.local_authority_code
            and versions.academic_year = snapshots.academic_year
            and versions.valid_from <= snapshots.extracted_at
            and snapshots.extracted_at < coalesce(versions.valid_to, 'infinity')
    where snapshots.feed = 'pupils' and snapshots.is_in_force
    group by snapshots.file_id
    union all
    select
        snapshots.file_id,
        versions.seed_code,
        count(*) as row_count
    from snapshots
    inner join {{ ref('canonical_enrolments') }} as versions
        on versions.local_authority_code = snapshots.local_authority_code
            and versions.academic_year = snapshots.academic_year
            and versions.valid_from <= snapshots.extracted_at
            and snapshots.extracted_at < coalesce(versions.valid_to, 'infinity')
    where snapshots.feed = 'enrolments' and snapshots.is_in_force
    group by snapshots.file_id, versions.seed_code
),

compared as (
    select
        file_id,
        seed_code,
        coalesce(delivered.row_count, 0)::bigint as amount_in,
        coalesce(standing.row_count, 0)::bigint as amount_out
    from delivered
    full join standing using (file_id, seed_code)
),

counts as (
    select
        snapshots.local_authority_code,
        snapshots.academic_year,
        snapshots.feed,
        compared.file_id,
        compared.seed_code,
        snapshots.file_ids,
        snapshots.is_in_force,
        compared.amount_in,
        compared.amount_out
    from compared
    inner join snapshots using (file_id)
)

select * from counts
