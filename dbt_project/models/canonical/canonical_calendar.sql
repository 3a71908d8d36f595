-- Rules 7 and 8.
with enrolment_years as (
    select * from {{ ref('canonical_enrolment_years') }} as enrolment_years
    where {{ in_touched_scope('enrolment_years') }}
),

delivered as (
    select * from {{ ref('canonical_delivered_half_days') }} as delivered
    where {{ in_touched_scope('delivered') }}
),

stage_half_days as (
    select * from {{ ref('canonical_stage_half_days') }} as stage_half_days
    where {{ in_touched_scope('stage_half_days') }}
),

departments as (
    select * from {{ ref('canonical_departments') }}
),

delivered_schools as (
    select distinct delivered.local_authority_code, delivered.academic_year, delivered.seed_code -- of its half days
    from delivered
),

-- the first test: half of one stage, or of the school where no stage is large enough
tested as (
    select
        stage_half_days.local_authority_code,
        stage_half_days.academic_year,
        stage_half_days.seed_code,
        stage_half_days.opening_date,
        stage_half_days.opening,
        case
            when max(stage_half_days.pupils_on_roll) >= {{ var('calendar_minimum_stage_pupils') }}
                then bool_or(
                    stage_half_days.pupils_on_roll >= {{ var('calendar_minimum_stage_pupils') }}
                    and stage_half_days.pupils_marked
                        >= {{ var('calendar_marked_share') }} * stage_half_days.pupils_on_roll
                )
            else sum(stage_half_days.pupils_marked)
                >= {{ var('calendar_marked_share') }} * sum(stage_half_days.pupils_on_roll)
        end as is_open
    from stage_half_days
    left join delivered_schools
        on stage_half_days.local_authority_code = delivered_schools.local_authority_code
        and stage_half_days.academic_year = delivered_schools.academic_year
        and stage_half_days.seed_code = delivered_schools.seed_code
    where delivered_schools.seed_code is null
    group by
        stage_half_days.local_authority_code, stage_half_days.academic_year, stage_half_days.seed_code,
        stage_half_days.opening_date, stage_half_days.opening
),

first_open as (
    select
        tested.local_authority_code, tested.academic_year, tested.seed_code, tested.opening_date, tested.opening
    from tested
    where tested.is_open
    union all
    select
        delivered.local_authority_code, delivered.academic_year, delivered.seed_code, delivered.opening_date,
        delivered.opening
    from delivered
    where delivered.is_open
),

-- the usual week of a school that is inferred: half days that at least half of its weeks have
usual_weeks as (
    select
        weekdays.local_authority_code,
        weekdays.academic_year,
        weekdays.seed_code,
        weekdays.weekday,
        weekdays.opening
    from (
        select
            tested.local_authority_code,
            tested.academic_year,
            tested.seed_code,
            extract(isodow from tested.opening_date) as weekday,
            tested.opening,
            count(*) as open_weeks
        from tested
        where tested.is_open
        group by
            tested.local_authority_code, tested.academic_year, tested.seed_code,
            extract(isodow from tested.opening_date), tested.opening
    ) as weekdays
    inner join (
        select
            tested.local_authority_code,
            tested.academic_year,
            tested.seed_code,
            count(distinct date_trunc('week', tested.opening_date::timestamp)) as weeks
        from tested
        where tested.is_open
        group by tested.local_authority_code, tested.academic_year, tested.seed_code
    ) as school_weeks
        on weekdays.local_authority_code = school_weeks.local_authority_code
        and weekdays.academic_year = school_weeks.academic_year
        and weekdays.seed_code = school_weeks.seed_code
    where 2 * weekdays.open_weeks >= school_weeks.weeks
),

schools as (
    select distinct -- a school of its enrolments
        enrolment_years.local_authority_code,
        enrolment_years.academic_year,
        enrolment_years.seed_code
    from enrolment_years
    where enrolment_years.status <> 'withdrawn'
),

-- the other schools that a school is compared with: of a sector of its own, or of all if these are too few
others as (
    select
        schools.local_authority_code,
        schools.academic_year,
        schools.seed_code,
        other_schools.seed_code as other_seed_code,
        departments_shared.is_same_sector,
        count(*) filter (where departments_shared.is_same_sector) over (
            partition by schools.local_authority_code, schools.academic_year, schools.seed_code
        ) as same_sector_schools
    from schools
    inner join schools as other_schools
        on schools.local_authority_code = other_schools.local_authority_code
        and schools.academic_year = other_schools.academic_year
        and schools.seed_code <> other_schools.seed_code
    cross join lateral (
        select exists (
            select 1
            from departments as own
            inner join departments as theirs
                on own.local_authority_code = theirs.local_authority_code
                and own.sector = theirs.sector
            where own.local_authority_code = schools.local_authority_code
                and own.seed_code = schools.seed_code
                and theirs.seed_code = other_schools.seed_code
        ) as is_same_sector
    ) as departments_shared
    where exists (
        select 1
        from usual_weeks
        where usual_weeks.local_authority_code = schools.local_authority_code
            and usual_weeks.academic_year = schools.academic_year
            and usual_weeks.seed_code = schools.seed_code
    )
),

compared_with as (
    select
        others.*,
        count(*) over (
            partition by others.local_authority_code, others.academic_year, others.seed_code
        ) as other_schools
    from others
    where others.is_same_sector
        or others.same_sector_schools < {{ var('calendar_minimum_other_schools') }}
),

-- the second test: half of the others are open, and it is a half day of the usual week
open_with_others as (
    select
        compared_with.local_authority_code,
        compared_with.academic_year,
        compared_with.seed_code,
        first_open.opening_date,
        first_open.opening
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
    having 2 * count(*) >= compared_with.other_schools
),

inferred as (
    select
        tested.local_authority_code, tested.academic_year, tested.seed_code, tested.opening_date, tested.opening
    from tested
    where tested.is_open
    union
    select
        open_with_others.local_authority_code, open_with_others.academic_year, open_with_others.seed_code,
        open_with_others.opening_date, open_with_others.opening
    from open_with_others
)

select
    delivered.local_authority_code,
    delivered.academic_year,
    delivered.seed_code,
    delivered.opening_date,
    delivered.opening,
    delivered.is_open,
    'delivered' as calendar_source
from delivered
union all
select
    inferred.local_authority_code,
    inferred.academic_year,
    inferred.seed_code,
    inferred.opening_date,
    inferred.opening,
    true as is_open,
    'inferred' as calendar_source
from inferred
