{%- set counts = ['openings_attended', 'openings_possible', 'openings_not_counted', 'openings_not_recorded'] -%}
-- Out of the bits of half days, so that no row of the 26.7 million openings is read again.
with marked_months as (
    select marked_months.* from {{ ref('canonical_marked_months') }} as marked_months
    where {{ in_touched_month('marked_months', 'marked_months.month', and_next=true) }}
),

enrolled_months as (
    select * from {{ ref('canonical_enrolled_months') }} as enrolled_months
    where {{ in_touched_month('enrolled_months', 'enrolled_months.month', and_next=true) }}
        and enrolled_months.expected_slots <> 0
),

half_days as (
    select
        local_authority_code,
        academic_year,
        pupil_id,
        seed_code,
        month,
        coalesce(marked_months.attended_slots, 0) as openings_attended,
        coalesce(marked_months.marked_slots & ~marked_months.not_counted_slots, 0) as openings_possible,
        coalesce(marked_months.not_counted_slots, 0) as openings_not_counted,
        coalesce(enrolled_months.expected_slots, 0) & ~coalesce(marked_months.marked_slots, 0) as openings_not_recorded
    from marked_months
    full join enrolled_months using (local_authority_code, academic_year, pupil_id, seed_code, month)
),

pupil_years as (
    select
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        pupil_years.pupil_id,
        pupil_years.seed_code,
        pupil_years.sector,
        count(*) over (
            partition by pupil_years.local_authority_code, pupil_years.academic_year, pupil_years.pupil_id
        ) > 1 as is_at_several
    from {{ ref('canonical_pupil_years') }} as pupil_years
    where {{ in_touched_month('pupil_years') }}
),

-- a week that reaches into the next month is in both
weeks_of_months as (
    select
        days.month,
        date_trunc('week', days.attendance_date)::date as week,
        bit_or(days.morning_slot | days.afternoon_slot) as slots
    from {{ ref('canonical_days') }} as days
    group by days.month, date_trunc('week', days.attendance_date)
),

pupil_weeks as (
    select
        {% for count in counts -%}
            sum({{ slot_count('half_days.' ~ count ~ ' & weeks.slots') }}) as {{ count }},
        {% endfor -%}
        half_days.local_authority_code, half_days.academic_year, half_days.pupil_id, half_days.seed_code, weeks.week,
        pupil_years.sector, pupil_years.is_at_several
    from half_days
    inner join pupil_years using (local_authority_code, academic_year, pupil_id, seed_code)
    inner join weeks_of_months as weeks using (month)
    where weeks.slots
        & (half_days.openings_possible | half_days.openings_not_counted | half_days.openings_not_recorded) <> 0
        and {{ in_touched_month('half_days', "date_trunc('month', weeks.week::timestamp)::date") }}
    group by
        half_days.local_authority_code, half_days.academic_year, half_days.pupil_id, half_days.seed_code, weeks.week,
        pupil_years.sector, pupil_years.is_at_several
),

-- the few at several schools, once for each sector and once for the authority
counted as (
    select
        pupil_weeks.local_authority_code, pupil_weeks.academic_year, pupil_weeks.week,
        case when pupil_weeks.is_at_several then 'school' else 'everywhere' end as counts_in,
        pupil_weeks.seed_code, pupil_weeks.sector, {{ counts | join(', ') }}
    from pupil_weeks
    union all
    select
        pupil_weeks.local_authority_code, pupil_weeks.academic_year, pupil_weeks.week,
        case when grouping(pupil_weeks.sector) = 0 then 'sector' else 'authority' end as counts_in,
        0 as seed_code,
        coalesce(pupil_weeks.sector, 'several') as sector,
        sum(pupil_weeks.{{ counts | join('), sum(pupil_weeks.') }})
    from pupil_weeks
    where pupil_weeks.is_at_several
    group by
        pupil_weeks.local_authority_code, pupil_weeks.academic_year, pupil_weeks.week, pupil_weeks.pupil_id,
        grouping sets ((pupil_weeks.sector), ())
),

open_weeks as (
    select distinct -- a week is open that has an open half day
        calendar.local_authority_code,
        calendar.academic_year,
        calendar.seed_code,
        date_trunc('week', calendar.opening_date::timestamp)::date as week
    from {{ ref('canonical_calendar') }} as calendar
    where calendar.is_open
        and {{ in_touched_month('calendar', "date_trunc('month', calendar.opening_date)::date", and_next=true) }}
)

select
    local_authority_code,
    academic_year,
    week,
    counted.counts_in,
    seed_code,
    counted.sector,
    {% for count in counts -%}
        sum(counted.{{ count }})::bigint as {{ count }},
    {% endfor -%}
    bool_or(open_weeks.local_authority_code is not null) as is_open,
    count(*) filter (where counted.openings_possible > 0)::integer as pupils,
    count(*)::integer as behind_pupils
from counted
left join open_weeks using (local_authority_code, academic_year, seed_code, week)
group by local_authority_code, academic_year, week, counted.counts_in, seed_code, counted.sector
