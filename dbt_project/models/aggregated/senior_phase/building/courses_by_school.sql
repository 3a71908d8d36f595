{{ config(materialized='table') }}
with results as (
    select * from {{ ref('pseudonymised_results') }}
),

graded as (
    select
        results.*,
        coalesce(award_grades.is_award, false) as is_award
    from results
    left join {{ ref('award_grades') }} as award_grades on results.grade = award_grades.grade
)

select
    graded.local_authority_code,
    {{ seed_text('graded.seed_code') }} as seed_code,
    graded.academic_year,
    coalesce(graded.subject_group, graded.subject) as subject_group,
    graded.award_type,
    graded.scqf_level,
    count(*)::integer as entries,
    (count(*) filter (where graded.entry_status = 'withdrawn'))::integer as withdrawn,
    (count(*) filter (where graded.entry_status = 'resulted'))::integer as resulted,
    (count(*) filter (where graded.entry_status = 'resulted' and graded.grade = 'A'))::integer as grade_a,
    (count(*) filter (where graded.entry_status = 'resulted' and graded.grade in ('A', 'B', 'C')))::integer
        as grade_a_to_c,
    (count(*) filter (where graded.entry_status = 'resulted' and graded.is_award))::integer as awarded,
    {{ share("count(*) filter (where graded.entry_status = 'resulted' and graded.is_award)",
             "count(*) filter (where graded.entry_status = 'resulted')") }} as awarded_share,
    coalesce(min(states.state), 'pre_review') as state
from graded
left join {{ ref('states_of_results') }} as states
    on graded.local_authority_code = states.local_authority_code
    and graded.academic_year = states.academic_year
group by
    graded.local_authority_code, graded.seed_code, graded.academic_year,
    coalesce(graded.subject_group, graded.subject), graded.award_type, graded.scqf_level
