{{ config(materialized='table') }}
-- Who stands behind released results of courses: a pupil once in each group of subjects, by the year's best result.
with schools as (
    select distinct -- a school of its years
        schools.local_authority_code,
        schools.seed_code,
        schools.sector
    from {{ ref('secondary_schools_of_years') }} as schools
),

entries as (
    select
        results.local_authority_code,
        results.academic_year,
        results.pupil_token,
        schools.seed_code,
        schools.sector,
        coalesce(of_group.subject_group, of_subject.subject_group, {{ other_subjects() }}) as subject_group,
        results.award_type as qualification,
        {{ course_result_place('results', 'award_grades') }} as place
    from {{ ref('pseudonymised_results') }} as results
    inner join schools
        on results.local_authority_code = schools.local_authority_code
        and {{ seed_text('results.seed_code') }} = schools.seed_code
    left join {{ ref('course_subjects') }} as of_group on lower(trim(results.subject_group)) = of_group.subject
    left join {{ ref('course_subjects') }} as of_subject on lower(trim(results.subject)) = of_subject.subject
    left join {{ ref('award_grades') }} as award_grades on results.grade = award_grades.grade
    where results.award_type = any({{ graded_courses() }})
),

best as (
    select distinct on (
        entries.local_authority_code, entries.academic_year, entries.pupil_token, entries.subject_group,
        entries.qualification
    )
        entries.local_authority_code,
        entries.academic_year,
        entries.pupil_token,
        entries.seed_code,
        entries.sector,
        entries.subject_group,
        entries.qualification,
        {{ course_result_at('entries.place') }} as course_result
    from entries
    order by
        entries.local_authority_code asc, entries.academic_year asc, entries.pupil_token asc,
        entries.subject_group asc, entries.qualification asc, entries.place asc, entries.seed_code asc
)

select * from best
order by best.pupil_token
