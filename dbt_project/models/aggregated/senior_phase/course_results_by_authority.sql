-- Rule 43: every group of subjects and qualification in each year with an entry.
with years as (
    select distinct -- a year of its entries
        entries.local_authority_code,
        entries.academic_year
    from {{ ref('course_entries') }} as entries
),

subjects as (
    select distinct course_subjects.subject_group -- a group of its subjects
    from {{ ref('course_subjects') }} as course_subjects
    union all
    select {{ other_subjects() }} as subject_group
),

listed as (
    select
        years.local_authority_code,
        years.academic_year,
        subjects.subject_group,
        qualifications.qualification
    from years
    cross join subjects
    cross join unnest({{ graded_courses() }}) as qualifications (qualification)
),

counted as (
    select
        listed.local_authority_code,
        listed.academic_year,
        listed.subject_group,
        listed.qualification,
        {{ course_entries_figures('entries') }},
        {{ course_results_figures('entries') }},
        coalesce(states.state, 'not_yet') as state
    from listed
    left join {{ ref('course_entries') }} as entries
        on listed.local_authority_code = entries.local_authority_code
        and listed.academic_year = entries.academic_year
        and listed.subject_group = entries.subject_group
        and listed.qualification = entries.qualification
    left join {{ ref('states_of_results') }} as states
        on listed.local_authority_code = states.local_authority_code
        and listed.academic_year = states.academic_year
    group by
        listed.local_authority_code, listed.academic_year, listed.subject_group, listed.qualification, states.state
)

select * from counted
