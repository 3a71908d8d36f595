with years as (
    select distinct -- a year of its schools
        schools.local_authority_code,
        schools.academic_year,
        schools.results_state
    from {{ ref('secondary_schools_of_years') }} as schools
    where schools.leavers_state is not null
),

counted as (
    select
        years.local_authority_code,
        years.academic_year,
        {{ leaver_figures('leavers', breadth_and_depth()) }},
        {{ leaver_gaps('leavers', 'areas.has_most_deprived_fifth') }},
        '{{ var("simd_edition") }}' as simd_edition,
        'incomplete' as other_providers,
        years.results_state as state
    from years
    left join {{ ref('leaver_results') }} as leavers
        on years.local_authority_code = leavers.local_authority_code
        and years.academic_year = leavers.academic_year
    left join {{ ref('deprived_areas') }} as areas on years.local_authority_code = areas.local_authority_code
    group by
        years.local_authority_code, years.academic_year, years.results_state, areas.has_most_deprived_fifth
)

select * from counted
