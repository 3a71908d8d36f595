{#- Made from the contract by `warehouse contracts`: do not edit. -#}
with qualifications as (
    select * from {{ source('raw', 'qualifications') }}
),

files as (
    select * from {{ ref('stg_control__files') }}
)

select
    files.local_authority_code,
    {{ academic_year_of('qualifications.academic_year') }} as academic_year,
    files.extracted_at,
    files.next_extracted_at,
    files.extract_date,
    files.sequence,
    qualifications.scn,
    qualifications.course_code,
    qualifications.subject,
    qualifications.subject_group,
    qualifications.seed_code,
    qualifications.presenting_seed_code,
    qualifications.stage,
    qualifications.scqf_level,
    qualifications.award_type,
    qualifications.provider,
    qualifications.entry_status,
    qualifications.grade,
    qualifications.result_band,
    qualifications.scqf_credit_points,
    qualifications.result_stage,
    qualifications.awarded_on,
    qualifications.recorded_at,
    qualifications._file_id,
    qualifications._row_number
from qualifications
inner join files on qualifications._file_id = files.file_id
