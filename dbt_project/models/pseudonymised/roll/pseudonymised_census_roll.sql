with census_roll as (
    select * from {{ ref('canonical_census_roll') }}
),

tokens as (
    select * from {{ ref('stg_vault__tokens') }}
)

select
    tokens.pupil_token,
    census_roll.seed_code,
    census_roll.academic_year,
    census_roll.local_authority_code,
    census_roll.sector,
    census_roll.stage,
    census_roll.sex,
    census_roll.simd_quintile,
    census_roll.english_as_additional_language,
    census_roll.free_meal_registered,
    census_roll.is_taught_in_gaelic,
    census_roll.census_on
from census_roll
inner join tokens on census_roll.pupil_id = tokens.pupil_id
order by tokens.pupil_token
