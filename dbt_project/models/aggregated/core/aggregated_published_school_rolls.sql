-- The school table of a census comes before the trend of secondaries, which has the years between.
with published as (
    select
        rolls.census_year,
        rolls.seed_code,
        rolls.sector,
        rolls.roll,
        'school table' as edition
    from {{ ref('school_rolls') }} as rolls
    union all
    select
        rolls.census_year,
        rolls.seed_code,
        rolls.sector,
        rolls.roll,
        'school table' as edition
    from {{ ref('earlier_school_rolls') }} as rolls
    union all
    select
        trend.year as census_year,
        trend.seed_code,
        'secondary' as sector,
        trend.roll,
        'secondary trend' as edition
    from {{ ref('secondary_roll_trend') }} as trend
),

rolls as (
    select distinct on (published.census_year, published.seed_code, published.sector)
        lpad(published.seed_code::text, 7, '0') as seed_code,
        published.sector,
        academic_years.academic_year,
        published.roll,
        {{ roll_tolerance('published.roll') }} as tolerance,
        published.edition
    from published
    inner join {{ ref('academic_years') }} as academic_years
        on published.census_year = extract(year from academic_years.census_on)
    where published.roll is not null
    order by published.census_year, published.seed_code, published.sector, published.edition
)

select * from rolls
