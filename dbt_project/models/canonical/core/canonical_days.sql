-- A table, and of the delivered years alone, so that the planner knows what grouping 26.7 million openings by
-- month gives: with all years of the seed it expects 25 times as many groups and gives up on parallel work.
with delivered_years as (
    select file_years.academic_year from {{ ref('stg_control__file_years') }} as file_years
    union
    select files.academic_year from {{ ref('stg_control__files') }} as files
),

days as (
    select generate_series(academic_years.starts_on, academic_years.ends_on, interval '1 day') as day
    from {{ ref('academic_years') }} as academic_years
    inner join delivered_years on academic_years.academic_year = delivered_years.academic_year
)

select
    days.day::date as attendance_date,
    date_trunc('month', days.day)::date as month,
    {{ academic_year_of('days.day') }} as academic_year,
    extract(isodow from days.day)::smallint as weekday,
    {{ slot_of('days.day', "'AM'") }} as morning_slot,
    {{ slot_of('days.day', "'PM'") }} as afternoon_slot
from days
