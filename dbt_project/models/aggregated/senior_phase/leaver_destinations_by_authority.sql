with years as (
    select distinct -- a year of its schools
        schools.local_authority_code,
        schools.academic_year,
        schools.leavers_state
    from {{ ref('secondary_schools_of_years') }} as schools
    where schools.leavers_state is not null
),

counted as (
    select
        years.local_authority_code,
        years.academic_year,
        count(leavers.pupil_token)::integer as leavers,
        {{ destination_figures('leavers', 'initial') }},
        {{ destination_figures('leavers', 'follow_up') }},
        {{ gap_of_areas('leavers', 'initial', positive_destination_groups(), 'areas.has_most_deprived_fifth') }}
            as initial_positive_gap,
        {{ gap_of_areas('leavers', 'follow_up', positive_destination_groups(), 'areas.has_most_deprived_fifth') }}
            as follow_up_positive_gap,
        '{{ var("simd_edition") }}' as simd_edition,
        years.leavers_state as state
    from years
    left join {{ ref('leaver_results') }} as leavers
        on years.local_authority_code = leavers.local_authority_code
        and years.academic_year = leavers.academic_year
    left join {{ ref('deprived_areas') }} as areas on years.local_authority_code = areas.local_authority_code
    group by
        years.local_authority_code, years.academic_year, years.leavers_state, areas.has_most_deprived_fifth
)

select * from counted
