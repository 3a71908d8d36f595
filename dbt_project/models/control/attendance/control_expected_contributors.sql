-- Rule 12. The deadline of a half day is the contract's latency and hour after it. A live warehouse is judged by the
-- clock, a made-up one on the day of its last delivery of what every school sends.
{%- set expectation = feeds()['attendance'] %}

with as_of as (
    select
        file_ledger.local_authority_code,
        {{ judged_at('file_ledger') }} as as_of
    from {{ ref('stg_control__file_ledger') }} as file_ledger
    group by file_ledger.local_authority_code
),

schools as (
    select
        enrolments.local_authority_code,
        enrolments.academic_year,
        enrolments.seed_code,
        min(enrolments.counts_from) as first_on_roll,
        max(enrolments.counts_to) as last_on_roll
    from {{ ref('canonical_enrolment_years') }} as enrolments
    where {{ in_touched_scope('enrolments') }}
        and enrolments.status = 'on_roll'
    group by enrolments.local_authority_code, enrolments.academic_year, enrolments.seed_code
),

marked as (
    select
        school_months.local_authority_code,
        school_months.seed_code,
        school_months.month,
        school_months.marked_slots as slots
    from {{ ref('canonical_school_months') }} as school_months
    where {{ in_touched_scope('school_months') }}
),

half_days as (
    select
        calendar.local_authority_code,
        calendar.academic_year,
        calendar.seed_code,
        calendar.opening_date,
        coalesce(marked.slots, 0) & {{ slot_of('calendar.opening_date', 'calendar.opening') }} <> 0 as is_marked,
        (
            calendar.opening_date + {{ expectation.latency_days }} + time '{{ expectation.by }}'
        ) at time zone 'Europe/London' <= as_of.as_of as is_due
    from {{ ref('canonical_calendar') }} as calendar
    inner join schools using (local_authority_code, academic_year, seed_code)
    inner join as_of on as_of.local_authority_code = calendar.local_authority_code
    left join marked
        on marked.local_authority_code = calendar.local_authority_code
            and marked.seed_code = calendar.seed_code
            and marked.month = date_trunc('month', calendar.opening_date::timestamp)::date
    where {{ in_touched_scope('calendar') }}
        and calendar.is_open
        and calendar.opening_date between schools.first_on_roll and schools.last_on_roll
        and calendar.opening_date <= {{ day_of('as_of.as_of') }}
),

counted as (
    select
        half_days.local_authority_code,
        half_days.academic_year,
        half_days.seed_code,
        (count(*) filter (where half_days.is_due))::integer as half_days_due,
        (count(*) filter (where half_days.is_due and not half_days.is_marked))::integer as half_days_missing,
        max(half_days.opening_date) filter (where half_days.is_due) as last_due_on,
        max(half_days.opening_date) filter (where half_days.is_due and half_days.is_marked) as last_marked_on,
        max(half_days.opening_date) filter (where half_days.is_marked) as marked_to
    from half_days
    group by half_days.local_authority_code, half_days.academic_year, half_days.seed_code
    having bool_or(half_days.is_due)
),

-- what became of attendance files that came after the last mark
files as (
    select
        counted.local_authority_code,
        counted.academic_year,
        counted.seed_code,
        bool_or(file_ledger.status = 'quarantined') as is_quarantined,
        bool_or(file_ledger.status = 'landed' and not file_ledger.is_in_force) as is_withdrawn
    from counted
    inner join {{ ref('stg_control__file_ledger') }} as file_ledger
        on file_ledger.local_authority_code = counted.local_authority_code
            and file_ledger.feed = 'attendance'
            and file_ledger.extract_date > coalesce(counted.last_marked_on, '-infinity')
    group by counted.local_authority_code, counted.academic_year, counted.seed_code
),

contributors as (
    select
        counted.*,
        counted.last_marked_on is distinct from counted.last_due_on as is_missing,
        case
            when counted.last_marked_on is not distinct from counted.last_due_on then null
            when files.is_quarantined then 'quarantined'
            when files.is_withdrawn then 'withdrawn'
            when counted.last_marked_on is null then 'never sent'
            else 'not sent'
        end as reason
    from counted
    left join files using (local_authority_code, academic_year, seed_code)
)

select * from contributors
