with attendance_codes as (
    select
        attendance_codes.attendance_code::smallint as attendance_code,
        attendance_codes.category,
        attendance_codes.reason
    from {{ ref('attendance_codes') }} as attendance_codes
)

select * from attendance_codes
