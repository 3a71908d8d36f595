{{ config(materialized='view') }}

with pupil_months as (
    select * from {{ ref('pseudonymised_attendance_pupil_months') }}
),

pupil_years as (
    select * from {{ ref('pseudonymised_pupil_years') }}
)

select
    pupil_months.local_authority_code,
    pupil_months.academic_year,
    pupil_months.month,
    pupil_months.pupil_token,
    lpad(pupil_months.seed_code::text, 7, '0') as seed_code,
    pupil_years.sector,
    pupil_years.stage,
    pupil_years.sex,
    pupil_years.simd_quintile,
    pupil_years.deprivation_group,
    pupil_months.possible_slots,
    pupil_months.attended_slots,
    pupil_months.not_counted_slots,
    pupil_months.not_recorded_slots
from pupil_months
inner join pupil_years
    on pupil_months.local_authority_code = pupil_years.local_authority_code
    and pupil_months.academic_year = pupil_years.academic_year
    and pupil_months.pupil_token = pupil_years.pupil_token
    and pupil_months.seed_code = pupil_years.seed_code
