-- Rule 43: every group of the list has a row, whether anybody is in it or not.
with places as (
    select distinct -- a sector of its schools
        schools.local_authority_code,
        schools.sector,
        schools.academic_year,
        schools.census_on
    from {{ ref('pseudonymised_census_schools') }} as schools
),

listed as (
    select unnest(array['F', 'M', 'unknown']) as sex
),

counted as (
    select
        pupils.local_authority_code,
        pupils.sector,
        pupils.academic_year,
        pupils.sex,
        count(*)::integer as pupils
    from {{ ref('roll_census_pupils') }} as pupils
    group by pupils.local_authority_code, pupils.sector, pupils.academic_year, pupils.sex
),

rolls as (
    select
        places.local_authority_code,
        places.sector,
        places.academic_year,
        listed.sex,
        coalesce(counted.pupils, 0) as pupils,
        places.census_on
    from places
    cross join listed
    left join counted using (local_authority_code, sector, academic_year, sex)
)

select * from rolls
