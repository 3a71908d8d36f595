{{ config(materialized='view') }}

with pupil_months as (
    select
        pupil_months.local_authority_code,
        pupil_months.academic_year,
        pupil_months.pupil_token,
        lpad(pupil_months.seed_code::text, 7, '0') as seed_code,
        pupil_years.sector,
        pupil_years.stage,
        pupil_years.sex,
        pupil_years.deprivation_group,
        pupil_years.simd_quintile,
        pupil_months.month,
        pupil_months.openings_authorised as authorised,
        {{ not_authorised_openings('pupil_months') }} as not_authorised,
        pupil_months.openings_late as late
    from {{ ref('pseudonymised_attendance_pupil_months') }} as pupil_months
    inner join {{ ref('pseudonymised_pupil_years') }} as pupil_years
        using (local_authority_code, academic_year, pupil_token, seed_code)
    where pupil_months.openings_authorised + {{ not_authorised_openings('pupil_months') }}
        + pupil_months.openings_late > 0
)

select * from pupil_months
