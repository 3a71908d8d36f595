{{ config(materialized='table') }}
with cfe_levels as (
    {{ rows_of_feed('cfe_levels') }}
)

select
    cfe_levels.local_authority_code,
    cfe_levels.academic_year,
    cfe_levels.pupil_id,
    cfe_levels.organiser,
    cfe_levels.language,
    cfe_levels.seed_code,
    cfe_levels.stage,
    cfe_levels.level_achieved,
    cfe_levels.assessed_on,
    cfe_levels.recorded_at,
    cfe_levels.file_id,
    cfe_levels.row_number
from cfe_levels
where cfe_levels.fate = 'counts'
