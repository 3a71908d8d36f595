{{ config(materialized='table') }}
{%- set pooled = pooled_stage() %}
-- What an aim asks for beside the latest figure, and how many pupils that is; the forecast of the newest collection raw
-- and less the error that the same collection had in the year before.
with achievement as (
    select
        achievement.local_authority_code,
        achievement.academic_year,
        'bge_' || achievement.organiser as measure,
        case achievement.simd_quintile when 'all' then 'all' else 'q' || achievement.simd_quintile end as pupil_group,
        achievement.cohort,
        achievement.achieved,
        achievement.achieved_share,
        achievement.state
    from {{ ref('achievement_by_authority') }} as achievement
    where achievement.stage = {{ pooled }}
        and achievement.organiser in ('literacy', 'numeracy')
        and achievement.language = 'english'
        and achievement.simd_quintile in ('all', '1', '5')
),

leavers as (
    select
        leavers.local_authority_code,
        leavers.academic_year,
        'all_scqf_' || leavers.scqf_level as measure,
        case leavers.simd_quintile when 'all' then 'all' else 'q' || leavers.simd_quintile end as pupil_group,
        leavers.leavers as cohort,
        leavers.achieved,
        leavers.achieved_share,
        leavers.state
    from {{ ref('leavers_by_authority') }} as leavers
    where leavers.award_set = 'all_scqf'
        and leavers.awards = 1
        and leavers.scqf_level in (5, 6)
        and leavers.simd_quintile in ('all', '1', '5')
),

figures as (
    select * from achievement
    union all
    select * from leavers
),

-- of the authorities that the warehouse holds
aims as (
    select * from {{ ref('stg_control__stretch_aims') }} as stretch_aims
    where stretch_aims.local_authority_code in (select figures.local_authority_code from figures)
),

with_latest as (
    select distinct on (aims.local_authority_code, aims.aim_year, aims.measure, aims.pupil_group)
        aims.*,
        figures.academic_year as latest_year,
        figures.cohort,
        figures.achieved,
        figures.achieved_share,
        figures.state
    from aims
    left join figures
        on aims.local_authority_code = figures.local_authority_code
        and aims.measure = figures.measure
        and aims.pupil_group = figures.pupil_group
        and aims.aim_year >= figures.academic_year
    order by
        aims.local_authority_code asc, aims.aim_year asc, aims.measure asc, aims.pupil_group asc,
        figures.academic_year desc nulls last
)

select
    with_latest.local_authority_code,
    with_latest.aim_year,
    with_latest.measure,
    with_latest.pupil_group,
    with_latest.aim_round,
    with_latest.aim_percent,
    with_latest.low_percent,
    with_latest.high_percent,
    with_latest.status as aim_status,
    with_latest.latest_year,
    with_latest.cohort,
    with_latest.achieved,
    with_latest.achieved_share,
    {{ pupils_needed('with_latest.aim_percent / 100', 'with_latest.achieved', 'with_latest.cohort') }} as pupils_needed,
    case when with_latest.measure like 'all_scqf%' then 'other providers incomplete' end as not_set_against_because,
    with_latest.state
from with_latest
