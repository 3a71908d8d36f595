{{ config(materialized='table') }}
-- Who is in which cohort, and who achieved: the one table that every figure of achievement is added up from.
with levels as (
    select * from {{ ref('pseudonymised_levels') }} as levels
    where levels.is_in_return
),

judged as (
    select
        levels.pupil_token,
        levels.local_authority_code,
        levels.academic_year,
        levels.seed_code,
        {{ measured_stage('levels.stage', 'expected_levels.measure') }} as stage,
        levels.organiser,
        levels.language,
        {{ achieves('curriculum_levels.position', 'expected_levels.position') }} as is_achieved,
        expected_levels.is_pooled,
        levels.state
    from levels
    inner join {{ ref('expected_levels') }} as expected_levels on levels.stage = expected_levels.stage
    inner join {{ ref('curriculum_levels') }} as curriculum_levels
        on levels.level_achieved = curriculum_levels.level
        and curriculum_levels.is_in_cohort
),

literacy as (
    select
        judged.pupil_token,
        judged.local_authority_code,
        judged.academic_year,
        min(judged.seed_code) as seed_code,
        judged.stage,
        'literacy' as organiser,
        judged.language,
        {{ literacy_achieved('judged.is_achieved') }} as is_achieved,
        bool_or(judged.is_pooled) as is_pooled,
        min(judged.state) as state
    from judged
    where judged.organiser in {{ literacy_organisers() }}
    group by
        judged.pupil_token, judged.local_authority_code, judged.academic_year, judged.stage, judged.language
    having {{ in_literacy_cohort('judged.organiser') }}
),

of_stages as (
    select * from judged
    union all
    select * from literacy
),

with_pooled as (
    select
        of_stages.*,
        of_stages.stage as measured
    from of_stages
    union all
    select
        of_stages.*,
        {{ pooled_stage() }} as measured
    from of_stages
    where of_stages.is_pooled
)

select
    with_pooled.pupil_token,
    with_pooled.local_authority_code,
    with_pooled.academic_year,
    with_pooled.seed_code,
    {{ sector_of_stage('with_pooled.stage') }} as sector,
    with_pooled.measured as stage,
    with_pooled.stage as stage_of_pupil,
    with_pooled.organiser,
    with_pooled.language,
    with_pooled.is_achieved,
    with_pooled.state,
    coalesce(pupils.sex, 'unknown') as sex,
    coalesce(pupils.simd_quintile, 'unknown') as simd_quintile,
    coalesce(pupils.deprivation_group, 'rest') as deprivation_group,
    pupils.free_meal_registered,
    coalesce(pupils.looked_after, 'unknown') as looked_after,
    coalesce(pupils.support_need, 'unknown') as support_need,
    coalesce(pupils.english_group, 'unknown') as english_group
from with_pooled
left join {{ ref('pseudonymised_attainment_pupils') }} as pupils
    on with_pooled.pupil_token = pupils.pupil_token
    and with_pooled.local_authority_code = pupils.local_authority_code
    and with_pooled.academic_year = pupils.academic_year
order by with_pooled.pupil_token
