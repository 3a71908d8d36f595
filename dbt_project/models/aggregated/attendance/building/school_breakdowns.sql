-- Rule 43: rows come from lists that hold for every school of a sector, never from who is at one of them.
with school_facts as (
    select * from {{ ref('school_facts') }} as school_facts
    where {{ in_touched_scope('school_facts') }}
),

-- a half day of the week that any school of the sector has, such as Saturday morning, is a row of all of them
further_half_days as (
    select distinct
        weekdays.local_authority_code,
        weekdays.academic_year,
        weekdays.sector,
        weekdays.weekday || ' ' || weekdays.opening as value
    from {{ ref('school_weekday_openings') }} as weekdays
    where {{ in_touched_scope('weekdays') }}
        and weekdays.weekday > 5
        and {{ expected_openings('weekdays') }} > 0
),

-- likewise a month in which any school of the council has marks
months as (
    select distinct
        openings.local_authority_code,
        openings.academic_year,
        openings.value
    from {{ ref('school_openings') }} as openings
    where {{ in_touched_scope('openings') }}
        and openings.breakdown = 'month'
),

listed as (
    select
        school_facts.local_authority_code,
        school_facts.academic_year,
        school_facts.seed_code,
        school_facts.sector,
        wanted.breakdown,
        wanted.value
    from school_facts
    cross join lateral (
        values
        ('all', 'all'), ('sex', 'F'), ('sex', 'M'), ('sex', 'unknown'), ('deprivation_group', 'most_deprived_fifth'),
        ('deprivation_group', 'second_fifth'), ('deprivation_group', 'rest')
        union all
        select 'stage', stages.stage from ({{ stages_of_sectors() }}) as stages where stages.sector = school_facts.sector
        union all
        select 'month', months.month::date::text
        from generate_series(
            school_facts.first_month::timestamp, school_facts.last_month::timestamp, interval '1 month'
        ) as months (month)
        union all
        select 'weekday', weekday.number || ' ' || half.opening
        from generate_series(1, 5) as weekday (number)
        cross join (values ('AM'), ('PM')) as half (opening)
    ) as wanted (breakdown, value)
),

-- union and not union all: a month that is both of the calendar and marked is one row
grid as (
    select * from listed
    union
    select
        school_facts.local_authority_code,
        school_facts.academic_year,
        school_facts.seed_code,
        school_facts.sector,
        'month' as breakdown,
        months.value
    from school_facts
    inner join months using (local_authority_code, academic_year)
    union all
    select
        school_facts.local_authority_code,
        school_facts.academic_year,
        school_facts.seed_code,
        school_facts.sector,
        'weekday' as breakdown,
        further_half_days.value
    from school_facts
    inner join further_half_days using (local_authority_code, academic_year, sector)
)

select * from grid
