{{ config(materialized='table') }}
-- Rule 43: the list of schools is that of the censuses; one with leavers or an S4 roll is on it anyway.
with schools as (
    select
        census_schools.local_authority_code,
        {{ seed_text('census_schools.seed_code') }} as seed_code,
        census_schools.sector
    from {{ ref('pseudonymised_census_schools') }} as census_schools
    where census_schools.sector = 'secondary'
    union
    select
        leavers.local_authority_code,
        leavers.seed_code,
        leavers.sector
    from {{ ref('leaver_results') }} as leavers
    union
    select
        pupils.local_authority_code,
        pupils.seed_code,
        pupils.sector
    from {{ ref('s4_roll_results') }} as pupils
),

years as (
    select
        s4_roll_years.local_authority_code,
        s4_roll_years.academic_year
    from {{ ref('s4_roll_years') }} as s4_roll_years
    union
    select
        leavers.local_authority_code,
        leavers.academic_year
    from {{ ref('leaver_results') }} as leavers
),

leaver_years as (
    select
        leavers.local_authority_code,
        leavers.academic_year,
        min(leavers.state) as leavers_state,
        min(leavers.results_state) as results_state
    from {{ ref('leaver_results') }} as leavers
    group by leavers.local_authority_code, leavers.academic_year
)

select
    schools.local_authority_code,
    schools.seed_code,
    schools.sector,
    years.academic_year,
    leaver_years.leavers_state,
    leaver_years.results_state,
    coalesce(s4_roll_years.by_s4, 'not_yet') as by_s4,
    coalesce(s4_roll_years.by_s5, 'not_yet') as by_s5,
    coalesce(s4_roll_years.by_s6, 'not_yet') as by_s6
from schools
inner join years on schools.local_authority_code = years.local_authority_code
left join leaver_years
    on years.local_authority_code = leaver_years.local_authority_code
    and years.academic_year = leaver_years.academic_year
left join {{ ref('s4_roll_years') }} as s4_roll_years
    on years.local_authority_code = s4_roll_years.local_authority_code
    and years.academic_year = s4_roll_years.academic_year
