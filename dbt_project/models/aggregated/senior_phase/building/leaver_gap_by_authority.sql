{{ config(materialized='table') }}
-- The gap of leavers: deprivation of the home, without a data zone that of the school.
with leavers as (
    select * from {{ ref('leavers_by_authority') }}
),

ends as (
    select
        leavers.local_authority_code,
        leavers.academic_year,
        leavers.award_set,
        leavers.scqf_level,
        leavers.awards,
        coalesce(sum(leavers.leavers) filter (where leavers.simd_quintile = '1'), 0)::integer as leavers_1,
        coalesce(sum(leavers.achieved) filter (where leavers.simd_quintile = '1'), 0)::integer as achieved_1,
        coalesce(sum(leavers.leavers) filter (where leavers.simd_quintile = '5'), 0)::integer as leavers_5,
        coalesce(sum(leavers.achieved) filter (where leavers.simd_quintile = '5'), 0)::integer as achieved_5,
        min(leavers.simd_edition) as simd_edition,
        min(leavers.state) as state
    from leavers
    group by
        leavers.local_authority_code, leavers.academic_year, leavers.award_set, leavers.scqf_level, leavers.awards
),

authorities as (
    select
        data_zones.local_authority_code,
        bool_or(data_zones.quintile = 1) as has_most_deprived_fifth
    from {{ ref('data_zones') }} as data_zones
    group by data_zones.local_authority_code
)

select
    ends.local_authority_code,
    ends.academic_year,
    ends.award_set,
    ends.scqf_level,
    ends.awards,
    ends.leavers_1,
    ends.achieved_1,
    ends.leavers_5,
    ends.achieved_5,
    case
        when coalesce(authorities.has_most_deprived_fifth, false)
            then {{ attainment_gap('ends.achieved_5', 'ends.leavers_5', 'ends.achieved_1', 'ends.leavers_1') }}
    end as gap_points,
    ends.simd_edition,
    ends.state
from ends
left join authorities on ends.local_authority_code = authorities.local_authority_code
