{{ config(materialized='table') }}
with cfe_tracking as (
    select * from {{ ref('canonical_cfe_tracking') }}
),

tokens as (
    select * from {{ ref('stg_vault__tokens') }}
)

select
    tokens.pupil_token,
    cfe_tracking.local_authority_code,
    cfe_tracking.academic_year,
    cfe_tracking.collection,
    cfe_tracking.organiser,
    cfe_tracking.language,
    cfe_tracking.seed_code,
    cfe_tracking.stage,
    cfe_tracking.predicted_level,
    cfe_tracking.on_track,
    cfe_tracking.progress
from cfe_tracking
inner join tokens on cfe_tracking.pupil_id = tokens.pupil_id
-- tables past canonical lie in the order of the token, which follows nothing (rule 6)
order by tokens.pupil_token
