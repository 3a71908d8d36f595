with counts as (
    select * from {{ ref('control_snapshot_counts') }} as counts
    where {{ in_touched_scope('counts') }}
),

found as (
    select * from {{ ref('control_snapshot_rows') }} as found
    where {{ in_touched_scope('found') }}
),

file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }}
),

balanced as (
    select
        counts.local_authority_code,
        counts.academic_year,
        'raw to canonical' as hop,
        file_id,
        seed_code,
        file_ledger.delivery_key,
        counts.feed,
        counts.amount_in,
        counts.amount_out,
        {{ explained({
            'superseded': 'case when counts.is_in_force then found.repeated end',
            'held_identity': 'case when counts.is_in_force then found.held end',
            'withdrawn': 'case when not counts.is_in_force then counts.amount_in end',
        }) }} as explained,
        not counts.is_in_force or counts.row_checksum = coalesce(found.row_checksum, 0) as checksum_matches
    from counts
    inner join file_ledger using (file_id)
    left join found using (file_id, seed_code)
)

select * from balanced
