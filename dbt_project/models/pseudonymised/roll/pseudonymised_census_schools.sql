-- Rule 43: the list of schools comes from what is delivered and published of schools; one with pupils is on it anyway.
with censuses as (
    select
        delivered_years.local_authority_code,
        delivered_years.academic_year,
        academic_years.census_on
    from {{ ref('canonical_delivered_years') }} as delivered_years
    inner join {{ ref('academic_years') }} as academic_years using (academic_year)
    where not delivered_years.is_provisional
),

known as (
    select
        departments.local_authority_code,
        departments.seed_code,
        departments.sector,
        coalesce(establishments.planning_capacity, establishments.working_capacity) as capacity,
        coalesce(establishments.opened_on, published.opened_on) as opened_on,
        coalesce(establishments.closed_on, published.closed_on) as closed_on,
        count(*) over (partition by departments.local_authority_code, departments.seed_code) as departments_count
    from {{ ref('canonical_departments') }} as departments
    left join {{ ref('canonical_establishments') }} as establishments
        on departments.local_authority_code = establishments.local_authority_code
        and departments.seed_code = establishments.seed_code
    left join {{ ref('schools') }} as published
        on departments.seed_code = published.seed_code
        and departments.sector = published.sector
    where departments.sector in ('primary', 'secondary', 'special')
),

listed as (
    select
        censuses.local_authority_code,
        censuses.academic_year,
        known.seed_code,
        known.sector,
        censuses.census_on
    from censuses
    inner join known using (local_authority_code)
    where coalesce(known.opened_on, censuses.census_on) <= censuses.census_on
        and coalesce(known.closed_on, censuses.census_on) >= censuses.census_on
    union
    select
        census_roll.local_authority_code,
        census_roll.academic_year,
        census_roll.seed_code,
        census_roll.sector,
        census_roll.census_on
    from {{ ref('canonical_census_roll') }} as census_roll
),

-- a building's capacity is that of all its departments, so it is said where there is one
schools as (
    select
        listed.local_authority_code,
        listed.seed_code,
        listed.sector,
        listed.academic_year,
        case when known.departments_count = 1 then known.capacity end as capacity,
        listed.census_on
    from listed
    left join known using (local_authority_code, seed_code, sector)
)

select * from schools
