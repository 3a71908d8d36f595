-- depends_on: {{ ref('control_audited_scopes') }}
with file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }} as file_ledger
    where {{ in_touched_scope('file_ledger') }}
        and file_ledger.status = 'landed'
),

-- an array and not a join, so that only the blocks of these files are read
row_counts as (
    select * from {{ ref('stg_seemis__row_counts') }} as row_counts
    where row_counts.file_id = any(array(select file_ledger.file_id from file_ledger))
),

counts as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        file_ledger.file_id,
        row_counts.seed_code,
        row_counts.row_count,
        row_counts.key_checksum
    from row_counts
    inner join file_ledger using (file_id)
)

select * from counts
