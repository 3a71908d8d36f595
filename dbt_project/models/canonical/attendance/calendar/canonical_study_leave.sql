-- Rule 8, last sentences: in the exam window, a stage S4 to S6 with marks for under a tenth of its pupils; in the first
-- open weeks of a year, afternoons of P1. Those only where others have marks: a lost afternoon is nobody's custom.
with stage_half_days as (
    select * from {{ ref('canonical_stage_half_days') }} as stage_half_days
    where {{ in_touched_scope('stage_half_days') }}
        and stage_half_days.stage in ('S4', 'S5', 'S6', 'P1')
),

academic_years as (
    select * from {{ ref('academic_years') }}
),

calendar as (
    select * from {{ ref('canonical_calendar') }} as calendar
    where {{ in_touched_scope('calendar') }} and calendar.is_open
),

first_weeks as (
    select
        weeks.local_authority_code,
        weeks.academic_year,
        weeks.seed_code,
        weeks.week
    from (
        select
            calendar.local_authority_code,
            calendar.academic_year,
            calendar.seed_code,
            {{ monday_of('calendar.opening_date') }} as week,
            row_number() over (
                partition by calendar.local_authority_code, calendar.academic_year, calendar.seed_code
                order by {{ monday_of('calendar.opening_date') }}
            ) as number
        from calendar
        group by
            calendar.local_authority_code, calendar.academic_year, calendar.seed_code,
            {{ monday_of('calendar.opening_date') }}
    ) as weeks
    where weeks.number <= {{ var('part_time_start_weeks') }}
),

school_months as (
    select * from {{ ref('canonical_school_months') }} as school_months
    where {{ in_touched_scope('school_months') }}
)

select
    stage_half_days.local_authority_code,
    stage_half_days.academic_year,
    stage_half_days.seed_code,
    stage_half_days.stage,
    stage_half_days.opening_date,
    stage_half_days.opening,
    stage_half_days.pupils_on_roll,
    stage_half_days.pupils_marked
from stage_half_days
inner join academic_years
    on stage_half_days.academic_year = academic_years.academic_year
inner join calendar
    on stage_half_days.local_authority_code = calendar.local_authority_code
    and stage_half_days.seed_code = calendar.seed_code
    and stage_half_days.opening_date = calendar.opening_date
    and stage_half_days.opening = calendar.opening
left join first_weeks
    on stage_half_days.local_authority_code = first_weeks.local_authority_code
    and stage_half_days.academic_year = first_weeks.academic_year
    and stage_half_days.seed_code = first_weeks.seed_code
    and {{ monday_of('stage_half_days.opening_date') }} = first_weeks.week
left join school_months
    on stage_half_days.local_authority_code = school_months.local_authority_code
    and stage_half_days.seed_code = school_months.seed_code
    and date_trunc('month', stage_half_days.opening_date::timestamp)::date = school_months.month
where case
        when stage_half_days.stage <> 'P1'
            then stage_half_days.opening_date between academic_years.exam_window_from and academic_years.exam_window_to
                and stage_half_days.pupils_marked
                < {{ var('study_leave_marked_share') }} * stage_half_days.pupils_on_roll
        else first_weeks.week is not null
            and stage_half_days.opening = 'PM'
            and stage_half_days.pupils_marked
            < {{ var('part_time_start_marked_share') }} * stage_half_days.pupils_on_roll
            and coalesce(school_months.marked_slots, 0)
            & {{ slot_of('stage_half_days.opening_date', 'stage_half_days.opening') }} <> 0
    end
