-- Rule 8, second test: half of the authority's other schools are open, and it is a half day of the usual week.
with delivered as (
    select * from {{ ref('canonical_delivered_half_days') }} as delivered
    where {{ in_touched_scope('delivered') }} and delivered.is_open
),

tested as (
    select * from {{ ref('canonical_tested_half_days') }} as tested
    where {{ in_touched_scope('tested') }} and tested.is_open
),

departments as (
    select * from {{ ref('canonical_departments') }}
),

first_open as (
    select local_authority_code, academic_year, seed_code, opening_date, opening from tested
    union all
    select local_authority_code, academic_year, seed_code, opening_date, opening from delivered
),

weekdays as (
    select
        tested.local_authority_code, tested.academic_year, tested.seed_code,
        extract(isodow from tested.opening_date) as weekday, tested.opening,
        count(*) as open_weeks
    from tested
    group by
        tested.local_authority_code, tested.academic_year, tested.seed_code,
        extract(isodow from tested.opening_date), tested.opening
),

school_weeks as (
    select
        tested.local_authority_code,
        tested.academic_year,
        tested.seed_code,
        count(distinct date_trunc('week', tested.opening_date::timestamp)) as weeks
    from tested
    group by tested.local_authority_code, tested.academic_year, tested.seed_code
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
    select distinct -- two schools may share two sectors
        one.local_authority_code,
        one.seed_code,
        other.seed_code as other_seed_code
    from departments as one
    inner join departments as other
        on one.local_authority_code = other.local_authority_code
        and one.sector = other.sector
        and one.seed_code <> other.seed_code
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
)

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
