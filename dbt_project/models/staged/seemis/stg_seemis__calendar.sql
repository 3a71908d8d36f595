with calendar as (
    select * from {{ source('raw', 'calendar') }}
),

files as (
    select * from {{ ref('stg_control__files') }}
)

select
    files.local_authority_code,
    files.academic_year,
    files.extracted_at,
    files.next_extracted_at,
    files.extract_date,
    files.sequence,
    calendar.seed_code,
    calendar.opening_date,
    calendar.opening,
    calendar.is_open,
    calendar.reason,
    calendar.updated_at,
    calendar._file_id,
    calendar._row_number
from calendar
inner join files on calendar._file_id = files.file_id
