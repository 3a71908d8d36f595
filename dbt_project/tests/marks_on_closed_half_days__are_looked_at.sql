-- What: a mark on a half day that the school's calendar has closed counts (rule 9), and a person should look at it.
-- When it matters: the calendar is wrong, or the mark is; in an inferred calendar, most often the mark.
-- How to fix: have the calendar or the marks delivered again as they should be; nothing is held back until then.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'canonical_school_months'}}}) }}

with marked as (
    select
        school_months.local_authority_code,
        school_months.seed_code,
        school_months.month,
        school_months.marked_slots as slots
    from {{ ref('canonical_school_months') }} as school_months
),

opened as (
    select
        calendar.local_authority_code,
        calendar.seed_code,
        date_trunc('month', calendar.opening_date::timestamp)::date as month,
        bit_or({{ slot_of('calendar.opening_date', 'calendar.opening') }}) as slots
    from {{ ref('canonical_calendar') }} as calendar
    where calendar.is_open
    group by
        calendar.local_authority_code, calendar.seed_code, date_trunc('month', calendar.opening_date::timestamp)::date
),

closed as (
    select
        marked.local_authority_code,
        marked.seed_code,
        marked.month,
        {{ slot_count('(marked.slots & ~coalesce(opened.slots, 0))') }} as half_days
    from marked
    left join opened using (local_authority_code, seed_code, month)
)

select closed.* from closed
where closed.half_days > 0
