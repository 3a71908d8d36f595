-- Rule 9: a leaving date before the entry date says that the pupil never came.
with enrolments as (
    select * from {{ source('raw', 'enrolments') }}
),

files as (
    select * from {{ ref('stg_control__files') }}
),

placeholder_scns as (
    select
        authorities.local_authority_code,
        placeholders.scn::integer as scn
    from {{ ref('placeholder_scns') }} as placeholders
    inner join {{ ref('local_authorities') }} as authorities
        on placeholders.local_authority_code is null
        or placeholders.local_authority_code = authorities.local_authority_code
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
    case
        when enrolments.leaving_date < enrolments.entry_date then 'withdrawn'
        else coalesce(enrolments.status, 'on_roll')
    end as status,
    coalesce(enrolments.mode_of_attendance, 'full_time') as mode_of_attendance,
    enrolments.leaving_reason,
    enrolments.updated_at,
    enrolments._file_id,
    enrolments._row_number,
    (files.local_authority_code, enrolments.scn) in (
        select
            placeholder_scns.local_authority_code,
            placeholder_scns.scn
        from placeholder_scns
    ) as has_placeholder_scn
from enrolments
inner join files on enrolments._file_id = files.file_id
