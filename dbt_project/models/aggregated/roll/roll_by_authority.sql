with counted as (
    select
        pupils.local_authority_code,
        pupils.academic_year,
        count(*)::integer as pupils
    from {{ ref('roll_census_pupils') }} as pupils
    group by pupils.local_authority_code, pupils.academic_year
),

years as (
    select distinct -- a year of its schools
        schools.local_authority_code,
        schools.academic_year,
        schools.census_on
    from {{ ref('pseudonymised_census_schools') }} as schools
),

rolls as (
    select
        years.local_authority_code,
        years.academic_year,
        coalesce(counted.pupils, 0) as pupils,
        years.census_on
    from years
    left join counted using (local_authority_code, academic_year)
)

select * from rolls
