{{ config(materialized='table') }}
-- Each result with the level at which it counts in National Qualifications, in All SCQF, and in breadth and depth.
with results as (
    select * from {{ ref('pseudonymised_results') }}
)

select
    results.pupil_token,
    results.local_authority_code,
    results.academic_year,
    results.course_code,
    coalesce(results.subject_group, results.subject) as subject,
    results.stage,
    {{ national_qualifications_level('results', 'award_types', 'award_grades') }}::integer as national_level,
    {{ all_scqf_level('results', 'award_types', 'award_grades') }}::integer as scqf_level,
    {{ breadth_and_depth_level('results', 'award_types', 'award_grades') }}::integer as depth_level,
    results.result_stage
from results
left join {{ ref('award_types') }} as award_types on results.award_type = award_types.award_type
left join {{ ref('award_grades') }} as award_grades on results.grade = award_grades.grade
order by results.pupil_token
