{{ config(materialized='table') }}
with qualifications as (
    {{ rows_of_feed('qualifications') }}
)

select
    qualifications.local_authority_code,
    qualifications.academic_year,
    qualifications.pupil_id,
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
    qualifications.file_id,
    qualifications.row_number
from qualifications
where qualifications.fate = 'counts'
