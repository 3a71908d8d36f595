{{ config(materialized='table') }}
-- Who stands behind what is released of leavers. Results of a year are those of all years of the senior phase up to it.
with years as (
    select
        states.local_authority_code,
        states.academic_year,
        states.state,
        count(*) over (
            partition by states.local_authority_code
            order by left(states.academic_year, 4)::integer
            range between 2 preceding and current row
        ) = 3 as is_complete
    from {{ ref('states_of_results') }} as states
),

best as (
    select
        leaver_awards.pupil_token,
        leaver_awards.local_authority_code,
        leaver_awards.academic_year,
        {% for level in (4, 5, 6, 7) -%}
            max(leaver_awards.subjects) filter (
                where leaver_awards.award_set = 'all_scqf' and leaver_awards.scqf_level >= {{ level }}
            ) as all_scqf_at_{{ level }},
        {% endfor -%}
        max(leaver_awards.scqf_level) filter (
            where leaver_awards.award_set = 'national_qualifications' and leaver_awards.subjects >= 1
        ) as national_one
    from {{ ref('leaver_awards') }} as leaver_awards
    group by leaver_awards.pupil_token, leaver_awards.local_authority_code, leaver_awards.academic_year
),

destinations as (
    select
        destinations.pupil_token,
        destinations.local_authority_code,
        destinations.academic_year,
        max({{ released_destination('destinations.destination', 'destinations.is_positive') }}) filter (
            where destinations.edition = 'initial'
        ) as initial,
        max({{ released_destination('destinations.destination', 'destinations.is_positive') }}) filter (
            where destinations.edition = 'follow_up'
        ) as follow_up
    from {{ ref('destinations_of_leavers') }} as destinations
    group by destinations.pupil_token, destinations.local_authority_code, destinations.academic_year
),

found as (
    select
        leavers.local_authority_code,
        leavers.academic_year,
        leavers.pupil_token,
        {{ seed_text('leavers.seed_code') }} as seed_code,
        {{ sector_of_stage('leavers.leaving_stage') }} as sector,
        leavers.simd_quintile,
        case when years.is_complete then {{ best_of_one('best.national_one') }} else 'not_asked' end as national,
        case
            when years.is_complete then {{ all_scqf_step('best') }}
            else 'not_asked'
        end as all_scqf,
        coalesce(destinations.initial, 'not_asked') as initial,
        coalesce(destinations.follow_up, 'not_asked') as follow_up,
        leavers.state,
        case when years.is_complete then years.state else 'incomplete' end as results_state
    from {{ ref('mainstream_leavers') }} as leavers
    left join years
        on leavers.local_authority_code = years.local_authority_code
        and leavers.academic_year = years.academic_year
    left join best
        on leavers.pupil_token = best.pupil_token
        and leavers.local_authority_code = best.local_authority_code
        and leavers.academic_year = best.academic_year
    left join destinations
        on leavers.pupil_token = destinations.pupil_token
        and leavers.local_authority_code = destinations.local_authority_code
        and leavers.academic_year = destinations.academic_year
)

select
    found.*,
    {{ leavers_reached_in('found') }}
from found
order by found.pupil_token
