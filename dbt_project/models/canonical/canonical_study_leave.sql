-- Rule 8, last sentence: in the exam window, a stage S4 to S6 with marks for under a tenth of its pupils.
with stage_half_days as (
    select * from {{ ref('canonical_stage_half_days') }} as stage_half_days
    where {{ in_touched_scope('stage_half_days') }}
        and stage_half_days.stage in ('S4', 'S5', 'S6')
),

academic_years as (
    select * from {{ ref('academic_years') }}
),

calendar as (
    select * from {{ ref('canonical_calendar') }}
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
    and stage_half_days.opening_date between academic_years.exam_window_from and academic_years.exam_window_to
inner join calendar
    on stage_half_days.local_authority_code = calendar.local_authority_code
    and stage_half_days.seed_code = calendar.seed_code
    and stage_half_days.opening_date = calendar.opening_date
    and stage_half_days.opening = calendar.opening
where calendar.is_open
    and stage_half_days.pupils_marked
        < {{ var('study_leave_marked_share') }} * stage_half_days.pupils_on_roll
