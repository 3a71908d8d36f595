-- depends_on: {{ ref('canonical_attendance_openings') }}
-- Marks of a file are openings, or set aside for a reason; the hash of what they say is that of raw.
with raw_counts as (
    select
        raw_counts.local_authority_code,
        raw_counts.academic_year,
        raw_counts.file_id,
        raw_counts.seed_code,
        raw_counts.row_count,
        raw_counts.resolved_content
    from {{ ref('control_raw_counts') }} as raw_counts
    where {{ in_touched_scope('raw_counts') }}
),

file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }} as file_ledger
    where {{ in_touched_scope('file_ledger') }}
        and file_ledger.feed = 'attendance'
        and file_ledger.status = 'landed'
),

-- a file may have marks of two years, and is one line here
openings as (
    select
        openings.file_id,
        openings.seed_code,
        sum(openings.row_count) as row_count,
        sum(openings.content) as content
    from {{ ref('control_opening_counts') }} as openings
    where openings.file_id in (select file_ledger.file_id from file_ledger)
    group by openings.file_id, openings.seed_code
),

set_aside as (
    select
        by_reason.file_id,
        by_reason.seed_code,
        jsonb_object_agg(by_reason.reason, by_reason.row_count) as explained,
        sum(by_reason.content) as content
    from (
        {{ set_aside_contents('set_aside._file_id in (select file_ledger.file_id from file_ledger)') }}
    ) as by_reason
    group by by_reason.file_id, by_reason.seed_code
),

places as (
    select file_id, seed_code from raw_counts inner join file_ledger using (file_id)
    union
    select openings.file_id, openings.seed_code from openings
    union
    select set_aside.file_id, set_aside.seed_code from set_aside
),

balanced as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        'raw to canonical' as hop,
        file_id,
        seed_code,
        file_ledger.delivery_key,
        file_ledger.feed,
        coalesce(raw_counts.row_count, 0)::bigint as amount_in,
        coalesce(openings.row_count, 0)::bigint as amount_out,
        coalesce(set_aside.explained, '{}')
        || {{ explained({
            'withdrawn': 'case when file_ledger.is_in_force then 0 else raw_counts.row_count end',
        }) }} as explained,
        not file_ledger.is_in_force
        or coalesce(raw_counts.resolved_content, 0)
            = coalesce(openings.content, 0) + coalesce(set_aside.content, 0) as checksum_matches
    from places
    inner join file_ledger using (file_id)
    left join raw_counts using (file_id, seed_code)
    left join openings using (file_id, seed_code)
    left join set_aside using (file_id, seed_code)
)

select * from balanced
