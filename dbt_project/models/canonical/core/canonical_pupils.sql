with pupils as (
    select * from {{ ref('stg_seemis__pupils') }}
),

identities as (
    select * from {{ ref('stg_vault__identities') }}
),

-- a snapshot may name a person twice, under an old and a new SCN: the later update, then the later row
snapshot_rows as (
    select distinct on (
        pupils.local_authority_code, pupils.academic_year, identities.pupil_id, pupils.extracted_at
    )
        pupils.*,
        case when pupils.has_placeholder_scn then null else pupils.scn end as known_scn,
        identities.pupil_id
    from pupils
    inner join identities
        on pupils.local_authority_code = identities.local_authority_code
        and pupils.seemis_pupil_id = identities.seemis_pupil_id
    where {{ in_touched_scope('pupils') }}
    order by
        pupils.local_authority_code, pupils.academic_year, identities.pupil_id, pupils.extracted_at,
        pupils.extract_date desc, pupils.sequence desc, pupils.updated_at desc, pupils._row_number desc
),

versions as (
    {{ versions(
        'snapshot_rows',
        ['local_authority_code', 'academic_year', 'pupil_id'],
        ['seemis_pupil_id', 'known_scn', 'forename', 'surname', 'known_as', 'date_of_birth', 'sex',
         'data_zone_code', 'ethnicity_code', 'main_home_language', 'english_level', 'looked_after',
         'free_meal_registered', 'gaelic_education', 'disability', 'national_identity'],
    ) }}
)

select
    versions.local_authority_code,
    versions.academic_year,
    versions.pupil_id,
    versions.valid_from,
    versions.valid_to,
    versions.seemis_pupil_id,
    versions.known_scn as scn,
    versions.forename,
    versions.surname,
    versions.known_as,
    versions.date_of_birth,
    versions.sex,
    versions.data_zone_code,
    versions.ethnicity_code,
    versions.main_home_language,
    versions.english_level,
    versions.looked_after,
    versions.free_meal_registered,
    versions.gaelic_education,
    versions.disability,
    versions.national_identity
from versions
