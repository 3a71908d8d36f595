-- Rule 43: every row of the list, whether anybody is in it or not.
with places as (
    select
        schools.local_authority_code,
        schools.seed_code,
        schools.sector,
        schools.academic_year,
        schools.state
    from {{ ref('returned_schools') }} as schools
),

counted as (
    select
        places.local_authority_code,
        places.seed_code,
        places.sector,
        places.academic_year,
        {{ returned_figures('pupils') }},
        {{ returned_bands('pupils') }},
        places.state
    from places
    left join {{ ref('returned_pupils') }} as pupils
        on places.local_authority_code = pupils.local_authority_code
        and places.seed_code = pupils.seed_code
        and places.sector = pupils.sector
        and places.academic_year = pupils.academic_year
    group by
        places.local_authority_code, places.seed_code, places.sector, places.academic_year, places.state
)

select * from counted
