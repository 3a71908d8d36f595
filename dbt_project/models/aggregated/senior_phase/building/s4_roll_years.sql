{{ config(materialized='table') }}
-- Which results have come of the S4 roll of a year: those by the end of S5 need those of S4, and so on.
with rolls as (
    select distinct -- a year of its pupils
        pupils.local_authority_code,
        pupils.academic_year
    from {{ ref('roll_census_pupils') }} as pupils
)

select
    rolls.local_authority_code,
    rolls.academic_year,
    coalesce(s4.state, 'not_yet') as by_s4,
    case when s4.state is not null then coalesce(s5.state, 'not_yet') else 'not_yet' end as by_s5,
    case when s4.state is not null and s5.state is not null then coalesce(s6.state, 'not_yet') else 'not_yet' end
        as by_s6
from rolls
left join {{ ref('states_of_results') }} as s4
    on rolls.local_authority_code = s4.local_authority_code
    and rolls.academic_year = s4.academic_year
left join {{ ref('states_of_results') }} as s5
    on rolls.local_authority_code = s5.local_authority_code
    and {{ years_after('rolls.academic_year', 1) }} = s5.academic_year
left join {{ ref('states_of_results') }} as s6
    on rolls.local_authority_code = s6.local_authority_code
    and {{ years_after('rolls.academic_year', 2) }} = s6.academic_year
