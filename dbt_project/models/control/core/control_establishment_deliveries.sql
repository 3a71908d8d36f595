with file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }} as file_ledger
    where {{ in_touched_scope('file_ledger') }}
        and file_ledger.is_in_force
),

file_establishments as (
    select * from {{ ref('stg_control__file_establishments') }} as file_establishments
    where file_establishments.rows_accepted > 0
),

deliveries as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        file_establishments.seed_code,
        file_ledger.feed,
        array_agg(distinct file_ledger.delivery_id order by file_ledger.delivery_id) as delivery_ids, -- one per file
        max(file_ledger.extracted_at) as last_extracted_at,
        (array_agg(file_ledger.delivery_key order by file_ledger.extracted_at desc, file_ledger.file_id desc))[1]
            as last_delivery_key
    from file_ledger
    inner join file_establishments using (file_id)
    group by
        file_ledger.local_authority_code, file_ledger.academic_year, file_establishments.seed_code, file_ledger.feed
)

select * from deliveries
