with schools as (
    select
        schools.local_authority_code,
        schools.seed_code,
        schools.sector,
        schools.school_name,
        locations.easting,
        locations.northing
    from {{ ref('aggregated_schools') }} as schools
    inner join {{ ref('school_locations') }} as locations on schools.seed_code = lpad(locations.seed_code::text, 7, '0')
    where {{ in_touched_scope('schools') }}
),

nearest as (
    select distinct on (schools.local_authority_code, schools.seed_code, schools.sector)
        schools.local_authority_code,
        schools.seed_code,
        schools.sector,
        secondaries.school_name as cluster_name
    from schools
    inner join schools as secondaries
        on schools.local_authority_code = secondaries.local_authority_code
            and secondaries.sector = 'secondary'
    order by
        schools.local_authority_code, schools.seed_code, schools.sector,
        (schools.easting - secondaries.easting)::bigint ^ 2 + (schools.northing - secondaries.northing)::bigint ^ 2,
        secondaries.seed_code
)

select * from nearest
