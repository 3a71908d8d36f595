{{ config(materialized='table') }}
with leavers as (
    {{ rows_of_feed('leavers') }}
)

select
    leavers.local_authority_code,
    leavers.academic_year,
    leavers.pupil_id,
    leavers.seed_code,
    leavers.leaving_stage,
    leavers.leaving_date,
    leavers.initial_destination,
    leavers.initial_as_at,
    leavers.follow_up_destination,
    leavers.follow_up_as_at,
    leavers.recorded_at,
    leavers.file_id,
    leavers.row_number
from leavers
where leavers.fate = 'counts'
