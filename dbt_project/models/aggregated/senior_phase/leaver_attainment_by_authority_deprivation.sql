-- Rule 43: every group of the list, whether anybody is in it or not.
with years as (
    select distinct -- a year of its schools
        schools.local_authority_code,
        schools.academic_year,
        schools.results_state
    from {{ ref('secondary_schools_of_years') }} as schools
    where schools.leavers_state is not null
),

listed as (
    select
        years.local_authority_code,
        years.academic_year,
        quintiles.simd_quintile,
        years.results_state
    from years
    cross join unnest(array['1', '2', '3', '4', '5', 'unknown']) as quintiles (simd_quintile)
),

counted as (
    select
        listed.local_authority_code,
        listed.academic_year,
        listed.simd_quintile,
        {{ leaver_figures('leavers') }},
        '{{ var("simd_edition") }}' as simd_edition,
        'incomplete' as other_providers,
        listed.results_state as state
    from listed
    left join {{ ref('leaver_results') }} as leavers
        on listed.local_authority_code = leavers.local_authority_code
        and listed.academic_year = leavers.academic_year
        and listed.simd_quintile = leavers.simd_quintile
    group by listed.local_authority_code, listed.academic_year, listed.simd_quintile, listed.results_state
)

select * from counted
