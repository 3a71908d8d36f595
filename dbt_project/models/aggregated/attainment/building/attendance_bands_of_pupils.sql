{{ config(materialized='table') }}
with pupil_months as (
    select * from {{ ref('pseudonymised_attendance_pupil_months') }}
),

shares as (
    select
        pupil_months.pupil_token,
        pupil_months.local_authority_code,
        pupil_months.academic_year,
        {{ share('sum(pupil_months.openings_attended)', 'sum(' ~ possible_openings('pupil_months') ~ ')') }}
            as attendance_share
    from pupil_months
    group by pupil_months.pupil_token, pupil_months.local_authority_code, pupil_months.academic_year
)

select
    shares.pupil_token,
    shares.local_authority_code,
    shares.academic_year,
    attendance_bands.attendance_band
from shares
inner join {{ ref('attendance_bands') }} as attendance_bands
    on {{ in_attendance_band('shares.attendance_share', 'attendance_bands') }}
order by shares.pupil_token
