{#- Made from the contract by `warehouse contracts`: do not edit. -#}
with cfe_levels as (
    select * from {{ source('raw', 'cfe_levels') }}
),

files as (
    select * from {{ ref('stg_control__files') }}
)

select
    files.local_authority_code,
    {{ academic_year_of('cfe_levels.academic_year') }} as academic_year,
    files.extracted_at,
    files.next_extracted_at,
    files.extract_date,
    files.sequence,
    cfe_levels.scn,
    cfe_levels.organiser,
    cfe_levels.language,
    cfe_levels.seed_code,
    cfe_levels.stage,
    cfe_levels.level_achieved,
    cfe_levels.assessed_on,
    cfe_levels.recorded_at,
    cfe_levels._file_id,
    cfe_levels._row_number
from cfe_levels
inner join files on cfe_levels._file_id = files.file_id
