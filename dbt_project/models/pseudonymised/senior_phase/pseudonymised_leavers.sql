{{ config(materialized='table') }}
with leavers as (
    select * from {{ ref('canonical_leavers') }}
),

tokens as (
    select * from {{ ref('stg_vault__tokens') }}
)

select
    tokens.pupil_token,
    leavers.local_authority_code,
    leavers.academic_year,
    leavers.seed_code,
    leavers.leaving_stage,
    leavers.initial_destination,
    leavers.follow_up_destination
from leavers
inner join tokens on leavers.pupil_id = tokens.pupil_id
-- tables past canonical lie in the order of the token, which follows nothing (rule 6)
order by tokens.pupil_token
