{{ config(materialized='view') }}

with attendance_codes as (
    select
        attendance_codes.attendance_code::smallint as attendance_code,
        attendance_codes.reason,
        case attendance_codes.category when 'authorised_absence' then 'authorised' else 'not_authorised' end as split
    from {{ ref('attendance_codes') }} as attendance_codes
    where attendance_codes.category not in ('attendance', 'not_counted')
),

absences as (
    select
        codes.local_authority_code,
        codes.academic_year,
        codes.pupil_token,
        lpad(codes.seed_code::text, 7, '0') as seed_code,
        attendance_codes.reason,
        attendance_codes.split,
        sum(codes.openings)::integer as openings
    from {{ ref('pseudonymised_attendance_pupil_weekday_codes') }} as codes
    inner join attendance_codes using (attendance_code)
    group by
        codes.local_authority_code, codes.academic_year, codes.pupil_token, codes.seed_code, attendance_codes.reason,
        attendance_codes.split
),

described as (
    select
        absences.local_authority_code,
        absences.academic_year,
        absences.pupil_token,
        absences.seed_code,
        pupils.sector,
        pupils.stage,
        pupils.sex,
        pupils.simd_quintile,
        absences.reason,
        absences.split,
        absences.openings
    from absences
    inner join {{ ref('attendance_pupils') }} as pupils
        using (local_authority_code, academic_year, pupil_token, seed_code)
)

select * from described
