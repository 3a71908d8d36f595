-- Rule 8: a lost day is not a holiday. A day is lost where marks show neither half of it open; then both halves are
-- judged. Where one half is known, the other one is open only if other schools show that very half open.
with delivered as (
    select * from {{ ref('canonical_delivered_half_days') }} as delivered
    where {{ in_touched_scope('delivered') }}
),

tested as (
    select * from {{ ref('canonical_tested_half_days') }} as tested
    where {{ in_touched_scope('tested') }} and tested.is_open
),

days as (
    select * from {{ ref('canonical_days') }}
),

weekdays as (
    select
        days.*,
        row_number() over (order by days.attendance_date) as number
    from days
    where days.weekday <= 5
),

inferred_schools as (
    {{ inferred_schools() }}
),

-- of authorities with such schools alone: elsewhere nothing can be lost
marked_half_days as (
    select
        school_months.local_authority_code,
        school_months.academic_year,
        school_months.seed_code,
        days.attendance_date as opening_date,
        school_months.marked_slots & days.morning_slot <> 0 as has_morning,
        school_months.marked_slots & days.afternoon_slot <> 0 as has_afternoon
    from {{ ref('canonical_school_months') }} as school_months
    inner join days on school_months.month = days.month
    where {{ in_touched_scope('school_months') }}
        and school_months.marked_slots & (days.morning_slot | days.afternoon_slot) <> 0
        and (school_months.local_authority_code, school_months.academic_year) in (
            select inferred_schools.local_authority_code, inferred_schools.academic_year from inferred_schools
        )
),

-- open by marks: by the first test, or with a mark where a calendar has it open
known_open as (
    select local_authority_code, academic_year, seed_code, opening_date, opening from tested
    union all
    select
        delivered.local_authority_code, delivered.academic_year, delivered.seed_code, delivered.opening_date,
        delivered.opening
    from delivered
    inner join marked_half_days using (local_authority_code, academic_year, seed_code, opening_date)
    where delivered.is_open
        and case delivered.opening when 'AM' then marked_half_days.has_morning else marked_half_days.has_afternoon end
),

spans as (
    select
        inferred_schools.*,
        min(marked_half_days.opening_date) as first_marked_on,
        max(marked_half_days.opening_date) as last_marked_on
    from inferred_schools
    inner join marked_half_days using (local_authority_code, academic_year, seed_code)
    group by
        inferred_schools.local_authority_code, inferred_schools.academic_year, inferred_schools.seed_code,
        inferred_schools.covered_to
),

school_weeks as (
    select
        known_open.local_authority_code,
        known_open.academic_year,
        known_open.seed_code,
        count(distinct date_trunc('week', known_open.opening_date::timestamp)) as weeks
    from known_open
    group by known_open.local_authority_code, known_open.academic_year, known_open.seed_code
),

usual as (
    select distinct -- a half of a weekday of the days on which it was open
        known_open.local_authority_code,
        known_open.academic_year,
        known_open.seed_code,
        extract(isodow from known_open.opening_date) as weekday,
        known_open.opening
    from known_open
),

known_days as (
    select distinct -- a day of its halves
        known_open.local_authority_code,
        known_open.academic_year,
        known_open.seed_code,
        known_open.opening_date
    from known_open
),

candidates as (
    select
        spans.local_authority_code,
        spans.academic_year,
        spans.seed_code,
        weekdays.attendance_date as opening_date,
        halves.opening,
        known_days.seed_code is not null as is_known_day
    from spans
    inner join weekdays
        on spans.academic_year = weekdays.academic_year
        and weekdays.attendance_date between spans.first_marked_on and spans.last_marked_on
        and weekdays.attendance_date > spans.covered_to
    cross join (values ('AM'), ('PM')) as halves (opening)
    left join known_open
        on spans.local_authority_code = known_open.local_authority_code
        and spans.seed_code = known_open.seed_code
        and weekdays.attendance_date = known_open.opening_date
        and halves.opening = known_open.opening
    left join known_days
        on spans.local_authority_code = known_days.local_authority_code
        and spans.seed_code = known_days.seed_code
        and weekdays.attendance_date = known_days.opening_date
    left join school_weeks
        on spans.local_authority_code = school_weeks.local_authority_code
        and spans.academic_year = school_weeks.academic_year
        and spans.seed_code = school_weeks.seed_code
    left join usual
        on spans.local_authority_code = usual.local_authority_code
        and spans.academic_year = usual.academic_year
        and spans.seed_code = usual.seed_code
        and weekdays.weekday = usual.weekday
        and halves.opening = usual.opening
    where known_open.seed_code is null
        and (usual.seed_code is not null or coalesce(school_weeks.weeks, 0) < {{ var('calendar_usual_after_weeks') }})
),

same_sector as (
    select sectors.*
    from ({{ schools_of_a_sector() }}) as sectors
),

