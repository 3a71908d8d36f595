{#- Made from the contract by `warehouse contracts`: do not edit. -#}
with support_needs as (
    select * from {{ source('raw', 'support_needs') }}
),

files as (
    select * from {{ ref('stg_control__files') }}
)

select
    files.local_authority_code,
    files.academic_year,
    files.extracted_at,
    files.next_extracted_at,
    files.extract_date,
    files.sequence,
    support_needs.scn,
    support_needs.start_date,
    support_needs.plan_type,
    support_needs.need_code,
    support_needs.nature_of_support,
    support_needs.mainstream_integration,
    support_needs.end_date,
    support_needs.updated_at,
    support_needs._file_id,
    support_needs._row_number
from support_needs
inner join files on support_needs._file_id = files.file_id
