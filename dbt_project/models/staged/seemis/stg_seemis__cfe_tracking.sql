{#- Made from the contract by `warehouse contracts`: do not edit. -#}
with cfe_tracking as (
    select * from {{ source('raw', 'cfe_tracking') }}
),

files as (
    select * from {{ ref('stg_control__files') }}
)

select
    files.local_authority_code,
    {{ academic_year_of('cfe_tracking.academic_year') }} as academic_year,
    files.extracted_at,
    files.next_extracted_at,
    files.extract_date,
    files.sequence,
    cfe_tracking.scn,
    cfe_tracking.collection,
    cfe_tracking.organiser,
    cfe_tracking.language,
    cfe_tracking.seed_code,
    cfe_tracking.stage,
    cfe_tracking.predicted_level,
    cfe_tracking.on_track,
    cfe_tracking.progress,
    cfe_tracking.recorded_at,
    cfe_tracking._file_id,
    cfe_tracking._row_number
from cfe_tracking
inner join files on cfe_tracking._file_id = files.file_id
