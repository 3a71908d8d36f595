select
    file_establishments.file_id,
    file_establishments.seed_code,
    file_establishments.rows_manifest,
    file_establishments.rows_file,
    file_establishments.rows_accepted,
    file_establishments.rows_rejected,
    file_establishments.rows_duplicate,
    file_establishments.key_checksum,
    file_establishments.content
from {{ source('control', 'file_establishments') }} as file_establishments
