with pupils as (
    select * from {{ source('raw', 'pupils') }}
),

files as (
    select * from {{ ref('stg_control__files') }}
),

placeholder_scns as (
    select
        authorities.local_authority_code,
        placeholders.scn::integer as scn
    from {{ ref('placeholder_scns') }} as placeholders
    inner join {{ ref('local_authorities') }} as authorities
        on placeholders.local_authority_code is null
        or placeholders.local_authority_code = authorities.local_authority_code
)

select
    files.local_authority_code,
    files.academic_year,
    files.extracted_at,
    files.next_extracted_at,
    files.extract_date,
    files.sequence,
    pupils.scn,
    pupils.seemis_pupil_id,
    pupils.forename,
    pupils.surname,
    pupils.known_as,
    pupils.date_of_birth,
    pupils.sex,
    pupils.data_zone_code,
    pupils.ethnicity_code,
    pupils.main_home_language,
    pupils.english_level,
    pupils.looked_after,
    pupils.free_meal_registered,
    pupils.gaelic_education,
    pupils.disability,
    pupils.national_identity,
    pupils.updated_at,
    pupils._file_id,
    pupils._row_number,
    (files.local_authority_code, pupils.scn) in (
        select
            placeholder_scns.local_authority_code,
            placeholder_scns.scn
        from placeholder_scns
    ) as has_placeholder_scn
from pupils
inner join files on pupils._file_id = files.file_id
