with establishments as (
    select * from {{ source('raw', 'establishments') }}
),

files as (
    select * from {{ ref('stg_control__files') }}
)

select
    files.local_authority_code,
    files.academic_year,
    files.extracted_at,
    files.extract_date,
    files.sequence,
    establishments.seed_code,
    establishments.establishment_name,
    establishments.sector as departments,
    establishments.denomination,
    establishments.gaelic_medium,
    establishments.half_day_openings_per_week,
    establishments.planning_capacity,
    establishments.working_capacity,
    establishments.capacity_as_at,
    establishments.condition,
    establishments.suitability,
    establishments.medium_of_education,
    establishments.integrated_special_unit,
    establishments.opened_on,
    establishments.closed_on,
    establishments.mothballed_on,
    establishments._file_id,
    establishments._row_number
from establishments
inner join files on establishments._file_id = files.file_id
