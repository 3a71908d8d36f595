{{ config(materialized='table') }}
with returned_levels as (
    select * from {{ ref('canonical_returned_levels') }}
),

tokens as (
    select * from {{ ref('stg_vault__tokens') }}
)

select
    tokens.pupil_token,
    returned_levels.local_authority_code,
    returned_levels.academic_year,
    returned_levels.organiser,
    returned_levels.language,
    returned_levels.seed_code,
    returned_levels.stage,
    returned_levels.level_achieved,
    returned_levels.is_in_return,
    returned_levels.state
from returned_levels
inner join tokens on returned_levels.pupil_id = tokens.pupil_id
-- tables past canonical lie in the order of the token, which follows nothing (rule 6)
order by tokens.pupil_token
