{{ config(materialized='table') }}
with qualifications as (
    select * from {{ ref('canonical_qualifications') }}
),

tokens as (
    select * from {{ ref('stg_vault__tokens') }}
)

select
    tokens.pupil_token,
    qualifications.local_authority_code,
    qualifications.academic_year,
    qualifications.course_code,
    qualifications.subject,
    qualifications.subject_group,
    qualifications.seed_code,
    qualifications.stage,
    qualifications.scqf_level,
    qualifications.award_type,
    qualifications.provider,
    qualifications.entry_status,
    qualifications.grade,
    qualifications.result_stage
from qualifications
inner join tokens on qualifications.pupil_id = tokens.pupil_id
-- tables past canonical lie in the order of the token, which follows nothing (rule 6)
order by tokens.pupil_token
