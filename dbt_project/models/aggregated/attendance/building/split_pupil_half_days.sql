{{ config(materialized='view') }}

with attendance_codes as (
    select
        attendance_codes.attendance_code::smallint as attendance_code,
        attendance_codes.reason = 'late' as is_late,
        {{ opening_category('attendance_codes.category') }} as category
    from {{ ref('attendance_codes') }} as attendance_codes
),

marks as (
    select
        codes.local_authority_code,
        codes.academic_year,
        codes.pupil_token,
        lpad(codes.seed_code::text, 7, '0') as seed_code,
        pupil_years.sector,
        codes.weekday::integer as weekday,
        codes.opening,
        codes.openings,
        attendance_codes.is_late,
        attendance_codes.category
    from {{ ref('pseudonymised_attendance_pupil_weekday_codes') }} as codes
    inner join attendance_codes using (attendance_code)
    inner join {{ ref('pseudonymised_pupil_years') }} as pupil_years
        using (local_authority_code, academic_year, pupil_token, seed_code)
    where attendance_codes.is_late
        or attendance_codes.category not in ('openings_attended', 'openings_not_counted')
),

half_days as (
    select
        marks.local_authority_code,
        marks.academic_year,
        marks.pupil_token,
        marks.seed_code,
        marks.sector,
        marks.weekday,
        marks.opening,
        coalesce(sum(marks.openings) filter (where marks.category = 'openings_authorised'), 0)::integer as authorised,
        coalesce(sum(marks.openings) filter (
            where marks.category in ('openings_unauthorised', 'openings_excluded', 'openings_unknown_reason')
        ), 0)::integer as not_authorised,
        coalesce(sum(marks.openings) filter (where marks.is_late), 0)::integer as late
    from marks
    group by
        marks.local_authority_code, marks.academic_year, marks.pupil_token, marks.seed_code, marks.sector,
        marks.weekday, marks.opening
)

select * from half_days
