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

pupil_years as (
    select pupil_years.* from {{ ref('canonical_pupil_years') }} as pupil_years
    where {{ in_touched_month('pupil_years') }}
),

days as (
    select * from {{ ref('canonical_days') }}
),

months as (
    {{ weeks_of_months('days') }}
),

half_days as (
    select
        local_authority_code,
        academic_year,
        pupil_id,
        seed_code,
        month,
        marked_months.marked_slots & ~marked_months.not_counted_slots as possible,
        marked_months.marked_slots & ~marked_months.not_counted_slots & ~marked_months.attended_slots as absent,
        marked_months.not_counted_slots as not_counted,
        enrolled_months.expected_slots & ~coalesce(marked_months.marked_slots, 0) as not_recorded,
        coalesce(marked_months.marked_slots, 0) | coalesce(enrolled_months.expected_slots, 0) as expected
    from marked_months
    full join enrolled_months using (local_authority_code, academic_year, pupil_id, seed_code, month)
),

pupil_weeks as (
    select
        half_days.local_authority_code,
        half_days.academic_year,
        half_days.pupil_id,
        half_days.seed_code,
        bit_or({{ weeks_with('half_days.possible', 'months') }}) as possible_weeks,
        bit_or({{ weeks_with('half_days.expected', 'months') }}) as weeks
    from half_days
    inner join months on half_days.month = months.month
    group by half_days.local_authority_code, half_days.academic_year, half_days.pupil_id, half_days.seed_code
),

placed as (
    select
        pupil_weeks.*,
        pupil_years.sector,
        count(*) over (
            partition by pupil_weeks.local_authority_code, pupil_weeks.academic_year, pupil_weeks.pupil_id
        ) > 1 as is_at_several
    from pupil_weeks
    inner join pupil_years using (local_authority_code, academic_year, pupil_id, seed_code)
),

persons as (
    {{ persons_by_week('placed') }}
),

by_month as (
    select
        half_days.local_authority_code,
        half_days.academic_year,
        half_days.seed_code,
        pupil_years.sector,
        months.first_week,
        {{ openings_by_week('half_days.possible', 'months') }} as possible,
        {{ openings_by_week('half_days.absent', 'months') }} as absent,
        {{ openings_by_week('half_days.not_counted', 'months') }} as not_counted,
        {{ openings_by_week('half_days.not_recorded', 'months') }} as not_recorded
    from half_days
    inner join pupil_years using (local_authority_code, academic_year, pupil_id, seed_code)
    inner join months on half_days.month = months.month
    group by
        half_days.local_authority_code, half_days.academic_year, half_days.seed_code, pupil_years.sector, months.month,
        months.first_week
),

openings as (
    {{ spread_over_weeks('by_month', ['possible', 'absent', 'not_counted', 'not_recorded']) }}
),

open_weeks as (
    select distinct -- a week is open that has an open half day
        calendar.local_authority_code,
        calendar.academic_year,
        calendar.seed_code,
        {{ monday_of('calendar.opening_date') }} as week
    from {{ ref('canonical_calendar') }} as calendar
    where calendar.is_open
        and {{ in_touched_month('calendar', "date_trunc('month', calendar.opening_date)::date", and_next=true) }}
)

select
    local_authority_code,
    academic_year,
    week,
    seed_code,
    persons.sector,
    open_weeks.local_authority_code is not null as is_open,
    persons.pupils::integer as pupils,
    persons.behind_pupils::integer as behind_pupils,
    coalesce(openings.possible - openings.absent, 0)::bigint as openings_attended,
    coalesce(openings.possible, 0)::bigint as openings_possible,
    coalesce(openings.not_counted, 0)::bigint as openings_not_counted,
    coalesce(openings.not_recorded, 0)::bigint as openings_not_recorded
from persons
left join openings using (local_authority_code, academic_year, week, seed_code, sector)
left join open_weeks using (local_authority_code, academic_year, week, seed_code)
where {{ in_touched_month('persons', "date_trunc('month', persons.week)::date") }}
