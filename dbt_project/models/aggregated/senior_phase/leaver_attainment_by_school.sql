-- Rule 43: every school of the list has a row in every year of leavers.
with schools as (
    select * from {{ ref('secondary_schools_of_years') }} as schools
    where schools.leavers_state is not null
),

counted as (
    select
        schools.local_authority_code,
        schools.seed_code,
        schools.sector,
        schools.academic_year,
        {{ leaver_figures('leavers', breadth_and_depth()) }},
        {{ leaver_bands('leavers') }},
        'incomplete' as other_providers,
        schools.results_state as state
    from schools
    left join {{ ref('leaver_results') }} as leavers
        on schools.local_authority_code = leavers.local_authority_code
        and schools.seed_code = leavers.seed_code
        and schools.sector = leavers.sector
        and schools.academic_year = leavers.academic_year
    group by
        schools.local_authority_code, schools.seed_code, schools.sector, schools.academic_year, schools.results_state
)

select * from counted
