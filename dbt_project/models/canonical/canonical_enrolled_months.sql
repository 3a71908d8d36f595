-- Rule 9. Half days of a month as bits (see macros/openings/slots.sql).
with enrolment_years as (
    select * from {{ ref('canonical_enrolment_years') }} as enrolment_years
    where {{ in_touched_scope('enrolment_years') }} and enrolment_years.status <> 'withdrawn'
),

data_as_at as (
    select * from {{ ref('canonical_data_as_at') }}
),

marked_pupils as (
    select distinct -- one pupil of their months
        marked_months.local_authority_code,
        marked_months.academic_year,
        marked_months.pupil_id,
        marked_months.seed_code
    from {{ ref('canonical_marked_months') }} as marked_months
    where {{ in_touched_scope('marked_months') }}
),

open_months as (
    select
        calendar.local_authority_code,
        calendar.seed_code,
        date_trunc('month', calendar.opening_date::timestamp)::date as month,
        bit_or({{ slot_of('calendar.opening_date', 'calendar.opening') }}) as open_slots
    from {{ ref('canonical_calendar') }} as calendar
    where {{ in_touched_scope('calendar') }} and calendar.is_open
    group by
        calendar.local_authority_code, calendar.seed_code, date_trunc('month', calendar.opening_date::timestamp)
),

leave_months as (
    select
        study_leave.local_authority_code,
        study_leave.seed_code,
        study_leave.stage,
        date_trunc('month', study_leave.opening_date::timestamp)::date as month,
        bit_or({{ slot_of('study_leave.opening_date', 'study_leave.opening') }}) as leave_slots
    from {{ ref('canonical_study_leave') }} as study_leave
    where {{ in_touched_scope('study_leave') }}
    group by
        study_leave.local_authority_code, study_leave.seed_code, study_leave.stage,
        date_trunc('month', study_leave.opening_date::timestamp)
),

months as (
    select
        enrolment_years.*,
        months.month::date as month,
        {{ slots_between('enrolment_years.counts_from', 'enrolment_years.counts_to', 'months.month::date') }}
            as enrolled_slots,
        case
            when data_as_at.data_as_at is null then 0
            else {{ slots_between(
                'enrolment_years.counts_from', 'least(enrolment_years.counts_to, data_as_at.data_as_at)',
                'months.month::date'
            ) }}
        end
        & ~case
            when data_as_at.data_as_at_opening = 'AM'
                and months.month::date = date_trunc('month', data_as_at.data_as_at::timestamp)::date
                then {{ slot_of('data_as_at.data_as_at', "'PM'") }}
            else 0
        end as due_slots
    from enrolment_years
    inner join data_as_at
        on enrolment_years.local_authority_code = data_as_at.local_authority_code
        and enrolment_years.academic_year = data_as_at.academic_year
    left join marked_pupils
        on enrolment_years.local_authority_code = marked_pupils.local_authority_code
        and enrolment_years.academic_year = marked_pupils.academic_year
        and enrolment_years.pupil_id = marked_pupils.pupil_id
        and enrolment_years.seed_code = marked_pupils.seed_code
    cross join lateral generate_series(
        date_trunc('month', enrolment_years.counts_from::timestamp),
        least(enrolment_years.counts_to, data_as_at.last_month)::timestamp,
        interval '1 month'
    ) as months (month)
    where not enrolment_years.needs_mark or marked_pupils.pupil_id is not null
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
                then months.due_slots
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
