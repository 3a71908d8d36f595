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

listed as (
    select
        places.local_authority_code,
        places.seed_code,
        places.sector,
        places.academic_year,
        stages.stage,
        places.state
    from places
    inner join {{ returned_stages() }} as stages on places.sector = stages.sector
),

counted as (
    select
        listed.local_authority_code,
        listed.seed_code,
        listed.sector,
        listed.academic_year,
        listed.stage,
        {{ returned_figures('pupils') }},
        {{ returned_bands('pupils') }},
        {{ prediction_figures('pupils') }},
        {{ distributed_levels('pupils') }},
        listed.state
    from listed
    left join {{ ref('returned_pupils') }} as pupils
        on listed.local_authority_code = pupils.local_authority_code
        and listed.seed_code = pupils.seed_code
        and listed.sector = pupils.sector
        and listed.academic_year = pupils.academic_year
        and listed.stage = pupils.stage
    group by
        listed.local_authority_code, listed.seed_code, listed.sector, listed.academic_year, listed.stage,
        listed.state
)

select * from counted
