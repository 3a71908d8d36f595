with enrolments as (
    select * from {{ source('raw', 'enrolments') }}
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
    enrolments.scn,
    enrolments.seed_code,
    enrolments.entry_date,
    enrolments.leaving_date,
    enrolments.stage,
    enrolments.registration_class,
    enrolments.is_base_school,
    coalesce(enrolments.status, 'on_roll') as status,
    coalesce(enrolments.mode_of_attendance, 'full_time') as mode_of_attendance,
    enrolments.leaving_reason,
    enrolments.updated_at,
    enrolments._file_id,
    enrolments._row_number
from enrolments
inner join files on enrolments._file_id = files.file_id
