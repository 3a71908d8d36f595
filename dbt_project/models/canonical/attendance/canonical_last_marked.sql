-- Rule 9: the last half day of a year that is marked at half or more of the schools open then.
with calendar as (
    select * from {{ ref('canonical_calendar') }} as calendar
    where {{ in_touched_scope('calendar') }} and calendar.is_open
),

school_months as (
    select * from {{ ref('canonical_school_months') }} as school_months
    where {{ in_touched_scope('school_months') }}
),

schools_on_roll as (
    select * from {{ ref('canonical_schools_on_roll') }} as schools_on_roll
    where {{ in_touched_scope('schools_on_roll') }}
),

half_days as (
    select
        calendar.local_authority_code,
        calendar.academic_year,
        calendar.opening_date,
        calendar.opening,
        2 * count(*) filter (
            where coalesce(school_months.marked_slots, 0) & {{ slot_of('calendar.opening_date', 'calendar.opening') }} <> 0
        ) >= count(*) as is_marked
    from calendar
    inner join schools_on_roll
        on calendar.local_authority_code = schools_on_roll.local_authority_code
        and calendar.academic_year = schools_on_roll.academic_year
        and calendar.seed_code = schools_on_roll.seed_code
    left join school_months
        on calendar.local_authority_code = school_months.local_authority_code
        and calendar.seed_code = school_months.seed_code
        and date_trunc('month', calendar.opening_date::timestamp)::date = school_months.month
    group by
        calendar.local_authority_code, calendar.academic_year, calendar.opening_date, calendar.opening
),

last_half_days as (
    select
        half_days.local_authority_code,
        half_days.academic_year,
        -- a half day as one value that sorts: 2026-01-12AM
        max(half_days.opening_date || half_days.opening) filter (where half_days.is_marked) as last_marked,
        max(half_days.opening_date || half_days.opening) as last_open
    from half_days
    group by half_days.local_authority_code, half_days.academic_year
),

last_months as (
    select
        school_months.local_authority_code,
        school_months.academic_year,
        max(school_months.month) as last_month
    from school_months
    group by school_months.local_authority_code, school_months.academic_year
)

select
    last_months.local_authority_code,
    last_months.academic_year,
    left(last_half_days.last_marked, 10)::date as last_marked_on,
    right(last_half_days.last_marked, 2) as last_marked_opening,
    left(last_half_days.last_open, 10)::date as last_open_on,
    right(last_half_days.last_open, 2) as last_open_opening,
    last_months.last_month
from last_months
left join last_half_days
    on last_months.local_authority_code = last_half_days.local_authority_code
    and last_months.academic_year = last_half_days.academic_year
