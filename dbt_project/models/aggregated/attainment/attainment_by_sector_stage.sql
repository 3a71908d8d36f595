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
        places.state
    from places
    inner join {{ returned_stages() }} as stages on places.sector = stages.sector
),

counted as (
    select
        listed.local_authority_code,
        listed.sector,
        listed.academic_year,
        listed.stage,
        {{ returned_figures('pupils') }},
        {{ returned_gaps('pupils', 'areas.has_most_deprived_fifth') }},
        {{ prediction_figures('pupils') }},
        {{ distributed_levels('pupils') }},
        '{{ var("simd_edition") }}' as simd_edition,
        listed.state
    from listed
    left join {{ ref('returned_pupils') }} as pupils
        on listed.local_authority_code = pupils.local_authority_code
        and listed.sector = pupils.sector
        and listed.academic_year = pupils.academic_year
        and listed.stage = pupils.stage
    left join {{ ref('deprived_areas') }} as areas on listed.local_authority_code = areas.local_authority_code
    group by
        listed.local_authority_code, listed.sector, listed.academic_year, listed.stage, listed.state,
        areas.has_most_deprived_fifth
)

select * from counted
