{{ config(materialized='table') }}
-- Where an authority has no zone among the most deprived fifth there is no gap to speak of, and the row says so.
with achievement as (
    select * from {{ ref('achievement_by_authority') }}
),

authorities as (
    select
        data_zones.local_authority_code,
        bool_or(data_zones.quintile = 1) as has_most_deprived_fifth
    from {{ ref('data_zones') }} as data_zones
    group by data_zones.local_authority_code
),

ends as (
    select
        achievement.local_authority_code,
        achievement.academic_year,
        achievement.stage,
        achievement.organiser,
        achievement.language,
        coalesce(sum(achievement.cohort) filter (where achievement.simd_quintile = '1'), 0)::integer as cohort_1,
        coalesce(sum(achievement.achieved) filter (where achievement.simd_quintile = '1'), 0)::integer as achieved_1,
        coalesce(sum(achievement.cohort) filter (where achievement.simd_quintile = '5'), 0)::integer as cohort_5,
        coalesce(sum(achievement.achieved) filter (where achievement.simd_quintile = '5'), 0)::integer as achieved_5,
        min(achievement.simd_edition) as simd_edition,
        min(achievement.state) as state
    from achievement
    group by
        achievement.local_authority_code, achievement.academic_year, achievement.stage, achievement.organiser,
        achievement.language
)

select
    ends.local_authority_code,
    ends.academic_year,
    ends.stage,
    ends.organiser,
    ends.language,
    ends.cohort_1,
    ends.achieved_1,
    ends.cohort_5,
    ends.achieved_5,
    case
        when coalesce(authorities.has_most_deprived_fifth, false)
            then {{ attainment_gap('ends.achieved_5', 'ends.cohort_5', 'ends.achieved_1', 'ends.cohort_1') }}
    end as gap_points,
    coalesce(authorities.has_most_deprived_fifth, false) as has_most_deprived_fifth,
    ends.simd_edition,
    ends.state
from ends
left join authorities on ends.local_authority_code = authorities.local_authority_code
