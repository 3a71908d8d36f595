-- Rule 43: every group of the list, whether anybody is in it or not.
with years as (
    select distinct -- a year of its schools
        schools.local_authority_code,
        schools.academic_year,
        schools.leavers_state
    from {{ ref('secondary_schools_of_years') }} as schools
    where schools.leavers_state is not null
),

listed as (
    select
        years.local_authority_code,
        years.academic_year,
        quintiles.simd_quintile,
        years.leavers_state
    from years
    cross join unnest(array['1', '2', '3', '4', '5', 'unknown']) as quintiles (simd_quintile)
),

counted as (
    select
        listed.local_authority_code,
        listed.academic_year,
        listed.simd_quintile,
        count(leavers.pupil_token)::integer as leavers,
        ({{ asked_of('leavers', 'initial') }})::integer as initial_cohort,
        {{ positive_figures('leavers', 'initial') }},
        ({{ asked_of('leavers', 'follow_up') }})::integer as follow_up_cohort,
        {{ positive_figures('leavers', 'follow_up') }},
        '{{ var("simd_edition") }}' as simd_edition,
        listed.leavers_state as state
    from listed
    left join {{ ref('leaver_results') }} as leavers
        on listed.local_authority_code = leavers.local_authority_code
        and listed.academic_year = leavers.academic_year
        and listed.simd_quintile = leavers.simd_quintile
    group by listed.local_authority_code, listed.academic_year, listed.simd_quintile, listed.leavers_state
)

select * from counted
