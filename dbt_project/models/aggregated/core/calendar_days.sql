with weekdays (weekday, weekday_name) as (
    values
    (1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday'), (6, 'Saturday'), (7, 'Sunday')
),

days as (
    select
        academic_years.academic_year,
        academic_years.census_on,
        generate_series(academic_years.starts_on, academic_years.ends_on, interval '1 day')::date as day
    from {{ ref('academic_years') }} as academic_years
),

calendar_days as (
    select
        days.day,
        days.academic_year,
        date_trunc('month', days.day)::date as month,
        {{ monday_of('days.day') }} as week,
        weekdays.weekday::smallint as weekday,
        weekdays.weekday_name::text as weekday_name,
        coalesce(days.day = days.census_on, false) as is_census_day
    from days
    inner join weekdays on extract(isodow from days.day) = weekdays.weekday
)

select * from calendar_days
