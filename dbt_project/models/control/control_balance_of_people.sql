with counts as (
    select * from {{ ref('control_snapshot_counts') }} as counts
    where {{ in_touched_scope('counts') }}
),

repeats as (
    select * from {{ ref('control_snapshot_repeats') }} as repeats
    where {{ in_touched_scope('repeats') }}
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
            'superseded': 'case when counts.is_in_force then repeats.repeated end',
            'held_identity': 'case when counts.is_in_force then repeats.held end',
            'withdrawn': 'case when not counts.is_in_force then counts.amount_in end',
        }) }} as explained,
        true as checksum_matches
    from counts
    inner join file_ledger using (file_id)
    left join repeats using (file_id, seed_code)
)

select * from balanced
