-- Rule 9. Half days of a month as bits (see macros/attendance/openings/slots.sql).
with enrolment_years as (
    select enrolment_years.*
    from {{ ref('canonical_enrolment_years') }} as enrolment_years
    left join {{ ref('canonical_marked_schools') }} as marked_schools
        on enrolment_years.local_authority_code = marked_schools.local_authority_code
        and enrolment_years.academic_year = marked_schools.academic_year
        and enrolment_years.pupil_id = marked_schools.pupil_id
        and enrolment_years.seed_code = marked_schools.seed_code
    where {{ in_touched_month('enrolment_years') }}
        and enrolment_years.status in ('on_roll', 'guest')
        and {{ is_confirmed('enrolment_years', 'marked_schools') }}
),

due_months as (
    select due_months.* from {{ ref('canonical_due_months') }} as due_months
    where {{ in_touched_month('due_months', 'due_months.month') }}
),

open_months as (
    select
        calendar.local_authority_code,
        calendar.seed_code,
        days.month,
        bit_or({{ slot_on('days', 'calendar.opening') }}) as open_slots
    from {{ ref('canonical_calendar') }} as calendar
    inner join {{ ref('canonical_days') }} as days on calendar.opening_date = days.attendance_date
    where {{ in_touched_month('calendar', 'days.month') }} and calendar.is_open
    group by calendar.local_authority_code, calendar.seed_code, days.month
),

leave_months as (
    select
        study_leave.local_authority_code,
        study_leave.seed_code,
        study_leave.stage,
        days.month,
        bit_or({{ slot_on('days', 'study_leave.opening') }}) as leave_slots
    from {{ ref('canonical_study_leave') }} as study_leave
    inner join {{ ref('canonical_days') }} as days on study_leave.opening_date = days.attendance_date
    where {{ in_touched_month('study_leave', 'days.month') }}
    group by study_leave.local_authority_code, study_leave.seed_code, study_leave.stage, days.month
),

months as (
    select
        enrolment_years.*,
        due_months.month,
        due_months.due_slots,
        {{ slots_between('enrolment_years.counts_from', 'enrolment_years.counts_to', 'due_months.month') }}
            as enrolled_slots
    from enrolment_years
    inner join due_months
        on enrolment_years.local_authority_code = due_months.local_authority_code
        and enrolment_years.academic_year = due_months.academic_year
    where due_months.month <= enrolment_years.counts_to
        and due_months.month + interval '1 month' > enrolment_years.counts_from
)

select
    months.local_authority_code,
    months.academic_year,
    months.pupil_id,
    months.seed_code,
    months.month,
    bit_or(months.enrolled_slots) as enrolled_slots,
    bit_or(
        case
            when months.is_expected
                then months.enrolled_slots
                    & months.due_slots
                    & coalesce(open_months.open_slots, 0)
                    & ~coalesce(leave_months.leave_slots, 0)
            else 0
        end
    ) as expected_slots
from months
left join open_months
    on months.local_authority_code = open_months.local_authority_code
    and months.seed_code = open_months.seed_code
    and months.month = open_months.month
left join leave_months
    on months.local_authority_code = leave_months.local_authority_code
    and months.seed_code = leave_months.seed_code
    and months.stage = leave_months.stage
    and months.month = leave_months.month
group by
    months.local_authority_code, months.academic_year, months.pupil_id, months.seed_code, months.month
