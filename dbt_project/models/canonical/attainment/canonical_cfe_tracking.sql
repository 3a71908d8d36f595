{{ config(materialized='table') }}
with cfe_tracking as (
    {{ rows_of_feed('cfe_tracking') }}
)

select
    cfe_tracking.local_authority_code,
    cfe_tracking.academic_year,
    cfe_tracking.pupil_id,
    cfe_tracking.collection,
    cfe_tracking.organiser,
    cfe_tracking.language,
    cfe_tracking.seed_code,
    cfe_tracking.stage,
    cfe_tracking.predicted_level,
    cfe_tracking.on_track,
    cfe_tracking.progress,
    cfe_tracking.recorded_at,
    cfe_tracking.file_id,
    cfe_tracking.row_number
from cfe_tracking
where cfe_tracking.fate = 'counts'
