-- Rule 43: every row of the list, whether anybody is in it or not.
with places as (
    select distinct -- a sector of its schools
        schools.local_authority_code,
        schools.sector,
        schools.academic_year,
        schools.state
    from {{ ref('returned_schools') }} as schools
),

listed as (
    select
        places.local_authority_code,
        places.sector,
        places.academic_year,
        stages.stage,
        quintiles.simd_quintile,
        places.state
    from places
    inner join {{ returned_stages() }} as stages on places.sector = stages.sector
    cross join unnest(array['1', '2', '3', '4', '5', 'unknown']) as quintiles (simd_quintile)
),

counted as (
    select
        listed.local_authority_code,
        listed.sector,
        listed.academic_year,
        listed.stage,
        listed.simd_quintile,
        {{ returned_figures('pupils') }},
        '{{ var("simd_edition") }}' as simd_edition,
        listed.state
    from listed
    left join {{ ref('returned_pupils') }} as pupils
        on listed.local_authority_code = pupils.local_authority_code
        and listed.sector = pupils.sector
        and listed.academic_year = pupils.academic_year
        and listed.stage = pupils.stage
        and listed.simd_quintile = pupils.simd_quintile
    group by
        listed.local_authority_code, listed.sector, listed.academic_year, listed.stage, listed.simd_quintile,
        listed.state
)

select * from counted
