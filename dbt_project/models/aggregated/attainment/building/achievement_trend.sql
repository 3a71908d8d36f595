{{ config(materialized='table') }}
-- Years that the warehouse holds, and beside them what was published of the authority and of Scotland.
with own as (
    select
        achievement.local_authority_code,
        achievement.academic_year,
        achievement.stage,
        achievement.organiser,
        'own' as series,
        achievement.cohort,
        achievement.achieved_share,
        achievement.state
    from {{ ref('achievement_by_authority') }} as achievement
    where achievement.simd_quintile = 'all'
        and achievement.language = 'english'
),

authorities as (
    select distinct own.local_authority_code -- one of its years, stages and organisers
    from own
),

published as (
    select
        authorities.local_authority_code,
        published_levels.academic_year,
        published_levels.stage,
        published_levels.organiser,
        case when published_levels.area_code = '{{ var("scotland") }}' then 'scotland' else 'published' end as series,
        published_levels.cohort,
        case
            when published_levels.percent ~ '^[0-9.]+$'
                then (published_levels.percent::numeric / 100)::numeric(9, 8)
        end as achieved_share,
        'published' as state
    from {{ ref('stg_control__published_levels') }} as published_levels
    inner join authorities
        on published_levels.area_code in (authorities.local_authority_code, '{{ var("scotland") }}')
),

series as (
    select * from own
    union all
    select * from published
)

select
    series.local_authority_code,
    series.series,
    series.academic_year,
    series.stage,
    series.organiser,
    series.cohort,
    series.achieved_share,
    series.state,
    series.academic_year in ('2016/17', '2017/18') as is_experimental
from series
