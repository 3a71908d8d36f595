{{ config(materialized='table') }}
-- Leavers of whom results are known, with what they are matched by: sex, support need, leaving stage, decile, quintile.
with found as (
    select
        leavers.pupil_token,
        leavers.local_authority_code,
        leavers.academic_year,
        leavers.seed_code,
        leavers.sector,
        coalesce(pupils.sex, 'unknown') as sex,
        coalesce(pupils.support_need, 'unknown') as support_need,
        mainstream.leaving_stage,
        leavers.simd_quintile,
        pupils.home_decile,
        {{ each_compared('{reached} as {m}') }}
    from {{ ref('leaver_results') }} as leavers
    inner join {{ ref('mainstream_leavers') }} as mainstream
        on leavers.pupil_token = mainstream.pupil_token
        and leavers.local_authority_code = mainstream.local_authority_code
        and leavers.academic_year = mainstream.academic_year
    left join {{ ref('pseudonymised_attainment_pupils') }} as pupils
        on leavers.pupil_token = pupils.pupil_token
        and leavers.local_authority_code = pupils.local_authority_code
        and leavers.academic_year = pupils.academic_year
    where leavers.national <> 'not_asked'
)

select * from found
order by found.pupil_token
