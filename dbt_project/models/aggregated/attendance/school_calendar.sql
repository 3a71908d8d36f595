with school_days as (
    select school_days.* from {{ ref('pseudonymised_school_days') }} as school_days
    where {{ in_touched_scope('school_days') }}
),

school_calendar as (
    select
        school_days.local_authority_code,
        lpad(school_days.seed_code::text, 7, '0') as seed_code,
        school_days.opening_date as day,
        school_days.academic_year,
        school_days.is_open_in_the_morning,
        school_days.is_open_in_the_afternoon,
        school_days.is_open_in_the_morning::integer + school_days.is_open_in_the_afternoon::integer as half_days_open
    from school_days
)

select * from school_calendar
