with places as (
    select distinct -- a sector of its schools
        schools.local_authority_code,
        schools.sector,
        schools.academic_year,
        schools.census_on
    from {{ ref('pseudonymised_census_schools') }} as schools
),

rolls as (
    select
        places.local_authority_code,
        places.sector,
        places.academic_year,
        count(pupils.pupil_token)::integer as pupils,
        count(*) filter (where pupils.english_as_additional_language = 'yes')::integer
            as pupils_with_english_as_additional_language,
        count(*) filter (where pupils.free_meals <> 'not asked')::integer as pupils_asked_for_free_meals,
        count(*) filter (where pupils.free_meals = 'registered')::integer as pupils_registered_for_free_meals,
        count(*) filter (where pupils.taught_in_gaelic = 'yes')::integer as pupils_taught_in_gaelic,
        places.census_on
    from places
    left join {{ ref('roll_census_pupils') }} as pupils
        on places.local_authority_code = pupils.local_authority_code
        and places.sector = pupils.sector
        and places.academic_year = pupils.academic_year
    group by places.local_authority_code, places.sector, places.academic_year, places.census_on
)

select * from rolls