others as (
    select
        spans.local_authority_code,
        spans.academic_year,
        spans.seed_code,
        same_sector.other_seed_code,
        {{ last_day_of('establishments') }} as last_day,
        count(*) over (partition by spans.local_authority_code, spans.academic_year, spans.seed_code) as other_schools
    from spans
    inner join same_sector using (local_authority_code, seed_code)
    inner join {{ ref('canonical_schools_on_roll') }} as on_roll
        on same_sector.local_authority_code = on_roll.local_authority_code
        and spans.academic_year = on_roll.academic_year
        and same_sector.other_seed_code = on_roll.seed_code
    left join {{ ref('canonical_establishments') }} as establishments
        on same_sector.local_authority_code = establishments.local_authority_code
        and same_sector.other_seed_code = establishments.seed_code
),

-- only days on which any school is open are worth comparing
open_days as (
    select distinct known_days.local_authority_code, known_days.opening_date -- a day of its schools
    from known_days
),

open_elsewhere as (
    select
        candidates.local_authority_code,
        candidates.seed_code,
        candidates.opening_date,
        candidates.opening,
        others.other_schools,
        count(distinct others.other_seed_code) as open_schools
    from candidates
    inner join open_days using (local_authority_code, opening_date)
    inner join others using (local_authority_code, academic_year, seed_code)
    inner join known_open
        on others.local_authority_code = known_open.local_authority_code
        and others.other_seed_code = known_open.seed_code
        and candidates.opening_date = known_open.opening_date
        and (candidates.opening = known_open.opening or not candidates.is_known_day)
    group by
        candidates.local_authority_code, candidates.seed_code, candidates.opening_date, candidates.opening,
        others.other_schools
),

gone as (
    select others.* from others
    where others.last_day is not null
),

like_some as (
    select open_elsewhere.*
    from open_elsewhere
    where open_elsewhere.open_schools >= {{ var('calendar_lost_day_share') }} * (
        open_elsewhere.other_schools - (
            select count(*)
            from gone
            where gone.local_authority_code = open_elsewhere.local_authority_code
                and gone.academic_year = {{ academic_year_of('open_elsewhere.opening_date') }}
                and gone.seed_code = open_elsewhere.seed_code
                and gone.last_day < open_elsewhere.opening_date
        )
    )
),

-- one wrong mark on a holiday does not cut it in two: what ends a gap is a school that is open
ends_of_gaps as (
    select
        open_dates.local_authority_code,
        open_dates.academic_year,
        weekdays.number,
        lag(weekdays.number) over (
            partition by open_dates.local_authority_code, open_dates.academic_year
            order by weekdays.number
        ) as number_before
    from (
        select distinct local_authority_code, academic_year, opening_date from known_days -- of its schools
    ) as open_dates
    inner join weekdays on open_dates.opening_date = weekdays.attendance_date
),

-- calendars of other schools that have a day closed say otherwise
said_closed as (
    select
        delivered.local_authority_code,
        delivered.opening_date
    from delivered
    left join {{ ref('canonical_establishments') }} as establishments
        on delivered.local_authority_code = establishments.local_authority_code
        and delivered.seed_code = establishments.seed_code
    where coalesce(delivered.opening_date <= {{ last_day_of('establishments') }}, true)
    group by delivered.local_authority_code, delivered.opening_date
    having not bool_or(delivered.is_open)
),

short_gaps as (
    select
        ends_of_gaps.local_authority_code,
        weekdays.attendance_date as opening_date
    from ends_of_gaps
    inner join weekdays
        on weekdays.number > ends_of_gaps.number_before
        and weekdays.number < ends_of_gaps.number
    left join said_closed
        on ends_of_gaps.local_authority_code = said_closed.local_authority_code
        and weekdays.attendance_date = said_closed.opening_date
    where ends_of_gaps.number - ends_of_gaps.number_before - 1 <= {{ var('calendar_lost_weekdays') }}
        and said_closed.opening_date is null
),

announced as (
    select distinct -- several files of a day
        announced_rows.local_authority_code,
        announced_rows.extract_date,
        announced_rows.seed_code
    from {{ ref('stg_control__announced_rows') }} as announced_rows
    where announced_rows.feed = 'attendance'
),

judged as (
    select
        candidates.*,
        case
            when not candidates.is_known_day and exists (
                select 1
                from announced
                where announced.local_authority_code = candidates.local_authority_code
                    and announced.extract_date = candidates.opening_date
                    and announced.seed_code in (0, candidates.seed_code)
            ) then 'file lost'
            when like_some.seed_code is not null then 'other schools open'
            when not candidates.is_known_day and short_gaps.opening_date is not null then 'short gap'
        end as reason
    from candidates
    left join like_some
        on candidates.local_authority_code = like_some.local_authority_code
        and candidates.seed_code = like_some.seed_code
        and candidates.opening_date = like_some.opening_date
        and candidates.opening = like_some.opening
    left join short_gaps
        on candidates.local_authority_code = short_gaps.local_authority_code
        and candidates.opening_date = short_gaps.opening_date
)

select
    judged.local_authority_code,
    judged.academic_year,
    judged.seed_code,
    judged.opening_date,
    judged.opening,
    judged.reason
from judged
{{ closures_of('judged') }}
where judged.reason is not null
    and not {{ is_shut('judged') }}
