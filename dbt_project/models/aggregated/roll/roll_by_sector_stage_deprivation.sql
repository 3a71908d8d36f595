-- Rule 43: every group of the list has a row, whether anybody is in it or not.
with places as (
    select distinct -- a sector of its schools
        schools.local_authority_code,
        schools.sector,
        schools.academic_year,
        schools.census_on
    from {{ ref('pseudonymised_census_schools') }} as schools
),

stages_listed as (
    {{ stages_of_sectors() }}
),

listed as (
    select
        stages_listed.sector,
        stages_listed.stage,
        quintiles.simd_quintile
    from stages_listed
    cross join unnest(array['1', '2', '3', '4', '5', 'unknown']) as quintiles (simd_quintile)
),

counted as (
    select
        pupils.local_authority_code,
        pupils.sector,
        pupils.academic_year,
        pupils.stage,
        pupils.simd_quintile,
        count(*)::integer as pupils
    from {{ ref('roll_census_pupils') }} as pupils
    group by pupils.local_authority_code, pupils.sector, pupils.academic_year, pupils.stage, pupils.simd_quintile
),

rolls as (
    select
        places.local_authority_code,
        places.sector,
        places.academic_year,
        listed.stage,
        listed.simd_quintile,
        coalesce(counted.pupils, 0) as pupils,
        places.census_on
    from places
    inner join listed using (sector)
    left join counted using (local_authority_code, sector, academic_year, stage, simd_quintile)
)

select * from rolls
