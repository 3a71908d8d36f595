{{ config(materialized='table') }}
-- Every level as it was judged, individual milestones and not assessed among them: shares of all who were judged.
with levels as (
    select * from {{ ref('pseudonymised_levels') }} as levels
    where levels.is_in_return
),

counted as (
    select
        levels.local_authority_code,
        {{ seed_text('levels.seed_code') }} as seed_code,
        {{ sector_of_stage('levels.stage') }} as sector,
        levels.academic_year,
        levels.stage,
        levels.organiser,
        levels.language,
        levels.level_achieved as level,
        count(*)::integer as pupils,
        min(levels.state) as state
    from levels
    group by 1, 2, 3, 4, 5, 6, 7, 8
)

select
    counted.local_authority_code,
    counted.seed_code,
    counted.sector,
    counted.academic_year,
    counted.stage,
    counted.organiser,
    counted.language,
    counted.level,
    counted.pupils,
    (sum(counted.pupils) over in_cell)::integer as judged,
    {{ share('counted.pupils', 'sum(counted.pupils) over in_cell') }} as level_share,
    counted.state
from counted
window in_cell as (
    partition by
        counted.local_authority_code, counted.seed_code, counted.sector, counted.academic_year, counted.stage,
        counted.organiser, counted.language
)
