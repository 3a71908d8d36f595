{{ config(materialized='table') }}
-- Who stands behind what is released of results by the end of a stage: the S4 roll of the census, stayed on or not.
with rolls as (
    select
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.pupil_token,
        pupils.seed_code,
        pupils.sector,
        pupils.stage
    from {{ ref('roll_census_pupils') }} as pupils
    where pupils.stage = 'S4'
),

-- awards at a level or better by the end of each stage, each subject once; also of who has none
counted as (
    select
        rolls.local_authority_code,
        rolls.academic_year,
        rolls.pupil_token,
        {{ s4_roll_counts('rolls', 'awards') }}
    from rolls
    left join {{ ref('counted_awards') }} as awards
        on rolls.pupil_token = awards.pupil_token
        and rolls.local_authority_code = awards.local_authority_code
    group by rolls.local_authority_code, rolls.academic_year, rolls.pupil_token
),

reached as (
    select
        counted.local_authority_code,
        counted.academic_year,
        counted.pupil_token,
        {{ s4_roll_steps('counted') }}
    from counted
),

found as (
    select
        rolls.local_authority_code,
        rolls.academic_year,
        rolls.pupil_token,
        rolls.seed_code,
        rolls.sector,
        rolls.stage,
        {{ s4_roll_reached('reached', 'years') }}
    from rolls
    inner join reached
        on rolls.local_authority_code = reached.local_authority_code
        and rolls.academic_year = reached.academic_year
        and rolls.pupil_token = reached.pupil_token
    inner join {{ ref('s4_roll_years') }} as years
        on rolls.local_authority_code = years.local_authority_code
        and rolls.academic_year = years.academic_year
)

select
    found.*,
    {{ s4_roll_reached_in('found') }}
from found
order by found.pupil_token
