{{ config(materialized='table') }}
with attainment_pupils as (
    select * from {{ ref('canonical_attainment_pupils') }}
),

tokens as (
    select * from {{ ref('stg_vault__tokens') }}
)

select
    tokens.pupil_token,
    attainment_pupils.local_authority_code,
    attainment_pupils.academic_year,
    attainment_pupils.stage,
    attainment_pupils.sex,
    attainment_pupils.simd_quintile,
    attainment_pupils.home_quintile,
    attainment_pupils.home_decile,
    attainment_pupils.deprivation_group,
    attainment_pupils.free_meal_registered,
    attainment_pupils.looked_after,
    attainment_pupils.support_need,
    attainment_pupils.english_group
from attainment_pupils
inner join tokens on attainment_pupils.pupil_id = tokens.pupil_id
-- tables past canonical lie in the order of the token, which follows nothing (rule 6)
order by tokens.pupil_token
