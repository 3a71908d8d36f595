with school_facts as (
    select * from {{ ref('school_facts') }} as school_facts
    where {{ in_touched_scope('school_facts') }}
),

found as (
    select
        openings.local_authority_code,
        openings.academic_year,
        openings.seed_code,
        openings.sector,
        openings.breakdown,
        openings.value
    from {{ ref('school_openings') }} as openings
    where {{ in_touched_scope('openings') }}
    union all
    select
        weekdays.local_authority_code,
        weekdays.academic_year,
        weekdays.seed_code,
        weekdays.sector,
        'weekday' as breakdown,
        weekdays.weekday || ' ' || weekdays.opening as value
    from {{ ref('school_weekday_openings') }} as weekdays
    where {{ in_touched_scope('weekdays') }}
        and {{ expected_openings('weekdays') }} > 0
),

stages as (
    select
        stages.sector,
        stages.stage
    from {{ ref('stages') }} as stages
),

-- union and not union all: a group that is both wanted and found is one row
grid as (
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
        ('all', 'all'), ('sex', 'F'), ('sex', 'M'), ('deprivation_group', 'most_deprived_fifth'),
        ('deprivation_group', 'second_fifth'), ('deprivation_group', 'rest')
        union all
        select 'stage', stages.stage from stages where stages.sector = school_facts.sector
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
    union
    select * from found
)

select * from grid
