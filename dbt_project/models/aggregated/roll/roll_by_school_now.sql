with latest as (
    select distinct -- a day of its pupils
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.as_at
    from {{ ref('roll_month_pupils') }} as pupils
    where pupils.is_latest
),

counted as (
    select
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.seed_code,
        pupils.sector,
        count(*)::integer as pupils
    from {{ ref('roll_month_pupils') }} as pupils
    where pupils.is_latest
    group by pupils.local_authority_code, pupils.academic_year, pupils.seed_code, pupils.sector
),

listed as (
    select
        schools.local_authority_code,
        schools.academic_year,
        lpad(schools.seed_code::text, 7, '0') as seed_code,
        schools.sector,
        schools.capacity
    from {{ ref('pseudonymised_census_schools') }} as schools
),

every_school as (
    select * from listed
    union all
    select
        counted.local_authority_code,
        counted.academic_year,
        counted.seed_code,
        counted.sector,
        null::integer as capacity
    from counted
    where not exists (
            select 1
            from listed
            where listed.local_authority_code = counted.local_authority_code
                and listed.academic_year = counted.academic_year
                and listed.seed_code = counted.seed_code
                and listed.sector = counted.sector
        )
),

rolls as (
    select
        every_school.local_authority_code,
        every_school.seed_code,
        every_school.sector,
        every_school.academic_year,
        coalesce(counted.pupils, 0) as pupils,
        every_school.capacity,
        latest.as_at
    from every_school
    inner join latest using (local_authority_code, academic_year)
    left join counted using (local_authority_code, academic_year, seed_code, sector)
)

select * from rolls
