-- Among the marks of one pupil, school and half day the greatest (recorded_at, extracted_at, extract date,
-- sequence, row number) wins, whatever the order of arrival. The materialization applies this to all rows of
-- a scope when it is new or rebuilt, and else to the keys that a delivery touches.
-- depends_on: {{ ref('canonical_pupil_scns') }}, {{ ref('stg_control__files') }}
-- depends_on: {{ ref('stg_control__file_years') }}, {{ ref('local_attendance_codes') }}
-- depends_on: {{ ref('canonical_days') }}, {{ ref('canonical_enrolment_years') }}
{{ config(materialized='openings') }}

with arrivals as (
    select * from {{ ref('canonical_attendance_arrivals') }} as arrivals
    where arrivals.pupil_id is not null
),

ranked as (
    {{ latest_wins('arrivals') }}
)

select
    ranked.local_authority_code,
    ranked.attendance_date,
    ranked.opening,
    ranked.pupil_id,
    ranked.seed_code,
    ranked.attendance_code,
    ranked.recorded_at,
    ranked._file_id,
    ranked._row_number
from ranked
where ranked.arrival_rank = 1
