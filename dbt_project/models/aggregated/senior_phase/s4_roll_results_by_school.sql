-- Rule 43: every school of the list has a row in every year.
with counted as (
    select
        schools.local_authority_code,
        schools.seed_code,
        schools.sector,
        schools.academic_year,
        'S4' as stage,
        {{ s4_roll_figures('pupils') }},
        'incomplete' as other_providers,
        schools.by_s4 as by_s4_state,
        schools.by_s5 as by_s5_state,
        schools.by_s6 as by_s6_state
    from {{ ref('secondary_schools_of_years') }} as schools
    left join {{ ref('s4_roll_results') }} as pupils
        on schools.local_authority_code = pupils.local_authority_code
        and schools.seed_code = pupils.seed_code
        and schools.sector = pupils.sector
        and schools.academic_year = pupils.academic_year
    group by
        schools.local_authority_code, schools.seed_code, schools.sector, schools.academic_year, schools.by_s4,
        schools.by_s5, schools.by_s6
)

select * from counted
