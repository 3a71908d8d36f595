with file_years as (
    select * from {{ source('control', 'file_years') }}
),

files as (
    select * from {{ ref('stg_control__files') }}
)

select
    file_years.file_id,
    file_years.academic_year,
    files.local_authority_code,
    files.feed,
    file_years.row_count
from file_years
inner join files on file_years.file_id = files.file_id
