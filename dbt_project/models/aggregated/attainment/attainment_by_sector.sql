with places as (
    select distinct -- a sector of its schools
        schools.local_authority_code,
        schools.sector,
        schools.academic_year,
        schools.state
    from {{ ref('returned_schools') }} as schools
),

counted as (
    select
        places.local_authority_code,
        places.sector,
        places.academic_year,
        {{ returned_figures('pupils') }},
        {{ returned_gaps('pupils', 'areas.has_most_deprived_fifth') }},
        {{ prediction_figures('pupils') }},
        '{{ var("simd_edition") }}' as simd_edition,
        places.state
    from places
    left join {{ ref('returned_pupils') }} as pupils
        on places.local_authority_code = pupils.local_authority_code
        and places.sector = pupils.sector
        and places.academic_year = pupils.academic_year
    left join {{ ref('deprived_areas') }} as areas on places.local_authority_code = areas.local_authority_code
    group by
        places.local_authority_code, places.sector, places.academic_year, places.state,
        areas.has_most_deprived_fifth
)

select * from counted
