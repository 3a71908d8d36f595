with years as (
    select distinct -- a year of its schools
        schools.local_authority_code,
        schools.academic_year,
        schools.by_s4,
        schools.by_s5,
        schools.by_s6
    from {{ ref('secondary_schools_of_years') }} as schools
),

counted as (
    select
        years.local_authority_code,
        years.academic_year,
        'S4' as stage,
        {{ s4_roll_figures('pupils') }},
        'incomplete' as other_providers,
        years.by_s4 as by_s4_state,
        years.by_s5 as by_s5_state,
        years.by_s6 as by_s6_state
    from years
    left join {{ ref('s4_roll_results') }} as pupils
        on years.local_authority_code = pupils.local_authority_code
        and years.academic_year = pupils.academic_year
    group by years.local_authority_code, years.academic_year, years.by_s4, years.by_s5, years.by_s6
)

select * from counted
