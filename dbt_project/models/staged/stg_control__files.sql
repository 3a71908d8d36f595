with files_in_force as (
    select * from {{ source('control', 'files_in_force') }}
)

select
    files_in_force.file_id,
    files_in_force.delivery_id,
    files_in_force.local_authority_code,
    files_in_force.feed,
    files_in_force.academic_year,
    files_in_force.extracted_at,
    -- the first later instant: two deliveries may hold the same one
    min(files_in_force.extracted_at) over (
        partition by files_in_force.local_authority_code, files_in_force.academic_year, files_in_force.feed
        order by files_in_force.extracted_at
        range between '1 microsecond' following and unbounded following
    ) as next_extracted_at,
    files_in_force.extract_date,
    files_in_force.sequence
from files_in_force
