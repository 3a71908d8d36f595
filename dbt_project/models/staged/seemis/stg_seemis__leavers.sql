{#- Made from the contract by `warehouse contracts`: do not edit. -#}
with leavers as (
    select * from {{ source('raw', 'leavers') }}
),

files as (
    select * from {{ ref('stg_control__files') }}
)

select
    files.local_authority_code,
    {{ academic_year_of('leavers.academic_year') }} as academic_year,
    files.extracted_at,
    files.next_extracted_at,
    files.extract_date,
    files.sequence,
    leavers.scn,
    leavers.seed_code,
    leavers.leaving_stage,
    leavers.leaving_date,
    leavers.initial_destination,
    leavers.initial_as_at,
    leavers.follow_up_destination,
    leavers.follow_up_as_at,
    leavers.recorded_at,
    leavers._file_id,
    leavers._row_number
from leavers
inner join files on leavers._file_id = files.file_id
