{{ config(materialized='view') }}

with pupil_months as (
    select
        pupil_months.local_authority_code,
        pupil_months.academic_year,
        pupil_months.pupil_token,
        lpad(pupil_months.seed_code::text, 7, '0') as seed_code,
        pupil_months.month,
        pupil_months.openings_authorised as authorised,
        {{ not_authorised_openings('pupil_months') }} as not_authorised,
        pupil_months.openings_late as late
    from {{ ref('pseudonymised_attendance_pupil_months') }} as pupil_months
    where pupil_months.openings_authorised + {{ not_authorised_openings('pupil_months') }}
        + pupil_months.openings_late > 0
)

select * from pupil_months
