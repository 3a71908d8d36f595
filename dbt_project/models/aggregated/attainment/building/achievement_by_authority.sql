{{ config(materialized='table') }}
with achieved_levels as (
    select * from {{ ref('achieved_levels') }}
),

counted as (
    select
        achieved_levels.local_authority_code,
        achieved_levels.academic_year,
        achieved_levels.stage,
        achieved_levels.organiser,
        achieved_levels.language,
        coalesce(achieved_levels.simd_quintile, 'all') as simd_quintile,
        {{ cohort_columns('achieved_levels.is_achieved') }},
        count(distinct achieved_levels.seed_code)::integer as schools_counted,
        min(achieved_levels.state) as state
    from achieved_levels
    group by
        achieved_levels.local_authority_code, achieved_levels.academic_year, achieved_levels.stage,
        achieved_levels.organiser, achieved_levels.language, grouping sets ((), (achieved_levels.simd_quintile))
)

select
    counted.local_authority_code,
    counted.academic_year,
    counted.stage,
    counted.organiser,
    counted.language,
    counted.simd_quintile,
    counted.cohort,
    counted.achieved,
    counted.achieved_share,
    {{ complement_band('counted.achieved', 'counted.cohort') }} as complement_band,
    counted.schools_counted,
    '{{ var("simd_edition") }}' as simd_edition,
    counted.state
from counted
