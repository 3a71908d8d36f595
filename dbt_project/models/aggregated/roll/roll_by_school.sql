with schools as (
    select
        schools.local_authority_code,
        lpad(schools.seed_code::text, 7, '0') as seed_code,
        schools.sector,
        schools.academic_year,
        schools.capacity,
        schools.census_on
    from {{ ref('pseudonymised_census_schools') }} as schools
),

counted as (
    select
        pupils.local_authority_code,
        pupils.seed_code,
        pupils.sector,
        pupils.academic_year,
        count(pupils.pupil_token)::integer as pupils,
        count(*) filter (where pupils.english_as_additional_language = 'yes')::integer
            as pupils_with_english_as_additional_language,
        count(*) filter (where pupils.free_meals <> 'not asked')::integer as pupils_asked_for_free_meals,
        count(*) filter (where pupils.free_meals = 'registered')::integer as pupils_registered_for_free_meals,
        count(*) filter (where pupils.taught_in_gaelic = 'yes')::integer as pupils_taught_in_gaelic
    from {{ ref('roll_census_pupils') }} as pupils
    group by pupils.local_authority_code, pupils.seed_code, pupils.sector, pupils.academic_year
),

rolls as (
    select
        schools.local_authority_code,
        schools.seed_code,
        schools.sector,
        schools.academic_year,
        coalesce(counted.pupils, 0) as pupils,
        coalesce(counted.pupils_with_english_as_additional_language, 0) as pupils_with_english_as_additional_language,
        coalesce(counted.pupils_asked_for_free_meals, 0) as pupils_asked_for_free_meals,
        coalesce(counted.pupils_registered_for_free_meals, 0) as pupils_registered_for_free_meals,
        coalesce(counted.pupils_taught_in_gaelic, 0) as pupils_taught_in_gaelic,
        schools.capacity,
        round(coalesce(counted.pupils, 0)::numeric / nullif(schools.capacity, 0), 4) as occupancy,
        schools.census_on
    from schools
    left join counted using (local_authority_code, seed_code, sector, academic_year)
)

select * from rolls
