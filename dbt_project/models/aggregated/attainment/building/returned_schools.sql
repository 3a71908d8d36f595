{{ config(materialized='table') }}
-- Rule 43: the list of schools is that of the censuses, in every year of a return; one with judgements is on it anyway.
with years as (
    select
        pupils.local_authority_code,
        pupils.academic_year,
        min(pupils.state) as state
    from {{ ref('returned_pupils') }} as pupils
    group by pupils.local_authority_code, pupils.academic_year
),

schools as (
    select
        census_schools.local_authority_code,
        {{ seed_text('census_schools.seed_code') }} as seed_code,
        census_schools.sector
    from {{ ref('pseudonymised_census_schools') }} as census_schools
    where census_schools.sector in ('primary', 'secondary')
    union
    select
        pupils.local_authority_code,
        pupils.seed_code,
        pupils.sector
    from {{ ref('returned_pupils') }} as pupils
)

select
    schools.local_authority_code,
    schools.seed_code,
    schools.sector,
    years.academic_year,
    years.state
from schools
inner join years on schools.local_authority_code = years.local_authority_code
