{{ config(materialized='table') }}
-- The question of results day: of the S4 roll of a year, how many have so many awards by the end of S4, S5 and S6.
with rolls as (
    select
        pupil_years.pupil_token,
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        pupil_years.seed_code
    from {{ ref('pseudonymised_pupil_years') }} as pupil_years
    where pupil_years.stage = 'S4'
        and pupil_years.is_persistent_absence_school
),

ends (stage, years) as (
    values ('S4', 0), ('S5', 1), ('S6', 2)
),

pupils as (
    select
        rolls.pupil_token,
        rolls.local_authority_code,
        rolls.seed_code,
        {{ years_after('rolls.academic_year', 'ends.years') }} as academic_year,
        ends.stage
    from rolls
    cross join ends
),

-- only years of which results have come
due as (
    select
        pupils.*,
        states.state
    from pupils
    inner join {{ ref('states_of_results') }} as states
        on pupils.local_authority_code = states.local_authority_code
        and pupils.academic_year = states.academic_year
),

counted as (
    {% for award_set, column in {'national_qualifications': 'national_level', 'all_scqf': 'scqf_level'}.items() -%}
        select
            due.pupil_token,
            due.local_authority_code,
            due.seed_code,
            due.academic_year,
            due.stage,
            due.state,
            '{{ award_set }}' as award_set,
            levels.scqf_level,
            {{ subjects_at(column, 'levels.scqf_level') }} as subjects
        from due
        cross join generate_series(3, 7) as levels (scqf_level)
        left join {{ ref('counted_awards') }} as awards
            on due.pupil_token = awards.pupil_token
            and due.local_authority_code = awards.local_authority_code
            and due.academic_year >= awards.academic_year
        group by
            due.pupil_token, due.local_authority_code, due.seed_code, due.academic_year, due.stage, due.state,
            levels.scqf_level
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    counted.local_authority_code,
    {{ seed_text('counted.seed_code') }} as seed_code,
    counted.academic_year,
    counted.stage,
    counted.award_set,
    counted.scqf_level,
    numbers.awards,
    count(*)::integer as s4_roll,
    (count(*) filter (where counted.subjects >= numbers.awards))::integer as achieved,
    {{ share('count(*) filter (where counted.subjects >= numbers.awards)', 'count(*)') }} as achieved_share,
    case counted.award_set when 'all_scqf' then 'incomplete' end as other_providers,
    counted.state
from counted
cross join generate_series(1, 5) as numbers (awards)
group by
    counted.local_authority_code, counted.seed_code, counted.academic_year, counted.stage, counted.award_set,
    counted.scqf_level, numbers.awards, counted.state
