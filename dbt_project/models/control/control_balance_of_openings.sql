with raw_counts as (
    select
        raw_counts.local_authority_code,
        raw_counts.academic_year,
        raw_counts.file_id,
        raw_counts.seed_code,
        raw_counts.row_count,
        raw_counts.key_checksum
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
        bit_xor(openings.key_checksum) as key_checksum
    from {{ ref('control_opening_counts') }} as openings
    where openings.file_id in (select file_ledger.file_id from file_ledger)
    group by openings.file_id, openings.seed_code
),

superseded as (
    select
        superseded._file_id as file_id,
        superseded.seed_code,
        count(*) as row_count,
        {{ row_checksum('superseded') }} as key_checksum
    from {{ ref('canonical_superseded_openings') }} as superseded
    where superseded._file_id in (select file_ledger.file_id from file_ledger)
    group by superseded._file_id, superseded.seed_code
),

held as (
    select
        held._file_id as file_id,
        held.seed_code,
        count(*) as row_count,
        {{ row_checksum('held') }} as key_checksum
    from {{ ref('canonical_held_openings') }} as held
    where held._file_id in (select file_ledger.file_id from file_ledger)
    group by held._file_id, held.seed_code
),

left_out as (
    select
        left_out._file_id as file_id,
        left_out.seed_code,
        count(*) filter (where left_out.reason = 'out_of_scope') as out_of_scope,
        count(*) filter (where left_out.reason = 'marked_elsewhere') as marked_elsewhere,
        {{ row_checksum('left_out') }} as key_checksum
    from {{ ref('canonical_openings_left_out') }} as left_out
    where left_out._file_id in (select file_ledger.file_id from file_ledger)
    group by left_out._file_id, left_out.seed_code
),

places as (
    select file_id, seed_code from raw_counts inner join file_ledger using (file_id)
    union
    select openings.file_id, openings.seed_code from openings
    union
    select superseded.file_id, superseded.seed_code from superseded
    union
    select held.file_id, held.seed_code from held
    union
    select left_out.file_id, left_out.seed_code from left_out
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
        {{ explained({
            'superseded': 'coalesce(superseded.row_count, 0)',
            'held_identity': 'coalesce(held.row_count, 0)',
            'out_of_scope': 'coalesce(left_out.out_of_scope, 0)',
            'marked_elsewhere': 'coalesce(left_out.marked_elsewhere, 0)',
            'withdrawn': 'case when file_ledger.is_in_force then 0 else raw_counts.row_count end',
        }) }} as explained,
        not file_ledger.is_in_force
        or coalesce(raw_counts.key_checksum, 0)
            = coalesce(openings.key_checksum, 0) # coalesce(superseded.key_checksum, 0) # coalesce(held.key_checksum, 0)
            # coalesce(left_out.key_checksum, 0)
            as checksum_matches
    from places
    inner join file_ledger using (file_id)
    left join raw_counts using (file_id, seed_code)
    left join openings using (file_id, seed_code)
    left join superseded using (file_id, seed_code)
    left join held using (file_id, seed_code)
    left join left_out using (file_id, seed_code)
)

select * from balanced
