-- Counts of several kinds in one sum, which takes half the time of one sum each. By category: eight bits a kind,
-- since a month has at most 62 half days. By code: seven bits a code and nine codes a number, since a year has at
-- most 53 times the same weekday.
with codes as (
    select
        attendance_codes.attendance_code::smallint as attendance_code,
        attendance_codes.category,
        attendance_codes.reason,
        row_number() over (order by attendance_codes.attendance_code)::integer - 1 as position
    from {{ ref('attendance_codes') }} as attendance_codes
)

select
    codes.attendance_code,
    codes.position::smallint as position,
    case codes.category
        when 'attendance' then 1::bigint
        when 'authorised_absence' then 1::bigint << 8
        when 'unauthorised_absence' then 1::bigint << 16
        when 'exclusion' then 1::bigint << 24
        when 'unknown_reason' then 1::bigint << 32
        when 'not_counted' then 1::bigint << 40
    end
    + case when codes.reason = 'late' then 1::bigint << 48 else 0 end as category_weight,
    case when codes.position < 9 then 1::bigint << (7 * codes.position) else 0 end as low_code_weight,
    case when codes.position < 9 then 0 else 1::bigint << (7 * (codes.position - 9)) end as high_code_weight
from codes
