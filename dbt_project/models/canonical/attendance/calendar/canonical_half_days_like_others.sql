-- Rule 8, second test: half of the authority's other schools are open, and it is a half day of the usual week.
with delivered as (
    select * from {{ ref('canonical_delivered_half_days') }} as delivered
    where {{ in_touched_scope('delivered') }} and delivered.is_open
),

tested as (
    select * from {{ ref('canonical_tested_half_days') }} as tested
    where {{ in_touched_scope('tested') }} and tested.is_open
),

inferred_schools as (
    {{ inferred_schools() }}
),

first_open as (
    select local_authority_code, academic_year, seed_code, opening_date, opening from tested
    union all
    select local_authority_code, academic_year, seed_code, opening_date, opening from delivered
),

own_half_days as (
    select
        first_open.*,
        extract(isodow from first_open.opening_date) as weekday,
        date_trunc('week', first_open.opening_date::timestamp) as week
    from first_open
    inner join inferred_schools using (local_authority_code, academic_year, seed_code)
),

weekdays as (
    select
        own_half_days.local_authority_code, own_half_days.academic_year, own_half_days.seed_code,
        own_half_days.weekday, own_half_days.opening,
        count(*) as open_weeks
    from own_half_days
    group by
        own_half_days.local_authority_code, own_half_days.academic_year, own_half_days.seed_code,
        own_half_days.weekday, own_half_days.opening
),

school_weeks as (
    select
        own_half_days.local_authority_code,
        own_half_days.academic_year,
        own_half_days.seed_code,
        count(distinct own_half_days.week) as weeks
    from own_half_days
    group by own_half_days.local_authority_code, own_half_days.academic_year, own_half_days.seed_code
),

-- half days that at least half of the school's weeks so far have
usual_weeks as (
    select weekdays.*
    from weekdays
    inner join school_weeks using (local_authority_code, academic_year, seed_code)
    where 2 * weekdays.open_weeks >= school_weeks.weeks
),

schools as (
    select * from {{ ref('canonical_schools_on_roll') }} as schools_on_roll
    where {{ in_touched_scope('schools_on_roll') }}
),

same_sector as (
    {{ schools_of_a_sector() }}
),

others as (
    select
        schools.local_authority_code,
        schools.academic_year,
        schools.seed_code,
        other_schools.seed_code as other_seed_code,
        same_sector.seed_code is not null as is_same_sector,
        count(same_sector.seed_code) over by_school as same_sector_schools
    from (select distinct local_authority_code, academic_year, seed_code from usual_weeks) as schools
    inner join schools as other_schools
        on schools.local_authority_code = other_schools.local_authority_code
        and schools.academic_year = other_schools.academic_year
        and schools.seed_code <> other_schools.seed_code
    left join same_sector
        on schools.local_authority_code = same_sector.local_authority_code
        and schools.seed_code = same_sector.seed_code
        and other_schools.seed_code = same_sector.other_seed_code
    window by_school as (partition by schools.local_authority_code, schools.academic_year, schools.seed_code)
),

-- of a sector of its own, or of all sectors where these are too few
compared_with as (
    select
        others.*,
        count(*) over (
            partition by others.local_authority_code, others.academic_year, others.seed_code
        ) as other_schools
    from others
    where others.is_same_sector or others.same_sector_schools < {{ var('calendar_minimum_other_schools') }}
),

counted as (
    select
        compared_with.local_authority_code,
        compared_with.academic_year,
        compared_with.seed_code,
        compared_with.other_schools,
        first_open.opening_date,
        first_open.opening,
        count(*) as open_schools
    from compared_with
    inner join first_open
        on compared_with.local_authority_code = first_open.local_authority_code
        and compared_with.academic_year = first_open.academic_year
        and compared_with.other_seed_code = first_open.seed_code
    inner join usual_weeks
        on compared_with.local_authority_code = usual_weeks.local_authority_code
        and compared_with.academic_year = usual_weeks.academic_year
        and compared_with.seed_code = usual_weeks.seed_code
        and extract(isodow from first_open.opening_date) = usual_weeks.weekday
        and first_open.opening = usual_weeks.opening
    group by
        compared_with.local_authority_code, compared_with.academic_year, compared_with.seed_code,
        compared_with.other_schools, first_open.opening_date, first_open.opening
),

-- others that are no more, or are mothballed, are none of the others from then on
gone as (
    select
        compared_with.local_authority_code,
        compared_with.academic_year,
        compared_with.seed_code,
        {{ last_day_of('closing') }} as last_day
    from compared_with
    inner join {{ ref('canonical_establishments') }} as closing
        on compared_with.local_authority_code = closing.local_authority_code
        and compared_with.other_seed_code = closing.seed_code
    where {{ last_day_of('closing') }} is not null
)

select
    counted.local_authority_code,
    counted.academic_year,
    counted.seed_code,
    counted.opening_date,
    counted.opening
from counted
inner join inferred_schools using (local_authority_code, academic_year, seed_code)
{{ closures_of('counted') }}
where counted.opening_date > inferred_schools.covered_to
    and not {{ is_shut('counted') }}
    and 2 * counted.open_schools >= counted.other_schools - (
        select count(*)
        from gone
        where gone.local_authority_code = counted.local_authority_code
            and gone.academic_year = counted.academic_year
            and gone.seed_code = counted.seed_code
            and gone.last_day < counted.opening_date
    )
